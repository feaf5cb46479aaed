"""A report made a second time: a person's words stay, ours follow the numbers, nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from gouji.model import Submission
from gouji.report_making import Made, Order, make
from gouji.unusable import UnusableCall
from office import Office
from reports import NEW, SIGNED, county, opened, submitted

FIRST, SECOND, THIRD = "2025年，沭阳县", "全年新收", "全年因政府信息公开"
OWN = "全县上下高度重视，组织培训12次。"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A report made once."""
    path = tmp_path / "报告.docx"
    assert make(Order(county()), path, SIGNED).outcome == "written"
    return path


def more() -> Submission:
    """Two requests more, which are still open."""
    now = county()
    values = dict(now.values)
    for row in ("received", "carried_forward"):
        for column in ("person", "total"):
            code = f"requests.{row}.{column}"
            values[code] = values[code] + 2  # type: ignore[operator]
    return replace(now, values=values)


def edited(path: Path, change: Callable[[Any], None]) -> None:
    document = Document(str(path))
    change(document)
    document.save(str(path))


def paragraph(document: Any, start: str) -> Any:
    return next(p for p in document.paragraphs if p.text.startswith(start))


def texts(made: Made, section: int = 0) -> list[str]:
    """The narrative paragraphs of a section as python-docx reads them from the file."""
    titles = [each.title for each in NEW.sections]
    found: list[str] = []
    inside = False
    for p in Document(str(made.file)).paragraphs:
        if p.style.name == "Heading 1":
            inside = p.text == titles[section]
        elif inside and p.style.name == "Normal" and p.text:
            found.append(p.text)
    return found


def test_nobody_touched_it(file: Path) -> None:
    former = file.read_bytes()
    same = make(Order(county()), file, SIGNED)
    assert (same.outcome, same.former) == ("current", None) and file.read_bytes() == former
    made = make(Order(more()), file, SIGNED)
    assert made.outcome == "renewed" and made.former and made.former.read_bytes() == former
    assert "新收政府信息公开申请715件" in texts(made)[1] and made.queries == made.kept == ()
    assert len(texts(made)) == 3 and made.drafted and len(made.asked) == 2


def test_an_edited_paragraph_stays_and_is_watched(file: Path) -> None:
    def change(document: Any) -> None:
        second = paragraph(document, SECOND)
        second.runs[0].text = "这一年" + second.runs[0].text
        second.insert_paragraph_before(OWN)

    edited(file, change)
    made = make(Order(more()), file, SIGNED)
    assert made.kept == ("一、总体情况",)
    shown = texts(made)
    assert shown[0].startswith(FIRST) and shown[1] == OWN
    assert shown[2].startswith("这一年全年新收政府信息公开申请713件，上年结转36件。")
    assert shown[3].startswith(THIRD)
    said = [query for query in made.queries if "“713”" in query]
    assert len(said) == 1 and "“这一年全年新收政府信息公开申请713件，上年结转36件。”" in said[0]
    assert "715" in said[0]
    assert {part for query in made.queries for part in ("“705”", "“31”") if part in query} == {
        "“705”", "“31”",
    }  # fmt: skip
    again = make(Order(more()), file, SIGNED)
    assert again.outcome == "current" and again.queries == made.queries, "until it is mended"
    edited(file, lambda document: _mend(paragraph(document, "这一年")))
    mended = make(Order(more()), file, SIGNED)
    assert mended.queries == () and texts(mended)[2].startswith(
        "这一年全年新收政府信息公开申请715件"
    )


def _mend(found: Any) -> None:
    due = {"713": "715", "705": "707", "31": "33"}
    for run in found.runs:
        run.text = due.get(run.text, run.text)


def test_what_the_writer_says_in_their_own_words_is_read(file: Path) -> None:
    edited(file, lambda d: d.paragraphs[2].insert_paragraph_before(
        "全年共收到政府信息公开申请800件。"))  # fmt: skip
    made = make(Order(county()), file, SIGNED)
    assert len(made.queries) == 1 and "全年共收到政府信息公开申请800件。" in made.queries[0]


def test_asked_for_words_are_taken(file: Path) -> None:
    def change(document: Any) -> None:
        for start, words in (("（待填写：写明", "一是培训不够。"), ("（待填写：依规定", "无")):
            found = paragraph(document, start)
            found.clear()
            found.add_run(words)
        paragraph(document, "一是培训").insert_paragraph_before("主要问题：")

    edited(file, change)
    made = make(Order(more()), file, SIGNED)
    assert texts(made, 4) == ["主要问题：", "一是培训不够。"] and made.asked == ()
    assert texts(made, 5)[0] == "无"
    assert made.kept == ("五、存在的主要问题及改进情况", "六、其他需要报告的事项")
    assert texts(made)[1].startswith("全年新收政府信息公开申请715件"), "一 is renewed all the same"


def test_what_was_deleted_stays_deleted(file: Path) -> None:
    def change(document: Any) -> None:
        element = paragraph(document, FIRST)._p
        element.getparent().remove(element)

    edited(file, change)
    assert [text[:4] for text in texts(make(Order(more()), file, SIGNED))] == [
        "全年新收",
        "全年因政",
    ]


def test_signature_and_captions_are_no_narrative(file: Path) -> None:
    edited(file, lambda d: paragraph(d, "图1").add_run("，改过"))
    made = make(Order(more()), file, "沭阳县人民政府")
    assert made.kept == () and len(texts(made)) == 3
    assert Document(str(file)).paragraphs[-1].text == "沭阳县人民政府"
    assert "云澜区人民政府" not in "".join(p.text for p in Document(str(file)).paragraphs)


@pytest.mark.parametrize("again", ["", "沭阳县人民政府办公室"])
def test_a_signature_typed_by_hand_stays_unless_another_is_given(
    tmp_path: Path, again: str
) -> None:
    file = tmp_path / "报告.docx"
    make(Order(county()), file)

    def sign(document: Any) -> None:
        for line in SIGNED.splitlines():
            document.add_paragraph(line)

    edited(file, sign)
    made = make(Order(more()), file, again)
    found = [p.text for p in Document(str(file)).paragraphs if p.text]
    assert made.report.published == (again or SIGNED) and made.kept == ()
    due = (again or SIGNED).splitlines()
    assert found[-len(due) :] == due and found[-len(due) - 1].startswith("（待填写")
    assert make(Order(more()), file).outcome == "current"


def test_a_units_own_text_follows_its_form_until_somebody_edits_it(tmp_path: Path) -> None:
    file = tmp_path / "报告.docx"
    now = submitted(NEW, {}, narrative={"1": "原文。", "5": "问题。", "6": "无"})
    make(Order(now), file)
    later = replace(now, narrative={"1": "新文。", "5": "问题。", "6": "无"})
    assert texts(make(Order(later), file)) == ["新文。"]
    edited(file, lambda d: paragraph(d, "新文").add_run("我的话。"))
    latest = replace(now, narrative={"1": "第三版。", "5": "新问题。", "6": "无"})
    made = make(Order(latest), file)
    assert texts(made) == ["新文。我的话。"] and texts(made, 4) == ["新问题。"]


def test_older_versions_are_numbered(file: Path) -> None:
    for number in (1, 2, 3):
        values = dict(county().values) | {"proactive.normative.made": 100 + number}
        made = make(Order(replace(county(), values=values)), file, SIGNED)
        assert made.former and made.former.name == f"报告_旧版{number}.docx"
    assert len(list(file.parent.iterdir())) == 4


def test_own_pictures_and_tables_are_missed_aloud(file: Path) -> None:
    def change(document: Any) -> None:
        image = io.BytesIO()
        Image.new("RGB", (8, 8)).save(image, "PNG")
        document.paragraphs[2].add_run().add_picture(io.BytesIO(image.getvalue()), width=Mm(10))
        document.add_table(1, 1)

    edited(file, change)
    made = make(Order(county()), file, SIGNED)
    assert made.former and len(made.notes) == 2
    assert "1 张" in made.notes[0] and "1 个" in made.notes[1]


def test_changes_that_are_tracked_count_as_they_stand(file: Path) -> None:
    """Deleted text is gone and inserted text is there, accepted or not."""

    def change(document: Any) -> None:
        run = paragraph(document, SECOND).runs[0]._r
        deleted, inserted = OxmlElement("w:del"), OxmlElement("w:ins")
        run.addprevious(deleted)
        deleted.append(run)
        text = run.find(qn("w:t"))
        text.tag = qn("w:delText")
        added = OxmlElement("w:r")
        added.append(OxmlElement("w:t"))
        added[0].text = "本年收到申请"
        inserted.append(added)
        deleted.addnext(inserted)

    edited(file, change)
    assert texts(make(Order(more()), file, SIGNED))[1].startswith("本年收到申请713件")


@pytest.mark.parametrize("ending", [".docx"])
def test_saved_by_another_program_it_is_still_known(
    office: Office, file: Path, ending: str
) -> None:
    edited(file, lambda d: paragraph(d, SECOND).add_run("办理质量提高。"))
    other = office.convert(file, file.with_name("另存.docx"), "MS Word 2007 XML")
    file.write_bytes(other.read_bytes())
    made = make(Order(more()), file, SIGNED)
    assert made.kept == ("一、总体情况",) and len(texts(made)) == 3 and made.notes == ()
    assert texts(made)[1].endswith("办理质量提高。") and len(made.queries) == 3


# ---------------------------------------------------------------------- what is refused
def test_another_report_is_not_written_over(file: Path) -> None:
    former = file.read_bytes()
    with pytest.raises(UnusableCall, match=r"报告\.docx 是另一份报告（沭阳县2025年"):
        make(Order(submitted(NEW, {})), file)
    assert file.read_bytes() == former and len(list(file.parent.iterdir())) == 1


@pytest.mark.parametrize("content", [b"not a document", b"PK\x03\x04 broken"])
def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "报告.docx"
    file.write_bytes(content)
    with pytest.raises(UnusableCall, match="没有覆盖"):
        make(Order(county()), file)
    assert file.read_bytes() == content


def test_nothing_is_left_when_writing_fails(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    former = file.read_bytes()
    monkeypatch.setattr(Path, "replace", _full)
    with pytest.raises(OSError, match="full"):
        make(Order(more()), file, SIGNED)
    monkeypatch.undo()
    assert file.read_bytes() == former and opened(former).tables
    assert [path.name for path in file.parent.iterdir()] == ["报告.docx"]


def _full(*_: Any) -> None:
    raise OSError(28, "full")
