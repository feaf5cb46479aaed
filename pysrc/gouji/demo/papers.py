"""The files that units of the demonstration send instead of the form, or around it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from gouji.model import Form, Submission
from gouji.printed import PrintedTable, printed_tables
from gouji.wording import say

#: The last days before the deadline; the same on every run.
FIRST_DAY = datetime(2021, 1, 18, 1, 30, tzinfo=UTC)
STAMP = (2021, 1, 18, 9, 30, 0)
_STYLE = "<style>td,th{border:1px solid #000}</style>"


def report_title(submission: Submission) -> str:
    return say("demo.web_page", unit=submission.unit, year=submission.year)


def _parts(form: Form, submission: Submission) -> Iterator[tuple[str, str, list[PrintedTable]]]:
    """Each section's title, its text, and the tables in it."""
    tables = printed_tables(form, submission.values)
    for section in form.sections:
        own = [table for table in tables if table.name == section.table]
        yield section.title, submission.narrative.get(section.key, ""), own


# ---------------------------------------------------------------- whole reports
def web_page(form: Form, submission: Submission, encoding: str = "gb18030") -> bytes:
    """A published page, as old sites make them: its encoding is declared as GB2312."""
    title = escape(report_title(submission))
    body = [f"<h1>{title}</h1>"]
    for head, text, tables in _parts(form, submission):
        body.append(f"<h2>{escape(head)}</h2>")
        body += [f"<p>{escape(line)}</p>" for line in text.splitlines()]
        body += [_html_table(table) for table in tables]
    head = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">{_STYLE}'
    page = f"<html><head>{head}<title>{title}</title></head><body>{''.join(body)}</body></html>"
    return page.encode(encoding, "xmlcharrefreplace")


def _html_table(table: PrintedTable) -> str:
    rows = []
    for cells in table.by_row():
        inside = "".join(
            f'<{"th" if cell.role else "td"} rowspan="{cell.rows}" colspan="{cell.columns}">'
            f"{escape(cell.text) or '&nbsp;'}</{'th' if cell.role else 'td'}>"
            for cell in cells
        )
        rows.append(f"<tr>{inside}</tr>")
    return f"<table>{''.join(rows)}</table>"


def text_dump(form: Form, submission: Submission) -> bytes:
    """A report copied out of Word as plain text: a cell begins with a tab, a blank line a row."""
    lines = [report_title(submission), ""]
    for head, text, tables in _parts(form, submission):
        lines += [head, *text.splitlines(), ""]
        for table in tables:
            lines += _text_rows(table)
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _text_rows(table: PrintedTable) -> Iterator[str]:
    """A merged cell stands once; below it a blank keeps its place."""
    for row in range(table.height):
        covering = [
            cell for cell in table.cells if cell.row <= row < cell.row + cell.rows
        ]  # fmt: skip
        for cell in sorted(covering, key=lambda cell: cell.column):
            yield "\t" + (cell.text if cell.row == row else "")
        yield ""


def word_report(form: Form, submission: Submission) -> bytes:
    """A report in Word with the official tables, merged as printed."""
    from docx import Document

    document = Document()
    document.core_properties.author = submission.unit
    document.core_properties.created = document.core_properties.modified = datetime(*STAMP[:3])
    document.add_heading(report_title(submission), level=0)
    for head, text, tables in _parts(form, submission):
        document.add_heading(head, level=1)
        for line in text.splitlines():
            document.add_paragraph(line)
        for table in tables:
            grid = document.add_table(table.height, table.width, style="Table Grid")
            for cell in table.cells:
                last = grid.cell(cell.row + cell.rows - 1, cell.column + cell.columns - 1)
                grid.cell(cell.row, cell.column).merge(last).text = cell.text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ---------------------------------------------------------------- what holds files
def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, STAMP)
            member.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(member, data)
    return stream.getvalue()


def message(sender: str, subject: str, text: str, files: Mapping[str, bytes], hours: int) -> bytes:
    """An e-mail ``hours`` after the first, a logo in its signature."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, "office@example.org"
    mail["Subject"] = subject
    moment = FIRST_DAY + timedelta(hours=hours)
    mail["Date"] = moment
    mail["Message-ID"] = f"<{hours}.{hash_of(subject)}@example.org>"
    mail.set_content(text, charset="gb18030", cte="base64")
    for name, data in files.items():
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    mail.add_attachment(LOGO, "image", "png", filename="logo.png", disposition="inline")
    mail.set_boundary(f"=_{hash_of(subject):x}")
    return bytes(mail)


def hash_of(text: str) -> int:
    """The same on every run, unlike Python's own."""
    return int.from_bytes(text.encode("utf-8")[-8:], "big")


#: One red pixel.
LOGO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
REPORTS: Mapping[str, Callable[[Form, Submission], bytes]] = {
    ".docx": word_report, ".html": web_page, ".xls": web_page, ".txt": text_dump,
}  # fmt: skip
