"""Dots: each is a journey on its way, can be pressed, and moves in the way that was chosen."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Api
from tests.browser.mappage import MapPage

AT = "2015-11-15T12:00"
# A cohort of few, so that dots lie apart: each is found as an island of pixels of the canvas.
FEW = "need=low_income,socially_unacceptable_behaviour"
ISLANDS = """() => {
  const canvas = document.getElementById("dots");
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const ink = copy.getImageData(0, 0, width, height).data;
  const seen = new Uint8Array(width * height);
  const islands = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || ink[4 * start + 3] < 128) continue;
    const todo = [start];
    seen[start] = 1;
    let n = 0, x = 0, y = 0;
    while (todo.length) {
      const at = todo.pop();
      n++; x += at % width; y += Math.floor(at / width);
      for (const next of [at - 1, at + 1, at - width, at + width]) {
        if (seen[next] === 0 && ink[4 * next + 3] >= 128) { seen[next] = 1; todo.push(next); }
      }
    }
    islands.push({ n, x: x / n + 0.5, y: y / n + 0.5 });
  }
  return islands;
}"""


def lone_dots(map_page: MapPage) -> list[tuple[float, float]]:
    """Places (in the stage, CSS pixels) of dots that lie apart from others and from stations."""
    islands = map_page.page.evaluate(ISLANDS)
    # a dot here is 7 or 8 pixels across; smaller ones are children between two journeys
    stations = map_page.page.eval_on_selector_all(
        ".station", """all => { const stage = document.getElementById('stage').getBoundingClientRect();
          return all.map((one) => { const box = one.querySelector('.halo').getBoundingClientRect();
          return [box.x + box.width / 2 - stage.x, box.y + box.height / 2 - stage.y]; }); }""")  # fmt: skip
    places = [(one["x"], one["y"]) for one in islands if 30 <= one["n"] <= 50]
    return [
        place
        for place in places
        if all(math.dist(place, station) > 26 for station in stations)
        and all(math.dist(place, (one["x"], one["y"])) > 20 for one in islands if (one["x"], one["y"]) != place)
    ]


def press_a_dot(map_page: MapPage) -> tuple[float, float]:
    """Press a dot that lies apart; gives its place in the stage."""
    place = lone_dots(map_page)[0]
    map_page.page.locator("#stage").click(position={"x": place[0], "y": place[1]})
    return place


def move_at(child: dict[str, Any], instant: str) -> set[tuple[str, str]]:
    """The moves that a child's journeys are on at an instant, or made within the day before it."""
    now = datetime.fromisoformat(instant)
    found = set()
    for journey in child["journeys"]:
        for here, there in zip(journey["events"], journey["events"][1:], strict=False):
            left, came = (datetime.fromisoformat(one["time"].rstrip("Z")) for one in (here, there))
            if left <= now <= came + timedelta(days=3):
                found.add((here["station"], there["station"]))
    return found


@pytest.mark.parametrize("at", [AT, "2016-02-17T12:00", "2016-06-21T12:00"])
def test_pressing_a_dot_opens_the_journeys_of_the_child_that_is_there(map_page: MapPage, api: Api, at: str) -> None:
    map_page.open(f"_at={at}&{FEW}").stands_still()
    drawn = transform(map_page)
    place = press_a_dot(map_page)
    map_page.address_holds("_child=")
    index = re.search(r"_child=(\d+)", map_page.query())
    assert index
    child = api(f"/children/{index[1]}")
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("One child’s journeys")
    expect(map_page.panel).to_contain_text(f"Pseudonym {child['pseudonym']}.")
    shown = map_page.panel.locator("ol.trail").evaluate_all(
        "all => all.map((one) => [...one.querySelectorAll('li')].map((stop) => ["
        "stop.querySelector('button').textContent, stop.querySelector('time').dateTime]))"
    )
    assert shown == [[[event["label"], event["time"]] for event in journey["events"]] for journey in child["journeys"]]
    assert child["journeys"][0]["events"]
    # Independently of the page: the dot lies on a way that this child is on at this instant.
    assert min(distance(api, move, place, drawn) for move in move_at(child, at)) < 25


def transform(map_page: MapPage) -> tuple[float, float, float]:
    """How map units become CSS pixels of the stage: x, y and scale."""
    moved = re.findall(r"-?\d[-\d.e]*", map_page.page.locator("#under > g").get_attribute("transform") or "")
    x, y, k = (float(number) for number in moved)
    return x, y, k


def distance(api: Api, move: tuple[str, str], place: tuple[float, float], drawn: tuple[float, float, float]) -> float:
    """How far (CSS pixels) a place is from the route of a move, as drawn."""
    geometry = api("/map")
    names = {one["index"]: one["id"] for one in geometry["stations"]}
    points = next(route["points"] for route in geometry["routes"] if (names[route["from"]], names[route["to"]]) == move)
    x, y, k = drawn
    on_screen = [(k * px + x, k * py + y) for px, py in points]
    return min(
        math.dist(place, (a[0] + (b[0] - a[0]) * s / 20, a[1] + (b[1] - a[1]) * s / 20))
        for a, b in zip(on_screen, on_screen[1:], strict=False)
        for s in range(21)
    )


# Where the ring around the child that is followed lies: the middle of the pixels of a colour that nothing else has.
RING = """() => {
  const canvas = document.getElementById("dots");
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  let n = 0, x = 0, y = 0;
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = [data[4 * i] - 0xc2, data[4 * i + 1] - 0x18, data[4 * i + 2] - 0x5b];
    if (Math.abs(red) + Math.abs(green) + Math.abs(blue) >= 24 || data[4 * i + 3] <= 200) continue;
    n++; x += i % width; y += Math.floor(i / width);
  }
  return n < 8 ? null : [x / n, y / n];
}"""


def ring(map_page: MapPage) -> tuple[float, float] | None:
    """Where (in the stage, CSS pixels) the child that is followed is marked; None where nobody is."""
    found = map_page.page.evaluate(RING)
    return (found[0], found[1]) if found else None


def test_the_child_that_is_followed_is_marked_on_the_map(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}&{FEW}").stands_still()
    before = map_page.picture()
    press_a_dot(map_page)
    expect(map_page.panel.locator("ol.trail").first).to_be_visible()
    map_page.press("Escape")
    expect(map_page.panel).to_be_hidden()
    assert map_page.stands_still().picture() == before, "closed, it is no longer marked"
    press_a_dot(map_page)
    map_page.panel.get_by_role("button", name="Close").wait_for()
    assert ring(map_page.stands_still())


def test_an_event_in_a_childs_journey_is_a_way_to_its_moment(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}&{FEW}").stands_still()
    press_a_dot(map_page)
    first = map_page.panel.locator("ol.trail li").first
    moment = first.locator("time").get_attribute("datetime") or ""
    first.get_by_role("button").click()
    map_page.clock_is(moment)


def test_pressing_the_paper_opens_nothing(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}").stands_still()
    map_page.page.locator("#stage").click(position={"x": 20, "y": 20})
    map_page.draws_on(0)
    expect(map_page.panel).to_be_hidden()


def test_waiting_and_hopping_draws_queues_at_stations_and_the_same_counts(map_page: MapPage, api: Api) -> None:
    gliding = map_page.open(f"_at={AT}").stands_still().picture()
    active = map_page.stats()["active"]
    map_page.open_panel("view")
    map_page.panel.get_by_label("Wait and hop").check()
    map_page.address_holds("_moving=hop")
    map_page.press("Escape")
    hopping = map_page.stands_still().picture()
    assert hopping != gliding
    assert hopping.inked > 0
    assert map_page.stats()["active"] == active, "the same journeys are under way, wherever they are drawn"
    map_page.shows_counts(api.counts(AT))


def test_journeys_that_start_together_begin_at_day_nought(map_page: MapPage) -> None:
    by_calendar = map_page.open(f"_at={AT}").stands_still().picture()
    map_page.open_panel("view")
    map_page.panel.get_by_label("All journeys start together").check()
    expect(map_page.date).to_have_text("Day 0")
    expect(map_page.slider).to_have_attribute("aria-valuetext", "day 0")
    map_page.address_holds("_together=1")
    # nearly four years of waiting children in one heap: everyone is there at once
    assert map_page.stands_still().picture() != by_calendar
    map_page.press("Escape", "ArrowRight", "Shift+ArrowRight")
    expect(map_page.date).to_have_text("Day 8")
    map_page.address_holds("_at=+8")
    expect(map_page.page.locator("#timeline")).to_contain_text("day 0")
    map_page.play.click()
    expect(map_page.date).to_have_text(re.compile(r"Day (9|[1-9]\d+)"))


def test_at_day_nought_every_journey_is_at_its_first_stations(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=%2B0&_together=1&sex=female")
    # Each journey's first instant: those of its events that carry that very time have happened.
    first: dict[str, int] = {}
    for name, row in api.stations("2099-01-01", "sex=female").items():
        first[name] = row["reached"]
    counts = map_page.stands_still().counts()
    journeys = api("/cohort", "sex=female")["journeys"]
    assert sum(counts.values()) <= journeys
    assert counts["contact"] > 0.6 * journeys
    assert all(counts[name] <= first[name] for name in counts)


def test_a_move_made_within_a_day_is_seen_on_its_way(map_page: MapPage, api: Api) -> None:
    # Minutes from contact to referral, watched at a month a second: less than a frame, were it not given its 0.3 s.
    child, depart = quick_move(api)
    map_page.open(f"_at={depart:%Y-%m-%dT%H:%M}&_speed=30&_child={child}")
    expect(map_page.panel.locator("ol.trail").first).to_be_visible()
    x, y, k = transform(map_page)
    ends = [
        (k * one["x"] + x, k * one["y"] + y) for one in api("/map")["stations"] if one["id"] in ("contact", "referral")
    ]
    seen = []
    for hours in range(0, 9 * 24, 12):
        map_page.seek((depart + timedelta(hours=hours)).isoformat())
        place = ring(map_page.stands_still())
        if place and all(math.dist(place, end) > 25 for end in ends):
            seen.append(place)
    assert len(seen) >= 8, "it is between the two stations for most of nine days (0.3 s at this speed)"
    assert seen == sorted(seen), "and goes from the left to the right"
    assert all(distance(api, ("contact", "referral"), place, (x, y, k)) < 25 for place in seen)


def quick_move(api: Api) -> tuple[int, datetime]:
    """A child whose first journey goes from contact to referral within hours; and when it sets out."""
    for child in range(200, 300):
        events = api(f"/children/{child}")["journeys"][0]["events"]
        if [event["station"] for event in events[:2]] == ["contact", "referral"]:
            one, two = (datetime.fromisoformat(event["time"].rstrip("Z")) for event in events[:2])
            if timedelta(0) < two - one < timedelta(hours=3):
                return child, one
    raise AssertionError("the council has no such move")
