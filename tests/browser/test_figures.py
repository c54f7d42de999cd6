"""Every figure on the page is the server's, for that instant and that cohort."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import LAST, Api
from tests.browser.mappage import MapPage

INSTANTS = ["2014-02-10T11:00", "2015-11-15T12:00", "2016-10-20", LAST]
COHORTS = ["", "sex=female", "source=!police&visit=1+", "age=0-4,10-15&sex=male", "outcome=NFA", "year=2016"]


@pytest.mark.parametrize("cohort", COHORTS)
def test_stations_show_how_many_the_server_counts_there(map_page: MapPage, api: Api, cohort: str) -> None:
    map_page.open(f"_at=2014-01-10&{cohort}")
    for instant in INSTANTS:
        map_page.seek(instant)
        map_page.shows_counts(api.counts(instant, cohort))
        rows = api.stations(instant, cohort)
        map_page.shows_counts({name: row["waiting"] for name, row in rows.items()})
        map_page.shows_counts({name: row["reached"] for name, row in rows.items()}, "exit")


@pytest.mark.parametrize("cohort", ["", "visit=1+"])
def test_a_screen_reader_is_told_the_same_figures(map_page: MapPage, api: Api, cohort: str) -> None:
    map_page.open(f"_at=2014-01-10&{cohort}")
    map_page.seek("2015-11-15T12:00")
    rows = api.stations("2015-11-15T12:00", cohort)
    expect(map_page.station("assessment")).to_have_accessible_name(
        f"Child and family assessment: {rows['assessment']['waiting']:,} here"
    )
    expect(map_page.station("closed")).to_have_accessible_name(f"Closed: {rows['closed']['reached']:,} journeys so far")


def test_figures_keep_up_while_playing_and_are_exact_when_it_stops(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2015-11-15&_speed=30&sex=female")
    before = map_page.counts()
    map_page.press("Space")
    map_page.clock_passes("2016-01-10")
    map_page.press("Space")
    map_page.shows_counts(api.counts(map_page.clock(), "sex=female"))
    assert map_page.counts() != before


def test_the_ring_shows_the_share_past_its_timescale(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2016-12-01").stands_still()
    rows = api.stations("2016-12-01")
    late = {name for name, row in rows.items() if row["overdue"]}
    drawn = map_page.page.eval_on_selector_all(
        ".station .late[d]", "all => all.filter((one) => one.getAttribute('d')).map((one) => one.parentNode.dataset.id)"
    )
    # a sliver of less than a 96th of the circle is not drawn
    assert set(drawn) == {name for name in late if rows[name]["overdue_share"] > 1 / 96}
    assert drawn


def figures(panel: Locator) -> dict[str, str]:
    """The big figures of the station panel by what they are."""
    found: dict[str, str] = panel.locator(".figures > div").evaluate_all(
        "all => Object.fromEntries(all.map((one) =>"
        " [one.querySelector('span').textContent, one.querySelector('b').textContent]))"
    )
    return found


def flows(panel: Locator, title: str) -> list[list[str]]:
    """The neighbours under "Came from" or "Went on to": name, and count with share."""
    found: list[list[str]] = panel.locator(f"h3:text-is('{title}') + ul li").evaluate_all(
        "all => all.map((one) => [one.querySelector('button').textContent, one.querySelector('span').textContent])"
    )
    return found


def wait(hours: float | None) -> str:
    """A stay as the page writes it."""
    if hours is None:
        return "–"
    if hours == 0:
        return "same day"
    if hours < 1:
        return f"{rounded(hours * 60, '1')} min"
    return f"{rounded(hours, '0.1')} h" if hours < 48 else f"{rounded(hours / 24, '0.1')} days"


def rounded(figure: float, to: str) -> str:
    """As people round: a half goes up, and a nought after the point is left out."""
    return f"{Decimal(repr(figure)).quantize(Decimal(to), ROUND_HALF_UP):,}".removesuffix(".0")


def percent(share: float | None) -> str:
    """A share as the page writes it."""
    return "–" if share is None else f"{rounded(100 * share, '1')}%"


def shares(neighbours: list[dict[str, Any]]) -> list[list[str]]:
    """Neighbours as the page writes them: 12 · 34%."""
    whole = sum(one["count"] for one in neighbours)
    return [[one["label"], f"{one['count']:,} · {percent(one['count'] / whole)}"] for one in neighbours]


@pytest.mark.parametrize("station", ["assessment", "s47", "cp", "contact"])
@pytest.mark.parametrize("cohort", ["", "sex=female&age=5-15"])
def test_the_panel_of_a_station_shows_the_servers_figures(
    map_page: MapPage, api: Api, station: str, cohort: str
) -> None:
    map_page.open(f"_at=2015-11-15T12:00&{cohort}")
    map_page.station(station).click()
    row = api(f"/stations/{station}", f"at=2015-11-15T12:00&{cohort}".rstrip("&"))
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text(row["label"])
    expect(map_page.panel.locator(".figures")).to_be_visible()
    shown = figures(map_page.panel)
    late = shown.pop("of those here past time", None)
    assert shown == {
        "arrived": f"{row['reached']:,}", "moved on": f"{row['left']:,}", "here now": f"{row['waiting']:,}",
        "median stay": wait(row["median_wait_hours"]), "90th centile": wait(row["p90_wait_hours"]),
    }  # fmt: skip
    if row["overdue_share"] is not None:
        assert late == percent(row["overdue_share"])
    assert flows(map_page.panel, "Came from") == shares(row["came_from"])
    assert flows(map_page.panel, "Went on to") == shares(row["went_to"])
    map_page.address_holds(f"_station={station}")


def test_the_panel_of_an_exit_says_how_many_left_there(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2015-11-15T12:00&_station=closed")
    expect(map_page.panel.locator(".figures")).to_be_visible()
    assert figures(map_page.panel) == {"left here so far": f"{api.stations('2015-11-15T12:00')['closed']['reached']:,}"}


def test_the_panel_follows_the_clock_and_the_cohort(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2015-11-15T12:00&_station=assessment")
    arrived = map_page.panel.locator(".figures b").first
    for instant, cohort in [("2016-06-01T00:00", ""), ("2014-06-01T00:00", ""), ("2014-06-01T00:00", "visit=0")]:
        map_page.seek(instant)
        if cohort:
            map_page.page.locator(".legend button", has_text="first").click()
        expect(arrived).to_have_text(f"{api.stations(instant, cohort)['assessment']['reached']:,}")


def test_the_panel_leads_on_to_the_neighbours_panel(map_page: MapPage) -> None:
    map_page.open("_at=2015-11-15T12:00&_station=assessment")
    map_page.panel.get_by_role("button", name="Referral", exact=True).click()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Referral")
    map_page.address_holds("_station=referral")


def test_the_panel_links_to_the_same_figures_as_json_and_csv(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2015-11-15T12:00&_station=s47&sex=female")
    answers = {
        name: map_page.page.request.get(map_page.panel.get_by_role("link", name=name).get_attribute("href") or "")
        for name in ("JSON", "CSV")
    }
    wanted = api("/stations/s47", "at=2015-11-15T12:00&sex=female")
    assert answers["JSON"].json() == wanted
    assert answers["CSV"].headers["content-type"].startswith("text/csv")
    assert f"{wanted['reached']}" in answers["CSV"].text()


def rows(table: Locator) -> list[list[str]]:
    """A table's cells, row by row."""
    found: list[list[str]] = table.locator("tbody tr").evaluate_all(
        "all => all.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    return found


@pytest.mark.parametrize("cohort", ["", "source=police&visit=0"])
def test_the_table_shows_the_servers_stations_and_moves(map_page: MapPage, api: Api, cohort: str) -> None:
    map_page.open(f"_at=2016-06-01&{cohort}")
    panel = map_page.open_panel("table")
    stations, moves = panel.get_by_role("table").first, panel.get_by_role("table").nth(1)
    expect(moves).to_be_visible()
    wanted = api("/stations", f"at=2016-06-01&{cohort}".rstrip("&"))
    names = {row["id"]: row["label"] for row in wanted}
    assert rows(stations) == [
        [
            row["label"], f"{row['reached']:,}", f"{row['left']:,}", f"{row['waiting']:,}",
            wait(row["median_wait_hours"]), wait(row["p90_wait_hours"]),
            percent(row["overdue_share"]),
        ]
        for row in wanted
    ]  # fmt: skip
    assert rows(moves) == [
        [
            names[move["from"]], names[move["to"]], f"{move['count']:,}", f"{move['same_day']:,}",
            wait(move["median_hours"]), wait(move["p90_hours"]),
        ]
        for move in api("/moves", cohort)
    ]  # fmt: skip


def test_the_table_can_be_reached_before_everything_else_and_leads_to_a_station(map_page: MapPage) -> None:
    map_page.open("_at=2016-06-01")
    map_page.press("Tab")
    expect(map_page.button("Read the figures as a table")).to_be_focused()
    map_page.press("Enter")
    expect(map_page.panel.get_by_role("table").first).to_be_visible()
    map_page.panel.get_by_role("button", name="Early help", exact=True).click()
    expect(map_page.panel.get_by_role("heading", level=2)).to_have_text("Early help")


def test_the_curve_of_the_timeline_says_the_most_that_were_ever_open(map_page: MapPage, api: Api) -> None:
    map_page.open("_at=2016-06-01&sex=female")
    caption = map_page.page.locator("#timeline .caption")
    weekly = [week["stock"] for week in api("/flow", "bin=week&sex=female")["bins"]]
    # the page's weeks begin with the data, the server's on Monday: the peaks are near each other, not the same
    expect(caption).to_contain_text("at most")
    shown = int((caption.text_content() or "").split("at most ")[1].split(";")[0].replace(",", ""))
    assert shown == pytest.approx(max(weekly), rel=0.03)


def test_the_date_says_the_period_in_force_and_its_day(map_page: MapPage) -> None:
    map_page.open("_at=2016-10-12")
    in_force = map_page.page.locator("#in-force")
    expect(in_force).to_have_text("Inspection, day 3")
    for day, words in [("2016-10-10", "Inspection, day 1"), ("2016-11-18T23:59", "Inspection, day 40"),
                       ("2016-11-19", "After the inspection, day 1"), ("2015-06-01", "")]:  # fmt: skip
        map_page.seek(day)
        expect(in_force).to_have_text(words)


def test_every_day_of_a_week_has_its_date(map_page: MapPage) -> None:
    map_page.open("_at=2016-02-25")
    day = datetime(2016, 2, 25)
    for _ in range(7):
        expect(map_page.date).to_have_text(f"{day.day} {day:%B %Y}")
        map_page.press("ArrowRight")
        day += timedelta(days=1)
