"""Questions: from the map to an answer that can be read, checked, shared, saved and printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Api
from tests.browser.mappage import MapPage

AT = "_at=2016-10-20T08:30"
NFA = f"{AT}&_panel=questions&_measure=nfa"


def answered(map_page: MapPage, query: str) -> MapPage:
    map_page.open(query)
    expect(map_page.panel.locator(".answer")).to_be_visible()
    return map_page


def part(map_page: MapPage, title: str) -> Locator:
    """A chart with what belongs to it, by the beginning of its title."""
    return map_page.panel.get_by_role("region", name=re.compile(f"^{re.escape(title)}"))


def test_keys_alone_lead_from_the_map_to_a_figure_in_words(map_page: MapPage, api: Api) -> None:
    map_page.open(AT)
    map_page.press("q")
    expect(map_page.panel).to_be_focused()
    question = map_page.panel.get_by_role("button", name="How many come to nothing?")
    while not question.evaluate("(button) => button === document.activeElement"):
        map_page.press("Tab")
    map_page.press("Enter")
    expect(map_page.panel.locator(".answer")).to_contain_text("no further action")
    map_page.address_holds("_measure=nfa")
    marks = part(map_page, "No further action, by referrals").locator(".mark")
    marks.first.focus()
    map_page.press("End")
    expect(marks.last).to_be_focused()
    often = api("/nfa")["earlier"][-1]
    expect(marks.last).to_have_accessible_name(
        re.compile(rf"^3 or more earlier referrals: .*\({often['count']} of {often['of']};")
    )
    expect(map_page.panel.locator(".readout").first).to_have_text(str(marks.last.get_attribute("aria-label")))
    map_page.press("Escape")
    expect(map_page.panel).to_be_hidden()
    map_page.address_lacks("_measure")


def test_an_answer_follows_the_filter_and_its_options_and_has_the_figures_of_the_api(
    map_page: MapPage, api: Api
) -> None:
    answered(map_page, f"source=police&{NFA}")
    expect(map_page.panel.locator(".of")).to_contain_text("Children referred by police")
    by = map_page.panel.get_by_role("combobox", name="By", exact=True)
    by.focus()
    by.select_option("team")
    expect(by).to_be_focused()
    teams = part(map_page, "No further action, by team")
    teams.get_by_text("The same as a table").click()
    found = api("/nfa", "source=police&by=team")
    shown = teams.locator("tbody tr").all_inner_texts()
    assert [text.split("\t")[:3] for text in shown] == [
        [one["label"], f"{one['count']:,}", f"{one['of']:,}"] for one in found["groups"]
    ]
    expect(teams.locator(".mark")).to_have_count(len(found["groups"]))
    map_page.button("show all").click()
    expect(map_page.panel.locator(".of")).to_contain_text("All journeys")
    overall = api("/nfa")["overall"]
    expect(map_page.panel.locator(".answer")).to_contain_text(f"({overall['count']:,} of {overall['of']:,};")
    map_page.page.go_back()
    map_page.page.go_back()
    expect(map_page.panel.locator(".of")).to_contain_text("Children referred by police")
    expect(by).to_have_value("")


def test_figures_and_pictures_can_be_taken_along_with_what_they_are_of(map_page: MapPage, tmp_path: Path) -> None:
    answered(map_page, f"source=police&{NFA}")
    for name in ("JSON", "CSV"):
        for link in map_page.panel.get_by_role("link", name=name).all():
            assert map_page.page.request.get(f"{map_page.address.split('/d/')[0]}{link.get_attribute('href')}").ok
    saved = {}
    for kind in ("SVG", "PNG"):
        with map_page.page.expect_download() as download:
            part(map_page, "No further action, by referrals").get_by_role("button", name=kind).click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    picture = " ".join(re.sub(r"<[^>]+>", " ", saved["SVG"].read_text(encoding="utf-8")).split())
    for words in (
        "Children referred by police, 2 January 2014 to 31 March 2017",
        "Definition: Of decisions (the next event after a stay",
        "Source of the definition:",
    ):
        assert words in picture
    assert "var(" not in saved["SVG"].read_text(encoding="utf-8")  # it needs no style sheet
    assert saved["PNG"].read_bytes().startswith(b"\x89PNG")
    assert saved["PNG"].stat().st_size > 10_000


def test_an_answer_prints_with_its_chart_its_table_and_its_definition_and_no_map(map_page: MapPage) -> None:
    answered(map_page, NFA)
    map_page.page.emulate_media(media="print")
    map_page.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(map_page.panel.locator(".answer")).to_be_visible()
    expect(map_page.panel.locator("svg.chart").first).to_be_visible()
    expect(part(map_page, "No further action, by referrals").locator("tbody tr").first).to_be_visible()
    expect(map_page.panel.locator(".definition-line")).to_be_visible()
    for control in (map_page.page.locator("#stage"), map_page.page.locator(".foot"), map_page.panel.locator("select")):
        expect(control.first).to_be_hidden()
    map_page.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(map_page.panel.locator("details[open]")).to_have_count(0)


def test_a_finding_leads_to_the_question_that_has_its_figures(map_page: MapPage, api: Api) -> None:
    finding = next(one for one in api("/findings", "source=police")["findings"] if one["measure"] == "enquiries")
    map_page.open(f"source=police&{AT}&_panel=findings")
    map_page.panel.get_by_role("listitem").filter(has_text=finding["sentence"][:60]).get_by_text(
        "See the chart"
    ).click()
    expect(map_page.panel.locator(".of")).to_contain_text("Children referred by police, 1 April 2014 to")
    figure = finding["figures"][0]
    expect(map_page.panel.locator(".answer")).to_contain_text(f"({figure['count']:,} of {figure['of']:,};")
    map_page.address_holds("_measure=enquiries")
    map_page.page.go_back()
    expect(map_page.panel.get_by_role("heading", name="Findings")).to_be_visible()


KINDS = ("rereferral", "conversion", "variation", "pathways&_ask=show%3Dsankey")  # a chart of each kind


@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 720, "light"), (400, 800, "dark")])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    new_map: Callable[..., MapPage],
    axe: Callable[..., list[str]],
    keep: Callable[..., Path],
    width: int,
    height: int,
    scheme: str,
) -> None:
    map_page = new_map(viewport={"width": width, "height": height}, color_scheme=scheme)
    for measure in KINDS if width > 400 else KINDS[:1]:
        answered(map_page, f"{AT}&_panel=questions&_measure={measure}")
        for one in map_page.panel.locator("details").all():
            one.evaluate("(details) => { details.open = true; }")
        assert axe(map_page.page) == []
        assert map_page.panel.evaluate("(panel) => panel.scrollWidth - panel.clientWidth") <= 0
        keep(map_page.page, f"{measure.partition('&')[0]}-{width}-{scheme}")
