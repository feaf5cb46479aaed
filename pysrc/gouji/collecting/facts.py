"""What reading a file found, whatever the round thinks of it: kept in the ledger with its grade.

With it a file can be judged again (the roster changed, last year's files came) without reading it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gouji import editions
from gouji.gate import MAX_FILE, MEGABYTE, Content, Reason, Refused, refusal
from gouji.model import Repair, Submission, Value
from gouji.rollup_sums import fingerprint, tidy

FEW = 12  #: numbers other than 0; one application alone makes six of them
REPAIRS_KEPT = 200  #: a form has about 200 cells; what says more is no form


@dataclass(frozen=True, slots=True)
class Facts:
    """``reason`` and ``why`` when the file was refused (and ``unit`` if it names one), else what it
    says.

    ``content`` is a digest of everything typed (values, narrative, explanations), ``figures`` of
    the numbers alone, empty when they are few. ``flaws`` counts what is odd about the workbook.
    """

    reason: str = ""
    why: str = ""
    unit: str = ""
    code: str = ""
    year: int | None = None
    edition: str = ""
    medium: str = ""
    repairs: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    content: str = ""
    figures: str = ""
    flaws: int = 0


def submission_in(content: Content) -> Submission:
    """The submission in a file's bytes. Raises Refused."""
    from gouji.reading import read_content

    if not content.data or content.data.isspace():
        raise refusal(Reason.EMPTY)
    if len(content.data) > MAX_FILE:
        raise refusal(Reason.TOO_LARGE, size=MAX_FILE // MEGABYTE)
    return read_content(content, content.name)


def facts_of(content: Content) -> Facts:
    """What is in the file, or why it cannot be read."""
    try:
        submission = submission_in(content)
    except Refused as refused:
        return Facts(reason=str(refused.reason), why=refused.message, unit=refused.unit.strip())
    return Facts(
        unit=submission.unit.strip(), code=submission.code.strip(), year=submission.year,
        edition=submission.edition, medium=submission.medium,
        repairs=submission.repairs[:REPAIRS_KEPT], notes=submission.notes,
        content=content_digest(submission), figures=figures_digest(submission),
        flaws=len(submission.repairs) + len(submission.structure) + len(submission.typed),
    )  # fmt: skip


# ---------------------------------------------------------------- digests
def content_digest(submission: Submission) -> str:
    """The same for two submissions that say exactly the same, however they were saved."""
    return _digest(_said(submission))


def _said(submission: Submission) -> list[Any]:
    return [
        submission.edition,
        sorted((code, pack(value)) for code, value in submission.values.items()),
        sorted((key, " ".join(text.split())) for key, text in submission.narrative.items()),
        sorted((*key, text.strip()) for key, text in submission.explanations.items()),
        [[child.unit, _said(child)] for child in submission.children],
    ]


def figures_digest(submission: Submission) -> str:
    """The same for two submissions with the same numbers; empty when few are reported.

    A quiet unit may well report the same handful of numbers two years in a row.
    """
    found = fingerprint(editions.load(submission.edition), submission)
    if len(found) < FEW:
        return ""
    return _digest([submission.edition, sorted((code, str(value)) for code, value in found)])


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, default=str).encode("ascii")).hexdigest()


# ---------------------------------------------------------------- as plain data
def pack(value: Value) -> Any:
    """A value as JSON keeps it: amounts as ``{"amount": "1.5"}``, exact; text stays text."""
    if isinstance(value, Decimal):
        value = tidy(value) if value.is_finite() else str(value)
    return {"amount": str(value)} if isinstance(value, Decimal) else value


def unpack(data: Any) -> Value:
    """The value behind packed data."""
    return Decimal(data["amount"]) if isinstance(data, dict) else data


def to_json(facts: Facts) -> dict[str, Any]:
    """The facts as plain data; what says nothing is left out."""
    data: dict[str, Any] = {
        name: value
        for name in ("reason", "why", "unit", "code", "year", "edition", "medium", "content",
                     "figures", "flaws")
        if (value := getattr(facts, name))
    }  # fmt: skip
    if facts.repairs:
        data["repairs"] = [[r.code, r.cell, r.text, pack(r.means), r.why] for r in facts.repairs]
    if facts.notes:
        data["notes"] = list(facts.notes)
    return data


def from_json(data: Mapping[str, Any]) -> Facts:
    """The facts behind a graded event's data."""
    plain = {
        name: data[name]
        for name in ("reason", "why", "unit", "code", "year", "edition", "medium", "content",
                     "figures", "flaws")
        if name in data
    }  # fmt: skip
    return Facts(
        **plain,
        repairs=tuple(_repair(*fields) for fields in data.get("repairs", ())),
        notes=tuple(data.get("notes", ())),
    )


def _repair(code: str, cell: str, text: str, means: Any, why: str) -> Repair:
    number = unpack(means)
    return Repair(code, cell, text, None if isinstance(number, str) else number, why)
