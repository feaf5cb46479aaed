"""What has to be said about the tables found: other wordings, lines too many, lines missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from gouji.gate import Reason, Refused, refusal
from gouji.hygiene import MONEY_WORDS
from gouji.locating import soft
from gouji.model import Finding, Item, Kind, Line, Number, Severity, Status, Suspect, Value
from gouji.recognising.heads import Path
from gouji.recognising.labels import Axis, How, asides, fold, plain
from gouji.recognising.laying import BlockMatch
from gouji.recognising.regions import BlockAxes, holds_number, is_known_text
from gouji.recognising.rows import BodyRow, numbers_the_columns
from gouji.recognising.tables import Found, Tables, items_of
from gouji.recognising.variants import wordings
from gouji.wording import say

#: Findings of one kind before the rest is only counted; texts named in one sentence.
SHOWN, NAMED = 12, 4
_LONGEST = 40


def joined(texts: Iterable[str]) -> str:
    """Texts in one sentence, the first few of them."""
    unique = list(dict.fromkeys(text for text in texts if text))
    shown = say("recognising.joint").join(shortened(text) for text in unique[:NAMED])
    return shown if len(unique) <= NAMED else say("recognising.more", shown=shown, n=len(unique))


def shortened(text: str) -> str:
    """A text on one line that a sentence can hold."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


# ---------------------------------------------------------------------- refusals
def twice(tables: Tables) -> Refused | None:
    """The refusal when an item stands in two places with different contents."""
    for first, second in tables.twice:
        one, other = (found.cell.text if found.cell else "" for found in (first, second))
        if one != other:
            return refusal(
                Reason.TABLE_TWICE, label=first.item.full_label,
                first=first.cell.place if first.cell else first.row.place,
                one=one or say("recognising.blank"),
                second=second.cell.place if second.cell else second.row.place,
                other=other or say("recognising.blank"),
            )  # fmt: skip
    return None


# ---------------------------------------------------------------------- notes
def notes(tables: Tables) -> list[str]:
    """Everything that was accepted although it is not printed so, each kind in one sentence."""
    said = []
    for how, pairs in _other_wordings(tables).items():
        if how is not How.EXACT and pairs:
            shown = joined(say("recognising.as", found=a, printed=b) for a, b in pairs)
            said.append(say(f"recognising.wording.{how.value}", pairs=shown))
    moved = [match.axes.table.title for match in _matches(tables) if match.moved]
    if moved:
        said.append(say("recognising.order", tables=joined(moved)))
    if tables.turned:
        titles = joined(match.axes.table.title for match in tables.turned)
        said.append(say("recognising.turned", tables=titles))
    shifted = [row.place for match in _matches(tables) for row in match.rows.values()
               if row.shifted]  # fmt: skip
    if shifted:
        said.append(say("recognising.shifted", places=joined(shifted)))
    cut = [row.place for match in _matches(tables) for row in match.rows.values()
           if row.more is not None]  # fmt: skip
    if cut:
        said.append(say("recognising.cut", places=joined(cut)))
    if tables.twice:
        titles = joined(tables.axes.form.table(first.item.table).title for first, _ in tables.twice)
        said.append(say("recognising.twice", tables=titles))
    return said


def _matches(tables: Tables) -> list[BlockMatch]:
    return [*tables.matches, *tables.turned]


def _other_wordings(tables: Tables) -> dict[How, list[tuple[str, str]]]:
    pairs: dict[How, dict[tuple[str, str], None]] = {how: {} for how in How}
    for match in _matches(tables):
        lines = [(match.axes.rows, line, row.path) for line, row in match.rows.items()]
        lines += [(match.axes.columns, line, match.path(line)) for line in match.columns.pairs]
        for axis, line, path in lines:
            if axis.paths[line]:
                how, text = _worded(axis, line, path)
                pairs[how][text, axis.lines[line].labels[-1]] = None
    return {how: list(found) for how, found in pairs.items()}


def _worded(axis: Axis, line: int, path: Path) -> tuple[How, str]:
    for text in reversed(path.own):
        meant = axis.look(text)
        if meant is not None and meant.label == axis.paths[line][-1]:
            return meant.how, text
    return How.VARIANT, " ".join(path.own)


# ---------------------------------------------------------------------- lines too many
def extra_lines(tables: Tables) -> list[Finding]:
    """Rows and columns with numbers that the form does not have."""
    findings = [*_extra_rows(tables), *_extra_columns(tables)]
    if len(findings) <= SHOWN:
        return findings
    rest = say("recognising.extra_more", n=len(findings) - SHOWN)
    return [*findings[:SHOWN], soft("T6", rest)]


def _extra_rows(tables: Tables) -> Iterator[Finding]:
    for row in tables.spare_rows:
        numbers = [cell for cell in row.contents if holds_number(cell)]
        if not numbers or numbers_the_columns(row) or _is_heading(row, tables):
            continue
        label = row.path.text or say("recognising.unlabelled")
        message = say(
            "recognising.extra_row", place=row.place, label=shortened(label),
            content=joined_all(cell.text for cell in row.contents),
        )  # fmt: skip
        yield soft("T6", message, (), [cell.place for cell in numbers])


def joined_all(texts: Iterable[str]) -> str:
    """Contents of a row, in order, equal ones too."""
    return say("recognising.joint").join(shortened(text) for text in texts)


def _is_heading(row: BodyRow, tables: Tables) -> bool:
    return row.band and is_known_text(row.path.text, tables.axes)


def _extra_columns(tables: Tables) -> Iterator[Finding]:
    idle = set(map(fold, wordings().idle_heads))
    columns: dict[tuple[str, str], list[str]] = {}
    contents: dict[tuple[str, str], list[str]] = {}
    for path, cell in tables.spare_cells:
        if holds_number(cell) and not idle & set(map(fold, path.own)):
            key = (path.text, path.place)
            columns.setdefault(key, []).append(cell.place)
            contents.setdefault(key, []).append(cell.text)
    for (label, place), cells in columns.items():
        message = say(
            "recognising.extra_column", place=place or cells[0],
            label=shortened(label) or say("recognising.unlabelled"),
            content=joined_all(contents[label, place][:NAMED]), n=len(cells),
        )  # fmt: skip
        yield soft("T6", message, (), cells)


# ---------------------------------------------------------------------- lines missing
def missing_lines(tables: Tables) -> Iterator[Finding]:
    """One finding a table that names what was not found; those items stay blank."""
    for table in tables.axes.form.tables:
        codes = [code for code, item in tables.axes.form.items.items() if item.table == table.name]
        lost = [code for code in codes if code not in tables.found]
        if not any(code in lost or tables.found[code].cell for code in codes):
            yield soft("T6", say("recognising.no_data", title=table.title, n=len(codes)), codes)
        elif len(lost) == len(codes):
            yield soft("T6", say("recognising.no_table", title=table.title, n=len(lost)), lost)
        elif lost:
            blocks = [each for each in tables.axes.blocks if each.table is table]
            names = [name for block in blocks for name in _lost_names(tables, block)]
            message = say(
                "recognising.missing", title=table.title, n=len(lost), lines=joined(names)
            )
            yield soft("T6", message, lost)


def _lost_names(tables: Tables, block: BlockAxes) -> Iterator[str]:
    items = items_of(tables.axes, block)
    rows, columns = range(len(block.rows.lines)), range(len(block.columns.lines))
    lost = {place for place, item in items.items() if item.code not in tables.found}
    if len(lost) == len(items):
        yield block.block.title or block.table.title
        return
    gone = [row for row in rows if all((row, column) in lost for column in columns)]
    yield from (_name(block.rows.lines[row]) for row in gone)
    for column in columns:
        if any((row, column) in lost for row in rows if row not in gone):
            yield _name(block.columns.lines[column])


def _name(line: Line) -> str:
    return line.labels[-1] if line.labels else ""


# ---------------------------------------------------------------------- units of money
def other_units(found: Iterable[Found], values: dict[str, Value]) -> Iterator[Finding]:
    """Amounts under a head that names another unit than the form's; nothing is converted."""
    for each in found:
        if each.item.kind is not Kind.AMOUNT:
            continue
        unit = _unit(each.item, (*each.row.own, *each.column.own))
        if unit and unit != each.item.unit:
            yield _other_unit(each, unit, values[each.item.code])


def _unit(item: Item, texts: Sequence[str]) -> str:
    """The unit of money that a label names in brackets or at its end, else empty."""
    for text in texts:
        for piece in (*asides(text), _tail(item, text)):
            named = [word for word in MONEY_WORDS if fold(piece).endswith(word)]
            if named:
                return max(named, key=len)
    return ""


def _tail(item: Item, text: str) -> str:
    """What follows the printed label in a text that begins with it."""
    printed = fold(item.column_labels[-1]) if item.column_labels else ""
    return plain(text).removeprefix(printed) if fold(text).startswith(printed) else ""


def _other_unit(found: Found, unit: str, value: Value) -> Finding:
    item = found.item
    place = found.cell.place if found.cell else found.column.place
    suspects: tuple[Suspect, ...] = ()
    if isinstance(value, int | Decimal) and value and item.unit in MONEY_WORDS:
        change = _in_unit(value, unit, item.unit)
        why = say("recognising.unit_suspect", unit=unit, own=item.unit)
        suspects = (Suspect({item.code: change}, why),)
    key = "recognising.unit" if item.unit else "recognising.unit_none"
    message = say(
        key, place=found.column.place or place, label=shortened(found.column.text), unit=unit,
        own=item.unit,
    )  # fmt: skip
    return Finding(
        "T6", Severity.SOFT, Status.FAILED, message, (item.code,), (place,), suspects=suspects
    )


def _in_unit(value: Number, unit: str, own: str) -> Number:
    sign, digits, exponent = Decimal(value).as_tuple()  # exact, whatever the decimal context
    assert isinstance(exponent, int)
    scaled = Decimal((sign, digits, exponent + MONEY_WORDS[unit] - MONEY_WORDS[own]))
    return int(scaled) if scaled == scaled.to_integral_value() else scaled
