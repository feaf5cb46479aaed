"""From year to year: ``new --from``, ``history``, and what ``rules --mapping`` shows."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gouji import editions, round_actions, round_commands, round_next
from gouji.actions import gather, read_one
from gouji.commands import Unusable, print_json, say_lines
from gouji.messages import show
from gouji.model import Form, Item, Number, Predecessor
from gouji.round import Round
from gouji.round_history import history_of, keep_years
from gouji.unusable import UnusableCall
from gouji.wording import say


# ---------------------------------------------------------------- a round from the one before
def new_from(options: argparse.Namespace, deadline: date | None) -> int:
    """``new --from``: the next year's round, with what became of the old one's parts."""
    if options.last_year is not None:
        raise Unusable(say("cli.new.not_both"))
    found = round_next.next_round(
        options.folder, round_actions.open_round(options.before), year=options.year,
        district=options.district, level=options.level, edition=options.edition,
        deadline=deadline, roster=options.roster,
    )  # fmt: skip
    add_years(found.round, options.earlier)
    if not options.json:
        say_lines(round_next.told(found))
    round_commands.show_new(found.round, options.json, **_next_json(found))
    return 0


def _next_json(found: round_next.NextRound) -> dict[str, Any]:
    return {
        "source": str(found.source),
        "changes": [
            {"change": str(step.change), "unit": step.unit, "others": list(step.others),
             "perhaps": step.perhaps}
            for step in found.steps
        ],
        "years": sorted(history_of(found.round)),
        "edition_before": found.earlier.id if found.earlier else found.round.edition,
        "notes": list(found.notes),
    }  # fmt: skip


# ---------------------------------------------------------------- earlier years
def add_years(round_: Round, files: Sequence[Path]) -> None:
    """Keep the totals of the years in these files. Raises UnusableCall, RoundError, OSError."""
    found = [(file, read_one(file)) for file in gather(files)]
    for file, submission in found:
        if submission.year is None:
            raise UnusableCall(say("cli.history.undated", file=file))
    if found:
        keep_years(round_, [submission for _, submission in found])


def _history(options: argparse.Namespace) -> int:
    round_ = round_actions.open_round(options.folder)
    add_years(round_, options.add)
    known = history_of(round_)
    if options.json:
        years = {str(year): values for year, values in known.items()}
        print_json({"folder": str(round_.folder), "edition": round_.edition, "years": years})
    else:
        say_lines(_history_lines(round_, known))
    return 0


def _history_lines(round_: Round, known: dict[int, dict[str, Number | None]]) -> Iterator[str]:
    if not known:
        yield say("cli.history.none")
        return
    form = editions.load(round_.edition)
    codes = [code for code in form.items if any(year[code] for year in known.values())]
    yield say("cli.history.head", district=round_.district, edition=form.id, n=len(codes))
    for code in codes:
        years = [(year, values[code]) for year, values in known.items()]
        shown = "　".join(f"{year}：{_shown(number)}" for year, number in years)
        yield f"  {form.items[code].full_label}　{shown}"


def _shown(number: Number | None) -> str:
    return "—" if number is None else show(number)


# ---------------------------------------------------------------- the mapping of editions
def show_mappings(forms: Iterable[Form], as_json: bool) -> int:
    """Print what every item of these editions was in the edition before; 0."""
    if as_json:
        print_json([each for form in forms for each in _mappings_json(form)])
    else:
        say_lines(line for form in forms for line in _mapping_lines(form))
    return 0


def _mappings_json(form: Form) -> Iterator[dict[str, Any]]:
    for edition, steps in form.predecessors.items():
        yield {
            "edition": form.id,
            "before": edition,
            "items": [
                {"item": code, "was": list(step.codes), "redefined": step.redefined,
                 "why": step.why}
                for code, step in steps.items()
            ],
            "gone": [{"item": code, "why": why} for code, why in form.gone[edition].items()],
        }  # fmt: skip


def _mapping_lines(form: Form) -> Iterator[str]:
    if not form.predecessors:
        yield say("mapping.first", basis=form.basis, id=form.id)
    for edition, steps in form.predecessors.items():
        old = editions.load(edition)
        places = {"basis": form.basis, "id": form.id, "old": old.basis, "old_id": old.id}
        yield say("mapping.head", **places)
        for kind in ("same", "other", "redefined", "none"):
            chosen = {code: step for code, step in steps.items() if _kind(code, step) == kind}
            if chosen:
                yield "  " + say(f"mapping.{kind}", n=len(chosen))
            yield from _rows(form, chosen, old)
        yield "  " + say("mapping.gone", n=len(form.gone[edition]))
        yield from _rows(old, {c: Predecessor((), why=w) for c, w in form.gone[edition].items()})


def _kind(code: str, step: Predecessor) -> str:
    if not step.codes:
        return "none"
    return "redefined" if step.redefined else "same" if step.is_plain(code) else "other"


def _rows(form: Form, steps: dict[str, Predecessor], old: Form | None = None) -> Iterator[str]:
    """One line for each row of a table, as long as all its cells are told the same."""
    groups: dict[tuple[str, str, str], list[Item]] = {}
    for code, step in steps.items():
        item = form.items[code]
        was = _were(item, step, old) if old else ""
        groups.setdefault((item.table, "／".join(item.row_labels), was + step.why), []).append(item)
    for (table, row, _), items in groups.items():
        step = steps[items[0].code]
        places = {
            "sheet": form.table(table).sheet,
            "label": items[0].full_label if len(items) == 1 else row or form.table(table).title,
            "was": _were(items[0], step, old) if old else "",
            "why": say("mapping.why", why=step.why) if step.why else "",
            "n": len(items),
        }
        yield "    " + say("mapping.cell" if len(items) == 1 else "mapping.row", **places)


def _were(item: Item, step: Predecessor, old: Form) -> str:
    """The earlier labels, where they are not the same."""
    if not step.codes or step.is_plain(item.code):
        return ""
    labels = say("message.joint").join(old.items[code].full_label for code in step.codes)
    return say("mapping.was", label=labels)


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"history": _history}
