"""Findings: offered quietly, read in a panel, shown on the map, followed to their figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from flowmap.build import BuildOptions, build
from synthetic import reference
from tests.browser.conftest import Api, Complaints, Server
from tests.browser.mappage import MapPage

AT = "_at=2016-10-20T08:30"


@pytest.fixture(scope="session")
def four_years(tmp_path_factory: pytest.TempPathFactory, start_server: Callable[..., Server]) -> Server:
    """A server over four years of a council: Kent's findings need 36 months before a referral."""
    target = tmp_path_factory.mktemp("four") / "years"
    bands = tuple(reference.periods())
    build(reference.make(2000), target, BuildOptions(map="childrens-social-care", title="Four years", periods=bands))
    return start_server(target)


@pytest.fixture
def another(new_page: Callable[..., Any], four_years: Server, complaints: Complaints) -> Callable[..., MapPage]:
    """A map of it: options are those of `new_page`."""
    complaints.origins.add(f"{four_years.url}/")
    return lambda **options: MapPage(new_page(**options), four_years.page)


@pytest.fixture
def findings(four_years: Server) -> list[Any]:
    """What the server tells of all its journeys."""
    found: list[Any] = Api(four_years)("/findings")["findings"]
    assert [one["key"] for one in found[:4]] == ["sections", "again", "returning", "strategy"]
    return found


def items(map_page: MapPage) -> Locator:
    return map_page.panel.get_by_role("listitem").filter(has=map_page.page.get_by_role("button"))


def show(map_page: MapPage, words: str) -> Locator:
    """The button of the finding that has those words."""
    return items(map_page).filter(has_text=words).get_by_role("button", name="Show on the map")


def opened(map_page: MapPage, query: str = AT) -> MapPage:
    map_page.open(f"{query}&_panel=findings")
    expect(items(map_page).first).to_be_visible()
    return map_page


def test_findings_are_offered_beside_the_sentence_and_nothing_opens_by_itself(
    another: Callable[..., MapPage], findings: list[Any]
) -> None:
    map_page = another().open(AT)
    offer = map_page.page.get_by_role("button", name="findings")
    expect(offer).to_have_text(f"{len(findings)} findings")
    expect(map_page.panel).to_be_hidden()
    offer.click()
    expect(items(map_page)).to_have_count(len(findings))
    expect(offer).to_have_attribute("aria-expanded", "true")
    assert map_page.page.evaluate("() => [localStorage.length, document.cookie]") == [0, ""]


def test_a_finding_sets_the_filter_and_the_time_and_gives_them_back(
    another: Callable[..., MapPage], findings: list[Any]
) -> None:
    map_page = opened(another())
    again = show(map_page, "came within 12 months")
    expect(again).to_have_attribute("aria-pressed", "false")
    again.click()
    expect(map_page.sentence).to_have_text("journeys, second visit or later")
    map_page.clock_is(findings[1]["map"]["at"])
    map_page.address_holds("visit=1+")
    map_page.address_holds("_finding=again")
    expect(again).to_have_attribute("aria-pressed", "true")
    expect(again).to_be_focused()
    expect(items(map_page)).to_have_count(len(findings))  # still those of all journeys
    expect(map_page.station("referral")).to_have_class("station station-station marked")
    map_page.page.reload()
    map_page.ready()
    expect(show(map_page, "came within 12 months")).to_have_attribute("aria-pressed", "true")
    show(map_page, "came within 12 months").click()
    expect(map_page.sentence).to_have_text("all journeys")
    map_page.address_lacks("_finding")


def test_going_back_in_the_history_goes_back_from_a_finding(another: Callable[..., MapPage]) -> None:
    map_page = opened(another())
    show(map_page, "came within 12 months").click()
    expect(map_page.sentence).to_have_text("journeys, second visit or later")
    map_page.page.go_back()
    expect(map_page.sentence).to_have_text("all journeys")
    expect(show(map_page, "came within 12 months")).to_have_attribute("aria-pressed", "false")


def test_another_filter_has_findings_of_its_own(another: Callable[..., MapPage]) -> None:
    map_page = opened(another(), f"source=police&{AT}")
    expect(map_page.panel).to_contain_text("Of children referred by police.")
    show(map_page, "came within 12 months").click()
    map_page.address_holds("source=police&visit=1+")
    expect(map_page.panel).to_contain_text("Of children referred by police.")
    map_page.button("show all").click()
    expect(map_page.panel).to_contain_text("Of all journeys.")
    map_page.address_lacks("_finding")


def test_the_figures_are_one_click_away(another: Callable[..., MapPage], four_years: Server) -> None:
    map_page = opened(another(), f"source=police&{AT}")
    for one in items(map_page).all():
        address = one.get_by_role("link", name="JSON").get_attribute("href")
        answer = map_page.page.request.get(f"{four_years.url}{address}")
        assert answer.ok, address
        assert "source=police" in str(address)
        expect(one.get_by_role("link", name="CSV")).to_have_attribute("href", f"{address}&format=csv")
    items(map_page).first.get_by_role("button", name="Section 47 enquiry").click()
    expect(map_page.panel.get_by_role("heading", name="Section 47 enquiry")).to_be_visible()
    map_page.page.go_back()
    expect(items(map_page).first).to_be_visible()


def test_keys_alone_open_it_and_show_a_finding(another: Callable[..., MapPage]) -> None:
    map_page = another().open(AT)
    map_page.press("n")
    expect(items(map_page).first).to_be_visible()
    expect(map_page.panel).to_be_focused()
    map_page.press("Tab", "Tab")
    expect(items(map_page).first.get_by_role("button", name="Show on the map")).to_be_focused()
    map_page.press("Enter")
    map_page.address_holds("_finding=sections")
    map_page.press("Escape")
    expect(map_page.panel).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (400, 800)])
def test_it_is_legible_at_any_size_and_axe_finds_nothing(
    another: Callable[..., MapPage],
    axe: Callable[..., list[str]],
    keep: Callable[..., Path],
    size: tuple[int, int],
    scheme: str,
) -> None:
    width, height = size
    map_page = opened(another(viewport={"width": width, "height": height}, color_scheme=scheme))
    if width > 560:
        show(map_page, "came within 12 months").click()
        expect(map_page.panel.locator("[aria-current]")).to_be_visible()
    assert axe(map_page.page) == []
    assert map_page.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    keep(map_page.page, f"{width}-{scheme}")


def test_on_a_phone_the_panel_gives_way_to_the_map_that_it_shows(another: Callable[..., MapPage]) -> None:
    map_page = opened(another(viewport={"width": 400, "height": 800}))
    show(map_page, "came within 12 months").click()
    expect(map_page.panel).to_be_hidden()
    expect(map_page.sentence).to_have_text("journeys, second visit or later")


def test_the_shown_finding_is_printed_beside_the_map(another: Callable[..., MapPage]) -> None:
    map_page = opened(another())
    show(map_page, "came within 12 months").click()
    expect(map_page.panel.locator("[aria-current]")).to_be_visible()
    map_page.page.emulate_media(media="print")
    expect(map_page.panel.locator("[aria-current] p").first).to_be_visible()
    expect(map_page.panel.locator("li:not([aria-current])").first).to_be_hidden()
    expect(map_page.panel.get_by_role("button").first).to_be_hidden()


def test_a_small_dataset_says_that_nothing_stands_out(map_page: MapPage) -> None:
    map_page.open(f"source=anonymous&age=16-17&{AT}&_panel=findings")
    expect(map_page.panel).to_contain_text("Nothing stands out beyond chance.")
    map_page.panel.get_by_text("Asked, and within chance or resting on too little").click()
    expect(map_page.panel.get_by_text("Where is it slow?")).to_be_visible()
