"""Playing: the clock runs, stands, goes back, repeats; and only what should move it does."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAST, Api
from tests.browser.mappage import MapPage

AUTUMN = "_at=2015-11-15T12:00"


def test_an_address_without_an_instant_starts_playing_where_the_open_cases_have_been_entered(map_page: MapPage) -> None:
    map_page.open()
    assert "2014-04-01" <= map_page.clock() < "2014-05-01"
    map_page.clock_passes("2014-04-05")
    map_page.draws_on(5)
    assert map_page.stats()["playing"]
    expect(map_page.play).to_have_accessible_name("Pause")


def test_an_address_with_an_instant_stands_there_with_its_dots_drawn(map_page: MapPage) -> None:
    map_page.open(AUTUMN).stands_still()
    stats = map_page.stats()
    assert (stats["clock"], stats["playing"]) == ("2015-11-15T12:00:00.000Z", False)
    expect(map_page.date).to_have_text("15 November 2015")
    # a dot is some pixels wide, and dots may lie on each other
    assert map_page.inked() > 5 * stats["active"]


@pytest.mark.parametrize("how", ["the space bar", "the button"])
def test_playing_moves_the_clock_and_the_dots_and_pausing_stops_both(map_page: MapPage, how: str) -> None:
    def press() -> None:
        if how == "the button":
            map_page.play.click()
        else:
            map_page.press("Space")

    before = map_page.open(AUTUMN).stands_still().picture()
    frames = map_page.stats()["frames"]
    press()
    map_page.clock_passes("2015-11-17")
    map_page.draws_on(5)
    expect(map_page.play).to_have_accessible_name("Pause")
    press()
    expect(map_page.play).to_have_accessible_name("Play")
    after = map_page.stands_still().picture()
    clock = map_page.clock()
    assert map_page.stats()["frames"] > frames + 5
    assert after.inked > 0
    assert after != before
    assert map_page.stands_still().clock() == clock, "a paused clock stands"


def test_stats_has_the_fields_that_measuring_relies_on(map_page: MapPage, api: Api) -> None:
    stats = map_page.open(AUTUMN).stands_still().stats()
    assert {key: type(value) for key, value in stats.items()} == {
        "frames": int, "active": int, "clock": str, "playing": bool,
    }  # fmt: skip
    # Every journey that is open has a dot: the many that wait, and the few at an exit that are still shown leaving.
    waiting = sum(api.counts("2015-11-15T12:00").values())
    assert waiting <= stats["active"] <= 1.2 * waiting


@pytest.mark.parametrize("instant", ["2014-01-02T09:00", "2015-06-01", "2016-10-20T08:30", LAST])
def test_seeking_shows_that_instant_and_its_counts(map_page: MapPage, api: Api, instant: str) -> None:
    map_page.open(AUTUMN)
    map_page.seek(instant)
    map_page.clock_is(instant if "T" in instant else f"{instant}T00:00")
    map_page.shows_counts(api.counts(instant))
    map_page.address_holds(f"_at={map_page.clock()[:16]}")


def test_seeking_beyond_the_data_stops_at_their_ends(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    map_page.seek("1999-01-01")
    map_page.clock_is("2014-01-02T00:00")
    map_page.seek("2099-01-01")
    map_page.clock_is(LAST)


def test_seeking_to_an_instant_draws_what_playing_to_it_draws(map_page: MapPage) -> None:
    map_page.open("_at=2015-11-01&_speed=30")
    map_page.press("Space")
    map_page.clock_passes("2015-12-01")
    map_page.press("Space")
    played = map_page.stands_still().picture()
    there = map_page.clock()
    map_page.seek("2014-06-01")
    assert map_page.stands_still().picture() != played
    map_page.seek(there)
    assert map_page.stands_still().picture() == played


def test_pressing_and_dragging_on_the_timeline_seek(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    box = map_page.page.locator("#timeline").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    map_page.page.mouse.click(box["x"] + 0.25 * box["width"], middle)
    # a quarter of the way from 2 January 2014 to 31 March 2017; a pixel is a day and a half
    near(map_page, "2014-10-24", days=3)
    map_page.page.mouse.move(box["x"] + 0.25 * box["width"], middle)
    map_page.page.mouse.down()
    map_page.page.mouse.move(box["x"] + 0.6 * box["width"], middle, steps=4)
    near(map_page, "2015-12-12", days=3)
    map_page.page.mouse.move(box["x"] + 5 * box["width"], middle, steps=2)
    map_page.page.mouse.up()
    map_page.clock_is(LAST)


def test_the_knob_of_the_timeline_can_be_dragged(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    knob, line = map_page.slider.bounding_box(), map_page.page.locator("#timeline").bounding_box()
    assert knob
    assert line
    map_page.page.mouse.move(knob["x"] + 8, knob["y"] + 8)
    map_page.page.mouse.down()
    map_page.page.mouse.move(line["x"] + 0.25 * line["width"], knob["y"] + 8, steps=4)
    map_page.page.mouse.up()
    near(map_page, "2014-10-24", days=3)


def near(map_page: MapPage, day: str, days: float) -> None:
    """The clock is within so many days of `day`."""
    away = datetime.fromisoformat(map_page.clock()[:19]) - datetime.fromisoformat(day)
    assert abs(away) <= timedelta(days=days), map_page.clock()


@pytest.mark.parametrize("where", ["on the slider", "anywhere"])
def test_arrows_step_a_day_and_with_shift_a_week_and_home_and_end_go_to_the_ends(map_page: MapPage, where: str) -> None:
    map_page.open(AUTUMN)
    if where == "on the slider":
        map_page.slider.focus()
    for key, lands_on in [
        ("ArrowRight", "2015-11-16T00:00"),
        ("Shift+ArrowRight", "2015-11-23T00:00"),
        ("ArrowLeft", "2015-11-22T00:00"),
        ("Shift+ArrowLeft", "2015-11-15T00:00"),
        ("End", LAST),
        ("Home", "2014-01-02T00:00"),
    ]:
        map_page.press(key)
        map_page.clock_is(lands_on)
    expect(map_page.slider).to_have_attribute("aria-valuetext", "2 January 2014")


def test_the_slider_has_the_values_that_a_screen_reader_says(map_page: MapPage) -> None:
    map_page.open("_at=2014-01-12")
    expect(map_page.slider).to_have_attribute("aria-valuetext", "12 January 2014")
    expect(map_page.slider).to_have_attribute("aria-valuenow", str(10 * 86400))
    expect(map_page.slider).to_have_attribute("aria-valuemin", "0")
    # from the midnight before the first event to the last event
    span = datetime.fromisoformat(LAST) - datetime(2014, 1, 2)
    expect(map_page.slider).to_have_attribute("aria-valuemax", str(int(span.total_seconds())))


def test_the_step_buttons_go_a_day_back_and_on(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    map_page.button("One day on").click()
    map_page.clock_is("2015-11-16T00:00")
    map_page.button("One day back").click()
    map_page.clock_is("2015-11-15T00:00")


def test_stepping_while_playing_stops_on_that_day(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    map_page.press("Space")
    map_page.clock_passes("2015-11-16")
    map_page.press("ArrowRight")
    assert not map_page.stats()["playing"]
    assert map_page.clock().endswith("T00:00:00.000Z")


def test_changing_the_speed_does_not_move_a_standing_clock(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    expect(map_page.speed).to_have_text("7 days / s")
    map_page.button("Faster").click()
    expect(map_page.speed).to_have_text("14 days / s")
    map_page.press("+", "-", "-", "-", "-")
    expect(map_page.speed).to_have_text("2 days / s")
    map_page.button("Slower").click()
    expect(map_page.speed).to_have_text("1 day / s")
    assert map_page.clock() == "2015-11-15T12:00:00.000Z"
    map_page.address_holds("_speed=1")


def test_changing_the_speed_while_playing_makes_no_jump(map_page: MapPage) -> None:
    map_page.open(f"{AUTUMN}&_speed=1")
    map_page.press("Space")
    map_page.draws_on(3)
    # both looks and the press happen within one task of the page, so that only a jump can part them
    before, after = map_page.page.evaluate("""() => {
      const before = window.flowmap.stats().clock;
      for (let i = 0; i < 5; i++) document.getElementById("faster").click();
      return [before, window.flowmap.stats().clock];
    }""")
    expect(map_page.speed).to_have_text("30 days / s")
    assert days_between(before, after) < 3, "at 30 days a second a task of the page is less than 3 days long"


def days_between(first: str, second: str) -> float:
    """Days from one instant to another, either way."""
    return abs(datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds() / 86400


def test_speed_is_days_of_data_a_second_of_watching(map_page: MapPage) -> None:
    map_page.open(f"{AUTUMN}&_speed=14")
    map_page.press("Space")
    map_page.draws_on(2)
    look = "() => [performance.now(), window.flowmap.stats().clock]"
    began, first = map_page.page.evaluate(look)
    map_page.clock_passes("2015-12-05")
    ended, second = map_page.page.evaluate(look)
    assert days_between(first, second) / ((ended - began) / 1000) == pytest.approx(14, rel=0.01)


def test_time_runs_backwards_when_asked(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    map_page.press("r")
    expect(map_page.speed).to_have_text("−7 days / s")
    map_page.press("Space")
    map_page.clock_falls_below("2015-11-12")
    map_page.press("Space", "r")
    expect(map_page.speed).to_have_text("7 days / s")


def test_play_stops_at_the_last_day_and_begins_again_when_pressed_there(map_page: MapPage) -> None:
    map_page.open("_at=2017-03-25&_speed=30")
    map_page.press("Space")
    expect(map_page.play).to_have_accessible_name("Play")
    map_page.clock_is(LAST)
    map_page.press("Space")
    map_page.clock_falls_below("2015-01-01")
    assert map_page.stats()["playing"]


def test_a_loop_in_the_address_wraps_round_and_never_leaves_its_window(map_page: MapPage) -> None:
    map_page.open("_at=2016-03-05&_loop=2016-03-01/2016-03-15&_speed=30")
    expect(map_page.button("Loop")).to_have_attribute("aria-pressed", "true")
    seen = json.loads(
        map_page.page.evaluate("""() => new Promise((done) => {
      const seen = [];
      let wraps = 0;
      document.getElementById("play").click();
      const look = () => {
        const { clock } = window.flowmap.stats();
        if (seen.length && clock < seen[seen.length - 1]) wraps++;
        seen.push(clock);
        if (wraps < 2 && seen.length < 5000) requestAnimationFrame(look); else done(JSON.stringify(seen));
      };
      look();
    })""")
    )
    assert min(seen) >= "2016-03-01"
    assert max(seen) <= "2016-03-15T00:00:00.000Z"
    assert sum(later < earlier for earlier, later in itertools.pairwise(seen)) == 2, "it began again twice"


def test_a_stretch_dragged_out_above_the_timeline_repeats_and_the_button_ends_it(map_page: MapPage) -> None:
    map_page.open(AUTUMN)
    box = map_page.page.locator("#timeline").bounding_box()
    assert box
    map_page.page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 6)
    map_page.page.mouse.down()
    map_page.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 6, steps=4)
    map_page.page.mouse.up()
    map_page.address_holds("_loop=2014-10-2")
    near(map_page, "2014-10-24", days=3)
    assert map_page.clock() > "2014-10-20", "the clock was outside, so it is put to where the stretch begins"
    expect(map_page.button("Loop")).to_have_attribute("aria-pressed", "true")
    map_page.button("Loop").click()
    map_page.address_lacks("_loop")
    expect(map_page.button("Loop")).to_have_attribute("aria-pressed", "false")


def test_keys_begin_and_end_a_stretch_at_the_shown_instant(map_page: MapPage) -> None:
    map_page.open("_at=2015-03-01")
    map_page.press("[")
    map_page.seek("2015-04-01")
    map_page.press("]")
    map_page.address_holds("_loop=2015-03-01T00:00/2015-04-01T00:00")
    map_page.press("l")
    map_page.address_lacks("_loop")
