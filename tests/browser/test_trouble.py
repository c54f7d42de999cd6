"""When something is slow, gone or wrong, the page says what, and goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Api, Complaints, Server
from tests.browser.mappage import MapPage

AT = "_at=2015-11-15T12:00"


class Held:
    """Requests that are kept waiting until the test lets them go; later ones are not held."""

    def __init__(self, map_page: MapPage, pattern: str) -> None:
        self._waiting: list[Route] | None = []
        map_page.page.context.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        """Answer all that wait."""
        waiting, self._waiting = self._waiting or [], None
        for route in waiting:
            route.continue_()


def test_a_slow_server_delays_a_panel_and_nothing_else(map_page: MapPage) -> None:
    map_page.open(AT)
    held = Held(map_page, "**/stations/assessment?*")
    map_page.station("assessment").click()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Child and family assessment")
    map_page.play.click()
    map_page.clock_passes("2015-11-17")
    map_page.draws_on(5)
    map_page.play.click()
    held.let_go()
    expect(map_page.panel.locator(".figures")).to_be_visible()


def test_an_answer_that_comes_too_late_does_not_replace_what_was_opened_since(map_page: MapPage) -> None:
    map_page.open(AT)
    held = Held(map_page, "**/stations/assessment?*")
    map_page.station("assessment").click()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Child and family assessment")
    map_page.station("s47").click()
    expect(map_page.panel.locator(".figures")).to_be_visible()
    with map_page.page.expect_response("**/stations/assessment?*"):
        held.let_go()
    map_page.stands_still()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Section 47 enquiry")


def test_an_answer_for_a_panel_that_was_closed_opens_nothing(map_page: MapPage) -> None:
    map_page.open(AT)
    caption = map_page.page.locator("#timeline .caption")
    expect(caption).to_contain_text("open journeys")
    held = Held(map_page, "**/stations/assessment?*")
    map_page.station("assessment").click()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Child and family assessment")
    map_page.press("Escape")
    with map_page.page.expect_response("**/stations/assessment?*"):
        held.let_go()
    map_page.stands_still()
    expect(map_page.panel).to_be_hidden()
    expect(caption).to_contain_text("open journeys")


@pytest.mark.parametrize("table", ["journeys", "transitions"])
def test_while_a_table_is_on_its_way_the_page_says_so_and_then_shows_the_map(
    map_page: MapPage, api: Api, table: str
) -> None:
    held = Held(map_page, f"**/{table}")
    map_page.page.goto(f"{map_page.address}?{AT}")
    expect(map_page.station("contact")).to_be_visible()
    expect(map_page.notice).to_have_text("Opening the dataset…")
    expect(map_page.notice).to_have_role("status")
    held.let_go()
    map_page.ready()
    map_page.shows_counts(api.counts("2015-11-15T12:00"))


def test_tables_that_do_not_come_are_said(map_page: MapPage, complaints: Complaints) -> None:
    complaints.expect("Failed to load resource")
    map_page.page.context.route("**/transitions", lambda route: route.abort())
    map_page.page.goto(f"{map_page.address}?{AT}")
    expect(map_page.notice).not_to_have_text("Opening the dataset…")
    expect(map_page.notice).to_have_text(re.compile(r"server|network|reach", re.IGNORECASE))


def test_a_server_that_is_restarted_is_missed_in_words_and_found_again(
    page: Page, own_server: Server, complaints: Complaints
) -> None:
    complaints.expect("Failed to load resource")
    map_page = MapPage(page, own_server.page).open(AT)
    own_server.stop()
    map_page.press("Space")
    map_page.clock_passes("2015-11-18")
    map_page.press("Space")
    map_page.station("assessment").click()
    expect(map_page.panel.get_by_role("alert")).to_contain_text("server", ignore_case=True)
    own_server.start()
    map_page.press("ArrowRight")
    expect(map_page.panel.locator(".figures")).to_be_visible()
    expect(map_page.panel.get_by_role("alert")).to_have_count(0)
    row = Api(own_server).stations(map_page.clock())["assessment"]
    expect(map_page.panel.locator(".figures b").first).to_have_text(f"{row['reached']:,}")


def test_an_unknown_dataset_is_a_page_that_says_so_and_leads_on(
    page: Page, server: Server, complaints: Complaints
) -> None:
    complaints.expect("404")
    answer = page.goto(f"{server.url}/d/nowhere")
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_contain_text("nowhere")
    page.get_by_role("link", name="All datasets").click()
    expect(page).to_have_url(re.compile("/d/council"))
    MapPage(page, server.page).ready()


def test_a_list_is_shown_where_there_are_several_datasets_and_leads_to_each(
    new_page: Callable[..., Page], server_of_two: Server
) -> None:
    page = new_page()
    page.goto(server_of_two.url)
    links = page.get_by_role("main").get_by_role("link")
    expect(links).to_have_count(2)
    links.first.click()
    MapPage(page, server_of_two.page).ready()


def test_a_browser_that_cannot_draw_in_a_worker_draws_on_the_page(map_page: MapPage, api: Api) -> None:
    map_page.page.add_init_script("delete HTMLCanvasElement.prototype.transferControlToOffscreen;")
    map_page.open(AT)
    map_page.shows_counts(api.counts("2015-11-15T12:00"))
    assert map_page.stands_still().inked() > 0
    map_page.press("Space")
    map_page.clock_passes("2015-11-17")
    map_page.draws_on(5)


def test_without_javascript_the_figures_can_still_be_read(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(server.page)
    link = page.get_by_role("link", name="stations")
    expect(link).to_be_visible()
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.ok
    assert "Child and family assessment" in answer.text()
