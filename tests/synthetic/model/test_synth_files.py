"""A synthetic log as a council's files, read back by flowmap's own readers: nothing is gone that is not said to be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flowmap import sources, synth_options
from flowmap.eventlog import EventLog, OptionError
from flowmap.export import casefiles
from synthetic import write as plain
from synthetic.fidelity.walks import RARE
from synthetic.model import Model, sample
from tests.casework.test_records import carried, journeys

DAY = 86_400_000
CARE = {"looked_after", "interim_care_order", "care_order", "placement_order"}
# By the page of each format in docs/formats: the stations whose events all come back, and those of which none does.
# (Of the rest some do. Annex A: strategy discussions that led to an enquiry, child in need plans after a protection
# plan, one plan in six months, legal statuses on the day of an extract. SSDA903 and SSD: all that records carry.)
COMES_BACK = {
    "annex-a": {"contact", "early_help", "referral", "assessment", "s47", "icpc"},
    "cin": {"referral", "assessment", "s47", "icpc", "cp"},
    "ssda903": CARE,
    "ssd": {"contact", "early_help", "referral", "assessment", "s47", "icpc", "cin", "cp", "pre_proceedings", *CARE},
    "dfe-api": {"referral", "assessment", "s47", "icpc", "cin", "cp"},
    "proceedings": {"proceedings", "final_order"},
}
COURT = {"pre_proceedings", "proceedings", "final_order"}
FRONT = {"contact", "early_help", "strategy"}
NEVER = {
    "annex-a": COURT,
    "cin": FRONT | COURT | CARE,
    "ssda903": FRONT | COURT | {"referral", "assessment", "s47", "icpc", "cin", "cp"},
    "ssd": {"strategy", "proceedings", "final_order"},
    "dfe-api": FRONT | COURT | (CARE - {"looked_after"}),
    "proceedings": FRONT | CARE | {"referral", "assessment", "s47", "icpc", "cin", "cp", "pre_proceedings"},
}


@pytest.fixture(scope="module")
def drawn(authority_model: Model) -> EventLog:
    return sample(authority_model, 1500, 2, seed=3)


def counts(log: EventLog) -> Counter[str]:
    found = np.bincount(log.station, minlength=len(log.stations)).tolist()
    return Counter({name: count for name, count in zip(log.stations, found, strict=True) if count})


@pytest.fixture(scope="module")
def in_records(drawn: EventLog) -> Counter[str]:
    """Events by station that case records can carry at all, worked out event by event."""
    last = int(drawn.time.max()) // DAY
    return Counter(station for events in journeys(drawn).values() for _, station in carried(events, last))


def test_these_are_the_forms_that_can_be_written() -> None:
    assert set(COMES_BACK) == set(casefiles.WRITERS) == set(casefiles.LACKING) == set(synth_options.COUNCIL)
    assert synth_options.PLAIN == plain.FORMS
    assert {form: set(lacking) for form, lacking in casefiles.LACKING.items()} == NEVER


@pytest.mark.parametrize("form", COMES_BACK)
def test_a_sample_in_a_councils_files_comes_back_as_far_as_the_format_can_hold_it(
    form: str, drawn: EventLog, in_records: Counter[str], tmp_path: Path
) -> None:
    written, lacking = synth_options.write(drawn, tmp_path / "files", form)
    assert all(path.is_file() for path in written)
    back = counts(sources.read(tmp_path / "files"))
    held = COMES_BACK[form]
    assert {name: back[name] for name in held} == {name: in_records[name] for name in held}
    assert {name for name in NEVER[form] if back[name]} == set()
    missing = {name: f"{name} ({count:,})" for name, count in counts(drawn).items() if name in NEVER[form]}
    assert all(any(said in sentence for sentence in lacking) for said in missing.values())
    assert len(lacking) == 1


@pytest.mark.parametrize("form", plain.FORMS)
def test_a_sample_in_one_file_comes_back_event_by_event(form: str, drawn: EventLog, tmp_path: Path) -> None:
    written, lacking = synth_options.write(drawn, tmp_path / f"log.{form}", form)
    assert (written, lacking) == ([tmp_path / f"log.{form}"], [])
    assert counts(sources.read(written)) == counts(drawn)


def test_attributes_that_no_records_have_are_said_to_be_missing(tmp_path: Path) -> None:
    log = EventLog.from_columns(["a"], ["referral"], [0], attributes={"mood": ["glad"], "source": ["police"]})
    assert synth_options.write(log, tmp_path / "files", "cin")[1] == [
        "Not in these files, for no records of a council have it: mood."
    ]


def test_a_log_that_the_format_has_no_place_for_is_refused_and_leaves_no_folder(tmp_path: Path) -> None:
    log = EventLog.from_columns(["a", "a"], ["contact", "nfa"], [0, DAY])
    with pytest.raises(OptionError, match="it holds looked_after, interim_care_order, care_order, placement_order"):
        casefiles.write(log, tmp_path / "files", "ssda903")
    log = EventLog.from_columns(["a", "a"], ["contact", "triage"], [0, DAY])
    with pytest.raises(OptionError, match=r"of the log: triage\."):
        casefiles.write(log, tmp_path / "files", "annex-a")
    assert list(tmp_path.iterdir()) == []


def test_rare_stations_are_other_where_journeys_end_there_and_else_refused() -> None:
    log = EventLog.from_columns(
        ["a", "a", "b", "b"], ["cin", RARE, "cin", "closed"], [0, DAY, 0, DAY], case=[0, 0, 0, 0]
    )
    found, said = synth_options.rare_as_other(log)
    assert [found.stations[at] for at in found.station] == ["cin", "other", "cin", "closed"]
    assert said == [f"Journeys that end at a station that few reached, {RARE}, end at other in these files (1)."]
    goes_on = EventLog.from_columns(["a", "a"], [RARE, "cin"], [0, DAY], case=[0, 0])
    with pytest.raises(OptionError, match="from which journeys go on"):
        synth_options.rare_as_other(goes_on)
    again = EventLog.from_columns(["a", "a"], [RARE, "cin"], [0, DAY], case=[0, 1])
    assert synth_options.rare_as_other(again)[0].stations == ("cin", "other")
    plain_log = EventLog.from_columns(["a"], ["cin"], [0])
    assert synth_options.rare_as_other(plain_log) == (plain_log, [])
