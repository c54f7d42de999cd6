"""The report on synthetic data in a browser: found from the map, read by anyone, printed, and without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flowmap.export.synthetic_report import IN_DATASET, pictures, with_map
from synthetic.fidelity import Options
from synthetic.privacy.control import renamed
from synthetic.reference import make
from synthetic.report import Report, build, render
from tests.browser.conftest import Server

# Sizes of a text in px as drawn; smaller than this nobody reads it.
TEXTS = """() => [...document.querySelectorAll(".flows text")].map((text) => {
  const size = parseFloat(getComputedStyle(text).fontSize);
  return size * text.getScreenCTM().a;
})"""
OUTSIDE = """() => [...document.querySelectorAll(".flows")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text, circle")].filter((part) => {
    const box = part.getBoundingClientRect();
    const [above, left] = [box.top - frame.top, box.left - frame.left];
    return Math.min(above, left, frame.bottom - box.bottom, frame.right - box.right) < -1;
  }).map((part) => part.textContent);
})"""


@pytest.fixture(scope="module")
def report() -> Report:
    """On an independent second sample of a small authority, with all sections and two rows in red or more."""
    real, made, beside = make(300, 3, seed=1), renamed(make(250, 3, seed=2)), renamed(make(300, 3, seed=3))
    found = build(real, made, beside, Options(classifier=False), files={"log.csv": b"1"})
    return with_map(found, real, made)


@pytest.fixture(scope="module")
def reported(with_report: Callable[[str, Any], Server], report: Report) -> Server:
    """A server whose dataset has that report."""
    return with_report(IN_DATASET, report.to_json())


@pytest.fixture
def alone(report: Report, tmp_path: Path) -> str:
    """The address of the page that stands alone."""
    page = tmp_path / "report.html"
    page.write_text(render(report, maps=pictures(report)), encoding="utf-8")
    return page.as_uri()


def sideways(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))


def test_the_report_is_reached_from_the_map_by_keyboard_and_leads_back(
    new_page: Callable[..., Page], reported: Server
) -> None:
    page = new_page()
    page.goto(f"{reported.page}?_panel=view")
    link = page.get_by_role("link", name="Report on synthetic data")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Synthetic log: how safe, how faithful")
    page.get_by_role("link", name="Back to the map").click()
    expect(page.locator("#stage")).to_be_visible()


def test_a_map_without_a_report_has_no_link_to_one(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    page.goto(f"{server.page}?_panel=view")
    expect(page.get_by_role("link", name="Data quality")).to_be_visible()
    expect(page.get_by_role("link", name="Report on synthetic data")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 2200])
def test_it_fits_its_window_and_axe_finds_nothing(
    new_page: Callable[..., Page], reported: Server, axe: Callable[..., list[str]], keep: Callable[..., Path],
    scheme: str, width: int,
) -> None:  # fmt: skip
    page = new_page(viewport={"width": width, "height": 720}, color_scheme=scheme)
    page.goto(f"{reported.page}/synthetic")
    expect(page.get_by_role("img", name="on the map")).to_have_count(2)
    assert axe(page) == []
    assert sideways(page) == 0
    assert page.evaluate(OUTSIDE) == []
    assert min(page.evaluate(TEXTS)) > 5.5
    keep(page, f"{scheme}-{width}", full_page=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_that_stands_alone_looks_the_same(
    browser: Any, alone: str, axe: Callable[..., list[str]], width: int
) -> None:
    """Opened as a file: no server, and no request but for the file itself."""
    context = browser.new_context(viewport={"width": width, "height": 720})
    page, asked, heard = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.goto(alone)
    assert axe(page) == []
    assert sideways(page) == 0
    assert asked == [alone]
    assert heard == []
    context.close()


def test_lines_of_the_two_logs_are_as_wide_as_the_figures_and_in_their_own_colours(
    new_page: Callable[..., Page], reported: Server
) -> None:
    page = new_page()
    page.goto(f"{reported.page}/synthetic")
    drawn = page.evaluate(
        """() => [...document.querySelectorAll(".flows")].map((svg) => {
          const lines = [...svg.querySelectorAll(".flow")].map((line) => getComputedStyle(line));
          return [lines[0].stroke, new Set(lines.map((line) => line.strokeWidth)).size];
        })"""
    )
    (real, widths), (made, _) = drawn
    assert real != made
    assert widths > 3  # a rule of the page that gave all lines one width would be 1


def test_it_needs_no_script_and_says_its_conclusion_first(new_page: Callable[..., Page], reported: Server) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{reported.page}/synthetic")
    header = page.get_by_role("banner").inner_text()
    assert header.index("real child") < header.index("yardstick") < header.index("The two logs")
    page.get_by_text("moves, real beside synthetic").click()
    expect(page.get_by_role("table", name="Moves in a hundred journeys")).to_be_visible()
    page.get_by_role("link", name="How this was measured").click()
    assert page.url.endswith("#method")


def test_a_wide_map_is_scrolled_by_keyboard_in_a_narrow_window(new_page: Callable[..., Page], reported: Server) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{reported.page}/synthetic")
    drawn = page.get_by_role("region", name="Map: The real log")
    drawn.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_on_paper_the_maps_fit_and_there_are_no_links(
    new_page: Callable[..., Page], reported: Server, keep: Callable[..., Path]
) -> None:
    page = new_page(viewport={"width": 688, "height": 1016})  # A4 less 14 mm on every side, in px
    page.goto(f"{reported.page}/synthetic")
    page.emulate_media(media="print")
    for name in ("Back to the map", "Is anybody in it?", "as CSV"):
        expect(page.get_by_role("link", name=name)).to_be_hidden()
    assert sideways(page) == 0
    assert page.evaluate(OUTSIDE) == []
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.flows, table')].map((e) => e.getBoundingClientRect().right)"
    )
    assert max(wide) <= 688
    keep(page, "paper", full_page=True)
