"""How people word and arrange the tables: accepted and said, or refused; never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import balanced_values, close
from gouji import editions
from gouji.documents.model import Document
from gouji.documents.text import read_text
from gouji.gate import Reason, Refused
from gouji.model import Form, Submission, Value
from gouji.recognising import recognise
from layouts import (
    Board,
    Box,
    as_document,
    as_dump,
    as_rows,
    boards,
    flat_boards,
    report,
    stacked,
)

F2019, F2021 = editions.load("2019"), editions.load("2021")
TITLE = "青田区水利局{year}年政府信息公开工作年度报告"


def numbered(form: Form) -> dict[str, Value]:
    """A different number in every cell: whatever is mistaken for another is seen."""
    return {code: 100 + at for at, code in enumerate(form.items)}


def through(form: Form, tables: dict[str, list[Board]]) -> Submission:
    return recognise(as_document(report(form, tables, TITLE.format(year=form.first_year))))


def relabelled(form: Form, other: dict[str, str], values: dict[str, Value]) -> Submission:
    return through(form, boards(form, values, lambda label: other.get(label, label)))


def changed(board: Board, change: Callable[[Box], Box | None]) -> Board:
    return Board(tuple(box for each in board.boxes if (box := change(each)) is not None))


# ---------------------------------------------------------------------- labels
def drop_numbering(label: str) -> str:
    from gouji.recognising.labels import numbering

    return numbering(label)[1] or label


@pytest.mark.parametrize("form", [F2019, F2021], ids=["2019", "2021"])
@pytest.mark.parametrize(
    "relabel",
    [
        lambda text: "\u3000".join(text) + "\xa0",
        lambda text: "\n".join(text),
        drop_numbering,
        lambda text: (
            text.replace("（", "(").replace("）", ")").replace("“", '"').replace("、", "，")
        ),
        lambda text: text.replace("1.", "①").replace("2.", "②").replace("3.", "３．"),
    ],
    ids=["spaced", "broken", "no numbers", "other marks", "other numbers"],
)
def test_typing_of_labels_does_not_count(form: Form, relabel: Callable[[str], str]) -> None:
    values = numbered(form)
    for tables in (boards(form, values, relabel), flat_boards(form, values, relabel)):
        found = through(form, tables)
        assert found.values == values
        assert not found.structure


def test_known_wordings_are_accepted_and_said() -> None:
    other = {
        "一、本年新收政府信息公开申请数量": "本年新收",
        "二、上年结转政府信息公开申请数量": "上年结转",
        "（二）部分公开（区分处理的，只计这一情形，不计其他情形）": "部分公开",
        "1.属于国家秘密": "国家秘密",
        "行政规范性文件": "规范性文件",
    }
    values = numbered(F2021)
    found = relabelled(F2021, other, values)
    assert (found.values, found.edition) == (values, "2021")
    (note,) = found.notes
    assert note.startswith("表头写法与规定不同，已按规定的名称对应：")
    assert "“规范性文件”作“行政规范性文件”" in note and "部分公开" not in note


def test_a_remark_in_the_head_is_said() -> None:
    values = numbered(F2021)
    found = relabelled(F2021, {"现行有效件数": "现行有效件数（历史累计）"}, values)
    assert found.values == values
    assert found.notes == (
        "表头另有括注，已按规定的名称对应：“现行有效件数（历史累计）”作“现行有效件数”",
    )


def test_a_slip_of_the_pen_is_accepted_and_said() -> None:
    values = numbered(F2019)
    found = relabelled(F2019, {"5.属于三类内部事务信息": "5.属于三类内部事物信息"}, values)
    assert found.values == values
    (note,) = found.notes
    assert "请核对：“5.属于三类内部事物信息”作“5.属于三类内部事务信息”" in note


def test_a_label_in_two_cells_and_two_in_one() -> None:
    values = numbered(F2019)
    found = relabelled(F2019, {"规范性文件": "规 范 性\n文件"}, values)
    assert found.values == values

    def split(box: Box) -> Box | None:
        if box.text == "8.属于行政查询事项":
            return replace(box, text="8.")
        return box

    tables = boards(F2019, values)
    (board,) = tables["requests"]
    (number,) = [box for box in board.boxes if box.text == "8.属于行政查询事项"]
    wider = changed(board, split).moved(right=1)
    wide = [replace(b, column=b.column - 1) if b.column <= number.column + 1 else b
            for b in wider.boxes]  # fmt: skip
    filler = [Box(None, row, number.column + 1) for row in range(board.height) if row != number.row]
    name = Box("属于行政查询事项", number.row, number.column + 1)
    tables["requests"] = [Board((*wide, *filler, name))]
    assert through(F2019, tables).values == values


# ---------------------------------------------------------------------- arrangement
def test_columns_in_another_order_follow_their_heads() -> None:
    values = numbered(F2021)
    tables = boards(F2021, values)

    def swap(box: Box) -> Box:
        order = {1: 3, 3: 1}
        return replace(box, column=order.get(box.column, box.column)) if box.columns == 1 else box

    tables["proactive"][0] = changed(tables["proactive"][0], swap)
    found = through(F2021, tables)
    assert found.values == values
    assert found.notes == ("行列顺序与规定不同，已按表头对应：二、主动公开政府信息情况",)


@pytest.mark.parametrize("form", [F2019, F2021], ids=["2019", "2021"])
def test_groups_in_another_order_follow_their_heads(form: Form) -> None:
    """行政诉讼 before 行政复议, also where spans are not known."""
    values = numbered(form)
    (board,) = boards(form, values)["review"]
    turned = changed(board, lambda box: replace(box, column=(box.column - 5) % 15))
    for moved in (turned, turned.without_spans()):
        tables = boards(form, values) | {"review": [moved]}
        assert through(form, tables).values == values
    text = as_dump(report(form, boards(form, values) | {"review": [turned]}))
    assert recognise(read_text(text.encode())).values == values


def test_rows_as_columns() -> None:
    values = numbered(F2019)
    tables = boards(F2019, values)
    tables["review"] = [board.turned() for board in tables["review"]]
    found = through(F2019, tables)
    assert found.values == values
    assert found.notes == ("表格的行列互换，已按表头对应：四、政府信息公开行政复议、行政诉讼情况",)


def test_blocks_that_share_one_head() -> None:
    values = numbered(F2019)
    tables = boards(F2019, values)
    fifth, sixth = tables["proactive"][1], tables["proactive"][2]
    headless = [replace(box, row=box.row - 1) if box.row > 1 else box
                for box in sixth.boxes if box.row != 1]  # fmt: skip
    tables["proactive"][1:3] = [stacked([fifth, Board(tuple(headless))])]
    found = through(F2019, tables)
    assert found.values == values and not found.structure


@pytest.mark.parametrize("repeated", [True, False], ids=["head again", "no head"])
def test_a_table_goes_on_after_a_page_break(repeated: bool) -> None:
    values = numbered(F2021)
    tables = boards(F2021, values)
    (board,) = tables["requests"]
    cut = 11
    head = [box for box in board.boxes if box.row < 3]
    above = Board(tuple(
        replace(box, rows=min(box.rows, cut - box.row)) for box in board.boxes if box.row < cut
    ))  # fmt: skip
    rest = [replace(box, row=box.row - cut) for box in board.boxes if box.row >= cut]
    rest += [replace(box, text="", row=0, rows=box.row + box.rows - cut) for box in board.boxes
             if box.row < cut < box.row + box.rows]  # fmt: skip
    below = Board(tuple(rest))
    if repeated:
        below = stacked([Board(tuple(head)), below])
    parts = report(F2021, tables | {"requests": []}, TITLE.format(year=2021))
    at = next(n for n, part in enumerate(parts) if isinstance(part, str) and part.startswith("三"))
    parts[at + 1 : at + 2] = [above, "— 3 —", below]
    found = recognise(as_document(parts))
    assert found.values == values
    assert found.structure == ()


def test_a_row_whose_spans_do_not_fit_the_head_is_counted_out() -> None:
    values = numbered(F2019)
    tables = boards(F2019, values)
    (board,) = tables["requests"]

    def narrow(box: Box) -> Box:
        """A label over two columns instead of three, everything slipped to the left."""
        if box.text == "四、结转下年度继续办理":
            return replace(box, columns=box.columns - 1)
        last = max(each.row for each in board.boxes)
        return replace(box, column=box.column - 1) if box.row == last else box

    tables["requests"] = [changed(board, narrow)]
    found = through(F2019, tables)
    assert found.values == values
    (note,) = found.notes
    assert note.startswith("这些行的合并单元格与表头不符，已按格数对应，请核对：")


def cut_in_two(board: Board, label: str, kept: int, contents_below: bool = False) -> Board:
    """The row of ``label`` as a page break leaves it: the label's end in a row of its own."""
    (whole,) = [box for box in board.boxes if box.text == label]
    at, boxes = whole.row, []
    for box in board.boxes:
        if box.row > at:
            boxes.append(replace(box, row=box.row + 1))
        elif box is whole:
            boxes += [replace(box, text=label[:kept]),
                      replace(box, text=label[kept:], row=at + 1)]  # fmt: skip
        elif box.row < at < box.row + box.rows or (box.row == at and box.rows > 1):
            boxes.append(replace(box, rows=box.rows + 1))
        elif box.row == at:
            below = Box(None, at + 1, box.column)
            boxes += [replace(box, row=at + 1), replace(below, row=at)] if contents_below else [
                box, below]  # fmt: skip
        else:
            boxes.append(box)
    return Board(tuple(boxes))


@pytest.mark.parametrize("below", [False, True], ids=["contents above", "contents below"])
@pytest.mark.parametrize(
    ("label", "kept"),
    [("2.其他法律行政法规禁止公开", 7), ("2.没有现成信息需要另行制作", 8),
     ("四、结转下年度继续办理", 7),
     ("3.补正后申请内容仍不明确", 3)],
)  # fmt: skip
def test_a_row_cut_by_a_page_break_is_one_row(label: str, kept: int, below: bool) -> None:
    values = numbered(F2021)
    tables = boards(F2021, values)
    tables["requests"] = [cut_in_two(tables["requests"][0], label, kept, below)]
    found = through(F2021, tables)
    assert found.values == values
    assert not found.structure
    (note,) = found.notes
    assert note.startswith("这些行被分页断成两行，已合为一行，请核对：表2 第")


def test_a_head_cut_by_a_page_break_is_one_head() -> None:
    values = numbered(F2019)
    (board,) = boards(F2019, values)["review"]
    boxes: list[Box] = []
    for box in board.boxes:
        text = str(box.text)
        if box.row + box.rows == 3 and text == "总计":
            boxes.append(replace(box, rows=box.rows + 1))
        elif box.row + box.rows == 3:
            boxes += [replace(box, text=text[:2]), Box(text[2:], 3, box.column)]
        else:
            boxes.append(replace(box, row=box.row + 1) if box.row == 3 else box)
    found = through(F2019, boards(F2019, values) | {"review": [Board(tuple(boxes))]})
    assert found.values == values


# ---------------------------------------------------------------------- random noise
def _noisy(random: Random) -> Callable[[str], str]:
    def relabel(label: str) -> str:
        spaces = random.choice(["", " ", "\u3000", "\xa0", "\n"])
        label = drop_numbering(label) if random.random() < 0.3 else label
        label = label.replace("（", "(") if random.random() < 0.5 else label
        at = random.randrange(len(label) + 1)
        return label[:at] + spaces + label[at:]

    return relabel


def _as_text(parts: list, joined: str) -> Document:
    text = as_dump(parts) if joined == "dump" else as_rows(parts, joined)
    return read_text(text.encode())


@settings(max_examples=25, deadline=None)
@given(
    data=st.data(), edition=st.sampled_from(["2019", "2021", "foia"]), seed=st.integers(0, 10**6),
    shape=st.sampled_from(["spans", "flat", "apart", "dump", "\t"]),
)  # fmt: skip
def test_random_balanced_values_survive_any_layout(
    data: st.DataObject, edition: str, seed: int, shape: str
) -> None:
    form = editions.load(edition)
    values: dict[str, Value] = dict(data.draw(balanced_values(form)))
    relabel = _noisy(Random(seed))
    tables = (flat_boards if shape == "flat" else boards)(form, values, relabel)
    parts = report(form, tables, TITLE.format(year=form.first_year), apart=shape == "apart")
    in_text = shape in ("dump", "\t")
    found = recognise(_as_text(parts, shape) if in_text else as_document(parts))
    wrong = {code: value for code, value in values.items() if found.values.get(code) != value}
    assert (found.edition, wrong, found.typed, found.structure) == (edition, {}, frozenset(), ())


# ---------------------------------------------------------------------- which edition
@pytest.mark.parametrize("form", [F2019, F2021], ids=["2019", "2021"])
def test_the_edition_is_what_the_labels_say_not_the_year(form: Form) -> None:
    values = close(form, {})
    found = recognise(as_document(report(form, boards(form, values), TITLE.format(year=2023))))
    assert (found.edition, found.year) == (form.id, 2023)


def test_a_table_both_editions_have_is_refused() -> None:
    tables = boards(F2019, numbered(F2019))
    parts = [TITLE.format(year=2020), *tables["review"]]
    with pytest.raises(Refused) as refused:
        recognise(as_document(parts))
    assert refused.value.reason is Reason.EDITION_UNCLEAR
    assert str(refused.value) == (
        "无法确定报告用的是哪一版格式（国办公开办函〔2019〕60号、国办公开办函〔2021〕30号 "
        "都对得上），请用下发的表格填报"
    )


@pytest.mark.parametrize("form", [F2019, F2021], ids=["2019", "2021"])
def test_one_table_alone_tells_the_edition(form: Form) -> None:
    values = numbered(form)
    found = recognise(as_document([stacked(boards(form, values)["proactive"])]))
    assert found.edition == form.id
    mine = {code for code in form.items if form.items[code].table == "proactive"}
    assert {code: value for code, value in found.values.items() if value is not None} == {
        code: values[code] for code in mine
    }
    assert [finding.message for finding in found.structure] == [
        f"没有找到“{table.title}”的表格，这部分 {n} 格按空白处理，请补报"
        for table, n in zip(form.tables[1:], (len(form.items) - len(mine) - 15, 15), strict=True)
    ]
