"""The folder of open data: CSV, JSON, the descriptor, and a page of text that explains them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gouji.open_data.csv_file import MARK, as_csv
from gouji.open_data.dataset import Dataset
from gouji.open_data.fields import SHEETS, VERSION
from gouji.open_data.json_file import as_json
from gouji.open_data.package import FILE, described, package, title_of
from gouji.open_data.rows import rows_of
from gouji.round import replace_file
from gouji.values_json import to_text
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Written:
    """The files written, the descriptor last."""

    folder: Path
    files: tuple[Path, ...]


def write_open_data(data: Dataset, folder: Path) -> Written:
    """Write every file into ``folder``; others there stay. The same data give the same bytes.

    The descriptor, which names the others' digests, is written last. Raises OSError.
    """
    files = contents(data)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        replace_file(folder / name, content)
        paths.append(folder / name)
    return Written(folder, tuple(paths))


def contents(data: Dataset) -> dict[str, bytes]:
    """File name → bytes."""
    files = {
        sheet.file: as_csv(sheet.columns, rows_of(sheet, data)) for sheet in SHEETS
    } | {"data.json": as_json(data)}  # fmt: skip
    descriptor = to_text(package(data, files)) + "\n"
    told = "\r\n".join(_explained(data)) + "\r\n"
    return files | {
        say("open_data.readme"): MARK + told.encode("utf-8"),
        FILE: descriptor.encode("utf-8"),
    }


def _explained(data: Dataset) -> Iterator[str]:
    """For people: which file is for what, and every column."""
    yield title_of(data)
    yield ""
    yield say("open_data.about", basis=data.form.basis)
    yield say("open_data.version", version=VERSION)
    for sheet in SHEETS:
        yield ""
        yield say("open_data.file", file=sheet.file, title=say(f"open_data.{sheet.name}.title"))
        yield say(f"open_data.{sheet.name}.about")
        for column in described(sheet):
            yield say(
                "open_data.column_line", name=column["name"], title=column["title"],
                about=column["description"],
            )  # fmt: skip
    yield ""
    yield say("open_data.file", file="data.json", title=say("open_data.json.title"))
    yield say("open_data.json.about")
    yield say("open_data.file", file=FILE, title=say("open_data.descriptor.title"))
    yield say("open_data.descriptor.about")
