"""Robust comparison among the units of a district, on the values that are not zero."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gouji.carry import number_of
from gouji.messages import show
from gouji.model import Finding, Form, Number, SoftRule, Submission
from gouji.roster import normalised
from gouji.soft.across_years import moved_point
from gouji.soft.facts import SHOWN, Place, entry, finding, is_comparable, label_of
from gouji.wording import say

#: A slip of unit stands this many times apart from every other value.
_APART = 30


@dataclass(frozen=True, slots=True)
class _Peers:
    """One unit's value of an item beside everybody else's that is not zero."""

    value: Number
    twins: tuple[str, ...]  #: other units with the very same value
    others: tuple[Number, ...]  #: the rest, ascending

    @property
    def middle(self) -> Number:
        """The lower median; ``statistics`` would cost more to load than a whole check."""
        return self.others[(len(self.others) - 1) // 2]


def peer_findings(
    form: Form, submissions: Sequence[Submission], place: Place
) -> list[list[Finding]]:
    """What looks unlikely beside the other units, in the order of ``submissions``.

    Versions of one unit's form are not each other's peers. A rule says nothing unless as many
    others as it declares hold a value that is not zero.
    """
    found: list[list[Finding]] = [[] for _ in submissions]
    names = {normalised(each.unit): each.unit for each in submissions}
    names |= {f"#{index}": "" for index in range(len(submissions))}
    for rule in form.soft.values():
        if rule.kind not in _TELLERS or not rule.peers:
            continue
        columns = {code: _column(form, code, submissions) for code in rule.floors}
        for index, submission in enumerate(submissions):
            if rule.serves(submission.year) and (
                told := _judged(form, rule, columns, names, index, place)
            ):
                found[index].append(told)
    return found


@dataclass(frozen=True)
class _Column:
    """One item down all submissions.

    ``values`` has a number above 0 or None for each; ``latest`` the last one of each unit, by
    the key that ``keys`` gives for each submission.
    """

    keys: Sequence[str]
    values: Sequence[Number | None]
    latest: Mapping[str, Number]
    units: Mapping[Number, Sequence[str]]  #: value → keys of the units that have it
    ranked: Sequence[Number]


_Teller = Callable[[SoftRule, _Peers, str], str]


def _column(form: Form, code: str, submissions: Sequence[Submission]) -> _Column:
    keys = [normalised(each.unit) or f"#{index}" for index, each in enumerate(submissions)]
    values = [_positive(number_of(form, code, each)) for each in submissions]
    latest = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    units: dict[Number, list[str]] = {}
    for key, value in latest.items():
        units.setdefault(value, []).append(key)
    return _Column(keys, values, latest, units, sorted(latest.values()))


def _positive(number: Number | None) -> Number | None:
    return number if number is not None and is_comparable(number) and number > 0 else None


def _judged(
    form: Form, rule: SoftRule, columns: Mapping[str, _Column], names: Mapping[str, str],
    index: int, place: Place,
) -> Finding | None:  # fmt: skip
    entries: list[str] = []
    codes: list[str] = []
    own_words: list[str] = []
    for code, column in columns.items():
        value = column.values[index]
        if value is None or value < rule.floors[code]:
            continue
        peers = _peers(column, column.keys[index], value, names)
        item = form.items[code]
        text = (
            _TELLERS[rule.kind](rule, peers, item.unit) if len(peers.others) >= rule.peers else ""
        )
        if text:
            own = say("soft.peer.own", n=show(value), unit=item.unit)
            entries.append(entry([code], label_of(item), own + text, place))
            own_words.append(entry([code], label_of(item), own, place))
            codes.append(code)
    if not entries:
        return None
    return replace(finding(rule, codes, place, entries), own_words=tuple(own_words[:SHOWN]))


def _peers(column: _Column, own: str, value: Number, names: Mapping[str, str]) -> _Peers:
    twins = [names[key] for key in column.units.get(value, ()) if key != own]
    start, end = bisect_left(column.ranked, value), bisect_right(column.ranked, value)
    others = [*column.ranked[:start], *column.ranked[end:]]
    if own in column.latest and column.latest[own] != value:  # another version of the same form
        others.remove(column.latest[own])
    return _Peers(value, tuple(twins), tuple(others))


def _stock(rule: SoftRule, peers: _Peers, unit: str) -> str:
    """A stock that looks like the whole district's."""
    value, middle, top = peers.value, peers.middle, peers.others[-1]
    if peers.twins and value >= rule.factor * middle:
        key = "soft.peer.more_units" if len(peers.twins) > 1 else "soft.peer.units"
        units = say(key, unit=peers.twins[0], n=len(peers.twins))
        return say("soft.peer.same", units=units, middle=show(middle))
    if value == sum(peers.others):
        return say("soft.peer.sum", count=len(peers.others))
    if value >= rule.factor**2 * middle and value >= rule.factor * top:
        return say("soft.peer.far", next=show(top), middle=show(middle))
    return ""


def _scale(rule: SoftRule, peers: _Peers, unit: str) -> str:
    """An amount far outside all others that lies among them once its unit is changed."""
    value, middle = peers.value, peers.middle
    least, most = peers.others[0], peers.others[-1]
    factor = rule.factor
    high = value >= _APART * most and 3 * value >= factor * middle
    low = value * _APART <= least and 3 * middle >= factor * value
    if not (high or low):
        return ""
    right = moved_point(value, factor, down=high)
    if not least <= right <= most:
        return ""
    return say(
        "soft.peer.slip",
        unit=unit, count=len(peers.others),
        least=show(least), most=show(most), right=show(right),
    )  # fmt: skip


_TELLERS: Mapping[str, _Teller] = {"stock": _stock, "scale": _scale}
