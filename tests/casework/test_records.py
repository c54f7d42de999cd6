"""The reference authority as case records and back: what records can carry comes back on its day, in its journey."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from flowmap.casework.events import to_log
from flowmap.casework.records import of_log
from flowmap.eventlog import EventLog, OptionError
from synthetic import reference

DAY = 86_400_000
# The order of the process, in which the events of one day are read (written out again, not imported).
PROCESS = """
    contact early_help referral strategy s47 assessment icpc cin cp pre_proceedings proceedings looked_after
    interim_care_order final_order care_order placement_order nfa step_down closed adopted special_guardianship
    returned_home left_care_18 moved other
"""
ORDER = [*PROCESS.split(), "no referral followed"]
IN_CARE = {"looked_after", "interim_care_order", "care_order", "placement_order"}


@pytest.fixture(scope="module")
def log() -> EventLog:
    return reference.make(referrals_a_year=300, years=2)


@pytest.fixture(scope="module")
def back(log: EventLog) -> EventLog:
    return to_log(of_log(log), as_of=int(log.time.max()))


def journeys(log: EventLog) -> dict[tuple[str, int], list[tuple[int, str]]]:
    """Each journey's events as (day, station), in the log's order of time."""
    found = defaultdict(list)
    ids = [str(i) for i in log.child_ids.to_pylist()]
    order = sorted(range(len(log)), key=lambda i: int(log.time[i]))
    for i in order:
        found[ids[log.child[i]], int(log.case[i])].append((int(log.time[i]) // DAY, log.stations[log.station[i]]))
    return found


def carried(events: list[tuple[int, str]], as_of: int) -> list[tuple[int, str]]:
    """What records can carry of a journey, by docs/casework.md, worked out event by event."""
    if [station for _, station in events] == ["contact"] and events[0][0] + 31 < as_of:
        return [events[0], (events[0][0], "no referral followed")]  # no outcome, and nothing followed
    kept: list[tuple[int, str]] = []
    for i, (day, station) in enumerate(events):
        if station == "nfa" and events[i - 1][1] == "contact":
            day = events[i - 1][0]  # a contact's decision has no date
        # Of legal statuses that begin on one day, the last.
        if station in IN_CARE and any(s in IN_CARE and d == day for d, s in events[i + 1 :]):
            continue
        ever_in_care = any(s in IN_CARE for _, s in events)
        if station == "returned_home" and not ever_in_care:
            station = "closed"  # no reason for closure says it
        kept.append((day, station))
    return sorted(set(kept), key=lambda e: (e[0], ORDER.index(e[1])))


def test_every_event_that_records_carry_comes_back_in_its_journey(log, back):
    before, after = journeys(log), journeys(back)
    expected = {who: carried(events, int(log.time.max()) // DAY) for who, events in before.items()}
    assert {who for who in expected if after.get(who) != expected[who]} == set()
    assert after.keys() == expected.keys()


def test_the_days_of_a_journey_come_back_in_order(back):
    for events in journeys(back).values():
        assert events == sorted(events, key=lambda e: (e[0], ORDER.index(e[1])))


def first_known(log: EventLog, name: str) -> dict[tuple[str, int], str]:
    fact = log.attributes[name]
    found: dict[tuple[str, int], str] = {}
    ids = log.child_ids.to_pylist()
    for i in range(len(log)):
        if fact.column[i] >= 0:
            found.setdefault((str(ids[log.child[i]]), int(log.case[i])), fact.values[fact.column[i]])
    return found


@pytest.mark.parametrize("name", ["source", "need", "team", "plan_category", "plan_number"])
def test_facets_of_journeys_come_back(log, back, name):
    before, after = first_known(log, name), first_known(back, name)
    with_records = {
        who for who, events in journeys(log).items() if name != "source" or any(s != "early_help" for _, s in events)
    }
    lacking = {who for who in before.keys() & with_records if who in after and after[who] != before[who]}
    assert not lacking
    missing = (before.keys() & with_records) - after.keys()
    entered = {who for who, events in journeys(log).items() if {s for _, s in events} & {"contact", "referral"}}
    assert not (missing & entered)


@pytest.mark.parametrize("name", ["sex", "ethnicity", "disability"])
def test_facts_of_children_come_back(log, back, name):
    assert of_children(log, name) == of_children(back, name)


def test_siblings_come_back_as_siblings_and_a_family_has_as_many_children_as_the_log_has_of_it(log, back):
    assert siblings(back) == siblings(log)
    counted = {who: len(together) for together in siblings(log) for who in together}
    assert of_children(back, "family_size") == counted
    assert max(counted.values()) > 1


def siblings(log: EventLog) -> set[frozenset[str]]:
    found = defaultdict(set)
    for who, family in zip(log.child_ids.to_pylist(), log.family.tolist(), strict=True):
        found[family].add(str(who))
    return {frozenset(together) for together in found.values()}


def test_where_a_log_knows_no_siblings_children_have_as_many_in_their_family_as_before_where_it_is_whole(log):
    back = to_log(of_log(replace(log, family=None)), as_of=int(log.time.max()))
    before, after = of_children(log, "family_size"), of_children(back, "family_size")
    known = {who for who, size in after.items() if size is not None}
    assert {who: after[who] for who in known} == {who: before[who] for who in known}
    assert len(known) > 0.99 * len(before)


def test_a_child_whose_family_the_log_does_not_know_is_dealt_to_no_family_that_it_knows():
    log = EventLog.from_columns(
        ["a", "b", "c", "d", "e"],
        ["referral"] * 5,
        [0] * 5,
        family=[8, -1, 8, -1, -1],
        children={"family_size": [3, 2, 3, 2, 2]},
    )
    # a and c are siblings; of b, d and e, who have one sibling each, the first two are dealt together.
    assert siblings_told(of_log(log)["person"]) == {"a": {"c"}, "b": {"d"}, "c": {"a"}, "d": {"b"}, "e": set()}


def siblings_told(person) -> dict[str, set[str]]:
    rows = list(zip(person["child"].to_pylist(), person["family"].to_pylist(), strict=True))
    return {who: {o for o, f in rows if f == family and f is not None and o != who} for who, family in rows}


def of_children(log: EventLog, name: str) -> dict[str, object]:
    fact = log.children[name]
    values = [None if v == fact.missing else int(v) for v in fact.column]
    shown = [fact.values[v] if v is not None and fact.kind == "category" else v for v in values]
    return dict(zip(map(str, log.child_ids.to_pylist()), shown, strict=True))


def test_births_come_back(log, back):
    before = dict(zip(map(str, log.child_ids.to_pylist()), log.birth.tolist(), strict=True))
    after = dict(zip(back.child_ids.to_pylist(), back.birth.tolist(), strict=True))
    assert after == before


def test_records_end_where_the_log_does_and_later_events_are_left_out(log):
    middle = int((log.time.min() + log.time.max()) // 2)
    tables = of_log(log, as_of=middle)
    for table in tables.values():
        for name in table.column_names:
            if str(table.schema.field(name).type) == "timestamp[ms]" and name != "birth":
                latest = max((v for v in table[name].cast("int64").to_pylist() if v is not None), default=0)
                assert latest <= middle


def test_other_stations_than_the_built_in_maps_are_refused_by_name():
    log = EventLog.from_columns(["a", "a", "b"], ["referral", "tea break", "lunch"], [0, DAY, DAY])
    with pytest.raises(OptionError, match=r"no place for these stations of the log: tea break, lunch\."):
        of_log(log)


def test_a_station_of_the_log_that_no_event_is_at_does_not_matter():
    log = EventLog.from_columns(["a"], [0], [0], stations=["referral", "tea break"])
    assert {name: len(table) for name, table in of_log(log).items()} == {"person": 1, "referral": 1}


def test_a_contact_that_no_referral_followed_comes_back_as_that_and_ends_its_journey():
    stations = ["contact", "no referral followed", "referral", "nfa", "contact"]
    log = EventLog.from_columns(["a"] * 5, stations, [0, 0, 40 * DAY, 41 * DAY, 300 * DAY])
    back = to_log(of_log(log), as_of=400 * DAY)
    assert [events for _, events in sorted(journeys(back).items())] == [
        [(0, "contact"), (0, "no referral followed")],
        [(40, "referral"), (41, "nfa")],
        [(300, "contact"), (300, "no referral followed")],
    ]
