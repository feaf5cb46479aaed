"""What an enemy, or a careless program, does to the XML inside a workbook or document."""

from __future__ import annotations

import re
from functools import cache
from random import Random

from fuzz_bytes import Members, Mutation, members_of, packed

from gouji import editions
from gouji.layout import layout_of

NUMBERS = ("-1", "0", "1", "7", "99999", "1048577", "4294967296", "1e400", "NaN", "inf", "0x10",
           " 7 ", "1,5", "１２", "", "1e3", "+4", "-0", "00012", "1_000", "9007199254740993",
           "0.1", "5.0000000000000001")  # fmt: skip
TEXTS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "=cmd|' /C calc'!A0", "DDE(\"x\")", "{{7*7}}",
         "<script>alert(1)</script>", "\u202e123", "１２", "三件", "_x0031_2", "a\tb", "12\u200b",
         "x" * 40000, "#REF!", "TRUE", "2020-01-01")  # fmt: skip
_TAG = re.compile(rb"<(/?)([A-Za-z][\w:.-]*)([^<>]*)>")
_VALUE = re.compile(rb'(<c r="([A-Z]+)(\d+)"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?)<v>([^<]*)</v>')
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*?)(/>|>.*?</c>)', re.DOTALL)
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml|content\.xml|word/document\.xml")


@cache
def _items() -> dict[str, set[bytes]]:
    """Sheet member → addresses of the form's items in it; writers number sheets in order."""
    layout = layout_of(editions.load("2021"))
    names = list(layout.sheets)
    return {
        f"xl/worksheets/sheet{names.index(grid.sheet) + 1}.xml": {
            area.a1.encode() for area in grid.cells.values()
        }
        for grid in layout.tables.values()
    }


def _pick(data: bytes, rng: Random, sheets: bool = False) -> tuple[Members, int]:
    """The members, and one XML member of them; mostly one that holds values."""
    members = members_of(data)
    every = [at for at, (name, _) in enumerate(members) if name.endswith((".xml", ".rels"))]
    held = [at for at in every if _SHEET.fullmatch(members[at][0])]
    read = [at for at in held if members[at][0] in _items()] or held
    if not held or not (sheets or rng.random() < 0.6):
        return members, rng.choice(every)
    return members, rng.choice(read if rng.random() < 0.9 else held)


def _escaped(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()


def _change(data: bytes, rng: Random, pattern: re.Pattern[bytes], new: object) -> bytes:
    """One match of the pattern in a sheet, replaced; ``new`` takes the match and gives bytes."""
    members, at = _pick(data, rng, sheets=True)
    name, body = members[at]
    found = list(pattern.finditer(body))
    if pattern in (_CELL, _VALUE):  # rather a cell that is read than a head
        wanted = _items().get(name, set())
        first = int(pattern is _VALUE)
        items = [m for m in found if m[first + 1] + m[first + 2] in wanted]
        found = items if items and rng.random() < 0.8 else found
    if found:
        match = rng.choice(found)
        body = body[: match.start()] + new(match) + body[match.end() :]  # type: ignore[operator]
    members[at] = (name, body)
    return packed(members)


# ---------------------------------------------------------------------- any XML
def bend_tag(data: bytes, rng: Random) -> bytes:
    def new(match: re.Match[bytes]) -> bytes:
        whole, name = match[0], match[2]
        return rng.choice((
            b"", whole + whole, whole.replace(name, name.upper()), whole.replace(b'"', b"'"),
            b"<!-- -->" + whole, b"<?x y?>" + whole, whole + b"<x:y xmlns:x='urn:x'/>",
            whole.replace(name, b"x:" + name), b"<![CDATA[ ]]>" + whole,
            whole.replace(b">", b' xmlns="urn:other">', 1),
        ))  # fmt: skip

    return _change(data, rng, _TAG, new)


def bend_attribute(data: bytes, rng: Random) -> bytes:
    pattern = re.compile(rb' ([\w:]+)="([^"]*)"')

    def new(match: re.Match[bytes]) -> bytes:
        value = rng.choice((_escaped(rng.choice(NUMBERS)), _escaped(rng.choice(TEXTS)[:200]), None))
        return b"" if value is None else b" " + match[1] + b'="' + value + b'"'

    return _change(data, rng, pattern, new)


def bend_text(data: bytes, rng: Random) -> bytes:
    pattern = re.compile(rb">([^<>]+)<")
    return _change(data, rng, pattern, lambda _: b">" + _escaped(rng.choice(TEXTS)) + b"<")


def entities(data: bytes, rng: Random) -> bytes:
    members, at = _pick(data, rng)
    name, body = members[at]
    doctype = rng.choice((
        b'<!DOCTYPE x [<!ENTITY a "9"><!ENTITY b "&a;&a;&a;&a;">]>', b"<!DOCTYPE x>",
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ))  # fmt: skip
    body = re.sub(rb"(\?>|^)", lambda m: m[0] + doctype, body, count=1)
    members[at] = (name, body.replace(b"<v>0</v>", b"<v>&b;</v>", 1))
    return packed(members)


def deep(data: bytes, rng: Random) -> bytes:
    members, at = _pick(data, rng)
    name, body = members[at]
    many = rng.choice((300, 5000, 60_000))
    where = rng.choice([m.end() for m in _TAG.finditer(body)] or [0])
    members[at] = (name, body[:where] + b"<n>" * many + b"</n>" * many + body[where:])
    return packed(members)


def encoding(data: bytes, rng: Random) -> bytes:
    members, at = _pick(data, rng)
    name, body = members[at]
    told = re.sub(rb'encoding="[^"]*"', b"", body[:100]) + body[100:]
    body = rng.choice((
        b"\xef\xbb\xbf" + body, body.decode("utf-8", "replace").encode("utf-16"),
        told.replace(b"?>", b' encoding="ISO-8859-1"?>', 1),
        told.replace(b"?>", b' encoding="GB18030"?>', 1),
        told.replace(b"?>", b' encoding="UTF-7"?>', 1), b" " + body, body + b"\0", body * 2,
        body.replace(b"\n", b"\r"), body.replace(b"</", b"\xff</", 1),
    ))  # fmt: skip
    members[at] = (name, body)
    return packed(members)


XML: tuple[Mutation, ...] = (bend_tag, bend_attribute, bend_text, entities, deep, encoding)


# ---------------------------------------------------------------------- spreadsheets
def bend_value(data: bytes, rng: Random) -> bytes:
    """A number in another spelling, in pieces, twice, or none at all."""

    def new(match: re.Match[bytes]) -> bytes:
        head, value = match[1], match[4]
        return head + rng.choice((
            b"<v>%s</v>" % _escaped(rng.choice(NUMBERS)), b"<v>&#49;%s</v>" % value,
            b"<v>1<!-- x -->%s</v>" % value, b"<v><![CDATA[1]]>%s</v>" % value,
            b"<v>%s</v><v>8</v>" % value, b"<v><y>8</y>%s</v>" % value,
            b"<v xml:space='preserve'> %s</v>" % value, b"<is><t>8</t></is><v>%s</v>" % value,
            b"<v>%s<?x 8?>3</v>" % value, b"<v/>", b"<x:v xmlns:x='urn:x'>8</x:v>",
            b"<v>%s</v><extLst><ext><v>8</v></ext></extLst>" % value, b"<v\n>%s</v\n>" % value,
        ))  # fmt: skip

    return _change(data, rng, _VALUE, new)


def bend_cell(data: bytes, rng: Random) -> bytes:
    """A cell of another type, at another place, twice, or of another world."""

    def new(match: re.Match[bytes]) -> bytes:
        column, row, rest, whole = match[1], match[2], match[3], match[0]
        kind = rng.choice((b"s", b"str", b"b", b"e", b"d", b"n", b"inlineStr", b"zz"))
        text = _escaped(rng.choice(TEXTS))
        other = rng.choice((b"A1", b"XFD1048576", b"XFE1", b"A0", b"D7", b"d6", b"$D$6", b"D07"))
        typed = re.sub(rb' t="\w+"', b"", rest)
        return rng.choice((
            whole.replace(rest, typed + b' t="' + kind + b'"', 1) if rest else whole,
            b'<c r="%s%s"%s t="inlineStr"><is><t>%s</t></is></c>' % (column, row, typed, text),
            b'<c r="%s%s"%s t="inlineStr"><is><r><t>1</t></r><rPh sb="0" eb="1"><t>8</t></rPh>'
            b"<r><t>2</t></r></is></c>" % (column, row, typed),
            b'<c r="%s%s"%s t="str"><f>%s</f><v>4</v></c>' % (column, row, typed, text),
            b'<c r="%s%s"%s><f t="shared" si="9"/><v>4</v></c>' % (column, row, typed),
            b'<c r="%s%s"%s><f t="array" ref="A1:B2">1+1</f><v>4</v></c>' % (column, row, typed),
            whole + whole.replace(b"<v>0</v>", b"<v>8</v>"),
            b'<c r="%s"><v>8</v></c>' % other + whole, whole + b'<c r="%s"><v>8</v></c>' % other,
            whole.replace(b' r="' + column + row + b'"', b"", 1),
            b'<c xmlns="urn:other" r="%s%s"><v>8</v></c>' % (column, row),
            b"<AlternateContent><Fallback>" + whole + b"</Fallback></AlternateContent>",
            re.sub(rb's="\d+"', b's="%d"' % rng.randrange(60), whole),
            b'<c r="%s%s"%s t="s"><v>%d</v></c>' % (column, row, typed,
                                                    rng.choice((0, 5, 99999, 1 << 33))),
        ))  # fmt: skip

    return _change(data, rng, _CELL, new)


def bend_row(data: bytes, rng: Random) -> bytes:
    pattern = re.compile(rb'<row r="(\d+)"([^>]*)>')

    def new(match: re.Match[bytes]) -> bytes:
        return rng.choice((
            b"<row%s>" % match[2], b'<row r="1048577"%s>' % match[2],
            b'<row r="%d"%s>' % (int(match[1]) + 1, match[2]), b'<row r="x"%s>' % match[2],
            b'<row r="1000000"><c r="A1000000"><v>1</v></c></row>' + match[0],
            b'<row r="999999" hidden="1"/>' + match[0], b"</sheetData><sheetData>" + match[0],
            b'<row r="%s"><c r="B%s"><v>8</v></c></row>' % (match[1], match[1]) + match[0],
        ))  # fmt: skip

    return _change(data, rng, pattern, new)


def lie_about_size(data: bytes, rng: Random) -> bytes:
    pattern = re.compile(rb'<dimension ref="[^"]*"/>|<sheetData>')

    def new(match: re.Match[bytes]) -> bytes:
        area = rng.choice((b"A1", b"A1:XFD1048576", b"Z9:A1", b"B2:C3", b"", b"x", b"A1:A1000000"))
        lie = b'<dimension ref="%s"/>' % area
        return lie + match[0] if match[0] == b"<sheetData>" else lie

    return _change(data, rng, pattern, new)


def bend_strings(data: bytes, rng: Random) -> bytes:
    """The table of texts: shorter, shuffled, elsewhere, or with a decoy."""
    members = dict(members_of(data))
    name = "xl/sharedStrings.xml"
    body = members.get(name)
    if body is None:
        return bend_cell(data, rng)
    items = re.findall(rb"<si>.*?</si>|<si/>", body, re.DOTALL)
    one = rng.choice(items)
    way = rng.randrange(6)
    if way == 0:
        body = body.replace(one, b"", 1)
    elif way == 1:
        body = body.replace(one, b"<si><t>1</t></si>", 1)
    elif way == 2:
        body = re.sub(rb'ount="\d+"', b'ount="%d"' % rng.choice((0, 1, 1 << 31)), body)
    elif way == 3:
        body = body.replace(one, one.replace(b"</si>", b"<rPh sb='0' eb='1'><t>8</t></rPh></si>"))
    elif way == 4:
        body = body.replace(one, b"<x>" + one + b"</x>", 1)
    else:
        members["xl/other.xml"] = body
        for part in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            members[part] = members[part].replace(b"sharedStrings.xml", b"other.xml")
        body = b"".join([body[: body.find(b"<si>")], *reversed(items), b"</sst>"])
    members[name] = body
    return packed(list(members.items()))


def bend_book(data: bytes, rng: Random) -> bytes:
    """Sheets that change places, names or targets behind the reader's back."""
    members = dict(members_of(data))
    rels, book = "xl/_rels/workbook.xml.rels", "xl/workbook.xml"
    if rels not in members:
        return bend_tag(data, rng)
    way = rng.randrange(7)
    one, other = rng.sample(range(1, 5), 2)
    swap = {
        b"sheet%d.xml" % one: b"sheet%d.xml" % other,
        b"sheet%d.xml" % other: b"sheet%d.xml" % one,
    }
    if way == 0:
        members[rels] = re.sub(rb"sheet\d+\.xml", lambda m: swap.get(m[0], m[0]), members[rels])
    elif way == 1:
        members[rels] = members[rels].replace(b"worksheets/", rng.choice((
            b"/xl/worksheets/", b"../xl/worksheets/", b"./worksheets/",
            b"worksheets/../worksheets/",
            b"WORKSHEETS/", b"worksheets\\", b"file:///etc/", b"worksheets//")))  # fmt: skip
    elif way == 2:
        names = re.findall(rb'<sheet name="([^"]*)"', members[book])
        members[book] = members[book].replace(rng.choice(names), rng.choice(names), 1)
    elif way == 3:
        found = re.findall(rb"<sheet [^>]*/>", members[book])
        members[book] = members[book].replace(found[0], found[0] + rng.choice(found), 1)
    elif way == 4:
        members[book] = members[book].replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)
    elif way == 5:
        found = re.findall(rb"<Relationship [^>]*/>", members[rels])
        again = re.sub(rb"sheet\d\.xml", b"sheet%d.xml" % one, rng.choice(found))
        members[rels] = members[rels].replace(b"</Relationships>", again + b"</Relationships>")
    else:
        members[book] = members[book].replace(b"<sheets>", b"<sheets><!-- -->", 1).replace(
            b"</sheets>", b"</sheets><sheets/>", 1)  # fmt: skip
    return packed(list(members.items()))


SHEET: tuple[Mutation, ...] = (
    bend_value, bend_value, bend_cell, bend_cell, bend_row, lie_about_size, bend_strings, bend_book,
)  # fmt: skip


# ---------------------------------------------------------------------- OpenDocument
def bend_ods(data: bytes, rng: Random) -> bytes:
    pattern = re.compile(rb"<table:table-cell([^>]*)>")

    def new(match: re.Match[bytes]) -> bytes:
        number = _escaped(rng.choice(NUMBERS))
        return rng.choice((
            re.sub(rb'office:value="[^"]*"', b'office:value="%s"' % number, match[0]),
            re.sub(rb'value-type="\w+"', b'value-type="%s"' % rng.choice(
                (b"float", b"string", b"percentage", b"boolean", b"date", b"time", b"void", b"x")),
                match[0]),
            b'<table:table-cell table:number-columns-repeated="%s"%s>' % (number, re.sub(
                rb' table:number-columns-repeated="\d+"', b"", match[1])),
            match[0] + b"<text:p>8</text:p>", b"<table:covered-table-cell/>" + match[0],
            b'<table:table-cell table:number-columns-spanned="%s"/>' % number + match[0],
            match[0] + b"<office:annotation><text:p>8</text:p></office:annotation>",
            b'<table:table-cell office:value-type="float" office:value="8"/>' + match[0],
        ))  # fmt: skip

    return _change(data, rng, pattern, new)


def bend_ods_row(data: bytes, rng: Random) -> bytes:
    pattern = re.compile(rb"<table:table-row([^>]*)>")

    def new(match: re.Match[bytes]) -> bytes:
        return rng.choice((
            b'<table:table-row table:number-rows-repeated="%s">' % rng.choice(
                (b"1000000", b"2", b"0", b"-1", b"x", b"99999999999")),
            b"<table:table-row/>" + match[0], b"<table:table-header-rows/>" + match[0],
            b'<table:table-row table:number-rows-repeated="3"/>' + match[0],
        ))  # fmt: skip

    return _change(data, rng, pattern, new)


ODS: tuple[Mutation, ...] = (bend_ods, bend_ods, bend_ods_row)


# ---------------------------------------------------------------------- plain texts
def bend_words(data: bytes, rng: Random) -> bytes:
    """Digits, marks of direction, control characters, halves of pairs, brackets, headers."""
    at = rng.randrange(max(len(data), 1))
    put = rng.choice((
        b"7", b"=1+1", b"\xe2\x80\xae", b"\x00", b"\xed\xa0\x80", b"\r\nBcc: x@y.cn\r\n",
        b"</table><table>", b"<script>1</script>", b"<td>" * 3000, b"{" * 3000, b"[" * 100_000,
        b'"', b"\\ud800", b"1e999", b"<td colspan=99999 rowspan=99999>", b"filename=../../x\r\n",
        b"&#xD800;", b"=?utf-8?B?4oCu?=", b"--b1\r\n", b"\xff\xfe", b"<!--", b"9" * 5000,
    ))  # fmt: skip
    return data[:at] + put + data[at + rng.choice((0, 0, len(put) % 50)) :]


WORDS: tuple[Mutation, ...] = (bend_words,)
