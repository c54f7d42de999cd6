"""Two samples of one truth are at the floor; a log that is wrong in one way is told by the yardsticks of that way."""

from dataclasses import replace

import numpy as np
import pytest

from flowmap.eventlog import EventLog
from synthetic.fidelity import Options, compare, halves, together
from synthetic.fidelity.walks import DAY
from synthetic.reference import periods
from tests.truth import make

QUICK = Options(classifier=False)


@pytest.fixture(scope="module")
def truths() -> list[EventLog]:
    """Four independent samples of about 3,000 children."""
    return [make(1000, 4, seed=s) for s in (1, 2, 3, 4)]


def too_far(real: EventLog, other: EventLog, floor: EventLog | None, options: Options = QUICK) -> set[str]:
    """Keys of yardsticks more than three times the floor away."""
    return {y.key for y in compare(real, other, floor, options) if y.too_far}


def rewritten(log: EventLog, wait: np.ndarray) -> EventLog:
    """The log with other durations of its moves."""
    walks = together(log)[0]
    step = np.zeros(len(walks.time), dtype=np.int64)
    step[walks.moves + 1] = wait
    total = np.cumsum(step)
    time = np.repeat(walks.start - total[walks.begin], walks.events) + total
    back = np.empty(len(time), dtype=np.int64)
    back[walks.row] = time
    return replace(log, time=back)


def test_a_second_sample_is_at_the_floor(truths):
    real, other, floor, _ = truths
    assert too_far(real, other, floor) <= {"case_arrival"}  # one figure, which two samples may agree in by luck
    assert too_far(real, other, None) == set()


def test_the_same_log_is_at_no_distance(truths):
    found = compare(truths[0], truths[0], truths[1], QUICK)
    assert {y.key for y in found if y.measured and y.value > 1e-9} <= {"unseen_paths"}  # it has no path of its own


def test_shuffled_durations_move_times_and_no_path(truths):
    real, _, floor, other = truths
    walks = together(other)[0]
    found = too_far(real, rewritten(other, np.random.default_rng(1).permutation(walks.wait)), floor)
    assert {"durations", "slow_together", "weekends"} <= found
    assert not found & {"edges", "grams", "common_paths", "new_moves", "open", "marginals", "pairs", "nfa"}


def test_durations_dealt_anew_within_each_move_only_lose_what_goes_together(truths):
    real, _, floor, other = truths
    walks, rng = together(other)[0], np.random.default_rng(1)
    dealt = walks.wait.copy()
    for edge in np.unique(walks.edge):
        rows = np.flatnonzero(walks.edge == edge)
        dealt[rows] = walks.wait[rng.permutation(rows)]
    found = too_far(real, rewritten(other, dealt), floor)
    assert "slow_together" in found
    assert "durations" not in found


def test_a_dropped_move_moves_paths(truths):
    real, _, floor, other = truths
    walks = together(other)[0]
    drop = np.flatnonzero(walks.station == walks.names.index("assessment"))
    kept = np.ones(len(other), dtype=bool)
    kept[walks.row[drop]] = False
    thinner = replace(
        other, child=other.child[kept], station=other.station[kept], time=other.time[kept],
        date_only=other.date_only[kept], case=other.case[kept],
        attributes={k: a.take(kept) for k, a in other.attributes.items()},
    )  # fmt: skip
    found = too_far(real, thinner, floor)
    assert {"edges", "grams", "common_paths", "new_moves", "stock"} <= found
    assert not found & {"marginals", "again_12", "nfa", "clock"}


def test_shifted_months_move_arrivals_and_no_duration(truths):
    real, _, floor, other = truths
    found = too_far(real, replace(other, time=other.time + 700 * DAY), floor)
    assert {"arrivals", "outside", "stock", "case_arrival"} <= found
    assert not found & {"edges", "grams", "durations", "cycle_time", "slow_together", "marginals", "pairs", "nfa"}


def test_attributes_dealt_anew_move_what_goes_together(truths):
    real, _, floor, other = truths
    walks, rng, dealt = together(other)[0], np.random.default_rng(2), {}
    for key in ("need", "team", "source"):
        column = np.empty(len(other), dtype=np.int32)
        mixed = rng.permutation(len(walks))
        column[walks.row] = other.attributes[key].codes[walks.row][walks.begin][mixed][walks.journey]
        dealt[key] = other.attributes[key].with_column(column)
    swapped = replace(other, attributes=other.attributes | dealt)
    found = too_far(real, swapped, floor)
    assert "worst_pair" in found
    assert not found & {"marginals", "edges", "durations", "arrivals", "nfa"}


def test_children_who_never_come_back_are_noticed(truths):
    real, _, floor, other = truths
    walks = together(other)[0]
    first = np.zeros(len(other), dtype=bool)
    first[walks.row[(walks.visit == 0)[walks.journey]]] = True
    once = replace(
        other, child=other.child[first], station=other.station[first], time=other.time[first],
        date_only=other.date_only[first], case=other.case[first],
        attributes={k: a.take(first) for k, a in other.attributes.items()},
    )  # fmt: skip
    assert {"again_12", "again_36"} <= too_far(real, once, floor)


def test_the_effect_of_a_period_is_missed_where_nothing_was_planted():
    band = next(p for p in periods() if p["id"] == "inspection")
    span = tuple(int(np.datetime64(band[end], "ms").astype(np.int64)) for end in ("from", "to"))
    real, floor, without = make(4000, 4, seed=1), make(4000, 4, seed=2), make(4000, 4, seed=3, inspection=False)
    options = Options(period=span, classifier=False)
    one = {y.key: y for y in compare(real, without, floor, options)}["period_durations"]
    assert 1.2 < one.real < 1.45  # planted: 1.32 times the working days
    assert 0.9 < one.synthetic < 1.1
    assert one.too_far


def test_the_classifier_tells_shuffled_durations_and_not_a_second_sample(truths):
    real, other, floor, _ = truths
    options = Options()
    found = {y.key: y for y in compare(real, other, floor, options)}["classifier"]
    assert found.value < 0.54
    assert not found.too_far
    from synthetic.fidelity.classifier import two_sample_auc

    walks = together(other)[0]
    shuffled = rewritten(other, np.random.default_rng(1).permutation(walks.wait))
    assert two_sample_auc(*together(real, shuffled)).value > 0.8


def test_without_scikit_learn_the_classifier_says_how_to_get_it(truths, monkeypatch):
    monkeypatch.setattr("synthetic.fidelity.classifier.find_spec", lambda _: None)
    found = {y.key: y for y in compare(truths[0], truths[1], truths[2], Options())}["classifier"]
    assert "pip install" in found.why
    assert not found.measured


def test_a_smaller_floor_log_does_not_make_the_floor_higher(truths):
    real, other, floor, _ = truths
    few = halves(halves(floor)[0])[0]
    floors = [{y.key: y.floor for y in compare(real, other, f, QUICK)}["edges"] for f in (floor, few)]
    assert floors[1] == pytest.approx(floors[0], rel=0.6)
