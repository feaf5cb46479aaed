"""Can the rules be trusted? Contradictory, redundant and idle rules, odd years, unwatched cells.

Exact, over the rationals (``gouji.exact``). A ``Fault`` is to be mended in the declaration; what is
merely worth knowing (rules that follow from others but name the place, cells that no rule watches)
stands beside the faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from gouji.coverage import uncovered
from gouji.exact import Column, Cone, Span
from gouji.messages import places
from gouji.model import LEVELS, EditRule, Form, FormRule, Kind, SoftRule, Term
from gouji.wording import say

_Row = Mapping[Column, int]
Place = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind``: contradiction, redundant, idle, basis, years. ``rules`` are those to look at."""

    kind: str
    rules: tuple[str, ...]
    message: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """What the self-test says of one edition.

    ``dependent`` of the rules follow from the rest, for the families in ``crossing`` add the same
    cells up along rows and columns: that tells where a number is wrong. ``uncovered`` are cells in
    no balance edit.
    """

    form: Form
    faults: tuple[Fault, ...]
    dependent: int
    crossing: tuple[str, ...]
    uncovered: tuple[str, ...]


def self_test(form: Form, place: Place, others: Iterable[Form] = ()) -> Tested:
    """Every fault of the form's rules. ``others`` are the editions it must share the years with."""
    system = _System(form, place)
    faults = (
        *_without_basis(form),
        *_odd_years(form, others),
        *system.contradictions(),
        *system.redundant(),
        *system.idle(),
    )
    dependent, crossing = system.crossing()
    return Tested(form, faults, dependent, crossing, uncovered(form))


def contradiction(form: Form, added: EditRule, place: Place) -> Fault | None:
    """How a further rule contradicts those of the form; None when it does not."""
    row = row_of(added.left, added.right)
    cone = _System(form, place).cone
    # Where left may exceed right and right exceed left, both may be equal with nothing forced.
    both = {cone.point({column: sign * v for column, v in row.items()}) is None for sign in (1, -1)}
    if len(both) == 1:
        return None
    faults = _System(replace(form, rules=(*form.rules, added)), place).contradictions()
    return next((fault for fault in faults if added.name in fault.rules), None)


def row_of(left: Iterable[Term], right: Iterable[Term]) -> dict[Column, int]:
    """Left minus right as one row, without what cancels."""
    row: dict[Column, int] = {}
    for sign, side in ((1, left), (-1, right)):
        for term in side:
            column = term.code, term.last_year
            row[column] = row.get(column, 0) + sign * term.coefficient
    return {column: value for column, value in row.items() if value}


class _System:
    """The rules of one form as rows. Rules that bind only some levels never imply another."""

    def __init__(self, form: Form, place: Place) -> None:
        self.form, self.place = form, place
        self.rows = {rule.name: row_of(rule.left, rule.right) for rule in form.rules}
        self.always = [rule.name for rule in form.rules if not rule.unless_levels]
        self.free = {
            (code, last)
            for code, item in form.items.items()
            if item.kind is Kind.SIGNED
            for last in (False, True)
        }

    @cached_property
    def cone(self) -> Cone:
        """All values that satisfy every rule."""
        return self._cone(self.always)

    @cached_property
    def _zeros(self) -> set[Column]:
        columns = {column for name in self.always for column in self.rows[name]}
        return self.cone.zeros(sorted(columns))

    def _cone(self, names: Iterable[str], *more: _Row) -> Cone:
        return Cone([*(self.rows[name] for name in names), *more], self.free)

    # ---------------------------------------------------------------- contradictions
    def contradictions(self) -> Iterator[Fault]:
        """Cells that the rules together leave nothing but 0, though no rule says so by itself."""
        known = {c for name in self.always for c in self._forced_alone(self.rows[name])}
        cores: dict[tuple[str, ...], list[str]] = {}
        forced = [code for code in self.form.items if (code, False) in self._zeros]
        for code in sorted(forced, key=lambda code: code in self.form.totals):
            self._follow(known)
            if (code, False) not in known:
                known.add((code, False))
                cores.setdefault(self._core((code, False)), []).append(code)
        for rules, codes in cores.items():
            message = say(
                "self_test.contradiction", rules=_joined(rules), cells=places(codes, self.place)
            )
            yield Fault("contradiction", rules, message, tuple(codes))

    def _forced_alone(self, row: _Row) -> Iterable[Column]:
        """What one rule makes 0: sums of counts that come to 0."""
        one_sign = len({value > 0 for value in row.values()}) == 1
        return row if one_sign and self.free.isdisjoint(row) else ()

    def _follow(self, known: set[Column]) -> None:
        """A total of zeros is 0, and so are the parts of a total that is 0."""
        before = -1
        while before < len(known):
            before = len(known)
            for code, rule in self.form.totals.items():
                parts = {(term.code, False) for term in rule.right}
                if parts <= known:
                    known.add((code, False))
                elif (code, False) in known and self.free.isdisjoint(parts):
                    known |= parts

    def _core(self, column: Column) -> tuple[str, ...]:
        """Rules that suffice to make the column 0, none of which could be left out."""
        needed = list(self.always)
        for name in self.always:
            without = [each for each in needed if each != name]
            if self._cone(without).zeros([column]):
                needed = without
        return tuple(needed)

    # ---------------------------------------------------------------- redundant rules
    def redundant(self) -> Iterator[Fault]:
        """Families of which every place follows from other families; places said twice."""
        families: dict[str, list[EditRule]] = {}
        for rule in self.form.rules:
            families.setdefault(rule.family, []).append(rule)
        for family, rules in families.items():
            names = [rule.name for rule in rules if self.rows[rule.name]]
            others = [name for name in self._binding(rules[0]) if name not in names]
            known = self._known(others)
            if names and all(self.rows[name] in known for name in names):
                yield self._implied(family, names, others)
            else:
                yield from self._twice(names)

    def _binding(self, rule: EditRule) -> list[str]:
        """Rules that bind whenever this one does."""
        same = {each.name for each in self.form.rules if each.unless_levels == rule.unless_levels}
        return [name for name in self.rows if name in same or name in self.always]

    def _known(self, names: Sequence[str]) -> Span:
        """Everything that follows from these rules and from numbers not being negative."""
        zeros = self._cone(names).zeros(sorted(self._zeros)) if self._zeros else set()
        return Span([*(self.rows[name] for name in names), *({zero: 1} for zero in zeros)])

    def _implied(self, family: str, names: Sequence[str], others: list[str]) -> Fault:
        needed = list(others)
        for name in others:
            known = Span(self.rows[each] for each in needed if each != name)
            if all(self.rows[own] in known for own in names):
                needed.remove(name)
        by = _joined(dict.fromkeys(_family(name) for name in needed))
        return Fault("redundant", (family,), say("self_test.redundant", rule=family, by=by))

    def _twice(self, names: Sequence[str]) -> Iterator[Fault]:
        seen: dict[frozenset[tuple[Column, object]], str] = {}
        for name in names:
            row = self.rows[name]
            first = row[min(row)]
            same = frozenset((column, value / first) for column, value in row.items())
            if same in seen:
                message = say("self_test.twice", rule=name, other=seen[same])
                yield Fault("redundant", (seen[same], name), message)
            seen.setdefault(same, name)

    def crossing(self) -> tuple[int, tuple[str, ...]]:
        """How many of the rules follow from the rest, and the families they may be told from."""
        rows = {name: self.rows[name] for name in self.always if self.rows[name]}
        families: dict[str, None] = {}
        for name, row in rows.items():
            if row in Span(other for each, other in rows.items() if each != name):
                families[_family(name)] = None
        return len(rows) - Span(rows.values()).rank, tuple(families)

    # ---------------------------------------------------------------- idle rules
    def idle(self) -> Iterator[Fault]:
        """Rules that nothing a unit can fill in will ever break."""
        for rule in self.form.rules:
            if not self.rows[rule.name]:
                yield self._is_idle(rule.name, "self_test.idle_cancels")
            elif set(rule.unless_levels) >= set(LEVELS):
                yield self._is_idle(rule.name, "self_test.idle_levels")
        for soft in self.form.soft.values():
            yield from self._idle_soft(soft)

    def _is_idle(self, name: str, key: str) -> Fault:
        return Fault("idle", (name,), say(key, rule=name))

    def _idle_soft(self, soft: SoftRule) -> Iterator[Fault]:
        if soft.balance:
            places_ = sum(rule.family == soft.balance for rule in self.form.rules)
            if places_ < 2:
                yield self._is_idle(soft.name, "self_test.idle_pair")
        if soft.kind in ("told_counts", "told_zeros") and self.form.claims is None:
            yield self._is_idle(soft.name, "self_test.idle_claims")
        if soft.kind == "nothing_done":
            nothing = self._cone(self.always, *({(code, False): 1} for code in soft.against))
            if nothing.point({(code, False): 1 for code in soft.floors}) is None:
                yield self._is_idle(soft.name, "self_test.idle_soft")
        for relation in soft.relations:
            row = row_of(relation.left, relation.right)
            if soft.kind == "covers":
                able = self.cone.point({column: -value for column, value in row.items()})
            else:
                able = self._cone(self.always, row).point(row_of(relation.left, ()))
            if able is None:
                yield self._is_idle(relation.name, "self_test.idle_soft")


def _without_basis(form: Form) -> Iterator[Fault]:
    rules: list[EditRule | FormRule | SoftRule] = [*form.rules, *form.form_rules.values()]
    for rule in (*rules, *form.soft.values()):
        if not (rule.says.strip() and rule.basis.strip() and rule.remedy.strip()):
            yield Fault("basis", (rule.name,), say("self_test.basis", rule=rule.name))


def _odd_years(form: Form, others: Iterable[Form]) -> Iterator[Fault]:
    """Years in the wrong order, rules for other years than the form's, years of two or none."""
    last = form.last_year
    if last is not None and last < form.first_year:
        yield Fault("years", (), say("self_test.years_order", first=form.first_year, last=last))
    for soft in form.soft.values():
        first = max(form.first_year, soft.first_year or form.first_year)
        ends = [year for year in (last, soft.last_year) if year is not None]
        if ends and min(ends) < first:
            yield Fault("years", (soft.name,), say("self_test.years_rule", rule=soft.name))
    family = {each.id: each for each in (*others, form) if each.title == form.title}
    for one, next_ in pairwise(sorted(family.values(), key=lambda each: each.first_year)):
        if form.id not in (one.id, next_.id) or one.last_year == next_.first_year - 1:
            continue
        apart = one.last_year is not None and one.last_year < next_.first_year
        key = "self_test.years_gap" if apart else "self_test.years_overlap"
        message = say(
            key, one=one.id, next=next_.id, last=one.last_year or "", first=next_.first_year
        )
        yield Fault("years", (), message)


def _family(name: str) -> str:
    return name.partition(".")[0]


def _joined(names: Iterable[str]) -> str:
    return say("message.joint").join(names)
