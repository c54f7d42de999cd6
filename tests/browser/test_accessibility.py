"""axe-core finds nothing, in light and dark, in any panel, on any page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Complaints, Server
from tests.browser.mappage import MapPage

AT = "_at=2016-10-20"
PANELS = {
    "the map alone": "",
    "the filter panel": "_panel=filters&sex=female&visit=1%2B",
    "the table": "_panel=table",
    "the questions": "_panel=questions",
    "the view panel": "_panel=view",
    "the periods": "_panel=periods",
    "moving stations": "_panel=edit",
    "a station": "_station=assessment",
    "an exit": "_station=closed",
    "a child": "_child=12",
    "the journeys behind a figure": "_panel=behind&_behind=stations%3Frow%3Dreferral%257CReferral%26count%3Dreached",
    "the common start": "_together=1&_moving=hop&_colour=timescale",
    "a loop and a colour of many classes": "_loop=2016-10-01/2016-11-01&_colour=source",
    "a filter that is not understood": "sex=martian",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_map_whatever_is_open(
    new_map: Callable[..., MapPage], axe: Callable[..., list[str]], complaints_of_400: None, scheme: str
) -> None:
    map_page = new_map(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for name, query in PANELS.items():
        map_page.open(f"{AT}&{query}".rstrip("&"))
        if "_panel" in query or "_station" in query or "_child" in query:
            map_page.panel_is_filled()
        findings = axe(map_page.page)
        if findings:
            found[name] = findings
    assert found == {}


@pytest.mark.parametrize("width", [400, 820])
def test_axe_finds_nothing_in_a_narrow_window(
    new_map: Callable[..., MapPage], axe: Callable[..., list[str]], width: int
) -> None:
    map_page = new_map(viewport={"width": width, "height": 800})
    map_page.open(AT)
    assert axe(map_page.page) == []
    map_page.open(f"{AT}&_panel=filters")
    assert axe(map_page.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_list_of_datasets_and_where_there_is_no_page(
    new_page: Callable[..., Page], server_of_two: Server, axe: Callable[..., list[str]], complaints: Complaints,
    scheme: str,
) -> None:  # fmt: skip
    complaints.expect("404")
    page = new_page(color_scheme=scheme)
    for path, heading in [
        ("/", "Choose a map"),
        ("/d/nowhere", "There is no dataset 'nowhere'."),
        ("/nowhere", "There is nothing at /nowhere."),
    ]:
        page.goto(f"{server_of_two.url}{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert axe(page) == [], path


def test_axe_finds_nothing_while_the_data_are_still_on_their_way(
    map_page: MapPage, axe: Callable[..., list[str]]
) -> None:
    held: list[Route] = []
    map_page.page.context.route("**/transitions", lambda route: held.append(route))
    map_page.page.goto(f"{map_page.address}?{AT}")
    expect(map_page.notice).to_be_visible()
    expect(map_page.station("contact")).to_be_attached()
    assert axe(map_page.page) == []
    for route in held:
        route.continue_()
    map_page.ready()


def test_the_map_has_a_text_that_says_the_same(map_page: MapPage) -> None:
    map_page.open(AT)
    over = map_page.page.get_by_role("group", name="Stations of the map")
    names = [one.get_attribute("aria-label") or "" for one in over.get_by_role("button").all()]
    assert len(names) == 17
    assert all(name.endswith((" here", " so far")) for name in names), names
    expect(map_page.page.locator("#dots")).to_have_attribute("aria-hidden", "true")


def test_the_page_has_one_heading_its_landmarks_and_a_language(map_page: MapPage) -> None:
    map_page.open(AT)
    page = map_page.page
    expect(page.get_by_role("heading", level=1)).to_have_text("A small council")
    for role in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
    assert page.evaluate("() => document.documentElement.lang") == "en-GB"
    expect(page).to_have_title("A small council · flowmap")


def test_with_reduced_motion_it_does_not_start_by_itself_but_plays_when_asked(new_map: Callable[..., MapPage]) -> None:
    map_page = new_map(reduced_motion="reduce")
    map_page.open()
    before = map_page.stands_still().clock()
    map_page.draws_on(0)
    assert not map_page.stats()["playing"]
    assert map_page.stands_still().clock() == before
    map_page.play.click()
    map_page.page.wait_for_function("(before) => window.flowmap.stats().clock > before", arg=before)


def test_what_can_be_pressed_is_at_least_24_pixels_each_way(map_page: MapPage) -> None:
    # WCAG 2.2, 2.5.8: targets of at least 24 × 24 CSS pixels, but for links within a sentence.
    map_page.open(f"{AT}&_panel=view")
    small = map_page.page.eval_on_selector_all(
        "button:not(.link):not(.skip), select, .option, .station",
        """all => all.map((one) => [one, (one.querySelector('.halo') ?? one).getBoundingClientRect()])
          .filter(([, box]) => box.width && Math.min(box.width, box.height) < 23.99)
          .map(([one, box]) => `${one.outerHTML.slice(0, 80)} ${box.width}×${box.height}`)""",
    )
    assert small == []
