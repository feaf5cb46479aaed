"""What of a file from outside is copied on, and what is not: nothing that acts or reaches out.

Known kinds of parts are taken over; external workbooks, queries, embedded objects, ActiveX
controls, DDE, foreign macros and web addresses are not. Every kind left out is named in a note.
A formula that reaches outside keeps its stored result and loses the formula.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gouji.gate import Package
from gouji.macros import FORM_BUTTONS
from gouji.returns.book import kept_sheets, renumber
from gouji.returns.parts import IMAGES, ROOT, Parts, Relation, ending, links_of, read_relations
from gouji.returns.xml import Element, child, every, local, take_out

#: Kind of a part → kinds of parts it may lead to. ``ROOT`` is the package itself.
_KNOWN: Mapping[str, frozenset[str]] = {
    ROOT: frozenset(
        ("officeDocument", "core-properties", "extended-properties", "custom-properties")
    ),
    "officeDocument": frozenset(
        ("worksheet", "styles", "theme", "sharedStrings", "calcChain", "sheetMetadata", "person")
    ),
    "worksheet": frozenset(
        ("drawing", "vmlDrawing", "comments", "threadedComment", "table", "ctrlProp", "image")
    ),
    "drawing": frozenset(("image", "chart")),
    "vmlDrawing": frozenset(("image",)),
    "chart": frozenset(("chartStyle", "chartColorStyle")),
    "theme": frozenset(("image",)),
}
#: Left out without a word: they hold nothing a person put there.
_QUIET = frozenset(("printerSettings", "thumbnail", "customXml"))
#: Kind left out → the note that names it; any other kind is ``other``.
_NOTES: Mapping[str, str] = {
    "externalLink": "external", "externalLinkPath": "external", "connections": "external",
    "queryTable": "external", "oleObject": "embedded", "package": "embedded",
    "control": "embedded", "activeXControlBinary": "embedded", "vbaProject": "macros",
    "xlMacrosheet": "macros", "xlIntlMacrosheet": "macros", "dialogsheet": "macros",
    "hyperlink": "address",
}  # fmt: skip
_ADDRESSES = ("#", "mailto:")  #: how a hyperlink may begin that is kept

_TEXTS = re.compile(r'"[^"]*"')
#: Another file (``[1]Sheet!A1``, ``'C:\[x.xls]S'!A1``), DDE (``a|b!c``), or what calls out.
_OUTSIDE = re.compile(
    r"(?<![\w\]\[])(?<!\],)\[|(?<!\w)\[\d+\]|'[^']*\[[^']*'\s*!|\||"
    r"\b(?:WEBSERVICE|FILTERXML|RTD|DDE|CALL|REGISTER(?:\.ID)?|EXEC|IMAGE|SQL\.REQUEST)\s*\(",
    re.IGNORECASE,
)
_LINK_FORMULA = re.compile(r"\bHYPERLINK\s*\(\s*(?!\"#)", re.IGNORECASE)
_OWN_MACRO = re.compile(
    rf"(?:\[0\]!)?(?:\w+\.)?(?:{'|'.join(button.macro for button in FORM_BUTTONS)})"
)
_FORMULAS = ("f", "formula", "formula1", "formula2", "fmla")
#: Elements of VML whose text is a formula or a macro.
_VML_MACROS = ("FmlaMacro",)
_ADDRESS_ATTRIBUTES = ("href", "althref", "src")
_MACRO_ATTRIBUTES = ("macro", "fmlaMacro")


def reaches_out(formula: str) -> bool:
    """True for a formula that reads another file, talks to another program or opens an address."""
    plain = _TEXTS.sub('""', formula)
    return bool(_OUTSIDE.search(plain) or _LINK_FORMULA.search(_TEXTS.sub(_kept_anchor, formula)))


def _kept_anchor(match: re.Match[str]) -> str:
    return '"#"' if match[0].startswith('"#') else '""'


def taken_over(package: Package) -> tuple[Parts, list[str]]:
    """The parts that may be copied on, made inert, and the keys of the notes on what was not.

    The VBA project is never among them. Raises Refused (damaged, dangerous_archive).
    """
    parts, notes = Parts(), dict[str, None]()
    _walk(package, parts, notes, ROOT, ROOT)
    for path, kind in list(parts.kinds.items()):
        if kind in ("worksheet", "drawing", "vmlDrawing", "ctrlProp", "chart", "officeDocument"):
            for note in _defused(parts.tree(path)):
                notes[note] = None
    return parts, list(notes)


def _walk(package: Package, parts: Parts, notes: dict[str, None], owner: str, kind: str) -> None:
    """Take over what the owner leads to, and cut out of it what points to anything else."""
    gone: set[str] = set()
    for each in read_relations(package, owner):
        if not _is_kept(package, each, kind):
            gone.add(each.id)
            if each.kind not in _QUIET:
                notes[_NOTES.get(each.kind, "other")] = None
            continue
        parts.relations.setdefault(owner, []).append(each)
        if not each.external and each.target not in parts.kinds:
            parts.kinds[each.target] = each.kind
            parts.data[each.target] = package.read(each.target)
            _walk(package, parts, notes, each.target, each.kind)
    if gone and owner:
        root = parts.tree(owner)
        if kind == "officeDocument":
            renumber(root, kept_sheets(root, gone))
        for element in every(root, *{local(each) for each in root.iter()}):
            _cut(element, gone)


def _is_kept(package: Package, each: Relation, owner_kind: str) -> bool:
    if each.external:
        return each.kind == "hyperlink" and each.target.lower().startswith(_ADDRESSES)
    if each.kind not in _KNOWN.get(owner_kind, ()) or not package.has(each.target):
        return False
    if each.kind == "table":  # one with relations of its own is fed by a query
        return not package.has(links_of(each.target))
    return each.kind != "image" or ending(each.target).lower() in IMAGES


def _cut(element: Element, gone: set[str]) -> None:
    """Take out an element that points to a relation left out, or only the pointer."""
    pointers = [
        name
        for name, value in element.attrib.items()
        if value in gone and ("/relationships" in name or name.endswith("}relid"))
    ]
    if not pointers:
        return
    if local(element) in _POINTERS:
        for pointer in pointers:
            del element.attrib[pointer]
    else:
        _take_whole(element)


#: Elements that stand without what they pointed to.
_POINTERS = ("pageSetup", "blip", "imagedata", "fill")
#: Elements that take the one around them along.
_WHOLE = {"svgBlip": "ext", "chart": "Anchor"}
#: Elements that go when nothing is left in them.
_LISTS = ("oleObjects", "controls", "hyperlinks", "externalReferences", "tableParts", "Choice",
          "Fallback", "AlternateContent", "extLst")  # fmt: skip


def _take_whole(element: Element) -> None:
    """Remove the element with what would be nothing without it."""
    wanted = _WHOLE.get(local(element), local(element))
    while not local(element).endswith(wanted) and element.getparent() is not None:
        element = element.getparent()
    parent = element.getparent()
    take_out(element)
    while parent is not None and local(parent) in _LISTS and _is_empty(parent):
        parent, empty = parent.getparent(), parent
        take_out(empty)
    if parent is not None and parent.get("count"):
        parent.set("count", str(len(parent)))


def _is_empty(element: Element) -> bool:
    """Without children, or an alternative of which only the fallback is left."""
    return not len(element) or (
        local(element) == "AlternateContent" and child(element, "Choice") is None
    )


# ---------------------------------------------------------------------- inside the parts
def _defused(root: Element) -> list[str]:
    """Make one part inert; keys of the notes on what that took away."""
    notes = []
    shared = {
        each.get("si")
        for each in every(root, "f")
        if each.get("t") == "shared" and reaches_out(each.text or "")
    }
    for each in every(root, *_FORMULAS, "definedName", *_VML_MACROS):
        name, text = local(each), each.text or ""
        if name in _VML_MACROS:
            if not _OWN_MACRO.fullmatch(text.strip()):
                take_out(each)
                notes.append("macros")
        elif reaches_out(text) or (name == "f" and each.get("si") in shared and each.get("si")):
            _drop_formula(each)
            notes.append("external")
        elif name == "definedName" and _is_macro_name(each):
            take_out(each)
            notes.append("macros")
    return notes + _without_addresses(root)


def _is_macro_name(name: Element) -> bool:
    flags = (name.get(flag, "0") for flag in ("function", "vbProcedure", "xlm"))
    return any(flag in ("1", "true") for flag in flags) or "auto_" in name.get("name", "").lower()


def _drop_formula(element: Element) -> None:
    """A cell keeps its result; a rule or validation that cannot stand without it goes."""
    parent = element.getparent()
    if local(parent) in ("cfRule", "dataValidation", "formula1", "formula2"):
        while local(parent) not in ("conditionalFormatting", "dataValidation"):
            parent = parent.getparent()
        lists = parent.getparent()
        take_out(parent)
        if local(lists) == "dataValidations" and not len(lists):
            take_out(lists)
        elif lists.get("count"):
            lists.set("count", str(len(lists)))
        return
    names = parent
    take_out(element)
    if local(names) == "definedNames" and not len(names):
        take_out(names)


def _without_addresses(root: Element) -> list[str]:
    """Attributes that name a place outside, or a macro that is not ours."""
    notes = []
    for each in root.iter():
        for name in list(each.attrib) if local(each) else ():
            plain, value = name.rpartition("}")[2], each.attrib[name]
            if plain in _ADDRESS_ATTRIBUTES and not value.startswith("#") and value:
                del each.attrib[name]
                notes.append("address")
            elif plain in _MACRO_ATTRIBUTES and value and not _OWN_MACRO.fullmatch(value):
                each.set(name, "") if plain == "macro" else each.attrib.pop(name)
                notes.append("macros")
    return notes


# ---------------------------------------------------------------------- the buttons' macros
def has_own_buttons(parts: Parts) -> bool:
    """True when a button of the form stands on a sheet."""
    return any(
        kind == "vmlDrawing" and any(True for _ in every(parts.tree(path), "FmlaMacro"))
        for path, kind in parts.kinds.items()
    )


def code_name(root: Element, holder: str) -> str:
    """The code name that a sheet (``sheetPr``) or the workbook (``workbookPr``) states."""
    found = child(root, holder)
    return found.get("codeName", "") if found is not None else ""
