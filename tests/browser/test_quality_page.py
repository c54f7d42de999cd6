"""The quality report in a browser: found from the map, read by anyone, printed, and without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flowmap.quality import Example, QualityReport
from tests.browser.conftest import Server
from tests.browser.mappage import MapPage


def report() -> dict[str, Any]:
    """Two files, five problems with every severity, long names and long values."""
    made = QualityReport(rows_read=18_402)
    places = [
        Example("Annex A 2024-03 final (2) FINAL.xlsx", "List 7", 100 + i, "02/05/2023 to 01/05/2023")
        for i in range(10)
    ]
    message = "Child protection plan: the end is before the start."
    made.add("end-before-start", message, count=1234, action="kept", severity="error", examples=places,
             remedy="Correct whichever of the two dates was mistyped.")  # fmt: skip
    made.add("no-time", "There is no date of referral.", count=12, action="dropped", examples=places[:1])
    made.close("Annex A 2024-03 final (2) FINAL.xlsx", "annex-a", repaired=0)
    made.rows_read += 911
    made.add("text-date", "A date was text.", count=3, action="repaired")
    made.add(
        "unknown-code", "Referral, source: not in the list.", action="kept", examples=[Example("b.xml", None, 3, "99")]
    )
    made.add("same-record-again", "In another file too.", count=700, action="dropped", severity="note")
    made.close("cin_census_2023-24_final_submission_to_the_department.xml", "cin", repaired=3)
    made.add("not-in-this-format", "The census has no contacts.")
    made.add("recognised", "It is a census.")
    return made.to_json()


@pytest.fixture(scope="module")
def reported(with_report: Callable[[str, Any], Server]) -> Server:
    """A server whose dataset has that report."""
    return with_report("quality.json", report())


def test_the_report_is_reached_from_the_map_by_keyboard_and_leads_back(map_page: MapPage) -> None:
    map_page.open("_at=2015-11-15&_panel=view")
    link = map_page.page.get_by_role("link", name="Data quality")
    link.focus()
    map_page.press("Enter")
    expect(map_page.page.get_by_role("heading", level=1)).to_have_text("What was read, and what was wrong")
    map_page.page.get_by_role("link", name="Back to the map").click()
    map_page.ready()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_it_fits_its_window_and_axe_finds_nothing(
    new_page: Callable[..., Page], reported: Server, axe: Callable[..., list[str]], keep: Callable[..., Path],
    scheme: str, width: int,
) -> None:  # fmt: skip
    page = new_page(viewport={"width": width, "height": 720}, color_scheme=scheme)
    page.goto(f"{reported.page}/quality")
    expect(page.get_by_role("article")).to_have_count(5)
    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    keep(page, f"{scheme}-{width}", full_page=True)


def test_it_needs_no_script_and_says_how_bad_things_are_in_words(
    new_page: Callable[..., Page], reported: Server
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{reported.page}/quality")
    rows = page.get_by_role("region", name="All problems").get_by_role("row").all_inner_texts()[1:]
    assert [row.split()[0] for row in rows] == ["Error", "Error", "Warning", "Warning", "Note"]
    cells = page.get_by_role("row", name="All files").get_by_role("cell").all_inner_texts()
    read, kept, repaired, dropped = (int(cell.replace(",", "")) for cell in cells if cell)
    assert (read, dropped) == (19_313, 712)
    assert read == kept + repaired + dropped
    page.get_by_role("link", name="A date was text.").click()
    assert page.url.endswith("#problem-3")


def test_a_wide_table_is_scrolled_by_keyboard_in_a_narrow_window(
    new_page: Callable[..., Page], reported: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{reported.page}/quality")
    table = page.get_by_role("region", name="Rows of each file")
    table.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    expect(table).to_be_focused()


def test_on_paper_there_are_no_links_and_every_problem(
    new_page: Callable[..., Page], reported: Server, keep: Callable[..., Path]
) -> None:
    page = new_page(viewport={"width": 794, "height": 1123})
    page.goto(f"{reported.page}/quality")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Back to the map")).to_be_hidden()
    for article in page.get_by_role("article").all():
        expect(article).to_be_visible()
    keep(page, "paper", full_page=True)
