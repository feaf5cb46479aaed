"""A new form without code: the sample loads as it is, and every mistake is told at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from gouji import editions
from gouji.edition_commands import skeleton
from gouji.editions import declaration
from gouji.editions.lines import Lines
from gouji.editions.problem import Place
from gouji.wording import catalogue

Run = Callable[..., tuple[int, str, str]]
CHINESE = re.compile("[\u4e00-\u9fff]")
SAMPLE = skeleton("培训")
SHIPPED = Path(editions.__file__).parent
OLD = editions.load("2019")


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Path]:
    """The sample with its parts replaced one by one."""

    def write(*replaced: tuple[str, str]) -> Path:
        text = SAMPLE
        for old, new in replaced:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        file = tmp_path / "培训.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


# ---------------------------------------------------------------- begun
def test_the_sample_is_right_as_it_is(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("edition", "new", "培训", "-o", tmp_path)
    assert status == 0 and str(tmp_path / "培训.toml") in out
    status, out, err = run("edition", "check", tmp_path / "培训.toml")
    assert (status, err) == (0, "") and "✓" in out
    form = editions.load(tmp_path / "培训.toml")
    assert len(form.tables) == 2 and form.form_rules.keys() == {"R5", "R6", "R7", "R8"}
    assert any(rule.needs_last_year for rule in form.rules)
    assert any(rule.total for rule in form.rules)
    for line in SAMPLE.splitlines():
        _, mark, comment = line.partition("#")
        assert not mark or CHINESE.search(comment) or "=" in comment or "--" in comment, line


def test_a_file_that_is_there_is_kept(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("mine", encoding="utf-8")
    status, _, err = run("edition", "new", "a", "-o", file)
    assert status == 2 and "没有覆盖" in err and file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["../a", "a/b", "a b", "", "a.b", "2021", "x" * 41])
def test_a_name_that_cannot_be(run: Run, tmp_path: Path, name: str) -> None:
    status, _, err = run("edition", "new", name, "-o", tmp_path)
    assert status == 2 and len(err.splitlines()) == 1 and "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_the_name_of_the_file_is_the_name_of_the_form(run: Run, tmp_path: Path) -> None:
    status, _, err = run("edition", "new", "a", "-o", tmp_path / "b.toml")
    assert status == 2 and "a.toml" in err and not list(tmp_path.iterdir())


# ---------------------------------------------------------------- every mistake at once
#: What is replaced, and key and text of the one mistake it makes.
MISTAKES = [
    ('title      = "培训工作统计表"', "titel = \"培训\"", "titel", "title"),
    ("version    = 1", 'version = "1"', "version", "整数"),
    ('rows.online    = "线上"', "rows.online = 3", "tables.courses.rows.online", "名称"),
    ('sheet  = "三、报名"', 'sheet = "三/报名"', "tables.requests.sheet", "工作表名"),
    ('kind = "amount", decimals', 'kind = "sum", decimals', "tables.courses.kinds.*.spent.kind",
     "amount"),
    ("online.* + classroom.*", "online.* + clasroom.*", "rules.R1.check", "courses.clasroom.held"),
    ('remedy = "请核对个人、单位和合计"', "", "rules.R2.remedy", "没有写"),
    ("*.brought_forward + *.received =", "*.brought_forward *.received =", "rules.R3.check", "+"),
    ('each   = "row"\ncheck  = "*.brought_forward = l', 'each = "line"\ncheck = "*.b = l',
     "rules.R4.each", "row"),
    ('kind   = "domain"', 'kind = "domian"', "form_rules.R6.kind", "domain"),
    ('severity = "soft"\nsays', 'severity = "mild"\nsays', "form_rules.R8.severity", "soft"),
    ('table = "courses" }', 'table = "course" }', "sections.2.table", "course"),
]  # fmt: skip


def told(run: Run, file: Path) -> list[dict[str, Any]]:
    status, out, _ = run("edition", "check", file, "--json")
    found = json.loads(out)
    assert status == (1 if found["mistakes"] else 0)
    return list(found["mistakes"])


@pytest.mark.parametrize(("old", "new", "key", "says"), MISTAKES)
def test_a_mistake_is_told_once_with_its_line(
    run: Run, sample: Callable[..., Path], old: str, new: str, key: str, says: str
) -> None:
    file = sample((old, new))
    (one,) = told(run, file)
    assert one["key"] == key and says in one["message"] and one["file"] == "培训.toml"
    assert CHINESE.search(one["message"]) and not re.search("must|is |there", one["message"])
    line = file.read_text(encoding="utf-8").splitlines()[one["line"] - 1]
    assert key.rpartition(".")[2] in line or key.split(".")[-2] in line


def test_all_of_them_are_told_together(run: Run, sample: Callable[..., Path]) -> None:
    file = sample(*((old, new) for old, new, _, _ in MISTAKES))
    found = told(run, file)
    assert sorted(one["key"] for one in found) == sorted(key for _, _, key, _ in MISTAKES)
    lines = [one["line"] for one in found]
    assert lines == sorted(lines)
    _, out, _ = run("edition", "check", file)
    assert f"有 {len(MISTAKES)} 处要改正" in out
    for one in found:
        assert f"第 {one['line']} 行　{one['key']}　{one['message']}" in out


def test_what_only_follows_is_not_told(run: Run, sample: Callable[..., Path]) -> None:
    """A table that cannot be read: the rules and sections that name it are not wrong."""
    rows = 'rows.person = "个人"\nrows.unit   = "单位"\nrows.total  = "合计"'
    (one,) = told(run, sample((rows, "rows = 3")))
    assert one["key"] == "tables.requests.rows"


@pytest.mark.parametrize(
    ("path", "junk", "key"),
    [
        (("tables", "review", "columns", "direct_suit"), True, "tables.review.columns.direct_suit"),
        (("tables", "requests", "rows", "result", "total"), {"x": 1},
         "tables.requests.rows.result.total.x"),
        (("tables", "requests", "columns", "person"), 3, "tables.requests.columns.person"),
        (("tables", "proactive", "blocks", "1", "rows"), 3, "tables.proactive.blocks.1.rows"),
        (("draft", "breakdowns"), 1.5, "draft.breakdowns"),
        (("draft", "figures"), 1, "draft.figures"),
        (("claims", "topics"), [], "claims.topics"),
        (("first_year",), "2021", "first_year"),
        (("was", "2019"), 3, "was.2019"),
        (("narrative", "sheet"), "a/b", "narrative.sheet"),
        (("soft", "S9", "kind"), "x", "soft.S9.kind"),
    ],
)  # fmt: skip
def test_one_slip_in_a_large_form_is_one_mistake(
    monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], junk: Any, key: str
) -> None:
    data = tomllib.loads((SHIPPED / "2021.toml").read_text(encoding="utf-8"))
    with_junk(data, path, junk)
    assert [each.key for each in mistakes(monkeypatch, "2021", data)] == [key]


def with_junk(data: Any, path: tuple[Any, ...], junk: Any) -> None:
    for part in path[:-1]:
        data = data[part]
    assert path[-1] in data
    data[path[-1]] = junk


def mistakes(
    monkeypatch: pytest.MonkeyPatch, name: str, data: dict[str, Any]
) -> tuple[editions.Mistake, ...]:
    """The mistakes of a declaration given as its content; none when it loads."""
    place = Place(f"{name}.toml")
    monkeypatch.setattr(declaration, "parsed", lambda path: (place, data))
    try:
        declaration.read_declaration(Path(f"{name}.toml"), lambda edition, where: OLD)
    except editions.EditionError as problem:
        assert problem.mistakes, "something is wrong, and nobody says what"
        return problem.mistakes
    return ()


def test_whatever_is_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key of the sample left out, or given a value of another kind: never a crash."""
    junk = (3, "", "x", "{a", "a = b", [], ["x"], {}, {"x": 1}, True, 1.5, "[x]", [[]], [{}])
    whole = tomllib.loads(SAMPLE)
    wrong = 0
    for number, path in enumerate(keys(whole)):
        for value in junk[number % 3 :: 3]:
            data = tomllib.loads(SAMPLE)
            with_junk(data, path, value)
            wrong += bool(mistakes(monkeypatch, "培训", data))
    assert wrong > 300


def test_several_lines_that_are_no_toml(run: Run, sample: Callable[..., Path]) -> None:
    file = sample(
        ('rows.online    = "线上"', 'rows.online = "线上'),
        ("version    = 1", "version = 1\nversion = 2"),
        ('corner = "报名人"', "corner = 报名人"),
        ('kind   = "domain"', 'kind = "domian"'),
    )
    found = told(run, file)
    assert [one["key"] for one in found] == [
        "version", "tables.courses.rows.online", "tables.requests.corner", "form_rules.R6.kind",
    ]  # fmt: skip
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [lines[one["line"] - 1].split()[0] for one in found] == [
        "version", "rows.online", "corner", "kind",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[a\n", b"a = [1,\n2", b'x = """\n', b""])
def test_what_is_no_declaration_at_all(run: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(content)
    status, out, err = run("edition", "check", file)
    assert status == 1 and err == "" and "处要改正" in out


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    status, out, err = run("edition", "check", tmp_path / "x.toml")
    assert (status, out) == (2, "") and len(err.splitlines()) == 1 and "无法读取" in err


def test_notepads_mark_is_no_mistake(run: Run, sample: Callable[..., Path]) -> None:
    file = sample()
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert told(run, file) == []


#: Words between, and texts that are filled in elsewhere.
PARTS = {"line", "more", "arrow", "quoted", "and_more", "nothing", "sheets", "labels", "summands",
         "no_toml", "end"}  # fmt: skip


def test_every_mistake_says_what_to_do() -> None:
    for key, text in catalogue().items():
        group, _, name = key.partition(".")
        if group in ("declared", "toml", "formula") and name not in PARTS:
            assert "请" in text, key
            assert not re.search("[A-Za-z]{4,} [a-z]{3,}", text.replace("gouji edition", "")), key


# ---------------------------------------------------------------- lines
def keys(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*path, key)
            yield from keys(value, (*path, key))
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        for number, each in enumerate(node, 1):
            yield from keys(each, (*path, str(number)))


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_line_of_every_key(edition: str) -> None:
    text = (SHIPPED / f"{edition}.toml").read_text(encoding="utf-8")
    found, lines = Lines(text), text.splitlines()
    paths = list(keys(tomllib.loads(text)))
    assert len(paths) > 500
    for path in paths:
        number = found.of(".".join(path))
        assert number is not None
        line = lines[number - 1]
        assert any(part in line for part in path), (path, line)
    values = [path for path in paths if path[0] in ("rules", "form_rules") and len(path) == 3]
    for path in values:
        assert lines[(found.of(".".join(path)) or 0) - 1].startswith(path[2])


# ---------------------------------------------------------------- shown
def test_the_template_it_would_make(run: Run, sample: Callable[..., Path], tmp_path: Path) -> None:
    status, out, _ = run("edition", "check", sample(), "--show", tmp_path / "空表", "--json")
    shown = json.loads(out)
    assert status == 0
    book = CalamineWorkbook.from_path(shown["template"])
    for table in shown["tables"]:
        rows = book.get_sheet_by_name(table["sheet"]).to_python(skip_empty_area=False)
        printed = {str(cell) for row in rows for cell in row}
        for item in table["items"]:
            assert set(item["label"].split("／")) <= printed
            assert item["cell"].startswith(table["sheet"] + "!")
    assert len(shown["rules"]["rules"]) == 18 and shown["self_test"]["faults"] == []


def test_rules_that_contradict_are_a_fault(run: Run, sample: Callable[..., Path]) -> None:
    file = sample(("= online.* + classroom.*", "= online.* + 2 * classroom.*"),
                  ("[rules.R2]", '[rules.R9]\ntable = "courses"\neach = "column"\n'
                   'check = "total.* = online.* + classroom.*"\nsays = "a"\nbasis = "b"\n'
                   'remedy = "c"\n[rules.R2]'))  # fmt: skip
    status, out, _ = run("edition", "check", file)
    assert status == 1 and "✗" in out
