"""The web page in a real Chromium: phone and desktop, keyboard, print, and axe's judgement."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import Browser, Seen, look
from gouji.model import Form
from gouji.reporting.content import AnnualReport
from press import wait_for
from web_pages import FORMS, NASTY, drafted, hostile, report, write_page

each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
PHONES, DESKTOP = (360, 390), 1280
Make = Callable[[Form], AnnualReport]


def violations(seen: Seen) -> list[str]:
    """What axe finds wrong by any of its rules, best practices too."""
    result: Any = Axe().run(seen.page).response
    assert len(result["passes"]) > 20
    return [f"{found['id']}: {node['html']}" for found in result["violations"]
            for node in found["nodes"]]  # fmt: skip


# ---------------------------------------------------------------------- everybody can use it
@each_form
@pytest.mark.parametrize("make", [report, drafted, hostile], ids=lambda make: make.__name__)
def test_axe_finds_nothing(browser: Browser, form: Form, make: Make, tmp_path: Path) -> None:
    path = write_page(tmp_path, make(form))
    for width, scheme in ((390, "light"), (390, "dark"), (DESKTOP, "light")):
        with look(browser, path, width, color_scheme=scheme) as seen:
            assert violations(seen) == []


def test_axe_would_find_something(browser: Browser, tmp_path: Path) -> None:
    path = write_page(tmp_path, report(FORMS[1]))
    text = path.read_text(encoding="utf-8").replace(' lang="zh-CN"', "")
    path.write_text(text, encoding="utf-8")
    with look(browser, path) as seen:
        seen.ask("document.querySelector('h1').style.color = '#c8c8c8'")
        assert {found.partition(":")[0] for found in violations(seen)} == {
            "html-has-lang", "color-contrast",
        }  # fmt: skip


@each_form
def test_the_accessibility_tree_has_tables_and_landmarks(
    browser: Browser, form: Form, tmp_path: Path
) -> None:
    made = report(form)
    with look(browser, write_page(tmp_path, made)) as seen:
        page = seen.page
        assert page.get_by_role("table").count() == len(form.tables)
        for table in made.tables:
            found = page.get_by_role("table", name=table.title)
            assert found.get_by_role("cell").count() == sum(1 for c in table.cells if c.code)
            rows = [cell for cell in table.cells if cell.role == "row"]
            assert found.get_by_role("rowheader").count() >= len(rows)
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("navigation").count() == 1
        for picture in made.pictures:
            image = page.get_by_role("img", name=picture.title)
            assert picture.alt in (image.get_by_text(picture.alt).text_content() or "")


def test_the_keyboard_reaches_the_text_and_moves_wide_tables(
    browser: Browser, tmp_path: Path
) -> None:
    with look(browser, write_page(tmp_path, report(FORMS[1])), 390) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert seen.ask("document.activeElement.className") == "skip"
        assert seen.ask("document.activeElement.getBoundingClientRect().left") == 0
        page.keyboard.press("Enter")
        assert seen.ask("document.activeElement.id") == "content"
        wide = page.locator(".scroll:has(table.wide)").first
        wide.focus()
        page.keyboard.press("ArrowRight")
        # Not wait_for_function: asked twice it evaluates a text, which the page forbids.
        assert wait_for(
            lambda: seen.ask("document.querySelector('.scroll:has(table.wide)').scrollLeft")
        )


# ---------------------------------------------------------------------- phone and desktop
@each_form
@pytest.mark.parametrize("make", [report, drafted, hostile], ids=lambda make: make.__name__)
def test_only_wide_tables_scroll_sideways(
    browser: Browser, form: Form, make: Make, tmp_path: Path
) -> None:
    path = write_page(tmp_path, make(form))
    for width in (*PHONES, 768, DESKTOP):
        with look(browser, path, width) as seen:
            assert seen.ask("document.documentElement.scrollWidth") <= width
            regions = seen.ask(
                "[...document.querySelectorAll('.scroll')].map(e => ["
                "e.scrollWidth > e.clientWidth, !!e.querySelector('.wide')])"
            )
            if form.id != "foia":  # long foreign words make a table wide too
                assert all(wide for scrolls, wide in regions if scrolls)
            if width == DESKTOP:
                assert not any(scrolls for scrolls, _ in regions)
            outside = seen.ask(
                "[...document.querySelectorAll('h1, h2, p, li, caption, svg text')].filter(e => {"
                " const b = e.getBoundingClientRect(); return !e.closest('.scroll') && "
                "!e.closest('.skip') && (b.left < 0 || b.right > innerWidth + 1) })"
                ".map(e => e.textContent)"
            )  # fmt: skip
            assert outside == []


def test_letters_are_large_enough_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    with look(browser, write_page(tmp_path, report(FORMS[1])), 360) as seen:
        sizes = seen.ask("[...document.querySelectorAll('p, th, td, li, svg text')].map(e => "
                         "parseFloat(getComputedStyle(e).fontSize))")  # fmt: skip
        assert min(sizes) >= 14
        indent = seen.ask("(e => parseFloat(e.textIndent) / parseFloat(e.fontSize))("
                          "getComputedStyle(document.querySelector('section p')))")  # fmt: skip
        assert indent == 2


@each_form
def test_bars_are_as_long_as_their_numbers(browser: Browser, form: Form, tmp_path: Path) -> None:
    made = report(form)
    for width in (360, DESKTOP):
        with look(browser, write_page(tmp_path, made), width) as seen:
            charts = seen.ask(
                "[...document.querySelectorAll('svg.chart')].map(s => [...s.querySelectorAll('g')]"
                ".map(g => [parseFloat(g.textContent), "
                "g.querySelector('rect').getBoundingClientRect().width]))"
            )
            assert len(charts) == len(made.pictures)
            for bars in charts:
                largest = max(bars)
                for number, long in bars:
                    due = number / largest[0] * largest[1]
                    assert abs(long - due) < 3  # the line around a bar


# ---------------------------------------------------------------------- alone and safe
@each_form
@pytest.mark.parametrize("make", [report, hostile], ids=lambda make: make.__name__)
def test_the_page_asks_for_nothing_and_runs_nothing(
    browser: Browser, form: Form, make: Make, tmp_path: Path
) -> None:
    path = write_page(tmp_path, make(form))
    with look(browser, path) as seen:
        assert seen.requests == [path.resolve().as_uri()]
        assert seen.complaints == []
        with_script = seen.page.locator("body").inner_text()
    with look(browser, path, java_script_enabled=False) as seen:
        assert seen.page.locator("body").inner_text() == with_script


@each_form
def test_hostile_text_is_shown_as_it_is(browser: Browser, form: Form, tmp_path: Path) -> None:
    made = hostile(form)
    with look(browser, write_page(tmp_path, made)) as seen:
        assert seen.page.title() == made.title
        assert seen.page.locator("section > p").first.inner_text() == NASTY
        assert seen.ask("document.querySelectorAll('img, td b').length") == 0
        block = "JSON.parse(document.getElementById('gouji-data').textContent)"
        assert seen.ask(f"{block}.unit") == made.unit
        assert seen.ask(f"{block}.values[{next(iter(form.items))!r}]") == NASTY


@each_form
def test_a_browser_sees_every_value(browser: Browser, form: Form, tmp_path: Path) -> None:
    made = report(form)
    with look(browser, write_page(tmp_path, made)) as seen:
        shown = seen.ask("Object.fromEntries([...document.querySelectorAll('td[data-code]')]"
                         ".map(e => [e.dataset.code, e.innerText]))")  # fmt: skip
        data = seen.ask("JSON.parse(document.getElementById('gouji-data').textContent).values")
    assert shown.keys() == data.keys() == form.items.keys()
    assert {code: float(text) for code, text in shown.items()} == data


def test_the_style_sheet_counts_and_an_altered_one_does_not(
    browser: Browser, tmp_path: Path
) -> None:
    """The policy names the very style sheet; nothing can be slipped in beside it."""
    path = write_page(tmp_path, report(FORMS[1]))
    caption = "getComputedStyle(document.querySelector('caption')).fontWeight"
    with look(browser, path) as seen:
        assert seen.ask(caption) == "600"
        seen.ask("document.body.insertAdjacentHTML('beforeend', '<img src=\"file:///x.png\">')")
        seen.page.wait_for_timeout(100)
        assert any("Content Security Policy" in text for text in seen.complaints)
    text = path.read_text(encoding="utf-8").replace("font-weight: 600", "font-weight: 900")
    path.write_text(text, encoding="utf-8")
    with look(browser, path) as seen:
        assert seen.ask(caption) != "900"


# ---------------------------------------------------------------------- paper
@each_form
def test_paper_has_everything_on_a4(browser: Browser, form: Form, tmp_path: Path) -> None:
    made = report(form)
    with look(browser, write_page(tmp_path, made)) as seen:
        [*pages] = _pages(seen.page.pdf(prefer_css_page_size=True))
    assert all(abs(width - 595) < 2 and abs(height - 842) < 2 for width, height, _ in pages)
    whole = "".join(text for _, _, text in pages)
    for text in (made.title, *(section.title for section in made.sections)):
        assert _bare(text) in whole
    for table in made.tables:
        for row in table.by_row():
            assert "".join(_bare(cell.text) for cell in row) in whole


def test_print_repeats_heads_and_cuts_no_row(browser: Browser, tmp_path: Path) -> None:
    """The longest table on pages far too short for it, of several heights."""
    made = report(FORMS[1])
    table = max(made.tables, key=lambda each: each.height)
    heads = "".join(_bare(cell.text) for cell in table.cells if cell.role in ("corner", "head"))
    labels = [_bare(cell.text) for cell in table.cells if cell.role == "row" and cell.rows == 1]
    with look(browser, write_page(tmp_path, made), bypass_csp=True) as seen:
        seen.ask("document.body.replaceChildren(document.querySelector('.scroll:has(thead)'))")
        for height in (170, 176, 182):
            seen.page.add_style_tag(content=f"@page {{ size: 210mm {height}mm }}")
            paper = seen.page.pdf(prefer_css_page_size=True)
            texts = [text for _, _, text in _pages(paper)]
            assert len(texts) > 1
            assert all(heads in text for text in texts)
            assert all(any(label in text for text in texts) for label in labels)


def _pages(pdf: bytes) -> Iterator[tuple[float, float, str]]:
    """Width, height and letters of each page, in the order they were painted: cell by cell."""
    with pdfplumber.open(io.BytesIO(pdf)) as paper:
        for page in paper.pages:
            yield page.width, page.height, _bare("".join(char["text"] for char in page.chars))


def _bare(text: str) -> str:
    """Without spaces; a font may hold one glyph for 一 and the radical ⼀."""
    return "".join(unicodedata.normalize("NFKC", text).split())
