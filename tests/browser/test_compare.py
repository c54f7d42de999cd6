"""Two maps side by side on one clock: reached from the map, filtered, sought, aligned; the figures are the server's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Api, Server
from tests.browser.mappage import MapPage

AT = "2015-11-15T00:00"
COUNTS = """([hand, wanted]) => Object.entries(wanted).every(([id, n]) =>
  document.querySelector(`#${hand} .station-station[data-id="${id}"] .count`)?.textContent === String(n))"""
DAYS_APART = """() => {
  const [left, right] = window.flowmap.stats().sides.map((side) => Date.parse(side.clock));
  return (left - right) / 864e5;
}"""
ROW = {
    "section": "nfa", "figure": "nfa/referral", "label": "Referrals that end in NFA", "unit": "share",
    "left": 0.25, "left_of": 400, "right": 0.19, "right_of": 1200, "difference": 0.06, "low": 0.014, "high": 0.11,
    "within_chance": False, "told": True,
    "sentence": "Referrals end in NFA 6.0 points more often on the left.",
}  # fmt: skip
ANSWER = {"rows": [ROW], "told": [ROW["sentence"]], "notes": [], "left_out": []}


class Compare:
    """The compare page by the names that people have for its parts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sides = {hand: page.locator(f"#{hand}") for hand in ("left", "right")}
        self.panel = page.locator("#drawer")

    def ready(self) -> Compare:
        """Wait until both maps can be used and have drawn."""
        self.page.wait_for_function("() => window.flowmap?.stats().sides?.every((side) => side.frames > 0)")
        return self

    def sentence(self, hand: str) -> Locator:
        """What a side shows, in words."""
        return self.sides[hand].locator(".cohort")

    def shows(self, hand: str, wanted: dict[str, int]) -> None:
        """Wait until a side's stations show these figures; those not named are exits, or empty."""
        stations = self.sides[hand].locator(".station-station")
        found = stations.evaluate_all("all => all.map((one) => one.dataset.id)")
        assert len(found) == 16
        self.page.wait_for_function(COUNTS, arg=[hand, {name: wanted.get(name, 0) for name in found}], timeout=5000)

    def clocks(self) -> list[str]:
        """Each side's own instant."""
        return [side["clock"] for side in self.page.evaluate("() => window.flowmap.stats().sides")]


@pytest.fixture
def answered(page: Page) -> None:
    """The server's differences are others' tests': here one row stands for all."""

    def answer(route: Route) -> None:
        route.fulfill(json=ANSWER)

    page.context.route(re.compile(r"/api/datasets/[^/]+/compare\?"), answer)


@pytest.fixture
def compare(page: Page, server: Server, answered: None) -> Callable[[str], Compare]:
    """Opens the compare page of the small council with a query."""

    def opened(query: str) -> Compare:
        page.goto(f"{server.page}/compare?{query}")
        return Compare(page).ready()

    return opened


def test_from_the_map_by_keyboard_to_girls_beside_all_and_then_girls_beside_boys(
    map_page: MapPage, api: Api, answered: None
) -> None:
    map_page.open(f"_at={AT}&sex=female")
    map_page.press("v")
    link = map_page.page.get_by_role("link", name="Compare…")
    link.focus()
    map_page.press("Enter")
    both = Compare(map_page.page).ready()
    expect(both.page.get_by_role("heading", level=1)).to_have_text("Compare")
    expect(both.sentence("left")).to_have_text("girls")
    expect(both.sentence("right")).to_have_text("all journeys")
    both.shows("left", api.counts(AT, "sex=female"))
    both.shows("right", api.counts(AT))

    both.page.keyboard.press("g")
    expect(both.panel).to_be_focused()
    boys = both.panel.locator("[data-key='sex=male']")
    boys.focus()
    both.page.keyboard.press("Space")
    expect(both.sentence("right")).to_have_text("boys")
    both.shows("right", api.counts(AT, "sex=male"))
    both.shows("left", api.counts(AT, "sex=female"))
    expect(both.page).to_have_url(re.compile("_with_cohort=sex%3Dmale"))
    both.page.keyboard.press("Escape")
    expect(both.panel).to_be_hidden()

    both.page.keyboard.press("Shift+ArrowRight")
    both.shows("left", api.counts("2015-11-22T00:00", "sex=female"))
    both.shows("right", api.counts("2015-11-22T00:00", "sex=male"))
    table = both.page.get_by_role("region", name="The stations of both sides")
    row = table.get_by_role("row", name=re.compile("^Contact "))
    here = [api.counts("2015-11-22T00:00", f"sex={sex}").get("contact", 0) for sex in ("female", "male")]
    assert [int(cell) for cell in row.get_by_role("cell").all_inner_texts()[:2]] == here

    told = both.page.locator("#differences")
    expect(told).to_contain_text("6.0 points more often on the left")
    expect(told.get_by_role("row").last).to_contain_text("25.0% of 400")
    expect(told.get_by_role("row").last).to_contain_text("+1.4 to +11.0")


def test_each_side_counts_from_its_own_day_0_and_says_where_it_has_no_data(
    compare: Callable[[str], Compare], api: Api
) -> None:
    both = compare("_align=2016-10-03&_with_align=2015-10-05&_at=%2B20")
    expect(both.page.locator("#date")).to_have_text("Day 20")
    expect(both.sides["left"].locator(".own-date")).to_have_text("23 October 2016")
    expect(both.sides["left"].locator(".in-force")).to_have_text("Inspection, day 14")
    expect(both.sides["right"].locator(".own-date")).to_have_text("25 October 2015")
    both.shows("left", api.counts("2016-10-23T00:00"))
    both.shows("right", api.counts("2015-10-25T00:00"))

    both.page.keyboard.press("Home")  # the left side's first day, which on the right is 364 days before any data
    first = date.fromisoformat(api("")["first"][:10])
    expect(both.sides["right"].locator(".notice")).to_have_text(
        f"No data yet: they begin on {first.day} {first:%B %Y}."
    )
    expect(both.sides["right"].locator(".station-station .count").first).to_have_text("–")
    expect(both.sides["left"].locator(".notice")).to_be_empty()
    both.page.keyboard.press("End")
    expect(both.sides["left"].locator(".notice")).to_contain_text("No more data: they end on")
    expect(both.sides["right"].locator(".notice")).to_be_empty()

    both.page.get_by_label("Time runs").select_option("calendar")
    expect(both.page).not_to_have_url(re.compile("_align"))
    # The address is written at once, the sides follow when they have been laid out anew.
    both.page.wait_for_function(
        "() => { const [one, other] = window.flowmap.stats().sides; return one.clock === other.clock; }"
    )
    left, right = both.clocks()
    assert left == right


def test_playing_moves_both_sides_together_and_a_drag_seeks_both(compare: Callable[[str], Compare]) -> None:
    both = compare("_align=2016-10-03&_with_align=2015-10-05&_at=-300&_speed=30")
    both.page.keyboard.press("Space")
    both.page.wait_for_function("() => window.flowmap.stats().sides.every((side) => side.frames > 10)")
    both.page.keyboard.press("Space")
    assert both.page.evaluate(DAYS_APART) == 364  # from 5 October 2015 to 3 October 2016
    before = both.clocks()
    box = both.page.locator("#timeline").bounding_box()
    assert box is not None
    both.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + 60)
    both.page.wait_for_function("(before) => window.flowmap.stats().clock !== before", arg=before[0])
    assert both.clocks()[1] != before[1]
    assert both.page.evaluate(DAYS_APART) == 364


def test_a_period_is_set_beside_as_many_days_before_it(map_page: MapPage, answered: None) -> None:
    map_page.open(f"_at={AT}&_panel=periods")
    map_page.page.get_by_role("link", name="Compare Inspection with the time before").click()
    both = Compare(map_page.page).ready()
    # 10 October to 18 November 2016 are 40 days.
    expect(both.sentence("left")).to_have_text("all journeys, 10 October 2016 to 18 November 2016")
    expect(both.sentence("right")).to_have_text("all journeys, 31 August 2016 to 9 October 2016")
    expect(both.page.locator("#kind")).to_have_value("days")


def test_a_station_pressed_on_one_side_shows_both_and_another_part_of_the_map_too(
    compare: Callable[[str], Compare], api: Api
) -> None:
    both = compare(f"_at={AT}&sex=female")
    both.sides["left"].locator(".station[data-id='assessment']").focus()
    both.page.keyboard.press("Enter")
    row = both.panel.get_by_role("row", name=re.compile("^Arrived"))
    expect(row).to_be_visible()
    arrived = row.get_by_role("cell").all_inner_texts()
    wanted = [api.stations(AT, cohort)["assessment"]["reached"] for cohort in ("sex=female", "")]
    assert [int(cell.replace(",", "")) for cell in arrived] == wanted
    both.page.keyboard.press("Escape")

    views = "() => [...document.querySelectorAll('.under > g')].map((map) => map.getAttribute('transform'))"
    before = both.page.evaluate(views)
    both.sides["left"].locator(".stage").hover(position={"x": 200, "y": 200})
    both.page.mouse.wheel(0, -300)
    both.page.wait_for_function(f"(before) => ({views})()[1] !== before", arg=before[1])
    after = both.page.evaluate(views)
    assert after[0] == after[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_whatever_is_open_and_it_prints_without_its_controls(
    new_page: Callable[..., Page], server: Server, axe: Callable[..., list[str]], scheme: str, keep: Callable[..., Any]
) -> None:
    page = new_page(color_scheme=scheme, reduced_motion="reduce")
    page.context.route(
        re.compile(r"/compare\?.*cohort"),
        lambda route: route.fulfill(json=ANSWER),
    )
    found = {}
    for query in ("", "_panel=right", "_station=assessment", "_align=2016-10-03&_at=%2B400&_with_align=2015-10-05"):
        page.goto(f"{server.page}/compare?_at={AT}&{query}" if "_at" not in query else f"{server.page}/compare?{query}")
        Compare(page).ready()
        expect(page.get_by_role("region", name="The stations of both sides")).to_be_visible()
        if findings := axe(page):
            found[query] = findings
    assert found == {}
    page.emulate_media(media="print")
    for part in ("#play", "#speed", "#kind", ".change"):
        expect(page.locator(part).first).to_be_hidden()
    for part in ("#left .stage", "#right .stage", "#timeline", "#differences table", "#stations table"):
        expect(page.locator(part)).to_be_visible()
    keep(page, f"print-{scheme}", full_page=True)
