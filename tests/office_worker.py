"""Runs under the system's Python with uno: drives one headless LibreOffice for the tests.

A line of JSON in, a line of JSON out. Started by ``office.py`` with the pipe's name and LibreOffice
already running; it imports nothing of the project.
"""

import json
import sys
import time

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]
from com.sun.star.lang import DisposedException  # type: ignore[import-not-found]
from com.sun.star.sheet.AddressConvention import XL_OOX  # type: ignore[import-not-found]
from com.sun.star.sheet.FormulaResult import ERROR  # type: ignore[import-not-found]

#: LibreOffice's error numbers as Excel shows them.
ERRORS = {
    503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A",
    502: "#VALUE!", 504: "#VALUE!", 521: "#NULL!",
}  # fmt: skip


def connect(pipe, seconds):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    deadline = time.monotonic() + seconds
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def option(name, value):
    item = PropertyValue()
    item.Name, item.Value = name, value
    return item


def column_name(column):
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def errors(sheet):
    """Address → error as Excel names it, of the formulas that fail."""
    found = {}
    for area in sheet.queryFormulaCells(ERROR).RangeAddresses:
        for row in range(area.StartRow, area.EndRow + 1):
            for column in range(area.StartColumn, area.EndColumn + 1):
                number = sheet.getCellByPosition(column, row).getError()
                name = ERRORS.get(number, f"#ERR{number}")
                found[f"{column_name(column)}{row + 1}"] = name
    return found


def values(document):
    """Sheet → address → value of every cell that shows something; errors by their names."""
    found = {}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        data = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getDataArray()
        found[sheet.Name] = {
            f"{column_name(column)}{row + 1}": value
            for row, line in enumerate(data)
            for column, value in enumerate(line)
            if value is not None and value != ""
        } | errors(sheet)
    return found


def put(document, changes):
    """Type values into cells as a user of an unprotected sheet would; None clears the cell."""
    parser = document.createInstance("com.sun.star.sheet.FormulaParser")
    parser.CompileEnglish, parser.FormulaConvention = True, XL_OOX
    for sheet_name, address, value in changes:
        cell = document.Sheets.getByName(sheet_name).getCellRangeByName(address)
        if value is None:
            cell.clearContents(1 | 2 | 4 | 16)  # numbers, dates, texts, formulas
        elif isinstance(value, str) and value.startswith("="):
            cell.setTokens(parser.parseFormula(value[1:], cell.CellAddress))
        elif isinstance(value, str):
            cell.String = value
        else:
            cell.Value = value


def unprotect(document):
    protected = [sheet for sheet in document.Sheets if sheet.isProtected()]
    for sheet in protected:
        sheet.unprotect("")
    return protected


def work(desktop, job):
    hidden = (option("Hidden", True), option("MacroExecutionMode", 0))
    document = desktop.loadComponentFromURL(job["url"], "_blank", 0, hidden)
    if document is None:
        raise OSError(f"LibreOffice cannot open {job['url']}")
    try:
        if job["do"] == "convert":
            document.storeToURL(job["out"], (option("FilterName", job["filter"]),))
            return None
        protected = unprotect(document) if job["changes"] else []
        put(document, job["changes"])
        for sheet in protected:
            sheet.protect("")
        document.calculateAll()
        if job.get("out"):
            document.storeToURL(job["out"], (option("FilterName", "Calc MS Excel 2007 XML"),))
        return values(document)
    finally:
        document.close(True)


def main():
    desktop = connect(sys.argv[1], 60)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        try:
            answer = {"result": work(desktop, json.loads(line))}
        except Exception as problem:  # noqa: BLE001 - the parent raises it again in the test
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)
    try:
        desktop.terminate()
    except DisposedException:  # LibreOffice closes the pipe while it says goodbye
        return


if __name__ == "__main__":
    main()
