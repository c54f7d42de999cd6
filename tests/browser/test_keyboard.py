"""Without a mouse: every control is reached, the focus is seen, nothing holds it, and it comes back to where it was."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.mappage import MapPage

AT = "_at=2015-11-15T12:00"
# What can be operated and is there to be seen.
OPERABLE = """() => {
  const things = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']");
  let left = 0;
  for (const one of things) {
    if (one.disabled || !one.getClientRects().length || getComputedStyle(one).visibility === "hidden") continue;
    // of a group of radio buttons only the chosen one is a stop of its own
    if (one.type === "radio" && !one.checked && document.querySelector(`input[name="${one.name}"]:checked`)) continue;
    one.dataset.stop = String(left++);
  }
  return left;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const outlines = [one, ...one.querySelectorAll(".halo")].map((part) => getComputedStyle(part));
  const seen = outlines.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
    || (style.stroke && style.stroke !== "none" && parseFloat(style.strokeWidth) >= 2));
  const box = one.getBoundingClientRect();
  const inside = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  const name = one.id || one.dataset.id || one.textContent.slice(0, 30);
  return { stop: one.dataset.stop ?? null, seen, inside, name };
}"""


def walk(page: Page, key: str, steps: int) -> list[dict[str, Any]]:
    """The focus after each press of `key`."""
    found = []
    for _ in range(steps):
        page.keyboard.press(key)
        found.append(page.evaluate(FOCUSED))
    return found


@pytest.mark.parametrize("panel", ["", "_panel=filters", "_panel=view", "_station=assessment", "_panel=periods"])
def test_tab_reaches_every_control_shows_where_it_is_and_is_never_held(map_page: MapPage, panel: str) -> None:
    map_page.open(f"{AT}&{panel}".rstrip("&"))
    if panel:
        map_page.panel_is_filled()
    map_page.stands_still()
    map_page.page.evaluate("() => document.activeElement.blur()")
    stops = map_page.page.evaluate(OPERABLE)
    assert stops >= 20
    # Some steps more than there are stops: a date has one for each of its parts, and past the last stop the focus
    # leaves the page and begins again.
    seen = walk(map_page.page, "Tab", stops + 20)
    reached = {one["stop"] for one in seen}
    missed = map_page.page.evaluate(
        "(reached) => [...document.querySelectorAll('[data-stop]')]"
        ".filter((one) => !reached.includes(one.dataset.stop))"
        ".map((one) => one.outerHTML.slice(0, 120))",
        list(reached),
    )
    assert missed == []
    # The last part of a date is its button, whose mark is the browser's and not to be asked for.
    marked = {one["stop"] for one in seen if one["seen"]}
    assert [one["name"] for one in seen if one["stop"] and one["stop"] not in marked] == [], "the focus is seen"
    assert [one["name"] for one in seen if one["stop"] and not one["inside"]] == [], "and is on the screen"


def test_shift_and_tab_go_back_the_same_way(map_page: MapPage) -> None:
    map_page.open(AT).stands_still()
    map_page.page.evaluate(OPERABLE)
    there = [one["name"] for one in walk(map_page.page, "Tab", 12)]
    back = [one["name"] for one in walk(map_page.page, "Shift+Tab", 11)]
    assert back == there[-2::-1]


@pytest.mark.parametrize(
    ("control", "title"), [("#change", "Filter"), ("#open-table", "The figures"), ("#open-view", "View")]
)
def test_escape_closes_a_panel_and_gives_the_focus_back(map_page: MapPage, control: str, title: str) -> None:
    map_page.open(AT)
    opener = map_page.page.locator(control)
    opener.focus()
    map_page.press("Enter")
    expect(map_page.panel).to_be_focused()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text(title)
    expect(opener).to_have_attribute("aria-expanded", "true")
    # With nothing to go to in it yet, the second Tab would leave the page.
    expect(map_page.panel.locator("button, a[href], input, select, [tabindex='0']").nth(2)).to_be_visible()
    map_page.press("Tab", "Tab", "Escape")
    expect(map_page.panel).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("how", ["Enter", "Space"])
def test_a_station_is_opened_with_a_key_and_has_the_focus_again_afterwards(map_page: MapPage, how: str) -> None:
    map_page.open(AT)
    station = map_page.station("s47")
    station.focus()
    map_page.press(how)
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Section 47 enquiry")
    expect(map_page.panel.locator(".figures")).to_be_visible()
    assert not map_page.stats()["playing"]
    map_page.press("Escape")
    expect(map_page.panel).to_be_hidden()
    expect(station).to_be_focused()


def test_the_close_button_gives_the_focus_back_too(map_page: MapPage) -> None:
    map_page.open(AT)
    map_page.station("s47").focus()
    map_page.press("Enter")
    expect(map_page.panel.locator(".figures")).to_be_visible()
    map_page.panel.get_by_role("button", name="Close", exact=True).click()
    expect(map_page.station("s47")).to_be_focused()


@pytest.mark.parametrize(("key", "title"), [("f", "Filter"), ("t", "The figures"), ("v", "View")])
def test_a_letter_opens_and_closes_its_panel(map_page: MapPage, key: str, title: str) -> None:
    map_page.open(AT)
    map_page.press(key)
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text(title)
    map_page.press(key)
    expect(map_page.panel).to_be_hidden()


def test_letters_typed_into_a_field_are_only_letters(map_page: MapPage) -> None:
    map_page.open(f"{AT}&_panel=filters")
    field = map_page.panel.get_by_label("As a line of text")
    field.focus()
    map_page.page.keyboard.type("t v r ")
    expect(field).to_have_value("t v r ")
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Filter")
    assert not map_page.stats()["playing"]
    expect(map_page.speed).to_have_text("7 days / s")


def test_arrows_choose_among_radio_buttons_and_leave_the_clock_alone(map_page: MapPage) -> None:
    map_page.open(f"{AT}&_panel=view")
    map_page.panel.get_by_label("Glide").focus()
    map_page.press("ArrowDown")
    expect(map_page.panel.get_by_label("Wait and hop")).to_be_checked()
    expect(map_page.panel.get_by_label("Wait and hop")).to_be_focused()
    assert map_page.clock() == "2015-11-15T12:00:00.000Z"


def test_the_colour_is_chosen_with_arrows_and_the_clock_stays(map_page: MapPage) -> None:
    map_page.open(AT)
    chooser = map_page.page.get_by_role("combobox", name="Colour")
    chooser.focus()
    map_page.press("ArrowDown")
    map_page.address_holds("_colour=")
    expect(chooser).to_be_focused()
    assert map_page.clock() == "2015-11-15T12:00:00.000Z"


def test_a_filter_can_be_chosen_heard_and_taken_back_with_keys_alone(map_page: MapPage) -> None:
    map_page.open(AT)
    map_page.press("f")
    box = map_page.panel.get_by_role("group", name="Sex", exact=True).get_by_role("checkbox", name="female")
    for _ in range(120):
        map_page.press("Tab")
        if box.evaluate("(one) => one === document.activeElement"):
            break
    map_page.press("Space")
    expect(map_page.sentence).to_have_text("girls")
    expect(map_page.page.locator("#spoken")).to_contain_text("girls: ")
    map_page.press("Space")
    expect(map_page.sentence).to_have_text("all journeys")


def test_a_key_together_with_control_is_the_browsers(map_page: MapPage) -> None:
    map_page.open(AT)
    map_page.press("Control+f", "Control+ArrowRight", "Alt+v")
    expect(map_page.panel).to_be_hidden()
    assert map_page.clock() == "2015-11-15T12:00:00.000Z"
