"""A child is one row of codes, worked out by hand."""

from flowmap.eventlog import EventLog
from synthetic.fidelity import together
from synthetic.outside.tables import tables

# Two children: the first comes twice and is three years old, the second was not born when first seen.
LOG = EventLog.from_columns(
    ["1", "1", "1", "1", "2"],
    ["a", "x", "b", "x", "b"],
    ["2020-01-06", "2020-01-08", "2020-01-27", "2020-02-05", "2020-01-20"],
    case=[0, 0, 1, 1, 0],
    children={"sex": ["F", "M"]},
    attributes={"need": [None, "n", "m", "m", None]},
    birth=["2017-01-02", "2020-02-01"],
)


def test_a_row_says_who_the_child_is_and_what_happened():
    found = tables(*together(LOG, exits=("x",)))
    names = [c.name for c in found.columns]
    first, second = (dict(zip(names, row, strict=True)) for row in found.rows[0].tolist())
    stations = together(LOG, exits=("x",))[0].names
    values = LOG.attributes["need"].values
    assert first == {
        "sex": 0, "need": values.index("n"), "week of birth": -157, "age": 3, "first week": 0,
        "first station": stations.index("a"), "last station": stations.index("x"), "journeys": 2,
        "visits: a": 1, "visits: b": 1, "visits: x": 2, "days in all": 30, "weeks until back": 3,
    }  # fmt: skip
    assert second["sex"] == 1
    assert second["need"] == -1
    assert second["age"] == -1
    assert second["first week"] == 2
    assert second["weeks until back"] < 0
    assert second["last station"] == stations.index("b")


def test_what_the_person_is_and_what_the_service_holds_are_two_sides():
    found = tables(*together(LOG, exits=("x",)))
    assert {c.name for c in found.columns if c.side == "person"} == {
        "sex", "need", "week of birth", "age", "first week"
    }  # fmt: skip
    assert {c.name for c in found.columns if not c.number} == {"sex", "need", "first station", "last station"}


def test_values_have_the_codes_of_the_real_log_in_every_log():
    other = EventLog.from_columns(["9"], ["b"], ["2020-01-06"], case=[0], children={"sex": ["M"]}, birth=["2010-01-01"])
    found = tables(*together(LOG, other, exits=("x",)))
    assert found.rows[1][0, 0] == found.rows[0][1, 0]


def test_births_that_one_log_does_not_know_are_left_out():
    other = EventLog.from_columns(["9"], ["b"], ["2020-01-06"], case=[0], children={"sex": ["M"]})
    found = tables(*together(LOG, other, exits=("x",)))
    assert not {"age", "week of birth"} & {c.name for c in found.columns}
