"""Notes: the yellow slips on cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlwings import base_classes

from .unsupported import names_the_rest

if TYPE_CHECKING:
    from .range import Range


@names_the_rest(of=base_classes.Note)
class Note(base_classes.Note):
    """The note of one cell."""

    def __init__(self, cell: Range) -> None:
        self._cell = cell

    api = property(lambda self: self._cell.cell.Annotation)
    location = property(lambda self: self._cell)

    @property
    def text(self) -> str:
        return str(self.api.String)

    @text.setter
    def text(self, value: str) -> None:
        self.api.setString(value)

    @property
    def author(self) -> str:
        return str(self.api.Author)

    def delete(self) -> None:
        annotations = self._cell.sheet.api.Annotations
        for index in range(annotations.getCount()):
            place = annotations.getByIndex(index).Position
            if (place.Row + 1, place.Column + 1) == (self._cell.row, self._cell.column):
                annotations.removeByIndex(index)
                return


def exists(cell: Range) -> bool:
    return bool(cell.cell.Annotation.String)


def add(cell: Range, text: str) -> Note:
    cell.sheet.api.Annotations.insertNew(cell.cell.CellAddress, text)
    return Note(cell)
