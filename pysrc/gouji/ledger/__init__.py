"""The round's archive of original bytes and its append-only ledger of events."""
