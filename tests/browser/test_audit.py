"""From a figure to its journeys, and to one child's journey, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Api
from tests.browser.mappage import MapPage

AT = "2016-10-20"


def test_from_a_figure_to_its_journeys_and_to_one_childs_journey(
    map_page: MapPage, api: Api, axe: Callable[..., list[str]]
) -> None:
    waiting = api.stations(AT)["assessment"]["waiting"]
    map_page.open(f"_at={AT}&_station=assessment")
    number = map_page.panel.get_by_role("button", name=f"{waiting} here now: the journeys behind it")
    number.focus()
    map_page.page.keyboard.press("Enter")

    # The map shows them alone: as many as the figure, all of them at the station.
    expect(map_page.sentence).to_have_text(
        f"{waiting} journeys at Child and family assessment at 20 October 2016; all journeys"
    )
    expect(map_page.journeys).to_contain_text(f"{waiting} journeys of ")
    map_page.shows_counts({"assessment": waiting, "referral": 0, "cin": 0})
    lines = map_page.panel.get_by_role("rowheader").get_by_role("button")
    expect(lines).to_have_count(min(waiting, 100))
    expect(map_page.panel.get_by_label("Command")).to_contain_text("--key council.key.csv")
    assert axe(map_page.page) == []

    pseudonym = lines.first.inner_text()
    lines.first.focus()
    map_page.page.keyboard.press("Enter")
    expect(map_page.panel).to_contain_text(f"Pseudonym {pseudonym}.")
    back = map_page.panel.get_by_role("button", name="Back to the list")
    back.focus()
    map_page.page.keyboard.press("Enter")
    expect(lines.first).to_have_text(pseudonym)

    # A reader of the address sees the same; and all can be had again.
    map_page.page.reload()
    map_page.ready()
    expect(map_page.sentence).to_have_text(re.compile(f"^{waiting} journeys at"))
    map_page.shows_counts({"assessment": waiting, "referral": 0})
    map_page.panel.get_by_role("button", name="Show all journeys again").focus()
    map_page.page.keyboard.press("Enter")
    expect(map_page.sentence).to_have_text("all journeys")
    map_page.shows_counts(api.counts(AT))
    map_page.address_lacks("_behind")
