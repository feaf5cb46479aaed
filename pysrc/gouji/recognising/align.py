"""Lines of a form laid along the lines of a table: the best agreement that keeps the order.

Equal labels (结果维持 three times) are settled by order alone; what order cannot settle is told as
ambiguous, never chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gouji.recognising.heads import Path
from gouji.recognising.labels import QUALITY, Axis, How, Meant

#: Labels above or beside count a little: they decide between equal labels only.
_PARENT, _IMPLIED, _WRONG_PARENT, _WRONG_IMPLIED, _SKIPPED = 8, 4, 12, 3, 3
#: So much worse another agreement may be and yet be as good: what parents and wording weigh.
_TIE = 20
#: Less sure than this, a line is not moved out of the printed order.
_SURE = 85

#: For each line of the form: line of the table → how well they agree.
Scores = Sequence[Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Alignment:
    """``pairs`` maps lines of the form to lines of the table. ``ambiguous`` names, for a line of
    the form, every line of the table it could as well be. ``moved`` stand in another order."""

    pairs: Mapping[int, int]
    ambiguous: Mapping[int, tuple[int, ...]]
    moved: frozenset[int]


def score(axis: Axis, number: int, path: Path) -> int:
    """How well a line of the form agrees with the labels found; 0 for not at all."""
    line = axis.paths[number]
    for skipped, text in enumerate(reversed(path.own)):
        meant = axis.look(text)
        if meant is not None and meant.label in axis.leaves:
            if meant.label != line[-1]:
                return 0
            return _with_parents(axis, line, path, meant, skipped)
        if axis.joined(text) == number:
            return QUALITY[How.VARIANT] - _SKIPPED * skipped
        if meant is not None:
            break  # a heading above lines, not a line
    return _split(axis, number, path)


def _split(axis: Axis, number: int, path: Path) -> int:
    """A label that was written into two or three cells."""
    for size in (2, 3):
        meant = axis.look("".join(path.own[-size:])) if len(path.own) >= size else None
        sure = meant is not None and meant.how is not How.NEAR
        if meant is not None and sure and meant.label == axis.paths[number][-1]:
            whole = replace(path, own=(*path.own[:-size], "".join(path.own[-size:])))
            points = _with_parents(axis, axis.paths[number], whole, meant, 0)
            return min(points, QUALITY[How.VARIANT] + _PARENT)
    return 0


def _with_parents(axis: Axis, line: tuple[str, ...], path: Path, meant: Meant, skipped: int) -> int:
    points = QUALITY[meant.how] - _SKIPPED * skipped
    parents = line[:-1]
    own = {other.label for text in path.own if (other := axis.look(text)) is not None}
    own -= {meant.label}
    points += _PARENT * len(own & set(parents))
    implied = {other.label for text in path.implied if (other := axis.look(text)) is not None}
    implied = (implied & axis.parents) - own
    points += _IMPLIED * len(implied & set(parents))
    wrong, seeming = (own & axis.parents) - set(parents), implied - set(parents)
    if (wrong or seeming) and line[-1] in axis.repeated:
        return 0  # one of its twins
    return max(1, points - _WRONG_PARENT * len(wrong) - _WRONG_IMPLIED * len(seeming))


def scores(axis: Axis, paths: Mapping[int, Path]) -> list[dict[int, int]]:
    """The agreement of every line of the form with every labelled line of the table."""
    table: list[dict[int, int]] = [{} for _ in axis.lines]
    for at, path in paths.items():
        if path.own:
            for number, line in enumerate(axis.paths):
                if line and (points := score(axis, number, path)):
                    table[number][at] = points
    return table


def align(table: Scores) -> Alignment:
    """The best agreement in order, then lines that only stand elsewhere."""
    spots = sorted({at for line in table for at in line})
    forward, backward = _forward(table, spots), _backward(table, spots)
    pairs = _walk(table, spots, forward)
    moved = _elsewhere(table, pairs)
    best = forward[-1][-1]
    ambiguous = {}
    for number, taken in pairs.items():
        others = tuple(
            at
            for spot, at in enumerate(spots)
            if at != taken
            and at in table[number]
            and at not in moved.values()
            and best - _TIE
            < forward[number][spot] + table[number][at] + backward[number + 1][spot + 1]
        )
        if others:
            ambiguous[number] = (taken, *others)
    return Alignment(pairs | moved, ambiguous, frozenset(moved))


def _forward(table: Scores, spots: Sequence[int]) -> list[list[int]]:
    """``[i][j]``: the best sum of the first ``i`` lines over the first ``j`` spots."""
    sums = [[0] * (len(spots) + 1)]
    for line in table:
        before, row = sums[-1], [0]
        for spot, at in enumerate(spots):
            met = before[spot] + line[at] if at in line else 0
            row.append(max(row[-1], before[spot + 1], met))
        sums.append(row)
    return sums


def _backward(table: Scores, spots: Sequence[int]) -> list[list[int]]:
    """``[i][j]``: the best sum of the lines from ``i`` on over the spots from ``j`` on."""
    size = len(spots)
    mirrored = {at: size - 1 - spot for spot, at in enumerate(spots)}
    turned = _forward(
        [{mirrored[at]: points for at, points in line.items()} for line in reversed(table)],
        range(size),
    )
    return [list(reversed(row)) for row in reversed(turned)]


def _walk(table: Scores, spots: Sequence[int], sums: list[list[int]]) -> dict[int, int]:
    pairs: dict[int, int] = {}
    number, spot = len(table), len(spots)
    while number and spot:
        now, at = sums[number][spot], spots[spot - 1]
        if now == sums[number][spot - 1]:
            spot -= 1
        elif now == sums[number - 1][spot]:
            number -= 1
        else:
            pairs[number - 1] = at
            number, spot = number - 1, spot - 1
    return dict(sorted(pairs.items()))


def _elsewhere(table: Scores, pairs: Mapping[int, int]) -> dict[int, int]:
    """Lines out of the printed order that only one line of the table can be, and it only them."""
    taken = set(pairs.values())
    open_lines = {
        number: [at for at, points in line.items() if at not in taken and points >= _SURE]
        for number, line in enumerate(table)
        if number not in pairs
    }
    wanted = [at for found in open_lines.values() for at in found]
    return {
        number: found[0]
        for number, found in open_lines.items()
        if len(found) == 1 and wanted.count(found[0]) == 1
    }
