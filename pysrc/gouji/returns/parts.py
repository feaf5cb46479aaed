"""A workbook's archive as parts that refer to each other, opened for surgical changes.

Only parts reached through relations of a known kind are taken over; content types are written
afresh, so nothing in a file can pass as something else. The same parts give the same bytes.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gouji.gate import Package, Reason, refusal
from gouji.returns.xml import (
    CONTENT_TYPES,
    PACKAGE_LINKS,
    Element,
    add,
    every,
    new,
    parse,
    written,
)

ROOT = ""  #: the package itself, as the owner of its own relations
TYPE_BASE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_OFFICE = "application/vnd.openxmlformats-officedocument."
WORKBOOK, WORKBOOK_WITH_MACROS = (
    f"{_SHEETS}sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
)  # fmt: skip
#: Kind of relation → content type of the part it leads to.
TYPES: Mapping[str, str] = {
    "officeDocument": WORKBOOK,
    "core-properties": "application/vnd.openxmlformats-package.core-properties+xml",
    "extended-properties": f"{_OFFICE}extended-properties+xml",
    "custom-properties": f"{_OFFICE}custom-properties+xml",
    "worksheet": f"{_SHEETS}worksheet+xml",
    "styles": f"{_SHEETS}styles+xml",
    "theme": f"{_OFFICE}theme+xml",
    "sharedStrings": f"{_SHEETS}sharedStrings+xml",
    "calcChain": f"{_SHEETS}calcChain+xml",
    "sheetMetadata": f"{_SHEETS}sheetMetadata+xml",
    "comments": f"{_SHEETS}comments+xml",
    "table": f"{_SHEETS}table+xml",
    "drawing": f"{_OFFICE}drawing+xml",
    "vmlDrawing": f"{_OFFICE}vmlDrawing",
    "chart": f"{_OFFICE}drawingml.chart+xml",
    "chartStyle": "application/vnd.ms-office.chartstyle+xml",
    "chartColorStyle": "application/vnd.ms-office.chartcolorstyle+xml",
    "threadedComment": "application/vnd.ms-excel.threadedcomments+xml",
    "person": "application/vnd.ms-excel.person+xml",
    "ctrlProp": "application/vnd.ms-excel.controlproperties+xml",
    "vbaProject": "application/vnd.ms-office.vbaProject",
}
IMAGES: Mapping[str, str] = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff", "emf": "image/x-emf",
    "wmf": "image/x-wmf",
}  # fmt: skip
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Relation:
    """``target`` is a part's path, or an address outside when ``external``."""

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        """The last word of its type: ``worksheet``, ``comments`` …"""
        return self.type.rpartition("/")[2]


@dataclass
class Parts:
    """The parts taken over so far: their bytes or trees, kinds and relations."""

    data: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    relations: dict[str, list[Relation]] = field(default_factory=dict)
    trees: dict[str, Element] = field(default_factory=dict)

    # ------------------------------------------------------------------ parts
    def tree(self, path: str) -> Element:
        """The part parsed; changes to it are written. Raises Refused (damaged, …)."""
        if path not in self.trees:
            self.trees[path] = parse(self.data[path], lenient=self.kinds[path] == "vmlDrawing")
        return self.trees[path]

    def add(self, path: str, kind: str, content: Element | bytes) -> str:
        """A new part; ``path`` names its folder and beginning, ``{}`` stands for a number."""
        taken = {name.casefold() for name in self.kinds}
        number = 1
        while path.format(number).casefold() in taken:
            number += 1
        name = path.format(number)
        self.kinds[name] = kind
        if isinstance(content, bytes):
            self.data[name] = content
        else:
            self.trees[name] = content
        return name

    def remove(self, path: str) -> None:
        """Take a part out, and what only it led to."""
        for relation in self.relations.pop(path, []):
            others = [r for own in self.relations.values() for r in own]
            if not relation.external and all(r.target != relation.target for r in others):
                self.remove(relation.target)
        for store in (self.data, self.kinds, self.trees):
            store.pop(path, None)

    # ------------------------------------------------------------------ relations
    def of(self, owner: str, *kinds: str) -> list[Relation]:
        """The owner's relations of these kinds."""
        return [each for each in self.relations.get(owner, []) if each.kind in kinds]

    def one(self, owner: str, kind: str) -> str:
        """The path of the owner's only part of that kind, empty when there is none."""
        found = self.of(owner, kind)
        return found[0].target if found else ""

    def relate(self, owner: str, kind: str, target: str, type_: str = "") -> str:
        """A new relation, of ``type_`` or the usual one of its kind; its id."""
        own = self.relations.setdefault(owner, [])
        taken = {each.id for each in own}
        number = len(own) + 1
        while f"rId{number}" in taken:
            number += 1
        own.append(Relation(f"rId{number}", type_ or f"{TYPE_BASE}{kind}", target))
        return f"rId{number}"

    def unrelate(self, owner: str, target: str) -> None:
        """Take the owner's relations to a part away, and the part when nothing else needs it."""
        own = self.relations.get(owner, [])
        self.relations[owner] = [each for each in own if each.target != target]
        if all(each.target != target for all_ in self.relations.values() for each in all_):
            self.remove(target)

    # ------------------------------------------------------------------ writing
    def written(self, macros: bool) -> bytes:
        """The whole archive."""
        members = {"[Content_Types].xml": self._content_types(macros)}
        for owner, own in self.relations.items():
            if own:
                members[links_of(owner)] = _links(owner, own)
        for path in self.kinds:
            members[path] = written(self.trees[path]) if path in self.trees else self.data[path]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                info = zipfile.ZipInfo(name, _STAMP)
                info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
                archive.writestr(info, content)
        return out.getvalue()

    def _content_types(self, macros: bool) -> bytes:
        root = new("Types", {None: CONTENT_TYPES})
        add(root, "Default", Extension="rels",
            ContentType="application/vnd.openxmlformats-package.relationships+xml")  # fmt: skip
        add(root, "Default", Extension="xml", ContentType="application/xml")
        endings = {ending(path) for path, kind in self.kinds.items() if kind == "image"}
        for one in sorted(endings):
            add(root, "Default", Extension=one, ContentType=IMAGES[one.lower()])
        for path, kind in self.kinds.items():
            if kind != "image":
                main = kind == "officeDocument" and macros
                type_ = WORKBOOK_WITH_MACROS if main else TYPES[kind]
                add(root, "Override", PartName=f"/{path}", ContentType=type_)
        return written(root)


def ending(path: str) -> str:
    return path.rpartition(".")[2]


def links_of(owner: str) -> str:
    """Path of the member that holds a part's relations."""
    folder, name = posixpath.split(owner)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _links(owner: str, own: list[Relation]) -> bytes:
    root = new("Relationships", {None: PACKAGE_LINKS})
    folder = posixpath.dirname(owner) or "."
    for each in own:
        target = each.target
        if not each.external:
            inside = owner and posixpath.commonpath([folder, target])
            target = posixpath.relpath(target, folder) if inside or not owner else f"/{target}"
        mode = {"TargetMode": "External"} if each.external else {}
        add(root, "Relationship", Id=each.id, Type=each.type, Target=target, **mode)
    return written(root)


def read_relations(package: Package, owner: str) -> Iterator[Relation]:
    """A part's relations as the file states them; a target inside is a normalised path."""
    member = links_of(owner)
    if not package.has(member):
        return
    for each in every(parse(package.read(member)), "Relationship"):
        target, id_, type_ = (each.get(name, "") for name in ("Target", "Id", "Type"))
        external = each.get("TargetMode", "") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(owner), target))
        yield Relation(id_, type_, target if external else target.lstrip("/"), external)


def main_part(parts: Parts) -> str:
    """Path of the workbook itself. Raises Refused (damaged)."""
    path = parts.one(ROOT, "officeDocument")
    if not path:
        raise refusal(Reason.DAMAGED)
    return path
