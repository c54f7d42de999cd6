"""A model fitted on a log whose ways are known, and what is drawn from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from flowmap.eventlog import Attribute, EventLog, OptionError, SourceError
from synthetic.model import FitOptions, Model, fit, sample
from synthetic.model.options import Period
from tests.synthetic.model.logs import DAY, START, log_of, table

OUT = FitOptions(exits=frozenset(["out"]))


def test_a_fixed_way_comes_back_exactly() -> None:
    """In, two days later seen, ten days later out: so does every synthetic child, but where the window ends."""
    log = log_of(400, lambda _: [("in", 0), ("seen", 2), ("out", 10)])
    drawn = table(sample(fit(log, OUT), 500, seed=3))
    moves = drawn.dropna(subset=["to"])
    assert set(zip(moves["station"], moves["to"], moves["wait"], strict=True)) == {
        ("in", "seen", 2),
        ("seen", "out", 10),
    }
    early = drawn[drawn["child"].isin(drawn.loc[drawn["day"] < START + 600, "child"])]
    assert early.groupby("child")["station"].agg(list).map(tuple).unique().tolist() == [("in", "seen", "out")]


def test_a_fork_of_70_to_30() -> None:
    log = log_of(3000, lambda rng: [("in", 0), ("left" if rng.random() < 0.7 else "right", 5)])
    real, drawn = (table(each)["to"].dropna() for each in (log, sample(fit(log), 5000, seed=4)))
    share = float((real == "left").mean())
    assert set(drawn) == {"left", "right"}
    assert stats.binomtest(int((drawn == "left").sum()), len(drawn), share).pvalue > 0.001


def test_the_way_depends_on_where_a_child_came_from() -> None:
    """From the middle, all go back to the side where they came from: no move is impossible by itself, the way is."""

    def way(rng: np.random.Generator) -> list[tuple[str, int]]:
        side = rng.choice(["a", "b"])
        return [(f"{side} in", 0), ("middle", 3), (f"{side} out", 4)]

    log = log_of(800, way)
    drawn = table(sample(fit(log), 800, seed=5))
    paths = drawn.groupby("child")["station"].agg(tuple)
    whole = paths[paths.map(len) == 3]
    assert len(whole) > 700
    assert (whole.map(lambda path: path[0][0] == path[2][0])).mean() > 0.98


def test_waits_have_the_quantiles_of_the_log() -> None:
    log = log_of(4000, lambda rng: [("in", 0), ("out", 1 + int(rng.gamma(2, 20)))], days=900)
    real, drawn = (table(each)["wait"].dropna() for each in (log, sample(fit(log, OUT), 4000, seed=6)))
    assert stats.ks_2samp(real, drawn).statistic < 0.035
    np.testing.assert_allclose(drawn.quantile([0.25, 0.5, 0.75]), real.quantile([0.25, 0.5, 0.75]), rtol=0.08, atol=1)


def test_returns_are_as_frequent_as_before_the_window_cut_them_off() -> None:
    """60% of children come back, after 30 to 400 days; of those who left a year before the end nearly all have."""

    def way(rng: np.random.Generator) -> list[tuple[str, int]]:
        first = [("in", 0), ("out", 5)]
        return [*first, ("in", int(rng.integers(30, 400))), ("out", 5)] if rng.random() < 0.6 else first

    full = log_of(6000, way, days=900)
    end = (START + 900) * DAY
    rows = np.flatnonzero(full.time < end)
    log = EventLog.from_columns(
        child=full.child[rows], child_ids=full.child_ids, station=full.station[rows], stations=full.stations,
        time=full.time[rows],
    )  # fmt: skip
    drawn = table(sample(fit(log, OUT), 6000, seed=7))
    left = drawn[(drawn["station"] == "out") & (drawn.groupby("child").cumcount() == 1)]
    followed = left[left["day"] < START + 900 - 400]
    assert float(followed["to"].notna().mean()) == pytest.approx(0.6, abs=0.04)


def test_waits_of_one_child_go_together() -> None:
    def way(rng: np.random.Generator) -> list[tuple[str, int]]:
        slow = rng.standard_normal()
        waits = np.exp(3.5 + 0.6 * (0.5**0.5 * slow + 0.5**0.5 * rng.standard_normal(2)))
        return [("in", 0), ("seen", 14 + int(waits[0])), ("out", 14 + int(waits[1]))]

    drawn = table(sample(fit(log_of(4000, way, days=1200), OUT), 4000, seed=8))
    waits = drawn.groupby("child")["wait"].agg(list)
    pairs = np.array([w[:2] for w in waits if len(w) == 3])
    assert stats.spearmanr(pairs[:, 0], pairs[:, 1]).statistic == pytest.approx(0.48, abs=0.08)


def test_an_inspection_slows_those_weeks_only() -> None:
    """Twice the days for those who begin in ten weeks; found without being told, and there again in the sample."""
    rng = np.random.default_rng(2)
    n, begin = 12_000, START + 400
    start = START + rng.integers(0, 900, n)
    slow = (start >= begin) & (start < begin + 70)
    wait = np.round(rng.gamma(8, 5, n) * np.where(slow, 2.0, 1.0)).astype(np.int64)
    log = EventLog.from_columns(
        child=np.repeat(np.arange(n), 2),
        station=np.tile(["in", "out"], n),
        time=np.column_stack([start, start + wait]).ravel() * DAY,
    )
    model = fit(log, OUT)
    assert {pace.station for pace in model.pace} == {
        model.stations.index(next(s for s in model.stations if s.name == "in"))
    }
    drawn = table(sample(model, n, seed=9)).dropna(subset=["wait"])
    inside = (drawn["day"] >= begin) & (drawn["day"] < begin + 70)
    usual = (drawn["day"] < begin - 30) | (drawn["day"] >= begin + 100) & (drawn["day"] < START + 800)
    ratio = drawn.loc[inside, "wait"].mean() / drawn.loc[usual, "wait"].mean()
    assert ratio == pytest.approx(2.0, abs=0.2)


def test_a_period_that_is_named_is_looked_at() -> None:
    log = log_of(2000, lambda rng: [("in", 0), ("out", 14 + int(rng.gamma(4, 5)))])
    period = Period("Inspection", "2014-09-01", "2014-10-12")
    model = fit(log, replace(OUT, periods=(period,), find_periods=False))
    assert model.pace
    assert all(abs(pace.by) < 0.35 for pace in model.pace)  # nothing happened then


def test_a_period_leaves_the_many_who_go_on_at_once_as_they_are() -> None:
    """Nine in ten go on the same day; the slow tenth is slower in ten weeks. The nine stay nine, then and otherwise."""
    rng = np.random.default_rng(16)
    n = 12_000
    start = START + rng.integers(0, 900, n)
    inside = (start >= START + 400) & (start < START + 470)
    wait = np.where(rng.random(n) < 0.9, 0, np.round(rng.gamma(8, 3, n) * np.where(inside, 2, 1))).astype(np.int64)
    log = EventLog.from_columns(
        child=np.repeat(np.arange(n), 2),
        station=np.tile(["in", "out"], n),
        time=np.column_stack([start, start + wait]).ravel() * DAY,
    )
    period = Period("Inspection", str(np.datetime64(START + 400, "D")), str(np.datetime64(START + 469, "D")))
    drawn = table(sample(fit(log, replace(OUT, periods=(period,))), n, seed=17)).dropna(subset=["wait"])
    named = (drawn["day"] >= START + 400) & (drawn["day"] < START + 470)
    assert (drawn.loc[~named, "wait"] == 0).mean() == pytest.approx(0.9, abs=0.02)
    assert (drawn.loc[named, "wait"] == 0).mean() == pytest.approx(0.9, abs=0.04)


def test_what_happens_at_an_age_happens_to_whoever_is_still_there() -> None:
    """Half would stay for ever, half leave after 100 to 2,000 days; at 6,575 days of age whoever is left leaves."""
    rng = np.random.default_rng(12)
    n = 3000
    start, age = START + rng.integers(0, 500, n), rng.integers(5000, 6500, n)
    wait = np.where(rng.random(n) < 0.5, rng.integers(100, 2000, n), 10**6)
    grown = 6575 - age
    station = np.column_stack([np.zeros(n, dtype=int), np.where(wait < grown, 1, 2)])
    time = np.column_stack([start, start + np.minimum(wait, grown)]) * DAY
    log = EventLog.from_columns(
        child=np.repeat(np.arange(n), 2), station=np.array(["in", "out", "grown"])[station.ravel()],
        time=time.ravel(), birth=(start - age) * DAY,
    )  # fmt: skip
    model = fit(log, FitOptions(exits=frozenset(["out", "grown"])))
    drawn = sample(model, n, seed=13)
    assert drawn.birth is not None
    names = np.array(drawn.stations)[drawn.station]
    at_age = (drawn.time // DAY - drawn.birth[drawn.child] // DAY)[names == "grown"]
    assert set(at_age.tolist()) == {6575}
    assert (names == "grown").sum() == pytest.approx((station[:, 1] == 2).sum(), rel=0.05)
    assert not ((drawn.time // DAY - drawn.birth[drawn.child] // DAY)[names == "out"] > 6575).any()


def test_the_past_of_open_cases_ends_with_the_first_days() -> None:
    """Open cases: three steps squeezed into 60 days, the fourth after 400. So it is in the sample, and not later."""
    rng = np.random.default_rng(14)
    rows = []
    for child in range(4000):
        old = child < 400
        at = START + (rng.integers(0, 50) if old else rng.integers(0, 1400))
        steps = np.sort(rng.integers(at, START + 60, 2)) if old else at + np.cumsum(rng.integers(20, 80, 2))
        days = [at, *steps, steps[-1] + (rng.integers(100, 700) if old else rng.integers(1, 50))]
        rows += [(child, s, int(d - START)) for s, d in zip(("in", "seen", "planned", "out"), days, strict=True)]
    rows = [row for row in rows if row[2] < 1460]
    log = EventLog.from_columns(
        child=[r[0] for r in rows], station=[r[1] for r in rows], time=[(START + r[2]) * DAY for r in rows]
    )
    model = fit(log, FitOptions(exits=frozenset(["out"])))
    assert 45 <= model.startup <= 75
    drawn = table(sample(model, 4000, seed=15))
    early = drawn[drawn["day"] < START + model.startup]
    expected = sum(1 for _, s, d in rows if s == "planned" and d < model.startup)
    waits = [
        b[2] - a[2]
        for a, b in zip(rows, rows[1:], strict=False)
        if a[1] == "planned" and a[2] < model.startup and b[0] == a[0]
    ]
    waited = float(np.mean(waits))
    assert (early["station"] == "planned").sum() == pytest.approx(expected, rel=0.15)
    assert early.loc[early["station"] == "planned", "wait"].mean() == pytest.approx(waited, rel=0.1)


def test_attributes_go_together_as_before() -> None:
    rng = np.random.default_rng(3)
    sex = rng.choice(["f", "m"], 3000)
    need = np.where(rng.random(3000) < np.where(sex == "f", 0.8, 0.2), "x", "y")
    log = log_of(3000, lambda _: [("in", 0), ("out", 5)], children={"sex": sex, "need": need})
    drawn = sample(fit(log, OUT), 4000, seed=10)
    first, second = (
        np.array(drawn.children[key].values, dtype=object)[drawn.children[key].codes] for key in ("sex", "need")
    )
    assert (second[first == "f"] == "x").mean() == pytest.approx((need[sex == "f"] == "x").mean(), abs=0.035)
    assert (second[first == "m"] == "x").mean() == pytest.approx((need[sex == "m"] == "x").mean(), abs=0.035)


def test_an_attribute_known_from_a_station_on_is_not_known_without_it() -> None:
    rng = np.random.default_rng(4)
    child, station, need = [], [], []
    for one in range(1000):
        referred = rng.random() < 0.5
        for name in ("contact", "referral", "out") if referred else ("contact", "out"):
            child.append(one)
            station.append(name)
            need.append(rng.choice(["x", "y"]) if name == "contact" and referred else (need[-1] if referred else None))
    day = START + np.repeat(rng.integers(0, 500, 1000), np.bincount(child)) + np.arange(len(child)) * 0
    log = EventLog.from_columns(child=child, station=station, time=day * DAY, attributes={"need": need})
    model = fit(log, OUT)
    assert (model.variables[0].given, model.variables[0].gate) == ("gate", "referral")
    drawn = sample(model, 800, seed=11)
    referred = np.unique(drawn.child[drawn.station == drawn.stations.index("referral")])
    known = np.unique(drawn.child[drawn.attributes["need"].column >= 0])
    assert known.tolist() == referred.tolist()


def test_the_same_seed_gives_the_same_log_and_another_another(authority_model: Model) -> None:
    one, two, other = (sample(authority_model, 300, seed=seed) for seed in (5, 5, 6))
    assert one.time.tolist() == two.time.tolist()
    assert one.station.tolist() == two.station.tolist()
    assert one.birth is not None
    assert two.birth is not None
    assert one.birth.tolist() == two.birth.tolist()
    assert other.time.tolist() != one.time.tolist()


def test_a_saved_model_draws_the_same_log(authority_model: Model, tmp_path: Path) -> None:
    authority_model.save(tmp_path / "model.json")
    again = Model.load(tmp_path / "model.json")
    assert again.to_json() == authority_model.to_json()
    one, two = sample(authority_model, 300, seed=1), sample(again, 300, seed=1)
    assert one.time.tolist() == two.time.tolist()
    assert one.station.tolist() == two.station.tolist()


def test_fitting_twice_gives_the_same_model(small_authority: EventLog, authority_model: Model) -> None:
    assert fit(small_authority, FitOptions(exits=authority_exits())).to_json() == authority_model.to_json()


def authority_exits() -> frozenset[str]:
    from synthetic.reference.pathways import EXITS

    return frozenset(EXITS)


def test_never_an_impossible_move_a_date_outside_or_an_event_before_birth(
    small_authority: EventLog, authority_model: Model
) -> None:
    drawn = sample(authority_model, 3000, seed=12)
    real, made = (table(log) for log in (small_authority, drawn))
    assert set(zip(made["station"], made["to"].fillna(""), strict=True)) <= set(
        zip(real["station"], real["to"].fillna(""), strict=True)
    ) | {(station, "") for station in drawn.stations}
    assert drawn.time.min() >= small_authority.time.min() // DAY * DAY
    assert drawn.time.max() < (small_authority.time.max() // DAY + 1) * DAY
    assert drawn.birth is not None
    unborn = [s.name for s in authority_model.stations if s.unborn]
    born = made[~made["station"].isin(unborn)]
    assert (born["time"].to_numpy() >= drawn.birth[born["child"].to_numpy()]).all()


def test_years_are_kept_to_and_new_children_keep_coming(authority_model: Model) -> None:
    short, long = sample(authority_model, 1000, 1.0, seed=1), sample(authority_model, 3000, 8.0, seed=1)
    assert np.ptp(short.time) <= 366 * DAY
    assert np.ptp(long.time) > 7.9 * 365 * DAY
    first = table(long).groupby("child")["day"].min()
    late = first > first.min() + 5 * 365
    assert 0.15 < late.mean() < 0.5


def test_wrong_wishes_are_refused(authority_model: Model, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="at least one child"):
        sample(authority_model, 0)
    with pytest.raises(OptionError, match="years"):
        sample(authority_model, 10, 0.0)
    with pytest.raises(OptionError, match="k must be at least 2"):
        FitOptions(k=1).check()
    (tmp_path / "x.json").write_text('{"format": "other"}', encoding="utf-8")
    with pytest.raises(SourceError, match="not a synthetic model"):
        Model.load(tmp_path / "x.json")
    damaged = authority_model.to_json() | {"moves": [{}]}
    with pytest.raises(SourceError, match="damaged"):
        Model.from_json(json.loads(json.dumps(damaged)))


def fitted_or_refused(log: EventLog) -> Model | None:
    try:
        return fit(log, FitOptions(k=5))
    except SourceError as error:
        refusal = str(error)
    assert "k = 5" in refusal
    return None


SMALL = st.builds(
    lambda seed, children, stations, days, attribute: (seed, children, stations, days, attribute),
    st.integers(0, 10_000),
    st.integers(2, 60),
    st.integers(1, 6),
    st.integers(1, 400),
    st.sampled_from(["none", "missing", "some"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SMALL)
def test_any_small_log_gives_a_sound_log_or_a_clear_refusal(what: tuple[int, int, int, int, str]) -> None:
    seed, children, stations, days, attribute = what
    rng = np.random.default_rng(seed)
    n = children * 4
    words = {"none": None, "missing": [None] * n, "some": rng.choice(["x", "y", ""], n)}[attribute]
    log = EventLog.from_columns(
        child=rng.integers(0, children, n),
        child_ids=np.arange(children),
        station=rng.integers(0, stations, n),
        stations=[f"s{i}" for i in range(stations)],
        time=(START + rng.integers(0, days, n)) * DAY + rng.integers(0, DAY, n),
        birth=(START - rng.integers(-100, 6000, children)) * DAY,
        attributes={} if words is None else {"word": Attribute.category("Word", words)},
    )
    model = fitted_or_refused(log)
    if model is None:
        return
    drawn = sample(model, 40, seed=seed)
    assert len(np.unique(drawn.child)) == 40
    real, made = (table(each) for each in (log, drawn))
    merged = {"(rare stations)"}
    pairs = set(zip(real["station"], real["to"].fillna(""), strict=True))
    for pair in set(zip(made["station"], made["to"].fillna(""), strict=True)):
        assert pair[1] == "" or merged & set(pair) or pair in pairs
    assert made["day"].between(np.datetime64(model.first).astype(int), np.datetime64(model.last).astype(int)).all()
    assert drawn.birth is not None
