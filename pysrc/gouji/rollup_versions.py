"""Several files of one unit: which of them counts, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gouji.model import Form, Verdict
from gouji.rollup_entry import Entry, Standing
from gouji.rollup_sums import fingerprint
from gouji.wording import say


@dataclass(frozen=True)
class Files:
    """The files of one unit.

    ``order``: digest → rank, the later the greater. Files of one rank, or without one, have no
    order among them; nothing else decides between files that say different things.
    """

    form: Form
    files: list[Entry]
    let_in: Collection[str]
    order: Mapping[str, int]

    def settled(self) -> Iterator[Entry]:
        """Each file once, with its standing."""
        chosen = self._newest(self._eligible())
        values = {id(entry): self._values(entry) for entry in self.files}
        kinds = {values[id(entry)]: entry for entry in reversed(chosen)}
        head = chosen[0] if len(kinds) == 1 else None
        seen = {values[id(head)]: head} if head else {}
        # Of twins the newest speaks.
        for entry in sorted(self.files, key=lambda e: -self.order.get(e.submission.sha256, 0)):
            twin = seen.setdefault(values[id(entry)], entry)
            if entry is head:
                rivals = any(
                    not e.hard and values[id(e)] not in kinds and not self._older(e, head)
                    for e in self.files
                )
                yield _counted(entry, rivals)
            elif twin is not entry:
                why = say("rollup.why.duplicate", file=twin.shown)
                yield replace(entry, standing=Standing.DUPLICATE, why=why)
            elif any(entry is one for one in chosen):
                yield _conflicting(entry, list(kinds.values()))
            else:
                yield self._left_out(entry, head)

    def _values(self, entry: Entry) -> frozenset[Any]:
        alone = len(self.files) == 1
        return frozenset() if alone else fingerprint(self.form, entry.submission)

    def _eligible(self) -> list[Entry]:
        """The files that may count: those named, else the sound ones, else all of a named unit."""
        files = self.files
        named = [entry for entry in files if any(entry.is_called(name) for name in self.let_in)]
        sound = [entry for entry in files if entry.confrontation.verdict is not Verdict.ERRORS]
        if named or sound:
            return named or sound
        return files if any(files[0].is_of(name) for name in self.let_in) else []

    def _newest(self, chosen: list[Entry]) -> list[Entry]:
        """Those of the highest rank; all of them when one has no rank."""
        ranks = [self.order.get(entry.submission.sha256) for entry in chosen]
        known = [rank for rank in ranks if rank is not None]
        if not known or len(known) < len(ranks):
            return chosen
        top = max(known)
        return [entry for entry, rank in zip(chosen, ranks, strict=True) if rank == top]

    def _older(self, entry: Entry, than: Entry | None) -> bool:
        if than is None:
            return False
        own, other = (self.order.get(e.submission.sha256) for e in (entry, than))
        return own is not None and other is not None and own < other

    def _left_out(self, entry: Entry, counted: Entry | None) -> Entry:
        """A file that does not count beside ``counted``, the unit's file that does (if any)."""
        if counted and self._older(entry, counted):
            why = say("rollup.why.superseded", file=counted.shown)
            return replace(entry, standing=Standing.SUPERSEDED, why=why)
        if not entry.hard and counted:
            why = say("rollup.why.not_chosen", file=counted.shown)
            return replace(entry, standing=Standing.CONFLICT, why=why)
        key = "rollup.why.replaced" if counted else "rollup.why.returned"
        places = {"file": counted.shown} if counted else {}
        return replace(entry, standing=Standing.RETURNED, why=say(key, n=entry.hard, **places))


def _counted(entry: Entry, rivals: bool) -> Entry:
    """The unit's file that counts; ``rivals``: another sound file of the unit says otherwise."""
    if entry.hard:
        return replace(entry, standing=Standing.LET_IN, why=say("rollup.why.let_in", n=entry.hard))
    if rivals:
        return replace(entry, standing=Standing.LET_IN, why=say("rollup.why.chosen"))
    return entry


def _conflicting(entry: Entry, versions: list[Entry]) -> Entry:
    files = say("rollup.listed").join(sorted(version.shown for version in versions))
    why = say("rollup.why.conflict", n=len(versions), files=files)
    return replace(entry, standing=Standing.CONFLICT, why=why)
