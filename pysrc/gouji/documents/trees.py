"""XML members of office files as trees: bounded, without document types, entities or network."""

from __future__ import annotations

from typing import Any

from lxml import etree

from gouji.gate import MAX_TREE, MEGABYTE, Package, Reason, refusal


def member_tree(package: Package, name: str) -> Any:
    """The root element of a member. Raises Refused (damaged, too_large, dangerous_archive)."""
    if not package.has(name):
        raise refusal(Reason.DAMAGED)
    if package.members[name].file_size > MAX_TREE:
        raise refusal(Reason.TOO_LARGE, "document")
    return tree_of(package.read(name))


def tree_of(data: bytes) -> Any:
    """The root element of an XML text. Raises Refused (damaged, too_large, dangerous_archive)."""
    if len(data) > MAX_TREE:
        raise refusal(Reason.TOO_LARGE, size=MAX_TREE // MEGABYTE)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise refusal(Reason.DANGEROUS_ARCHIVE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Reason.DAMAGED) from error
    if root.getroottree().docinfo.doctype:  # in an encoding the search above does not see
        raise refusal(Reason.DANGEROUS_ARCHIVE)
    return root
