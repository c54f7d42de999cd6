"""The reference authority shows the published figures, and the page that says so is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthetic.reference.published import FIGURES, Figure
from tests.synthetic.reference_table import rows, table_of_page


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_a_published_figure_is_shown_within_one_point_or_five_percent(
    figure: Figure, measured: dict[str, float]
) -> None:
    slack = 1.0 if figure.unit == "percent" else 0.05 * figure.target
    assert measured[figure.key] == pytest.approx(figure.target, abs=slack)


def test_every_measured_figure_has_a_published_one_to_compare_with(measured: dict[str, float]) -> None:
    assert set(measured) == {figure.key for figure in FIGURES}


def test_the_page_shows_what_the_default_seed_gives(measured: dict[str, float]) -> None:
    assert table_of_page() == rows(measured)


def test_the_targets_are_those_of_the_statistics(shared_data: Path) -> None:
    found = json.loads((shared_data / "dfe_statistics" / "cin_calibration.json").read_text(encoding="utf-8"))["figures"]
    kent, england = found["Kent_2018"], found["England_2024"]
    targets = {figure.key: figure.target for figure in FIGURES}
    months = england["referrals_by_month"]
    assert {key: targets[key] for key in ("referrals", "rereferral_12", "not_in_need", "s47", "icpc", "cp")} == {
        "referrals": kent["referrals"],
        "rereferral_12": kent["rereferral_12m_pct"],
        "not_in_need": kent["assessed_not_in_need_pct"],
        "s47": kent["s47"],
        "icpc": kent["icpc"],
        "cp": kent["cpp_starts"],
    }
    assert targets["s47_icpc"] == kent["icpc_per_s47_pct"]
    assert targets["icpc_cp"] == kent["cpp_starts_per_icpc_pct"]
    assert targets["referral_nfa"] == england["referral_nfa_pct"]
    assert targets["assessed_in_45"] == england["assessments_within_45wd_pct"]
    assert [targets[f"assessed_{p}"] for p in ("p25", "p50", "p75")] == england["assessment_p25_median_p75_wd"]
    assert targets["icpc_in_15"] == england["icpc_within_15wd_pct"]
    assert targets["second_plan"] == england["cpp_second_or_subsequent_pct"]
    for key, name in (("police", "Police"), ("schools", "Schools"), ("health", "Health_Services")):
        assert targets[f"source_{key}"] == england["referral_source_pct"][name]
    for key, name in (("abuse", "N1_Abuse_or_neglect"), ("dysfunction", "N5_Family_dysfunction")):
        assert targets[f"need_{key}"] == england["primary_need_pct"][name]
    for key, name in (("august", "August"), ("december", "December")):
        assert targets[key] == pytest.approx(100 * months[name] / england["referrals"], abs=0.06)


def test_months_are_as_busy_as_in_england(events: object, shared_data: Path) -> None:
    found = json.loads((shared_data / "dfe_statistics" / "cin_calibration.json").read_text(encoding="utf-8"))["figures"]
    published = found["England_2024"]["referrals_by_month"]
    referrals = events[(events["station"] == "referral") & (events["time"] >= "2014-04-01")]  # type: ignore[index]
    shown = referrals["time"].dt.month_name().value_counts(normalize=True) * 100
    total = sum(published.values())
    assert {month: shown[month] for month in published} == {
        month: pytest.approx(100 * count / total, abs=1.0) for month, count in published.items()
    }
