"""E-mail: parsing what came, sources it comes from, drafts and sending."""
