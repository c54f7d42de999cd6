"""Which event names mean which station, and stations moved by hand."""

from __future__ import annotations

import pytest

from flowmap.tubemap import MapError, builtin, load, match, moved

CARE = load("childrens-social-care")


@pytest.mark.parametrize(
    ("event", "station"),
    [
        ("Contact", "contact"), ("early help", "early_help"), ("EARLY-HELP", "early_help"),
        ("C&F assessment", "assessment"),
        ("c&f  Assessment", "assessment"), ("Section 17", "assessment"), ("S47", "s47"), ("section 47", "s47"),
        ("Strategy Meeting", "strategy"), ("CP plan", "cp"), ("CIN Plan", "cin"), ("LAC", "looked_after"),
        ("No Further Action", "nfa"), ("SGO", "special_guardianship"), ("ICPC", "icpc"), ("Case closed", "closed"),
        ("Care\N{NO-BREAK SPACE}Order", "care_order"), ("E1", "placement_order"), ("Step down", "step_down"),
        ("Initial child protection conference", "icpc"), ("Left care at 18", "left_care_18"),
    ],
)  # fmt: skip
def test_an_event_finds_its_station_whatever_its_spelling(event, station):
    assert match(CARE, [event]) == ({event: station}, [])


def test_names_that_no_station_claims_come_back_once_each_in_order():
    known, unknown = match(CARE, ["zebra", "contact", "apple", "zebra"])
    assert (known, unknown) == ({"contact": "contact"}, ["zebra", "apple"])


def test_an_id_beats_a_label_and_a_label_beats_an_event():
    found = match(load("prototype"), ["strategy", "Strategy discussion"])[0]
    assert set(found.values()) == {"strategy"}


def test_the_built_in_maps_are_these():
    assert builtin() == ["childrens-social-care", "prototype"]


def test_the_prototypes_map_knows_every_node_of_its_data_by_its_own_name():
    nodes = ["contact", "referral", "candf", "strategy", "s47", "icpc", "exit_nonsocialcare", "exit_other", "exit_cin",
             "exit_lac", "exit_cp", "exit_legal", "exit_eh", "exit_universal", "exit_targeted"]  # fmt: skip
    assert match(load("prototype"), nodes) == ({n: n for n in nodes}, [])
    assert {p.id for p in load("prototype").places()} == set(nodes)


def test_timescales_carry_their_source():
    assert {t.id: t.limit for t in CARE.timescales} == {
        "referral_decision": "1 working day",
        "assessment": "45 working days",
        "conference": "15 working days",
        "cp_review": "3 months",
        "care_review": "20 working days",
        "proceedings": "26 weeks",
    }
    assert all(t.source for t in CARE.timescales)


def test_a_moved_station_snaps_to_the_grid_and_nothing_else_changes():
    found = moved(CARE, {"contact": [1.6, 9.2], "closed": (40, 8)})
    assert (found.stations[0].at, found.exits[2].at) == ((2, 9), (40, 8))
    assert found.stations[1:] == CARE.stations[1:]
    assert moved(found, {"contact": CARE.stations[0].at, "closed": (32, 7)}).stations == CARE.stations


def test_bends_drawn_for_a_stations_old_place_are_dropped_and_others_kept():
    tube = load("prototype")
    assert tube.lines[2].through == ("strategy", (15, 2), "candf")
    assert moved(tube, {"s47": [20, 1]}).lines[2].through == ("strategy", (15, 2), "candf")
    assert moved(tube, {"strategy": [14, 1]}).lines[2].through == ("strategy", "candf")


def test_two_stations_on_one_spot_are_both_named():
    with pytest.raises(MapError, match=r'"referral" and "contact" both stand at column 7, row 7'):
        moved(CARE, {"contact": [7, 7]})


@pytest.mark.parametrize(
    ("positions", "says"),
    [
        ({"nobody": [1, 1]}, '"nobody" has no place of its own'),
        ({"nfa": [1, 1]}, '"nfa" has no place of its own'),
        ({"contact": [1]}, "cannot be put at"),
        ({"contact": ["x", 1]}, "cannot be put at"),
        ({"contact": [float("nan"), 1]}, "cannot be put at"),
        ({"contact": [1e9, 1]}, "cannot be put at"),
        ({"contact": None}, "cannot be put at"),
        ({"contact": [2, 11]}, "The loop's row"),
    ],
)
def test_a_place_that_cannot_be_is_refused_with_its_reason(positions, says):
    with pytest.raises(MapError, match=says):
        moved(CARE, positions)
