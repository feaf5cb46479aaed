"""Reports are published beside the workbook, and never with other figures than its."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gouji.publishing import publish, versions
from gouji.reading import read_file
from gouji.report_making import report_name
from publications import CARRIED, FIRST, ONE, SECOND, begun, content, is_whole, send

Run = Callable[..., tuple[int, str, str]]


def test_a_report_goes_with_the_workbook_and_must_agree_with_it(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    assert run("compile", made.folder)[0] == 0
    assert run("report", made.folder)[0] == 0
    name = report_name("云溪区", 2021)
    (made.output / "无关.docx").write_bytes(b"no document at all")
    first = publish(made, FIRST).version
    assert first is not None and {name, "无关.docx"} <= first.files.keys()
    before = content(first.folder)

    send(made, ONE, 5, "更正.xlsx", 9)
    status, out, _ = run("publish", made.folder)
    assert status == 1 and name in out and "gouji report" in out and "--incomplete" not in out
    is_whole(made, [1])

    assert run("report", made.folder)[0] == 0
    assert len([path for path in made.output.iterdir() if path.suffix == ".docx"]) == 3, (
        "the former one is kept aside"
    )
    done = publish(made, SECOND)
    is_whole(made, [1, 2])
    assert done.version is not None and done.changes is not None
    assert dict(done.changes.reports) == {name: "changed"}
    assert done.version.files.keys() - first.files.keys() == {"更正说明.docx", "更正清单.xlsx"}
    assert content(first.folder) == before
    values = [read_file(version.folder / name).values[CARRIED] for version in versions(made)]
    assert values == [6, 10]


def test_a_report_alone_is_a_version_too_and_one_put_away_is_none(tmp_path: Path) -> None:
    made = begun(tmp_path)
    publish(made, FIRST)
    extra = made.output / "解读.txt"
    extra.write_text("一", encoding="utf-8")
    done = publish(made, SECOND)
    assert dict(done.changes.reports) == {"解读.txt": "added"} and not done.changes.items
    is_whole(made, [1, 2])
    extra.unlink()
    assert publish(made, SECOND).version is None
    is_whole(made, [1, 2])


def test_page_and_open_data_go_along_and_must_be_of_these_figures(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    page = made.output / report_name("云溪区", 2021, ".html")
    assert run("compile", made.folder)[0] == 0
    assert run("report", made.folder, "-o", page)[0] == 0
    assert run("opendata", made.folder)[0] == 0
    first = publish(made, FIRST).version
    assert first is not None and page.name in first.files
    assert {"开放数据/data.csv", "开放数据/data.json"} <= first.files.keys()
    assert run("compare", first.folder / page.name, made.folder)[0] == 0

    send(made, ONE, 5, "更正.xlsx", 9)
    status, out, _ = run("publish", made.folder)
    assert status == 1 and "gouji opendata" in out and page.name in out
    assert run("compile", made.folder)[0] == 0
    assert run("report", made.folder, "-o", page)[0] == 0
    assert run("publish", made.folder)[0] == 1, "the open data are still old"
    assert run("opendata", made.folder)[0] == 0
    assert run("publish", made.folder)[0] == 0
    is_whole(made, [1, 2])
    assert run("compare", first.folder / page.name, made.folder, "--version", 1)[0] == 0
    assert run("compare", first.folder / page.name, made.folder)[0] == 1
