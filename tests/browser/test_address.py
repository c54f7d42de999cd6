"""The address is the picture: copied elsewhere it shows the same, and two people do not disturb each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Api
from tests.browser.mappage import MapPage

CHOSEN = "sex=female&visit=1%2B&_at=2016-10-20T08:30&_colour=source"


@pytest.mark.parametrize(
    "query",
    [
        CHOSEN,
        "_at=2015-11-15T12:00&_moving=hop&_theme=dark",
        "_at=%2B45.5&_together=1&_colour=timescale&_station=assessment",
    ],
)
def test_an_address_copied_to_another_browser_shows_the_same_picture(
    map_page: MapPage, new_map: Callable[..., MapPage], query: str
) -> None:
    here = map_page.open(query)
    here.press("ArrowRight")
    mine = here.stands_still().picture()
    there = new_map()
    there.page.goto(here.page.url)
    theirs = there.ready().stands_still().picture()
    assert mine.inked > 0
    assert theirs == mine
    assert there.clock() == here.clock()
    assert there.query() == here.query()
    assert there.counts() == here.counts()
    for of in ("#date", "#sentence", "#journeys", "#speed", ".legend select"):
        assert there.page.locator(of).inner_text() == here.page.locator(of).inner_text()


def test_an_address_says_only_what_was_chosen(map_page: MapPage) -> None:
    map_page.open("_at=2015-11-15T12:00")
    map_page.open_panel("view")
    map_page.panel.get_by_label("Wait and hop").check()
    map_page.panel.get_by_label("Dark", exact=True).check()
    map_page.address_holds("_theme=dark")
    assert sorted(map_page.query().split("&")) == ["_at=2015-11-15T12:00", "_moving=hop", "_panel=view", "_theme=dark"]
    map_page.panel.get_by_label("Glide").check()
    map_page.panel.get_by_label("As the computer is set").check()
    map_page.address_lacks("_theme")
    assert sorted(map_page.query().split("&")) == ["_at=2015-11-15T12:00", "_panel=view"]


def test_everything_chosen_survives_a_reload(map_page: MapPage, api: Api) -> None:
    map_page.open(f"{CHOSEN}&_speed=-30&_loop=2016-10-01/2016-11-01&_panel=filters")
    before = map_page.stands_still().picture()
    map_page.page.reload()
    map_page.ready()
    assert map_page.stands_still().picture() == before
    expect(map_page.speed).to_have_text("−30 days / s")
    expect(map_page.button("Loop")).to_have_attribute("aria-pressed", "true")
    expect(map_page.sentence).to_have_text("girls, second visit or later")
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Filter")
    map_page.shows_counts(api.counts("2016-10-20T08:30", "sex=female&visit=1%2B"))


def test_two_tabs_do_not_disturb_each_other(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2015-11-15T12:00")
    still = map_page.stands_still().picture()
    address = map_page.page.url
    other = MapPage(map_page.page.context.new_page(), map_page.address)
    other.open("sex=female&_at=2016-03-01&_speed=30")
    other.press("Space")
    other.clock_passes("2016-04-01")
    other.press("Space")
    other.shows_counts(api.counts(other.clock(), "sex=female"))
    map_page.page.bring_to_front()
    assert map_page.page.url == address
    assert map_page.clock() == "2015-11-15T12:00:00.000Z"
    assert map_page.stands_still().picture() == still
    expect(map_page.sentence).to_have_text("all journeys")
    map_page.shows_counts(api.counts("2015-11-15T12:00"))


def test_the_back_button_closes_what_was_opened_and_goes_back_to_where_the_clock_was(map_page: MapPage) -> None:
    map_page.open("_at=2015-11-15T12:00")
    map_page.station("assessment").click()
    expect(map_page.panel).to_be_visible()
    map_page.page.go_back()
    expect(map_page.panel).to_be_hidden()
    map_page.page.go_forward()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Child and family assessment")
    map_page.clock_is("2015-11-15T12:00")


def test_going_back_from_the_common_start_is_the_instant_from_before(map_page: MapPage) -> None:
    map_page.open("_at=2015-11-15T12:00")
    map_page.open_panel("view")
    map_page.panel.get_by_label("All journeys start together").check()
    expect(map_page.date).to_have_text("Day 0")
    map_page.page.go_back()
    expect(map_page.date).to_have_text("15 November 2015")
    map_page.stands_still()
    map_page.clock_is("2015-11-15T12:00")


@pytest.mark.parametrize(
    ("query", "clock"),
    [
        ("_at=never", "2014-01-02T00:00"),
        ("_at=1850-01-01", "2014-01-02T00:00"),
        ("_at=2015-11-15T12:00&_speed=fast&_theme=pink&_moving=fly&_colour=mood", "2015-11-15T12:00"),
        ("_at=2015-11-15T12:00&_loop=2016-01-01/2015-01-01&_panel=cellar", "2015-11-15T12:00"),
        ("_at=2015-11-15T12:00&_child=x", "2015-11-15T12:00"),
    ],
)
def test_nonsense_in_the_address_is_passed_over(
    map_page: MapPage, api: Api, complaints_of_400: None, query: str, clock: str
) -> None:
    map_page.open(query)
    map_page.clock_is(clock)
    map_page.shows_counts(api.counts(clock))
    map_page.press("Space")
    map_page.clock_passes(f"{clock[:10]}T23")


@pytest.mark.parametrize(
    ("query", "words"),
    [("_station=nowhere", "This map has no station “nowhere”."), ("_child=999999", "999999")],
)
def test_a_station_or_child_that_is_not_there_is_said(
    map_page: MapPage, complaints_of_400: None, query: str, words: str
) -> None:
    map_page.open(f"_at=2015-11-15&{query}")
    expect(map_page.panel).to_contain_text(words)


def test_a_percent_sign_that_stands_for_nothing_does_not_stop_the_page(
    map_page: MapPage, complaints_of_400: None
) -> None:
    map_page.open("_at=2015-11-15T12:00&sex=100%")
    expect(map_page.sentence).to_contain_text("100%")
