"""Filtering: what is ticked is said, counted, drawn, and written into the address; and can be taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Api, Complaints
from tests.browser.mappage import MapPage

AT = "2015-11-15T12:00"


def tick(map_page: MapPage, facet: str, value: str) -> Locator:
    """A box of the filter panel."""
    return map_page.panel.get_by_role("group", name=facet, exact=True).get_by_role("checkbox", name=value)


def figure(box: Locator) -> int:
    """The count beside a box."""
    return int((box.locator("xpath=..").locator("span").nth(1).text_content() or "").replace(",", ""))


def test_ticking_boxes_says_counts_draws_and_writes_the_cohort(map_page: MapPage, api: Api) -> None:
    everyone = map_page.open(f"_at={AT}").stands_still().picture()
    map_page.open_panel("filters")
    tick(map_page, "Sex", "female").check()
    expect(map_page.sentence).to_have_text("girls")
    tick(map_page, "Age", "5–9").check()
    tick(map_page, "Source of referral", "police").check()
    cohort = "age=5-9&sex=female&source=police"
    said = api("/cohort", cohort)
    expect(map_page.sentence).to_have_text(said["sentence"])
    expect(map_page.sentence).to_have_text("girls aged 5–9 referred by police")
    expect(map_page.journeys).to_have_text(f"· {said['journeys']:,} journeys of {said['of']:,}")
    for part in cohort.split("&"):
        map_page.address_holds(part)
    map_page.shows_counts(api.counts(AT, cohort))
    map_page.shows_counts({name: row["waiting"] for name, row in api.stations(AT, cohort).items()})
    girls = map_page.stands_still().picture()
    assert 0 < girls.inked < everyone.inked


def test_each_facet_counts_what_the_others_leave(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}&_panel=filters&sex=female&visit=1%2B")
    expect(map_page.sentence).to_have_text("girls, second visit or later")
    facets = api("/cohort", "sex=female&visit=1%2B")["facets"]
    labels = {"sex": "Sex", "visit": "Visit", "source": "Source of referral", "outcome": "Outcome", "age": "Age"}
    for key, label in labels.items():
        group = map_page.panel.get_by_role("group", name=label, exact=True)
        shown = group.locator("label").evaluate_all("""all => all.map((one) =>
            [...one.querySelectorAll('span')].map((span) => span.textContent))""")
        assert shown == [[value["label"], f"{value['count']:,}"] for value in facets[key]], label


def test_unticking_the_last_box_shows_everyone_again(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}&_panel=filters&sex=female")
    expect(map_page.sentence).to_have_text("girls")
    tick(map_page, "Sex", "female").uncheck()
    expect(map_page.sentence).to_have_text("all journeys")
    map_page.address_lacks("sex=")
    map_page.shows_counts(api.counts(AT))


def test_a_box_keeps_the_focus_after_it_was_ticked(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}&_panel=filters")
    tick(map_page, "Sex", "male").first.focus()
    map_page.press("Space")
    expect(map_page.sentence).not_to_have_text("all journeys")
    expect(tick(map_page, "Sex", "female")).to_be_visible()
    focused = map_page.page.evaluate("() => document.activeElement.dataset.key")
    assert focused == "sex=male"


def test_a_cohort_can_be_typed_as_a_line_of_text(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}")
    map_page.open_panel("filters")
    map_page.panel.get_by_label("As a line of text").fill("age=5-9,10-15&visit=1+")
    map_page.press("Enter")
    expect(map_page.sentence).to_have_text("children aged 5–15, second visit or later")
    map_page.shows_counts(api.counts(AT, "age=5-15&visit=1%2B"))
    # the range from 5 to 15 is shown as both its bands
    expect(tick(map_page, "Age", "5–9")).to_be_checked()
    expect(tick(map_page, "Age", "10–15")).to_be_checked()


def test_show_all_takes_the_whole_filter_away(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}&sex=female&visit=0")
    map_page.button("show all").click()
    expect(map_page.sentence).to_have_text("all journeys")
    expect(map_page.button("show all")).to_be_hidden()
    map_page.address_lacks("visit=")


def test_the_back_button_undoes_a_filter_and_forward_does_it_again(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}&_panel=filters")
    tick(map_page, "Sex", "female").check()
    expect(map_page.sentence).to_have_text("girls")
    tick(map_page, "Visit", "first").check()
    expect(map_page.sentence).to_have_text("girls, first visit")
    map_page.page.go_back()
    expect(map_page.sentence).to_have_text("girls")
    map_page.shows_counts(api.counts(AT, "sex=female"))
    expect(tick(map_page, "Visit", "first")).not_to_be_checked()
    map_page.page.go_back()
    expect(map_page.sentence).to_have_text("all journeys")
    map_page.shows_counts(api.counts(AT))
    map_page.page.go_forward()
    expect(map_page.sentence).to_have_text("girls")
    map_page.clock_is(AT)


def test_the_clock_stays_where_it_is_when_a_filter_changes(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}&_panel=filters")
    tick(map_page, "Sex", "female").check()
    expect(map_page.sentence).to_have_text("girls")
    assert map_page.clock() == "2015-11-15T12:00:00.000Z"


def test_it_goes_on_playing_when_a_filter_changes(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}&_panel=filters")
    map_page.play.click()
    tick(map_page, "Sex", "female").check()
    expect(map_page.sentence).to_have_text("girls")
    map_page.draws_on(5)
    assert map_page.stats()["playing"]
    map_page.play.click()
    map_page.shows_counts(api.counts(map_page.clock(), "sex=female"))


def test_pressing_a_colour_of_the_legend_shows_only_those(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}")
    second = map_page.page.locator(".legend button", has_text=re.compile("^second$"))
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(map_page.sentence).to_have_text("journeys, second visit")
    map_page.shows_counts(api.counts(AT, "visit=1"))
    second.click()
    expect(map_page.sentence).to_have_text("all journeys")


@pytest.mark.parametrize(
    ("cohort", "words"),
    [
        ("colour=blue", "“colour” is not a facet of this dataset"),
        ("sex=f", "“sex” has no value “f”"),
        ("age=old", "“age” has no value “old”"),
        ("age=9-5", "“age=9-5” runs backwards"),
    ],
)
def test_a_bad_cohort_in_the_address_is_said_and_the_page_works(
    map_page: MapPage, api: Api, complaints: Complaints, cohort: str, words: str
) -> None:
    complaints.expect("400")
    map_page.open(f"_at={AT}&{cohort}")
    expect(map_page.sentence).to_contain_text(words)
    expect(map_page.journeys).to_contain_text("nothing is filtered")
    map_page.shows_counts(api.counts(AT))
    map_page.press("Space")
    map_page.clock_passes("2015-11-17")
    map_page.press("Space")
    map_page.button("show all").click()
    expect(map_page.sentence).to_have_text("all journeys")


def test_a_value_with_an_apostrophe_is_ticked_pressed_in_the_legend_and_kept(map_page: MapPage, api: Api) -> None:
    map_page.open(f"_at={AT}&_panel=filters&_colour=need")
    words = "child's disability or illness"
    in_the_legend = map_page.page.locator(".legend button", has_text=words)
    in_the_legend.click()
    expect(tick(map_page, "Primary need", words)).to_be_checked()
    map_page.shows_counts(api.counts(AT, "need=child's_disability_or_illness"))
    map_page.page.reload()
    map_page.ready()
    expect(in_the_legend).to_have_attribute("aria-pressed", "true")
    tick(map_page, "Primary need", words).uncheck()
    expect(in_the_legend).to_have_attribute("aria-pressed", "false")
    expect(map_page.sentence).to_have_text("all journeys")


def test_a_comma_that_is_part_of_a_value_stays_part_of_it(map_page: MapPage, complaints_of_400: None) -> None:
    map_page.open(f"_at={AT}&need=low%2C_or_none,low_income")
    expect(map_page.sentence).to_contain_text("“need” has no value “low,_or_none”")
    map_page.address_holds("need=low%2C_or_none,low_income")


def test_a_cohort_that_nobody_is_in_is_shown_as_such(map_page: MapPage) -> None:
    map_page.open(f"_at={AT}&sex=not_known&need=low_income&visit=7")
    expect(map_page.journeys).to_contain_text("0 journeys of")
    map_page.shows_counts(dict.fromkeys(map_page.counts(), 0))
    assert map_page.stands_still().inked() == 0


@pytest.mark.parametrize("attribute", ["source", "sex", "age", "outcome", "team", "timescale"])
def test_colours_can_be_those_of_an_attribute_and_the_legend_says_which(map_page: MapPage, attribute: str) -> None:
    # wide enough that no legend takes a second row, which would make the map smaller
    map_page.page.set_viewport_size({"width": 2200, "height": 900})
    by_visit = map_page.open(f"_at={AT}").stands_still().picture()
    map_page.page.get_by_role("combobox", name="Colour").select_option(attribute)
    map_page.address_holds(f"_colour={attribute}")
    coloured = map_page.stands_still().picture()
    assert coloured.digest != by_visit.digest
    assert coloured.inked == by_visit.inked, "only colours change, not where dots are"
    assert map_page.page.locator(".legend li").count() >= 3
