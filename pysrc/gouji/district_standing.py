"""Who is in and who was left out: each unit in one group, each file left out with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gouji.district_plan import Plan, file_name
from gouji.rollup import Standing
from gouji.wording import say

#: What a chart and the front page tell apart, in the order they are shown.
GROUPS = ("counted", "let_in", "returned", "missing", "open")
_GROUP = {Standing.COUNTED: "counted", Standing.LET_IN: "let_in", Standing.RETURNED: "returned"}
#: A file so named says nothing of its unit: another one of the unit's counts.
_BESIDE = (Standing.DUPLICATE, Standing.SUPERSEDED)
_NO_UNIT = (Standing.UNKNOWN, Standing.NO_UNIT)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One unit or file without a number in the sums; ``standing`` as the list of units says."""

    unit: str
    standing: str
    file: str
    why: str


def unit_groups(plan: Plan) -> dict[str, list[str]]:
    """Group → names of its units, every unit once; groups in the order of ``GROUPS``."""
    best: dict[str, str] = {}
    for entry in plan.entries:
        if entry.unit and entry.standing not in (*_BESIDE, *_NO_UNIT):
            group = _GROUP.get(entry.standing, "open")
            known = best.get(entry.unit, group)
            best[entry.unit] = min(group, known, key=GROUPS.index)
    best |= {unit.name: "missing" for unit in plan.rollup.missing}
    return {group: [name for name, own in best.items() if own == group] for group in GROUPS}


def left_out(plan: Plan) -> Iterator[LeftOut]:
    """Units of which nothing counts, the missing among them, then files that cannot be read."""
    groups = unit_groups(plan)
    inside = {*groups["counted"], *groups["let_in"]}
    for entry in plan.entries:
        if entry.unit not in inside and entry.standing not in _BESIDE:
            yield LeftOut(entry.unit, entry.standing, entry.submission.file, entry.why)
    for name, why in why_missing(plan).items():
        yield LeftOut(name, "missing", "", why)
    for refused in plan.rollup.unreadable:
        yield LeftOut("", "unreadable", refused.file, refused.why)


def why_missing(plan: Plan) -> dict[str, str]:
    """Missing unit → that a file of it came which nobody can read; empty when none came."""
    refused = {each.unit: file_name(each.file) for each in plan.rollup.unreadable if each.unit}
    files = {unit.name: refused.get(unit.name.strip(), "") for unit in plan.rollup.missing}
    return {
        name: say("district.came_unread", file=file) if file else "" for name, file in files.items()
    }


__all__ = ["GROUPS", "LeftOut", "left_out", "unit_groups", "why_missing"]
