"""What a person adds to a dataset stays: periods, and stations in new places. Each test has a copy of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, Complaints, Server
from tests.browser.mappage import MapPage

AT = "_at=2015-11-15T12:00"


@pytest.fixture
def own_map(page: Page, own_server: Server) -> MapPage:
    """The map of a copy that this test may change."""
    return MapPage(page, own_server.page)


@pytest.fixture
def own_api(own_server: Server) -> Api:
    """Asks the copy's server."""
    return Api(own_server)


def test_a_period_is_added_said_under_the_date_kept_and_removed(own_map: MapPage, own_api: Api) -> None:
    in_force = own_map.page.locator("#in-force")
    own_map.open(AT)
    expect(in_force).to_be_empty()
    own_map.open_panel("view")
    own_map.panel.get_by_role("button", name="Periods").click()
    own_map.panel.get_by_label("What it was").fill("A new <policy> & more")
    own_map.panel.get_by_label("First day").fill("2015-11-10")
    own_map.panel.get_by_label("Last day").fill("2015-12-20")
    own_map.panel.get_by_role("button", name="Add").click()
    expect(own_map.panel.get_by_role("listitem").filter(has_text="A new <policy> & more")).to_contain_text(
        "10 Nov 2015 to 20 Dec 2015"
    )
    expect(in_force).to_have_text("A new <policy> & more, day 6")
    own_map.page.reload()
    own_map.ready()
    expect(in_force).to_have_text("A new <policy> & more, day 6")
    own_map.seek("2015-12-20T23:00")
    expect(in_force).to_have_text("A new <policy> & more, day 41")
    own_map.seek("2015-12-21")
    expect(in_force).to_be_empty()
    own_map.seek("2015-11-15")
    before = own_api("/periods")
    assert len(before) == 5
    own_map.panel.get_by_role("button", name="Remove A new <policy> & more").click()
    expect(in_force).to_be_empty()
    own_map.page.reload()
    own_map.ready()
    expect(in_force).to_be_empty()
    assert [one["label"] for one in own_api("/periods")] == [
        "Open cases entered", "Inspection announced", "Inspection", "After the inspection",
    ]  # fmt: skip


def test_a_period_that_ends_before_it_begins_is_refused_with_words(own_map: MapPage, own_api: Api) -> None:
    own_map.open(f"{AT}&_panel=periods")
    own_map.panel.get_by_label("What it was").fill("Backwards")
    own_map.panel.get_by_label("First day").fill("2016-02-01")
    own_map.panel.get_by_label("Last day").fill("2016-01-01")
    own_map.panel.get_by_role("button", name="Add").click()
    expect(own_map.panel.get_by_role("alert")).to_have_text("The last day is before the first.")
    assert len(own_api("/periods")) == 4


def test_a_period_can_be_repeated(own_map: MapPage) -> None:
    own_map.open(f"{AT}&_panel=periods")
    own_map.panel.get_by_role("button", name="Repeat Inspection", exact=True).click()
    expect(own_map.button("Loop")).to_have_attribute("aria-pressed", "true")
    own_map.clock_is("2016-10-10T00:00")


def test_a_station_moved_with_keys_is_saved_and_stays(own_map: MapPage, own_api: Api) -> None:
    before = place(own_api, "early_help")
    own_map.open(AT).stands_still()
    own_map.open_panel("view")
    own_map.panel.get_by_role("button", name="Move stations").click()
    expect(own_map.panel.get_by_role("heading", level=2)).to_have_text("Move stations")
    station = own_map.station("early_help")
    station.focus()
    for _ in range(2):
        with own_map.page.expect_response("**/map/layout"):
            own_map.press("ArrowUp")
        expect(station).to_be_focused()
    assert own_map.clock() == "2015-11-15T12:00:00.000Z", "the arrows move the station, not the clock"
    assert place(own_api, "early_help") == before, "nothing is stored yet"
    own_map.panel.get_by_role("button", name="Save with the dataset").click()
    expect(own_map.panel).to_be_hidden()
    after = place(own_api, "early_help")
    assert after == (before[0], before[1] - 80), "two cells of the grid up"
    saved = own_map.stands_still().picture()
    own_map.page.reload()
    own_map.ready()
    expect(station).to_have_attribute("transform", f"translate({after[0]:g},{after[1]:g})")
    assert own_map.stands_still().picture() == saved
    own_map.shows_counts(own_api.counts("2015-11-15T12:00"))


def place(api: Api, station: str) -> tuple[float, float]:
    """Where the server has a station, in map units."""
    return next((one["x"], one["y"]) for one in api("/map")["stations"] if one["id"] == station)


def test_a_station_dragged_with_the_mouse_snaps_to_the_grid_and_is_saved(own_map: MapPage, own_api: Api) -> None:
    before = place(own_api, "early_help")
    own_map.open(f"{AT}&_panel=edit")
    expect(own_map.panel.get_by_role("heading", level=2)).to_have_text("Move stations")
    own_map.stands_still()
    cell = 40 * float(own_map.page.evaluate("() => document.querySelector('#over > g').getCTM().a"))
    box = own_map.station("early_help").locator(".disc").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with own_map.page.expect_response("**/map/layout"):
        own_map.page.mouse.move(x, y)
        own_map.page.mouse.down()
        own_map.page.mouse.move(x + 1.2 * cell, y + 0.3 * cell, steps=5)
        own_map.page.mouse.up()
    expect(own_map.station("early_help")).to_have_attribute("transform", f"translate({before[0] + 40:g},{before[1]:g})")
    own_map.panel.get_by_role("button", name="Save with the dataset").click()
    expect(own_map.panel).to_be_hidden()
    assert place(own_api, "early_help") == (before[0] + 40, before[1])
    own_map.page.reload()
    own_map.ready()
    expect(own_map.station("early_help")).to_have_attribute("transform", f"translate({before[0] + 40:g},{before[1]:g})")


def test_moves_that_are_not_saved_are_taken_back(own_map: MapPage, own_api: Api) -> None:
    before = place(own_api, "contact")
    drawn = own_map.open(AT).stands_still().picture()
    own_map.press("v")
    own_map.panel.get_by_role("button", name="Move stations").click()
    own_map.station("contact").focus()
    with own_map.page.expect_response("**/map/layout"):
        own_map.press("ArrowLeft")
    own_map.panel.get_by_role("button", name="Cancel").click()
    expect(own_map.panel).to_be_hidden()
    expect(own_map.station("contact")).to_have_attribute("transform", f"translate({before[0]:g},{before[1]:g})")
    assert own_map.stands_still().picture() == drawn
    assert place(own_api, "contact") == before


def test_a_place_that_is_taken_is_refused_with_words_and_the_station_goes_back(
    own_map: MapPage, own_api: Api, complaints: Complaints
) -> None:
    complaints.expect("status of 400")
    contact, early_help = place(own_api, "contact"), place(own_api, "early_help")
    own_map.open(f"{AT}&_panel=edit")
    own_map.station("early_help").focus()
    steps = round((contact[1] - early_help[1]) / 40)
    assert contact[0] == early_help[0]
    assert steps > 0
    for _ in range(steps):
        with own_map.page.expect_response("**/map/layout"):
            own_map.press("ArrowDown")
        expect(own_map.station("early_help")).to_be_focused()
    expect(own_map.panel.get_by_role("alert")).not_to_be_empty()
    expect(own_map.station("early_help")).to_have_attribute(
        "transform", f"translate({contact[0]:g},{contact[1] - 40:g})"
    )


def test_the_map_file_can_be_taken_away(own_map: MapPage) -> None:
    own_map.open(f"{AT}&_panel=view")
    with own_map.page.expect_download() as download:
        own_map.panel.get_by_role("link", name="Map file").click()
    assert "early_help" in download.value.path().read_text(encoding="utf-8")


def test_another_person_sees_what_was_saved(
    own_map: MapPage, own_server: Server, new_page: Callable[..., Page]
) -> None:
    own_map.open(f"{AT}&_panel=periods")
    own_map.panel.get_by_label("What it was").fill("Strike")
    own_map.panel.get_by_label("First day").fill("2015-11-15")
    own_map.panel.get_by_label("Last day").fill("2015-11-15")
    own_map.panel.get_by_role("button", name="Add").click()
    expect(own_map.page.locator("#in-force")).to_have_text("Strike, day 1")
    other = MapPage(new_page(), own_server.page).open(AT)
    expect(other.page.locator("#in-force")).to_have_text("Strike, day 1")
