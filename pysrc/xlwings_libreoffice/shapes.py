"""Shapes and pictures on a sheet, buttons included."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from xlwings import base_classes

from .bridge import prop, struct, to_url
from .fonts import Font
from .units import from_points, to_points
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .sheet import Sheet

CHART_CLASS = "12dcae26-281f-416f-a234-c3086127382e"
"""The class id of LibreOffice's charts."""

_TYPES = {
    "ControlShape": "form_control", "GraphicObjectShape": "picture", "TextShape": "text_box",
    "LineShape": "line", "ConnectorShape": "line", "GroupShape": "group", "CaptionShape": "comment",
    "CustomShape": "auto_shape", "RectangleShape": "auto_shape", "EllipseShape": "auto_shape",
    "MediaShape": "media", "PluginShape": "embedded_ole_object",
}  # fmt: skip


def kind_of(api: Any) -> str:
    """The kind of a shape by xlwings' names."""
    kind = str(api.ShapeType).rpartition(".")[2]
    if kind == "OLE2Shape":
        return "chart" if api.CLSID.lower() == CHART_CLASS else "embedded_ole_object"
    return _TYPES.get(kind, "free_form")


class Placed:
    """What lies on a sheet, at a place, with a size: in points."""

    def __init__(self, sheet: Sheet, shape: Any) -> None:
        self._sheet, self.shape = sheet, shape  # shape: LibreOffice's object in the draw page

    parent = property(lambda self: self._sheet)
    api = property(lambda self: self.shape)

    @property
    def name(self) -> str:
        return name_of(self._sheet, self.shape)

    @name.setter
    def name(self, value: str) -> None:
        self.shape.Name = value

    @property
    def left(self) -> float:
        return to_points(self.shape.Position.X)

    @left.setter
    def left(self, value: float) -> None:
        self.shape.Position = struct("awt.Point", from_points(value), self.shape.Position.Y)

    @property
    def top(self) -> float:
        return to_points(self.shape.Position.Y)

    @top.setter
    def top(self, value: float) -> None:
        self.shape.Position = struct("awt.Point", self.shape.Position.X, from_points(value))

    @property
    def width(self) -> float:
        return to_points(self.shape.Size.Width)

    @width.setter
    def width(self, value: float) -> None:
        self.shape.Size = struct("awt.Size", from_points(value), self.shape.Size.Height)

    @property
    def height(self) -> float:
        return to_points(self.shape.Size.Height)

    @height.setter
    def height(self, value: float) -> None:
        self.shape.Size = struct("awt.Size", self.shape.Size.Width, from_points(value))

    def delete(self) -> None:
        self._sheet.api.DrawPage.remove(self.shape)


def name_of(sheet: Sheet, api: Any) -> str:
    """Its own name, its control's, or its kind with its place among all shapes."""
    if api.Name:
        return str(api.Name)
    kind = kind_of(api)
    if kind == "form_control" and api.Control and api.Control.Name:
        return str(api.Control.Name)
    if kind == "chart" and api.PersistName:
        return str(api.PersistName)
    return f"{kind} {_place(sheet, api)}"


def _place(sheet: Sheet, api: Any) -> int:
    page = sheet.api.DrawPage
    return next((i + 1 for i in range(page.getCount()) if page.getByIndex(i) == api), 0)


@names_the_rest(of=base_classes.Shape)
class Shape(Placed, base_classes.Shape):
    """Any shape: button, picture, chart, drawing."""

    @property
    def type(self) -> str:
        return kind_of(self.api)

    @property
    def index(self) -> int:
        return _place(self._sheet, self.api)

    @property
    def text(self) -> str | None:
        """Text in the shape, or the caption of a control; None where there can be none."""
        if self.type == "form_control":
            return str(getattr(self.api.Control, "Label", "")) or None
        return str(self.api.String) or None if hasattr(self.api, "String") else None

    @text.setter
    def text(self, value: str) -> None:
        if self.type == "form_control":
            self.api.Control.Label = value
        else:
            self.api.String = value

    @property
    def font(self) -> Font:
        if self.type == "form_control":
            refuse("Shape.font of a form control")
        return Font(self.api)

    def activate(self) -> None:
        self._sheet.activate()
        self._sheet.book.api.CurrentController.select(self.api)

    def scale_height(self, factor: float, relative_to_original_size: bool, scale: str) -> None:
        self._scale("Height", "Y", factor, relative_to_original_size, scale)

    def scale_width(self, factor: float, relative_to_original_size: bool, scale: str) -> None:
        self._scale("Width", "X", factor, relative_to_original_size, scale)

    def _scale(self, side: str, axis: str, factor: float, original: bool, scale: str) -> None:
        size, place = self.api.Size, self.api.Position
        old = getattr(size, side)
        if original and self.type != "picture":
            refuse("Shape.scale relative to the original size", "only pictures have one")
        base = getattr(natural_size(self.api.Graphic), side) if original else old
        new = round(base * factor)
        share = {"scale_from_top_left": 0, "scale_from_middle": 0.5, "scale_from_bottom_right": 1}
        setattr(place, axis, getattr(place, axis) - round((new - old) * share[scale]))
        setattr(size, side, new)
        self.api.Size, self.api.Position = size, place


class Collected:
    """Shapes of one kind (None: all) by name or 1-based index."""

    kind: ClassVar[str | None] = None
    item: ClassVar[type[Placed]] = Placed

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    api = property(lambda self: self._sheet.api.DrawPage)
    parent = property(lambda self: self._sheet)

    def __iter__(self) -> Iterator[Any]:
        page = self.api
        for index in range(page.getCount()):
            found = page.getByIndex(index)
            if self.kind is None or kind_of(found) == self.kind:
                yield self.item(self._sheet, found)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, key: int | str) -> Any:
        found = list(self)
        if isinstance(key, numbers.Number):
            if 1 <= int(key) <= len(found):
                return found[int(key) - 1]
            raise KeyError(key)
        for one in found:
            if one.name == key:
                return one
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(one.name == key for one in self)

    def free_name(self, stem: str) -> str:
        """``Picture 1``, ``Picture 2``, …: the first that no shape of the sheet has."""
        taken = {one.name for one in Shapes(self._sheet)}
        number = 1
        while f"{stem} {number}" in taken:
            number += 1
        return f"{stem} {number}"


@names_the_rest(of=base_classes.Collection)
class Shapes(Collected, base_classes.Collection):
    """All shapes of a sheet."""

    item = Shape


@names_the_rest(of=base_classes.Picture)
class Picture(Placed, base_classes.Picture):
    """A picture. While its ratio is locked, a new width changes the height, and vice versa."""

    def __init__(self, sheet: Sheet, shape: Any) -> None:
        super().__init__(sheet, shape)
        self._locked = True

    @property
    def lock_aspect_ratio(self) -> bool:
        return self._locked

    @lock_aspect_ratio.setter
    def lock_aspect_ratio(self, value: bool) -> None:
        """Holds for this Python object: LibreOffice does not keep it."""
        self._locked = bool(value)

    @property
    def width(self) -> float:
        return to_points(self.api.Size.Width)

    @width.setter
    def width(self, value: float) -> None:
        size = self.api.Size
        height = from_points(value) * size.Height / size.Width if self._locked else size.Height
        self.api.Size = struct("awt.Size", from_points(value), round(height))

    @property
    def height(self) -> float:
        return to_points(self.api.Size.Height)

    @height.setter
    def height(self, value: float) -> None:
        size = self.api.Size
        width = from_points(value) * size.Width / size.Height if self._locked else size.Width
        self.api.Size = struct("awt.Size", round(width), from_points(value))

    def index(self) -> int:
        names = [picture.name for picture in Pictures(self._sheet)]
        return names.index(self.name) + 1

    def update(self, filename: str) -> Picture:
        """Another image in the same place and size."""
        self.api.Graphic = _load(self._sheet, filename)
        return self


@names_the_rest(of=base_classes.Pictures)
class Pictures(Collected, base_classes.Pictures):
    """The pictures of a sheet."""

    kind = "picture"
    item = Picture

    def add(self, filename: str, link_to_file: bool, save_with_document: bool,
            left: float | None, top: float | None, width: float | None, height: float | None,
            anchor: Any = None) -> Picture:  # fmt: skip
        """A picture in its own size unless told; ``anchor`` is a range of xlwings."""
        if link_to_file:
            refuse("Pictures.add with link_to_file=True")
        if anchor is not None:
            left, top = anchor.left, anchor.top
        graphic = _load(self._sheet, filename)
        shape = self._sheet.book.api.createInstance("com.sun.star.drawing.GraphicObjectShape")
        name = self.free_name("Picture")
        shape.Graphic = graphic
        self.api.add(shape)
        shape.Position = struct("awt.Point", from_points(left or 0), from_points(top or 0))
        own = natural_size(graphic)
        shape.Size = struct("awt.Size", _given(width, own.Width), _given(height, own.Height))
        shape.Name = name
        return Picture(self._sheet, shape)


def _given(points: float | None, own: int) -> int:
    return from_points(points) if points and points > 0 else own


def natural_size(graphic: Any) -> Any:
    """Size of an image in 1/100 mm; one that tells pixels only has 96 of them to the inch."""
    size = graphic.Size100thMM
    if size.Width and size.Height:
        return size
    pixels = graphic.SizePixel
    return struct("awt.Size", pixels.Width * 2540 // 96, pixels.Height * 2540 // 96)


def _load(sheet: Sheet, filename: str) -> Any:
    provider = sheet.book.app.connection.service("com.sun.star.graphic.GraphicProvider")
    graphic = provider.queryGraphic((prop("URL", to_url(filename)),))
    if graphic is None:
        raise OSError(f"LibreOffice cannot read the image {filename}")
    return graphic
