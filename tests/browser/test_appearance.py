"""How it looks: light and dark, any size of window, magnified, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.mappage import MapPage

AT = "_at=2016-10-20T08:30"
PAPER = {"light": "rgb(250, 249, 246)", "dark": "rgb(18, 21, 27)"}
SIZES = {"1280x720": (1280, 720), "1920x1080": (1920, 1080), "400x800": (400, 800)}
STATIONS = """() => {
  const stage = document.getElementById("stage").getBoundingClientRect();
  return [...document.querySelectorAll(".station .disc")].map((disc) => disc.getBoundingClientRect())
    .map((box) => [box.left - stage.left, box.top - stage.top, stage.right - box.right, stage.bottom - box.bottom])
    .map((gaps) => Math.min(...gaps));
}"""


def paper(map_page: MapPage) -> str:
    """The colour behind the map."""
    return str(map_page.page.evaluate("() => getComputedStyle(document.body).backgroundColor"))


def sideways(map_page: MapPage) -> int:
    """By how many pixels the page is wider than its window."""
    return int(map_page.page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_screenshots_are_kept(
    new_map: Callable[..., MapPage], keep: Callable[..., Path], size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    map_page = new_map(viewport={"width": width, "height": height}, color_scheme=scheme)
    map_page.open(AT).stands_still()
    assert paper(map_page) == PAPER[scheme]
    assert sideways(map_page) <= 0
    assert keep(map_page.page, f"{size}-{scheme}", full_page=True).stat().st_size > 20_000
    map_page.open(f"{AT}&_station=assessment&sex=female")
    map_page.panel_is_filled()
    map_page.stands_still()
    assert sideways(map_page) <= 0
    keep(map_page.page, f"{size}-{scheme}-station")
    for panel in ("filters", "table", "view"):
        map_page.open(f"{AT}&_panel={panel}")
        map_page.panel_is_filled()
        keep(map_page.page, f"{size}-{scheme}-{panel}")


@pytest.mark.parametrize(("computer", "chosen"), [("light", "Dark"), ("dark", "Light")])
def test_light_or_dark_can_be_chosen_against_the_computers_setting(
    new_map: Callable[..., MapPage], computer: str, chosen: str
) -> None:
    map_page = new_map(color_scheme=computer)
    before = map_page.open(AT).stands_still().picture()
    assert paper(map_page) == PAPER[computer]
    map_page.open_panel("view")
    map_page.panel.get_by_label(chosen, exact=True).check()
    map_page.press("Escape")
    assert paper(map_page) == PAPER[chosen.lower()]
    assert map_page.stands_still().picture() != before, "the dots are drawn in the other palette"
    map_page.page.reload()
    map_page.ready()
    assert paper(map_page) == PAPER[chosen.lower()]
    map_page.open_panel("view")
    map_page.panel.get_by_label("As the computer is set").check()
    map_page.press("Escape")
    assert paper(map_page) == PAPER[computer]
    assert map_page.stands_still().picture() == before


def test_the_page_follows_the_computer_when_that_turns_dark(map_page: MapPage) -> None:
    light = map_page.open(AT).stands_still().picture()
    map_page.page.emulate_media(color_scheme="dark")
    assert paper(map_page) == PAPER["dark"]
    assert map_page.stands_still().picture() != light
    map_page.page.emulate_media(color_scheme="light")
    assert map_page.stands_still().picture() == light


def test_the_whole_map_stays_in_view_whatever_the_windows_size(map_page: MapPage) -> None:
    map_page.open(AT)
    for width, height in [(1280, 720), (1920, 1080), (1024, 768), (1500, 600), (1280, 720)]:
        map_page.page.set_viewport_size({"width": width, "height": height})
        map_page.stands_still()
        assert min(map_page.page.evaluate(STATIONS)) >= 0, f"at {width}×{height} every station is inside the stage"
        picture = map_page.picture()
        stage = map_page.page.locator("#stage").bounding_box()
        assert stage
        assert (picture.width, picture.height) == (round(stage["width"]), round(stage["height"]))
        assert picture.inked > 0


def test_resizing_there_and_back_shows_the_same_picture(map_page: MapPage) -> None:
    before = map_page.open(AT).stands_still().picture()
    map_page.page.set_viewport_size({"width": 900, "height": 1000})
    assert map_page.stands_still().picture() != before
    map_page.page.set_viewport_size({"width": 1280, "height": 720})
    assert map_page.stands_still().picture() == before


def test_an_open_panel_takes_room_from_the_map_and_covers_none_of_it(map_page: MapPage) -> None:
    map_page.open(f"{AT}&_panel=filters").stands_still()
    stage, panel = map_page.page.locator("#stage").bounding_box(), map_page.panel.bounding_box()
    assert stage
    assert panel
    assert stage["x"] + stage["width"] <= panel["x"] + 0.5
    assert min(map_page.page.evaluate(STATIONS)) >= 0


def test_closer_farther_and_the_whole_map_again(map_page: MapPage) -> None:
    map_page.open(f"{AT}&_panel=view").stands_still()
    whole = map_page.page.locator("#under > g").get_attribute("transform")
    before = map_page.picture()
    map_page.panel.get_by_role("button", name="Closer").click()
    assert map_page.stands_still().picture() != before
    map_page.panel.get_by_role("button", name="Whole map").click()
    assert map_page.page.locator("#under > g").get_attribute("transform") == whole
    assert map_page.stands_still().picture() == before


def test_the_map_is_dragged_and_the_dots_go_with_it(map_page: MapPage) -> None:
    map_page.open(f"{AT}&_panel=view")
    map_page.panel.get_by_role("button", name="Closer").click()
    map_page.press("Escape")
    before = map_page.stands_still().picture()
    box = map_page.station("referral").locator(".disc").bounding_box()
    stage = map_page.page.locator("#stage").bounding_box()
    assert box
    assert stage
    x, y = stage["x"] + 40, stage["y"] + 60
    map_page.page.mouse.move(x, y)
    map_page.page.mouse.down()
    map_page.page.mouse.move(x + 60, y + 30, steps=4)
    map_page.page.mouse.up()
    after = map_page.station("referral").locator(".disc").bounding_box()
    assert after
    assert after != box
    assert map_page.stands_still().picture() != before
    expect(map_page.panel).to_be_hidden()


def test_in_a_window_400_pixels_wide_nothing_sticks_out_and_everything_can_be_used(
    new_map: Callable[..., MapPage],
) -> None:
    map_page = new_map(viewport={"width": 400, "height": 800}, has_touch=True)
    map_page.open(AT).stands_still()
    assert sideways(map_page) <= 0
    out = map_page.page.eval_on_selector_all(
        "button:not(.skip), select, output, h1, #date, #sentence, .legend li",
        "all => all.filter((one) => { const box = one.getBoundingClientRect();"
        " return box.width && (box.left < -0.5 || box.right > innerWidth + 0.5); })"
        ".map((one) => one.outerHTML.slice(0, 90))",
    )
    assert out == []
    # the map may be wider than the window: then it is dragged, and where journeys start is what is seen first
    expect(map_page.station("contact")).to_be_in_viewport()
    map_page.play.tap()
    map_page.clock_passes("2016-10-22")
    map_page.play.tap()
    map_page.button("Table").tap()
    expect(map_page.panel.get_by_role("table").first).to_be_visible()
    assert sideways(map_page) <= 0
    map_page.panel.get_by_role("button", name="Close", exact=True).tap()
    expect(map_page.panel).to_be_hidden()
    map_page.station("contact").locator(".disc").tap()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Contact")


def test_magnified_to_200_per_cent_everything_is_there(new_map: Callable[..., MapPage]) -> None:
    # A browser's zoom of 200% in a window of 1280×720 is a window of 640×360 whose pixels count double.
    map_page = new_map(viewport={"width": 640, "height": 360}, device_scale_factor=2)
    map_page.open(AT).stands_still()
    assert sideways(map_page) <= 0
    for name in ("Play", "Table", "View", "Faster"):
        button = map_page.button(name)
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=0.99)
    stage = map_page.page.locator("#stage").bounding_box()
    assert stage
    assert stage["height"] >= 150, "the map has room left"
    picture = map_page.picture()
    assert picture.width == 2 * round(stage["width"]), "and as many pixels as the screen has"


def test_larger_text_and_spacing_cut_nothing_off(map_page: MapPage) -> None:
    # WCAG 1.4.12: the user's own spacing of text.
    map_page.page.add_init_script("""addEventListener("DOMContentLoaded", () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important; }`);
      document.adoptedStyleSheets = [sheet];
    })""")
    map_page.open(AT)
    assert sideways(map_page) <= 0
    cut = map_page.page.eval_on_selector_all(
        "button, output, h1, #date, #sentence",
        "all => all.filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1)"
        ".map((one) => one.outerHTML.slice(0, 90))",
    )
    assert cut == []


def test_printed_it_is_the_map_with_its_figures_on_one_sheet(map_page: MapPage, keep: Callable[..., Path]) -> None:
    map_page.open(f"{AT}&_panel=filters").stands_still()
    map_page.page.emulate_media(media="print")
    for gone in ("#play", "#faster", "#open-view", "#drawer"):
        expect(map_page.page.locator(gone)).to_be_hidden()
    for kept in ("#title", "#date", "#sentence", "#timeline svg"):
        expect(map_page.page.locator(kept)).to_be_visible()
    expect(map_page.station("assessment").locator(".count")).to_be_visible()
    keep(map_page.page, "print")
    # Paper is another size than the window, and nothing is drawn anew for it: lines and dots must grow alike.
    boxes = map_page.page.evaluate("""() => {
      const canvas = document.getElementById("dots");
      return ["under", "over"].map((id) => document.getElementById(id).getAttribute("viewBox"))
        .concat([`0 0 ${canvas.width / devicePixelRatio} ${canvas.height / devicePixelRatio}`,
          getComputedStyle(canvas).objectFit]);
    }""")
    assert boxes[0] == boxes[1] == boxes[2]
    assert boxes[3] == "contain"
    sheets = map_page.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheets)) == 1
    # A3 across: 420 × 297 mm in points
    assert re.search(rb"/MediaBox\s*\[0 0 119\d(\.\d+)? 84[12]", sheets)
