"""What is kept of a cell, what is told of lines too many or missing, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gouji import editions
from gouji.documents.model import Document, Grid
from gouji.documents.text import read_text
from gouji.edits import confront
from gouji.gate import Reason, Refused
from gouji.model import Form, Submission, Value
from gouji.recognising import recognise
from layouts import Board, Box, Part, as_document, as_dump, boards, report, stacked

F2019, F2021 = editions.load("2019"), editions.load("2021")
RECEIVED = "requests.received.person"


def zeros(form: Form, **other: Value) -> dict[str, Value]:
    codes = {key.replace("__", "."): value for key, value in other.items()}
    return dict.fromkeys(form.items, 0) | codes


def document(form: Form, values: dict[str, Value], kind: str = "html") -> Document:
    return as_document(
        report(form, boards(form, values), "青山镇2020年政府信息公开工作年度报告"), kind
    )


def one(form: Form, code: str, typed: str, kind: str = "html") -> Submission:
    return recognise(document(form, zeros(form) | {code: typed}, kind))


def refused(blocks: list[Part] | Document) -> Refused:
    with pytest.raises(Refused) as problem:
        recognise(blocks if isinstance(blocks, Document) else as_document(blocks))
    return problem.value


def messages(found: Submission) -> list[str]:
    assert all(finding.rule == "T6" for finding in found.structure)
    return [finding.message for finding in found.structure]


# ---------------------------------------------------------------------- values
@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", 12), (" 0\u3000", 0), ("\xa07\xa0", 7), ("-4", -4), ("3.50", Decimal("3.5")),
     ("59237.2449", Decimal("59237.2449")), ("007", 7), ("\u3000 \xa0", None), ("", None)],
)  # fmt: skip
def test_digits_of_a_text_are_the_number(typed: str, value: Value) -> None:
    found = one(F2019, RECEIVED, typed)
    assert found.values[RECEIVED] == value
    assert type(found.values[RECEIVED]) is type(value)
    assert not found.repairs


@pytest.mark.parametrize(
    ("typed", "value"),
    [("２３", 23), ("1,234", 1234), ("1 234", 1234), ("１２．５", Decimal("12.5")), ("−4", -4)],
)
def test_typography_is_tidied_and_told(typed: str, value: Value) -> None:
    found = one(F2019, RECEIVED, typed)
    assert found.values[RECEIVED] == value
    (repair,) = found.repairs
    assert (repair.code, repair.text, repair.means) == (RECEIVED, typed, value)
    assert repair.cell.startswith("表") and repair.why


@pytest.mark.parametrize(
    ("typed", "means"), [("23件", 23), ("减4", -4), ("22（其中修订16件）", 22)]
)
def test_words_stay_as_typed_and_their_meaning_is_told(typed: str, means: int) -> None:
    found = one(F2019, "proactive.licence.change", typed)
    assert found.values["proactive.licence.change"] == typed
    (repair,) = found.repairs
    assert (repair.text, repair.means) == (typed, means)


@pytest.mark.parametrize("typed", ["-", "/", "无", "一", "见附件", "=1+1", "1e5", "12/3"])
def test_what_is_no_number_stays_text(typed: str) -> None:
    found = one(F2019, RECEIVED, typed)
    assert found.values[RECEIVED] == typed
    assert not found.repairs


def test_text_in_a_spreadsheet_stays_text() -> None:
    """There numbers are numbers: a clerk typed text, and the check says so."""
    found = one(F2019, RECEIVED, "０", "xlsx")
    assert found.values[RECEIVED] == "０"
    assert [repair.means for repair in found.repairs] == [0]
    assert one(F2019, RECEIVED, " 12 ", "xlsx").values[RECEIVED] == " 12 "
    findings = confront(F2019, found, None).findings
    assert f"E9.{RECEIVED}" in {finding.rule for finding in findings}


def test_a_filled_cell_over_several_items_belongs_to_none() -> None:
    """Somebody merged a row's cells and wrote one 0."""
    tables = boards(F2019, zeros(F2019))
    (board,) = tables["requests"]
    row = next(box.row for box in board.boxes if box.text == "（一）予以公开")
    values = [box for box in board.boxes if box.row == row and not isinstance(box.text, str)]
    first = min(values, key=lambda box: box.column)
    kept = [box for box in board.boxes if box not in values]
    tables["requests"] = [Board((*kept, replace(first, columns=len(values))))]
    found = recognise(as_document(report(F2019, tables)))
    assert found.values["requests.result.granted.person"] is None
    (message,) = messages(found)
    assert message.endswith(
        "合并了 7 格（（一）予以公开／自然人 至 （一）予以公开／总计），填有“0”，无法分给各格，"
        "按空白处理，请逐格填写"
    )
    assert len(found.structure[0].items) == 7
    emptied = replace(first, text=None, columns=len(values))
    blank = recognise(as_document(report(F2019, tables | {"requests": [Board((*kept, emptied))]})))
    assert not blank.structure


# ---------------------------------------------------------------------- units of money
def test_another_unit_in_the_head_is_told_and_nothing_converted() -> None:
    values = zeros(F2019, proactive__procurement__amount=Decimal("12.274"))
    found = relabelled(F2019, values, {"采购总金额": "采购总金额（万元）"})
    assert found.values == values
    (finding,) = found.structure
    assert finding.message.endswith(
        "的“采购总金额（万元）”写明单位是万元，规定的单位是元；数值照原样读取，没有换算，请核对"
    )
    assert finding.suspects[0].change == {"proactive.procurement.amount": 122740}
    assert finding.suspects[0].why == "由万元换算为元"


def test_the_form_s_own_unit_in_other_words_is_no_finding() -> None:
    values = zeros(F2021, proactive__fee__amount=Decimal("59237.2449"))
    for head in ("本年收费金额（万元）", "收费金额（单位：万元）", "本年收费金额"):
        found = relabelled(F2021, values, {"本年收费金额（单位：万元）": head})
        assert found.values == values and not found.structure
    other = relabelled(F2021, values, {"本年收费金额（单位：万元）": "本年收费金额（单位：元）"})
    assert "写明单位是元，规定的单位是万元" in other.structure[0].message


def test_a_unit_where_the_form_has_none_is_told(foia: Form) -> None:
    free = replace(foia.items["costs.litigation"], unit="")
    form = replace(foia, items={**foia.items, free.code: free})
    from gouji.recognising.regions import axes_of
    from gouji.recognising.remarks import other_units
    from gouji.recognising.tables import find_tables

    values = zeros(foia)
    parts = boards(
        foia, values, lambda label: label.replace("Related Costs", "Related Costs（万元）")
    )
    grids = list(enumerate(as_document([*parts["costs"]]).grids))
    tables = find_tables(axes_of(form), grids)
    (finding,) = other_units(tables.found.values(), values)
    assert finding.message.endswith(
        "写明单位是万元，规定的表头没有单位；数值照原样读取，没有换算，请核对"
    )


@pytest.fixture
def foia() -> Form:
    return editions.load("foia")


def relabelled(form: Form, values: dict[str, Value], other: dict[str, str]) -> Submission:
    tables = boards(form, values, lambda label: other.get(label, label))
    return recognise(as_document(report(form, tables)))


# ---------------------------------------------------------------------- too many, too few
def with_row(label: str, *contents: Value) -> list[Part]:
    tables = boards(F2021, zeros(F2021))
    extra = Board(tuple(Box(text, 0, at) for at, text in enumerate((label, *contents))))
    tables["proactive"][0] = stacked([tables["proactive"][0], extra])
    return report(F2021, tables)


def test_a_local_row_with_numbers_is_told() -> None:
    found = recognise(as_document(with_row("其他主动公开文件", 5, None, 12)))
    assert found.values == zeros(F2021)
    (finding,) = found.structure
    assert finding.message == (
        "表1 第5行第1格 的“其他主动公开文件”不是规定的行，填有 5、12，没有读取；"
        "请核对是否应计入规定的行"
    )
    assert finding.cells == ("表1 第5行第2格", "表1 第5行第4格")
    assert (finding.severity, finding.items) == ("soft", ())


@pytest.mark.parametrize("contents", [(None, None, None), ("见附件", None, None)])
def test_a_local_row_without_numbers_is_no_finding(contents: tuple[Value, ...]) -> None:
    assert not recognise(as_document(with_row("备注", *contents))).structure


def test_a_local_column_is_told_once() -> None:
    tables = boards(F2021, zeros(F2021))
    board = tables["proactive"][0]
    wide = [replace(box, columns=5) if box.columns == 4 else box for box in board.boxes]
    extra = [Box("其中：失效", 1, 4), Box(1, 2, 4), Box(2, 3, 4)]
    tables["proactive"][0] = Board((*wide, *extra))
    (finding,) = recognise(as_document(report(F2021, tables))).structure
    assert finding.message.endswith(
        "的“其中：失效”不是规定的列，有 2 格填有数据（1、2），没有读取；请核对是否应计入规定的列"
    )
    assert len(finding.cells) == 2


def under_a_wide_head(*contents: Value) -> list[Part]:
    """行政许可 in edition 2021: the head merged over three columns, the row below it not."""
    tables = boards(F2021, zeros(F2021))
    head = [Box("信息内容", 0, 0), Box("本年处理决定数量", 0, 1, 1, 3), Box("行政许可", 1, 0)]
    row = [Box(text, 1, 1 + at) for at, text in enumerate(contents)]
    tables["proactive"][1] = Board((*head, *row))
    return report(F2021, tables)


@pytest.mark.parametrize("contents", [(7, None, None), (None, 7, None), (None, None, 7)])
def test_one_value_under_a_wide_head_is_its_value(contents: tuple[Value, ...]) -> None:
    found = recognise(as_document(under_a_wide_head(*contents)))
    assert found.values == zeros(F2021, proactive__licence__decided=7)
    assert not found.structure


def test_two_values_under_a_wide_head_are_refused() -> None:
    problem = refused(under_a_wide_head(7, None, 3))
    assert str(problem) == (
        "“行政许可”一行（表1 第6行第1格）的数据有 2 格，与表头列数不符，无法确定各格属于哪一列，"
        "请补齐空格或填 0"
    )


def test_many_extra_lines_are_counted() -> None:
    tables = boards(F2021, zeros(F2021))
    rows = [Board((Box(f"本地事项{chr(0x4E00 + n)}", 0, 0), Box(n + 1, 0, 1))) for n in range(15)]
    tables["proactive"][0] = stacked([tables["proactive"][0], *rows])
    found = recognise(as_document(report(F2021, tables)))
    assert len(found.structure) == 13
    assert messages(found)[-1] == "还有 3 处规定以外的行列没有逐一列出，都没有读取"


def test_lines_that_number_the_table_are_no_values() -> None:
    tables = boards(F2021, zeros(F2021))
    (board,) = tables["review"]
    count = Board(tuple(Box(at + 1, 0, at) for at in range(15)))
    below = [replace(box, row=box.row + 1) if box.row > 2 else box for box in board.boxes]
    tables["review"] = [Board((*below, *count.moved(down=3).boxes))]
    found = recognise(as_document(report(F2021, tables)))
    assert found.values == zeros(F2021) and not found.structure


def test_missing_rows_are_blank_and_told() -> None:
    gone = ("3.危及“三安全一稳定”", "（七）总计")
    tables = boards(F2019, zeros(F2019))
    (board,) = tables["requests"]
    rows = [box.row for box in board.boxes if box.text in gone]
    kept = [
        replace(box, row=box.row - sum(row < box.row for row in rows),
                rows=box.rows - sum(box.row <= row < box.row + box.rows for row in rows))
        for box in board.boxes if box.row not in rows or box.rows > 1
    ]  # fmt: skip
    found = recognise(as_document(report(F2019, tables | {"requests": [Board(tuple(kept))]})))
    assert found.values["requests.result.denied.stability.person"] is None
    assert messages(found) == [
        "“三、收到和处理政府信息公开申请情况”中没有找到：3.危及“三安全一稳定”、（七）总计，"
        "共 14 格按空白处理，请补报"
    ]
    assert "requests.result.total.person" in found.typed  # blank beside filled parts


def test_a_head_without_data_is_told() -> None:
    tables = boards(F2019, zeros(F2019))
    (board,) = tables["review"]
    tables["review"] = [Board(tuple(box for box in board.boxes if box.row < 3))]
    found = recognise(as_document(report(F2019, tables)))
    assert messages(found) == [
        "“四、政府信息公开行政复议、行政诉讼情况”的表头下面没有数据，这部分 15 格按空白处理，请补报"
    ]


def test_other_tables_and_texts_passed_over_are_said() -> None:
    parts = report(F2019, boards(F2019, zeros(F2019)))
    parts.insert(1, Board((Box("类别", 0, 0), Box("条数", 0, 1), Box("政策", 1, 0), Box(3, 1, 1))))
    parts.insert(parts.index("三、收到和处理政府信息公开申请情况"), "注：以上为全年数。")
    found = recognise(as_document(parts))
    assert found.notes == (
        "另有 1 张表不是规定的统计表，没有读取：表1",
        "有 1 段文字不在需要读取的部分，没有读取：注：以上为全年数。",
    )


# ---------------------------------------------------------------------- refusals
def test_no_table_of_the_form() -> None:
    problem = refused([Board((Box("姓名", 0, 0), Box("电话", 0, 1), Box("张三", 1, 0)))])
    assert problem.reason is Reason.NO_TABLES
    assert str(problem) == (
        "没有找到规定的统计表（表头与各版格式都对不上），请核对是否为政府信息公开工作年度报告；"
        "如表格是图片，请改用可以编辑的文件"
    )
    assert str(refused(["你好，年报已发。"])).startswith("文件里没有表格，请核对是否为")
    assert refused(Document("html", (Grid("表1", ()),))).reason is Reason.NO_TABLES


def test_a_table_twice() -> None:
    values = zeros(F2019)
    first, again = boards(F2019, values), boards(F2019, values | {RECEIVED: 3})
    parts = report(F2019, first)
    same = recognise(as_document([*parts, *first["requests"]]))
    assert same.values == values
    assert same.notes == (
        "同一张表出现两次，数值相同，只取一份：三、收到和处理政府信息公开申请情况",
    )
    problem = refused([*parts, *again["requests"]])
    assert problem.reason is Reason.TABLE_TWICE
    assert str(problem) == (
        "“一、本年新收政府信息公开申请数量／申请人情况／自然人”出现两次且不一致："
        "表2 第4行第4格 为 0，表4 第4行第4格 为 3，无法确定以哪个为准，请只保留一份"
    )


def twice_in_one_table(second: Value) -> list[Part]:
    tables = boards(F2021, zeros(F2021))
    row = Board((Box("行政许可", 0, 0), Box(second, 0, 1)))
    tables["proactive"][1] = stacked([tables["proactive"][1], row])
    return report(F2021, tables)


def test_a_row_twice() -> None:
    assert recognise(as_document(twice_in_one_table(0))).values == zeros(F2021)
    problem = refused(twice_in_one_table(4))
    assert problem.reason is Reason.LABELS_UNCLEAR
    assert str(problem).startswith("“行政许可”有几行都对得上（表1 第")
    assert str(problem).endswith("），无法确定以哪一行为准，请只保留一行")


def test_equal_columns_of_which_one_is_missing() -> None:
    """Two groups of three, and no head above them: nobody knows which is missing."""
    tables = boards(F2019, zeros(F2019))
    labels = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2
    boxes = [Box(label, 0, at) for at, label in enumerate(labels)]
    boxes += [Box(0, 1, at) for at in range(10)]
    problem = refused(report(F2019, tables | {"review": [Board(tuple(boxes))]}))
    assert str(problem).startswith("“结果维持”有几列都对得上（")
    assert str(problem).endswith("），无法确定以哪一列为准，请补全上级表头")


def test_a_row_with_too_few_cells_in_a_text() -> None:
    text = as_dump(report(F2019, boards(F2019, zeros(F2019))))
    short = text.replace("\t规章\n\t0\n\t0\n\t0\n", "\t规章\n\t0\n\t0\n")
    problem = refused(read_text(short.encode()))
    assert str(problem) == (
        "“规章”一行（表1 第3行第1格）的数据有 2 格，与表头列数不符，无法确定各格属于哪一列，"
        "请补齐空格或填 0"
    )


def test_two_forms_over_one_table(foia: Form) -> None:
    """Head of two blocks that agree alike over the same rows."""
    from gouji.recognising.regions import axes_of
    from gouji.recognising.tables import find_tables

    blocks = [replace(table, name=name) for name in ("a", "b") for table in foia.tables[2:]]
    items = {
        f"{block.name}.{item.column}": replace(item, table=block.name, code=f"{block.name}.{code}")
        for block in blocks
        for code, item in foia.items.items()
        if item.table == "costs"
    }
    form = replace(foia, tables=tuple(blocks), items=items, rules=())
    grids = list(enumerate(as_document([*boards(foia, zeros(foia))["costs"]]).grids))
    (trouble, *_) = find_tables(axes_of(form), grids).trouble
    assert str(trouble) == (
        "有一张表与几张规定的表都对得上（IX. FOIA Personnel and Costs、IX. FOIA Personnel and "
        "Costs），无法确定是哪一张，请按规定的表头填报"
    )


def test_findings_go_into_the_check() -> None:
    found = recognise(as_document(with_row("其他主动公开文件", 5, None, 12)))
    result = confront(F2021, found, None)
    kinds = [finding for finding in result.findings if finding.rule == "T6"]
    assert len(kinds) == 1 and result.verdict == "queries"
