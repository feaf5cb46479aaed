"""What changed from one version of a report to the next, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gouji import editions
from gouji.collecting.facts import pack, unpack
from gouji.model import Submission, Value


@dataclass(frozen=True, slots=True)
class Change:
    """One item: its code, its label on one line, and both values as typed."""

    code: str
    label: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Difference:
    """``sections`` are titles of narrative sections whose text changed; ``explained`` says that
    explanations changed. ``unknown``: one of the two could not be read again."""

    changes: tuple[Change, ...] = ()
    sections: tuple[str, ...] = ()
    explained: bool = False
    unknown: bool = False


def difference(old: Submission, new: Submission) -> Difference:
    """Every difference of two submissions of one edition, in the order of the form."""
    form = editions.load(new.edition)
    changes = tuple(
        Change(code, item.full_label, old.values.get(code), new.values.get(code))
        for code, item in form.items.items()
        if pack(old.values.get(code)) != pack(new.values.get(code))
    )
    sections = tuple(
        section.title
        for section in form.sections
        if _plain(old.narrative.get(section.key, "")) != _plain(new.narrative.get(section.key, ""))
    )
    return Difference(changes, sections, dict(old.explanations) != dict(new.explanations))


def _plain(text: str) -> str:
    return " ".join(text.split())


def to_json(found: Difference) -> dict[str, Any]:
    """The difference as plain data, exact."""
    data: dict[str, Any] = {
        "changes": [
            {"code": c.code, "label": c.label, "old": pack(c.old), "new": pack(c.new)}
            for c in found.changes
        ],
        "sections": list(found.sections),
    }
    return data | {k: True for k in ("explained", "unknown") if getattr(found, k)}


def from_json(data: Mapping[str, Any]) -> Difference:
    return Difference(
        tuple(
            Change(c["code"], c["label"], unpack(c["old"]), unpack(c["new"]))
            for c in data["changes"]
        ),
        tuple(data["sections"]),
        bool(data.get("explained")),
        bool(data.get("unknown")),
    )
