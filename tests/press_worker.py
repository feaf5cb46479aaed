"""Runs under the system's Python with uno: opens workbooks in a LibreOffice and presses buttons.

A line of JSON in, a line of JSON out; started by ``press.py`` with the pipe's name, and by
``stub_buttons.py`` with one job as second argument. It imports nothing of the project.
"""

import json
import sys
import threading
import time
from contextlib import suppress

import uno  # type: ignore[import-not-found]
import unohelper  # type: ignore[import-not-found]
from com.sun.star.awt import XTopWindowListener  # type: ignore[import-not-found]
from com.sun.star.awt.MessageBoxType import INFOBOX  # type: ignore[import-not-found]
from com.sun.star.lang import DisposedException  # type: ignore[import-not-found]

from office_worker import option, values

ROLE = "com.sun.star.accessibility.AccessibleRole."
ALERT, DIALOG, PUSH_BUTTON = (
    uno.getConstantByName(ROLE + name) for name in ("ALERT", "DIALOG", "PUSH_BUTTON")
)
RUN_MACROS = 4  # MacroExecMode.ALWAYS_EXECUTE_NO_WARN


def context(pipe, seconds=60):
    from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    deadline = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class Windows(unohelper.Base, XTopWindowListener):
    """Tells when a window comes or goes, so that nobody need ask an office that is at work."""

    def __init__(self):
        self.changed = threading.Event()

    def _change(self, event):
        self.changed.set()

    windowOpened = windowClosed = windowActivated = windowDeactivated = _change
    windowClosing = windowMinimized = windowNormalized = disposing = _change


class Worker:
    def __init__(self, pipe):
        self.context = context(pipe)
        self.desktop = self.create("com.sun.star.frame.Desktop")
        self.windows_seen = Windows()
        self.create("com.sun.star.awt.Toolkit").addTopWindowListener(self.windows_seen)

    def create(self, service):
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    # -------------------------------------------------------------- documents
    def open(self, url, as_new=False):
        options = (option("MacroExecutionMode", RUN_MACROS), option("AsTemplate", as_new))
        return self.desktop.loadComponentFromURL(url, "_blank", 0, options) is not None

    def document(self, url):
        for document in self.desktop.Components:
            if hasattr(document, "Sheets") and url == document.URL:
                return document
        raise LookupError(f"not open: {url or 'a new workbook'}")

    def cells(self, url):
        return values(self.document(url))

    def put(self, url, sheet, address, text):
        page = self.document(url).Sheets.getByName(sheet)
        locked = page.isProtected()
        if locked:
            page.unprotect("")
        page.getCellRangeByName(address).String = text
        if locked:
            page.protect("")

    def convert(self, url, out, filter):
        self.document(url).storeToURL(out, (option("FilterName", filter),))

    def close_all(self):
        for document in list(self.desktop.Components):
            document.close(True)

    # -------------------------------------------------------------- buttons
    def controls(self, url):
        for sheet in self.document(url).Sheets:
            for shape in sheet.DrawPage:
                model = getattr(shape, "Control", None)
                if model is not None and model.supportsService(
                    "com.sun.star.form.component.CommandButton"
                ):
                    yield sheet, model

    def buttons(self, url):
        return [
            {"sheet": sheet.Name, "caption": model.Label, "macros": list(macros(model))}
            for sheet, model in self.controls(url)
        ]

    def find(self, url, caption, sheet):
        for page, model in self.controls(url):
            if model.Label == caption and page.Name == (sheet or page.Name):
                controller = self.document(url).CurrentController
                controller.setActiveSheet(page)
                controller.setFormDesignMode(False)
                return controller.getControl(model)
        raise LookupError(f"no button {caption}")

    def press(self, url, caption, sheet):
        accessible = self.find(url, caption, sheet).getAccessibleContext()
        # The action returns when the macro ends, which a message box in it puts off.
        threading.Thread(target=accessible.doAccessibleAction, args=(0,), daemon=True).start()

    def place(self, url, caption, sheet):
        """Where the button is on the screen: x, y, width, height in pixels."""
        accessible = self.find(url, caption, sheet).getAccessibleContext()
        point, size = accessible.getLocationOnScreen(), accessible.getSize()
        return [point.X, point.Y, size.Width, size.Height]

    def resize(self, url, width, height):
        window = self.document(url).CurrentController.Frame.ContainerWindow
        window.setPosSize(0, 0, width, height, 15)

    def macro(self, url, name):
        provider = self.document(url).getScriptProvider()
        script = provider.getScript(
            f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
        )
        return script.invoke((), (), ())[0]

    # -------------------------------------------------------------- message boxes
    def windows(self):
        toolkit = self.create("com.sun.star.awt.Toolkit")
        windows = [toolkit.getTopWindow(n) for n in range(toolkit.getTopWindowCount())]
        return [window for window in windows if window is not None]  # one may close meanwhile

    def boxes(self):
        """Texts of every message box on the screen."""
        found = []
        for box in self.dialogs():
            with suppress(DisposedException):  # it closed while it was being read
                found.append(texts(box))
        return found

    def wait_box(self, seconds):
        """The same as soon as there is one; empty when none came in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.windows_seen.changed.clear()
            if found := [box for box in self.boxes() if box]:
                return found
            # A box may be drawn a moment after its window was opened.
            self.windows_seen.changed.wait(0.1)
        return []

    def dialogs(self):
        found = []
        for window in self.windows():
            with suppress(DisposedException):
                seen = window.getAccessibleContext()
                if seen is not None and seen.getAccessibleRole() in (ALERT, DIALOG):
                    found.append(seen)
        return found

    def answer(self, label):
        """Press a button of a message box; any button when no label is given."""
        for box in self.dialogs():
            with suppress(DisposedException):
                for node in walk(box):
                    if node.getAccessibleRole() != PUSH_BUTTON:
                        continue
                    if label in node.getAccessibleName():
                        node.doAccessibleAction(0)
                        return True
        return False

    def message(self, url, title, text):
        window = self.document(url).CurrentController.Frame.ContainerWindow
        box = window.Toolkit.createMessageBox(window, INFOBOX, 1, title, text)
        box.execute()
        box.dispose()


def macros(model):
    container = model.Parent
    for number in range(container.Count):
        if container.getByIndex(number) == model:
            for event in container.getScriptEvents(number):
                yield event.ScriptCode


def walk(node):
    yield node
    for number in range(min(node.getAccessibleChildCount(), 200)):
        child = node.getAccessibleChild(number)
        if child is not None:
            yield from walk(child.getAccessibleContext())


def texts(box):
    return [node.getAccessibleName() for node in walk(box) if node.getAccessibleName()]


def main():
    worker = Worker(sys.argv[1])
    if len(sys.argv) > 2:
        job = json.loads(sys.argv[2])
        getattr(worker, job.pop("do"))(**job)
        return
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"result": getattr(worker, job.pop("do"))(**job)}
        except Exception as problem:  # noqa: BLE001 - the parent raises it again in the test
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)
    try:
        worker.desktop.terminate()
    except DisposedException:  # LibreOffice closes the pipe while it says goodbye
        return


if __name__ == "__main__":
    main()
