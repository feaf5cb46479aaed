"""Every abstract member of xlwings' engine interface is written, or refuses by name."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from xlwings import base_classes

pytestmark = pytest.mark.office

#: Abstract classes without a class of ours, and who refuses to hand one out.
REFUSED = {
    "PivotTable": "Sheet.pivot_tables", "PivotTables": "Sheet.pivot_tables",
    "PivotFields": "Sheet.pivot_tables", "PivotField": "Sheet.pivot_tables",
    "PivotValueFields": "Sheet.pivot_tables", "PivotValueField": "Sheet.pivot_tables",
    "Comment": "Range.comment", "CommentReply": "Range.comment",
    "Characters": "Range.characters", "DataValidation": "Range.data_validation",
    "AutoFilter": "Range.autofilter", "ConditionalFormat": "Range.conditional_formats",
    "ConditionalFormats": "Range.conditional_formats",
}  # fmt: skip


def abstract_classes() -> dict[str, type]:
    return {
        name: found for name, found in vars(base_classes).items()
        if inspect.isclass(found) and found.__module__ == base_classes.__name__
        and not name.startswith("_")
    }  # fmt: skip


def implementations() -> dict[str, type]:
    """Our classes by the name of the abstract class they stand for."""
    from xlwings_libreoffice import (
        app,
        book,
        borders,
        chart_parts,
        charts,
        fonts,
        names,
        notes,
        range,
        shapes,
        sheet,
        tables,
    )  # fmt: skip

    modules: list[Any] = [app, book, borders, chart_parts, charts, fonts, names, notes, range,
                          shapes, sheet, tables]  # fmt: skip
    known = abstract_classes()
    found = {}
    for module in modules:
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__:
                for base in cls.__bases__:
                    if known.get(base.__name__) is base:
                        found[base.__name__] = cls
    return found


def members(cls: type) -> list[str]:
    dunders = ("__call__", "__getitem__", "__iter__", "__len__", "__contains__")
    return [name for name in vars(cls) if not name.startswith("__") or name in dunders]


def all_members() -> list[tuple[str, str]]:
    return [(name, member) for name, cls in abstract_classes().items() for member in members(cls)]


def origin(cls: type, member: str) -> Any:
    """The module in which a class finds a member."""
    for parent in cls.__mro__:
        if member in vars(parent):
            return parent.__module__
    return None


#: These are concrete in the abstract class already.
CONCRETE = {"expand", "max_cells_per_read", "max_cells_per_write"}


def test_every_member_is_ours(engine_ready: None) -> None:
    ours = implementations()
    missing = []
    for name, member in all_members():
        if name in REFUSED or member in CONCRETE:
            continue
        if name not in ours:
            missing.append(f"{name}: no class")
        elif origin(ours[name], member) == base_classes.__name__:
            missing.append(f"{name}.{member}")
    assert missing == []


def test_unwritten_members_refuse_by_name(engine_ready: None) -> None:
    """A bare NotImplementedError tells nobody what is missing."""
    ours = implementations()
    checked = 0
    for name, member in all_members():
        found = inspect.getattr_static(ours[name], member) if name in ours else None
        function = found.fget if isinstance(found, property) else found
        if not inspect.isfunction(function) or function.__name__ != "refuses":
            continue
        checked += 1
        with pytest.raises(NotImplementedError, match=f"{name}.{member} "):
            function(None)
    assert checked > 50


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_classes(scratch: Any, name: str) -> None:
    owner, _, member = REFUSED[name].partition(".")
    impl = scratch.impl if owner == "Sheet" else scratch["A1"].impl
    with pytest.raises(NotImplementedError, match=REFUSED[name].replace(".", r"\.")):
        getattr(impl, member)


@pytest.mark.parametrize(
    ("feature", "action"),
    [
        ("Range.copy_picture", lambda s: s["A1"].copy_picture()),
        ("Range.formula2", lambda s: setattr(s["A1"], "formula2", "=A1")),
        ("Range.data_validation", lambda s: s["A1"].data_validation.delete()),
        ("Sheet.to_html", lambda s: s.to_html("x.html")),
        ("App.interactive", lambda s: setattr(s.book.app, "interactive", False)),
        ("Range.paste", lambda s: s["A1"].paste("column_widths")),
        ("Range.horizontal_alignment", lambda s: setattr(
            s["A1"], "horizontal_alignment", "center_across_selection")),
        ("Border.line_style", lambda s: s["A1"].borders.set("all", line_style="slant_dash_dot")),
    ],
)  # fmt: skip
def test_users_see_the_name(scratch: Any, feature: str, action: Any) -> None:
    with pytest.raises(NotImplementedError, match=feature.replace(".", r"\.")):
        action(scratch)


def test_only_the_free_part_of_xlwings_is_used(engine_ready: None) -> None:
    import xlwings_libreoffice

    sources = list(Path(xlwings_libreoffice.__file__).parent.glob("*.py"))
    assert len(sources) > 10
    for source in sources:
        text = source.read_text("utf-8")
        assert "xlwings.pro" not in text
        assert "import gouji" not in text and "from gouji" not in text


def test_without_uno_the_message_helps() -> None:
    """A Python that finds no uno says what to install."""
    code = (
        "import sys, pathlib\n"
        "pathlib.Path.is_file = lambda self: False\n"
        "sys.modules['uno'] = sys.modules['unohelper'] = None\n"
        "import xlwings_libreoffice"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "python3-uno" in done.stderr.splitlines()[-1]
