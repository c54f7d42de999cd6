"""Attacks find what leaks on purpose, and nothing in an independent sample; parts agree with scipy and scikit-learn."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from flowmap.eventlog import EventLog, OptionError
from synthetic.fidelity import halves, only, together
from synthetic.fidelity.walks import DAY
from synthetic.privacy import assess, search
from synthetic.privacy.control import noisy_copy, renamed
from synthetic.privacy.finding import Finding
from synthetic.privacy.lookups import drawn, rare_journeys, repeated_journeys, unique_records
from synthetic.privacy.membership import auc, everybody, nearest
from synthetic.privacy.records import held_by, points, records, support
from tests.truth import make


@pytest.fixture(scope="module")
def truths() -> list[EventLog]:
    """Three independent samples of about 3,000 children."""
    return [make(1000, 4, seed=s) for s in (1, 2, 3)]


def verdicts(found: list[Finding]) -> dict[str, str]:
    """Verdict by attack."""
    return {f.key: f.verdict for f in found}


def test_nothing_is_found_in_an_independent_sample(truths):
    real, other, holdout = truths
    found = assess(real, other, holdout)
    assert set(verdicts(found).values()) == {"passed"}
    assert len(found) == 9
    membership = next(f for f in found if f.key == "membership")
    assert membership.value == pytest.approx(0.5, abs=0.03)
    assert membership.control > 0.99


def test_without_a_hold_out_all_but_membership_is_still_attacked(truths):
    found = verdicts(assess(truths[0], truths[1]))
    assert found.pop("membership") == found.pop("rare_repeated") == "not measured"
    assert set(found.values()) == {"passed"}


def test_copies_with_small_noise_are_found_by_every_attack(truths):
    real, _, holdout = truths
    found = assess(real, noisy_copy(real, seed=9), holdout)
    assert verdicts(found).pop("rare_repeated") == "passed"  # each child is there once
    assert {f.verdict for f in found if f.key != "rare_repeated"} == {"failed"}
    assert next(f for f in found if f.key == "membership").value > 0.99


def test_a_tenth_of_copies_among_strangers_is_found(truths):
    real, other, holdout = truths
    few = drawn(noisy_copy(real), len(real.child_ids) // 10, 1)
    mixed = _joined(other, few)
    found = verdicts(assess(real, mixed, holdout))
    assert found["unique_week"] == found["match"] == found["membership"] == "failed"


def _joined(one: EventLog, two: EventLog) -> EventLog:
    """Two logs of one make as one."""
    both = [(one.attributes, two.attributes), (one.children, two.children)]
    attributes, children = (
        {k: a.with_column(np.append(a.column, theirs[k].column)) for k, a in mine.items()} for mine, theirs in both
    )
    return replace(
        one, child=np.append(one.child, two.child + len(one.child_ids)).astype(np.int32),
        child_ids=pa.array([str(i) for i in range(len(one.child_ids) + len(two.child_ids))]),
        station=np.append(one.station, two.station), time=np.append(one.time, two.time),
        date_only=np.append(one.date_only, two.date_only), case=np.append(one.case, two.case),
        birth=np.append(one.birth, two.birth), family=None, attributes=attributes, children=children,
    )  # fmt: skip


def test_auc_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    one, two = rng.integers(0, 20, 300).astype(float), rng.integers(3, 23, 200).astype(float)
    expected = roc_auc_score(np.repeat([1, 0], [300, 200]), np.concatenate([one, two]))
    assert auc(one, two) == pytest.approx(expected)


def test_the_closest_record_is_that_of_scipy():
    rng = np.random.default_rng(1)
    one, two = (rng.normal(size=(n, 12)).astype(np.float32) for n in (600, 400))
    assert nearest(one, two) == pytest.approx(cdist(one, two).min(axis=1), abs=1e-3)


def tiny(rows: list[tuple[str, str, str]], sex: list[str]) -> EventLog:
    """(child, station, day); one case a child."""
    child, station, time = zip(*rows, strict=True)
    return EventLog.from_columns(list(child), list(station), list(time), case=[0] * len(rows), children={"sex": sex})


REAL = tiny(
    [("1", "a", "2020-01-06"), ("1", "x", "2020-01-07"), ("2", "a", "2020-01-06"), ("2", "x", "2020-01-08"),
     ("3", "b", "2020-02-03"), ("3", "x", "2020-02-04")], ["F", "F", "M"],
)  # fmt: skip


def test_a_record_is_path_and_attributes_then_week_then_every_day():
    # Another child takes b→x as the third did, a boy too, in the same week but not on the same days.
    made = tiny([("9", "b", "2020-02-04"), ("9", "x", "2020-02-05")], ["M"])
    walks = together(REAL, made, exits=("x",))
    hits = [np.isin(*records(*walks, dates)).tolist() for dates in ("", "week", "days")]
    assert hits == [[False, False, True], [False, False, True], [False, False, False]]
    girl = together(REAL, tiny([("9", "b", "2020-02-04"), ("9", "x", "2020-02-05")], ["F"]), exits=("x",))
    assert not np.isin(*records(*girl)).any()


def test_unique_records_are_those_of_one_child():
    walks = together(REAL, REAL, REAL, REAL, exits=("x",))
    mine, _ = records(walks[0], walks[1])
    assert support(mine, *held_by(mine, walks[0].child)).tolist() == [2, 2, 1]
    found = {f.key: f for f in unique_records(*walks)}
    assert found["unique"].value == 1.0
    assert found["unique_long"].why == "no real record is unique"  # no path has eight events


def test_rare_journeys_are_beside_those_of_children_held_out():
    # Real: two children take a→x, one b→x. Each left out in turn, a→x has one other child, b→x none: 2 of 3.
    walks = together(
        REAL, tiny([("9", "b", "2020-02-03"), ("9", "x", "2020-02-05")], ["M"]), renamed(REAL), exits=("x",)
    )
    found = rare_journeys(*walks[:2], None, walks[2], k=10)[0]
    assert found.value == 1.0
    assert found.beside == 0.0  # the two who take a→x first came at one moment, so they are held out together


@pytest.mark.parametrize(("times", "number"), [(7, 0), (8, 2)])
def test_a_rare_journey_is_repeated_if_the_hold_out_makes_that_unlikely(times, number):
    # One real child of twenty goes b→x, none held out; as many synthetic households as held out, so each time is a toss
    # of a coin: eight times in a row have a chance of 1 in 256, less than 0.005. Path, and path with attributes: two.
    def log(of_b: int) -> EventLog:
        rows = [(str(i), place, f"2020-01-{i + 1:02}") for i in range(20) for place in ("b" if i < of_b else "a", "x")]
        return tiny(rows, ["F"] * 20)

    walks = together(log(1), log(times), log(0), log(1), exits=("x",))
    assert repeated_journeys(*walks, k=10).value == number
    assert repeated_journeys(*walks, k=10).control == 2


def test_a_point_is_nearest_to_its_own_copy(truths):
    real = truths[0]
    walks, copy = together(real, noisy_copy(real))
    here, there = points(walks, copy)
    which = np.array([int(((there - p) ** 2).sum(axis=1).argmin()) for p in here[:200]])
    assert (which == np.arange(200)).mean() > 0.98


def test_a_blind_attack_is_said_to_say_nothing():
    blind = Finding("k", "l", 0.5, "AUC", "m", beside=0.5, limit=0.52, control=0.6, control_needed=0.99)
    assert blind.verdict == "blind"


def test_membership_is_found_by_shadow_models_that_copy_and_not_by_those_that_ignore(truths):
    from synthetic.privacy.shadow import attack, rarest

    log = drawn(truths[0], 150, 1)
    targets = rarest(log, 3)
    copying = attack(log, lambda given, _: given, lambda given, seed: noisy_copy(given, seed), targets, 4, 60)
    assert copying.mean == copying.worst == 1.0
    other = drawn(truths[1], 60, 1)
    ignoring = attack(log, lambda *_: None, lambda *_: noisy_copy(other, 0), targets, 4, 60)
    assert ignoring.mean == 0.5


def test_identifiers_are_searched_for_in_ids_and_files(truths):
    real, other, _ = truths
    names = [str(i) for i in real.child_ids.to_pylist()]
    clean = search(real, renamed(other), {"model.json": b'{"counts": [12, 13]}'})
    assert clean.clean
    assert "None of the" in clean.sentence()
    found = search(real, renamed(real), {"model.json": f'{{"note": "{names[3]}"}}'.encode()})
    assert found.in_files == {"model.json": 1}
    assert names[3] not in found.sentence()
    assert search(real, real, {}).shared == len(names)


def test_the_digits_of_a_share_are_no_identifier():
    log = EventLog.from_columns(["12345", "1000003"], ["a", "a"], ["2020-01-01"] * 2)
    assert search(log, renamed(log), {"model.json": b'{"shares": [0.12345, 7.1000003]}'}).clean
    assert search(log, renamed(log), {"model.json": b'{"of": [1000003.0, 12345]}'}).in_files == {"model.json": 2}


def test_short_identifiers_are_said_not_to_be_searched_for_in_files():
    log = EventLog.from_columns(["12", "case 77 b"], ["a", "a"], ["2020-01-01"] * 2)
    found = search(log, renamed(log), {"log.csv": b"12,a\ncase 77 b,a"})
    assert (found.too_short, found.in_files) == (1, {"log.csv": 1})


def test_planted_outliers_are_recovered_from_a_copy_and_from_nothing_else(truths):
    from synthetic.privacy.outliers import AGE, MOVES, plant, recovered

    real, other, _ = truths
    planted = plant(real)
    walks = together(planted.log)[0]
    assert len(planted.log.child_ids) == len(real.child_ids) + 3
    assert walks.events.max() == MOVES + 1
    ages = (walks.start - planted.log.birth[walks.child]) / (365.25 * DAY)
    assert AGE <= ages.max() < AGE + 1
    assert recovered(planted, real, noisy_copy(planted.log)) == {"long": True, "unique": True, "old": True}
    assert recovered(planted, real, other) == {"long": False, "unique": False, "old": False}


def test_a_log_of_one_child_is_refused():
    one = tiny([("1", "a", "2020-01-06"), ("1", "x", "2020-01-07")], ["F"])
    with pytest.raises(OptionError, match="one child only"):
        assess(one, one)


def test_a_tiny_log_gives_findings(truths):
    few = drawn(truths[0], 20, 1)
    found = assess(few, drawn(truths[1], 20, 1))
    assert {f.verdict for f in found} <= {"passed", "blind", "not measured"}


def test_halves_of_a_log_are_strangers_to_each_other(truths):
    one, two = halves(truths[0])
    chosen = np.arange(len(truths[1].child_ids)) % 2 == 0
    found = everybody(*together(one, only(truths[1], chosen), two, noisy_copy(one)))
    assert found.verdict == "passed"
