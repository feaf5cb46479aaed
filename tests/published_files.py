"""What stands in the files a round has made, found by readers that are none of ours."""

from __future__ import annotations

import csv
import email
import io
import json
import re
import zipfile
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib
from lxml import etree
from openpyxl import load_workbook

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def whole(path: Path) -> bytes:
    """Everything in a file, archives and mail parts unpacked."""
    data = path.read_bytes()
    if path.suffix == ".eml":
        parts = email.message_from_bytes(data, policy=default).walk()
        inner = [part.get_payload(decode=True) or b"" for part in parts if not part.is_multipart()]
        return b"\n".join([data, *map(_unpacked, inner)])
    return _unpacked(data)


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(name.encode() + b"\n" + archive.read(name)
                          for name in archive.namelist())  # fmt: skip


def alive(path: Path, mark: str) -> list[str]:
    """Every formula, link, field, script or header of the file that holds ``mark``, in words.

    Links of a workbook to a file that is there, beside or around it, are its own.
    """
    data = path.read_bytes()
    kinds = {
        ".xlsx": _workbook, ".xlsm": _workbook, ".docx": _letter, ".html": _page, ".csv": _table,
        ".eml": _mail, ".json": _json,
    }  # fmt: skip
    found = kinds.get(path.suffix, _nothing)(data, mark)
    return [f"{path.name}: {each}" for each in found if not _is_own_link(path, each)]


def _is_own_link(path: Path, found: str) -> bool:
    """A relative link to a file of the same round, which only opens it."""
    kind, _, target = found.partition(" ")
    if kind != "link" or re.match(r"[\\/]|\w+:", target):
        return False
    there = (path.parent / unquote(target.replace("\\", "/")).partition("#")[0]).resolve()
    return there.is_file() and any(each in path.resolve().parents for each in there.parents[:2])


def _nothing(_: bytes, __: str) -> Iterator[str]:
    return iter(())


def _workbook(data: bytes, mark: str) -> Iterator[str]:
    book = load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f" and mark in str(getattr(cell.value, "text", cell.value)):
                yield f"formula {sheet.title}!{cell.coordinate} {cell.value}"
        for rule in sheet.data_validations.dataValidation:
            if mark in f"{rule.formula1}{rule.formula2}":
                yield f"validation {rule.sqref}"
        for area in sheet.conditional_formatting:
            if any(mark in str(rule.formula) for rule in area.rules):
                yield f"conditional format {area.sqref}"
    for name, defined in book.defined_names.items():
        if mark in f"{name}{defined.attr_text}":
            yield f"name {name}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if "externalLink" in part:
                yield f"reaches out: {part}"
            for target in _external(archive.read(part) if part.endswith(".rels") else b""):
                yield f"link {target}"
            if b"ddeLink" in archive.read(part):
                yield f"DDE: {part}"


def _external(relations: bytes) -> Iterator[str]:
    if relations:
        for each in etree.fromstring(relations):
            if each.get("TargetMode") == "External":
                yield each.get("Target", "")


def _letter(data: bytes, mark: str) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            body = archive.read(part)
            if b'TargetMode="External"' in body or "vba" in part.lower():
                yield f"reaches out: {part}"
            if not part.endswith(".xml"):
                continue
            root = etree.fromstring(body)
            for field in root.iter(f"{W}instrText", f"{W}fldSimple"):
                if mark in f"{field.text}{field.attrib}":
                    yield f"field {field.text}"


def _page(data: bytes, mark: str) -> Iterator[str]:
    root = html5lib.parse(data, namespaceHTMLElements=False)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        script = element.tag == "script" and element.get("type") != "application/json"
        if script or element.tag in ("iframe", "object", "embed", "base", "form", "link"):
            yield f"element {element.tag}"
        for name, value in element.attrib.items():
            told = name in ("href", "src", "action") and not value.startswith(("#", "data:"))
            if name.startswith("on") or (told and mark in value):
                yield f"attribute {element.tag} {name}={value[:60]}"


def _table(data: bytes, _: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            if cell.startswith(SIGNS) and not _NUMBER.fullmatch(cell):
                yield f"cell {cell}"


def _json(data: bytes, _: str) -> Iterator[str]:
    json.loads(data)
    return iter(())


def _mail(data: bytes, mark: str) -> Iterator[str]:
    message: Any = email.message_from_bytes(data, policy=default)
    allowed = {"x-unsent", "to", "from", "reply-to", "subject", "date", "message-id",
               "in-reply-to", "references", "mime-version", "content-type"}  # fmt: skip
    yield from (f"header {name}" for name in message if name.lower() not in allowed)
    yield from (f"address {message['to']}" for _ in range(mark in str(message["to"])))
    yield from (f"part {part.get_content_type()}" for part in message.walk()
                if part.get_content_type() == "text/html")  # fmt: skip
