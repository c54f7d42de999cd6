"""What is written as the Standard Safeguarding Dataset has the standard's columns and comes back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings

from flowmap.casework.kinds import KINDS, Casework
from flowmap.export import ssd as written
from flowmap.sources import ReadOptions, ssd
from flowmap.sources.head import look
from flowmap.sources.options import silent
from tests import caserecords
from tests.caserecords import assert_carried, day, made, records

# What docs/formats/ssd.md says is lost; the links between records are made where there were none.
LINKS = ("referral",)
LOST = {
    "contact": ("team",),
    "early_help": ("team",),
    "referral": ("nfa_date",),
    "assessment": LINKS,
    "s47": LINKS,
    "icpc": LINKS,
    "cin_plan": LINKS,
    "cp_plan": (*LINKS, "team", "previous"),
    "care": (*LINKS, "team"),
}
CARRIED = [kind for kind in KINDS if kind not in ("strategy", "proceedings")]


def read_back(folder: Path) -> dict[str, pa.Table]:
    found = ssd.records_of_set([look(p) for p in sorted(folder.glob("*.csv"))], ReadOptions(), silent)
    return joined(found)


def joined(found: list[Casework]) -> dict[str, pa.Table]:
    tables: dict[str, list[pa.Table]] = {}
    for each in found:
        for kind, table in each.tables.items():
            tables.setdefault(kind, []).append(table)
    return {kind: pa.concat_tables(parts) for kind, parts in tables.items()}


@settings(max_examples=8, deadline=None)
@given(tables=caserecords.tables(CARRIED))
def test_round_trip_in_csv(tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("ssd")
    written.write(tables, folder, 0)
    assert_carried(tables, read_back(folder), LOST)


@settings(max_examples=8, deadline=None)
@given(tables=caserecords.tables(CARRIED))
def test_round_trip_in_a_database(tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('ssd') / 'council.db'}"
    written.write_database(tables, url)
    back = ssd.records_of_url(url, ReadOptions(), silent)
    assert_carried(tables, back.tables, LOST)
    assert records(back.tables["person"], ["uasc"]) == records(tables["person"], ["uasc"])
    assert back.report.rows_dropped == 0


def test_every_table_has_the_columns_of_the_standard(shared_data: Path, tmp_path: Path) -> None:
    files = written.write({"contact": made("contact", child=["A"], date=day("2024-01-02"))}, tmp_path, 0)
    for path in files:
        node = yaml.safe_load((shared_data / "ssd" / f"{path.stem}.yml").read_text("utf-8"))["nodes"][0]
        with path.open(newline="", encoding="utf-8") as file:
            assert next(csv.reader(file)) == [field["name"] for field in node["fields"]], path.name
    assert len(files) == 17


def test_ids_hold_the_tables_together(tmp_path: Path) -> None:
    tables = {
        "referral": made("referral", child=["A", "A"], date=[day("2023-01-02"), day("2024-01-02")]),
        "s47": made("s47", child=["A"], start=[day("2024-01-05")]),
        "icpc": made("icpc", child=["A"], date=[day("2024-01-20")]),
        "cp_plan": made("cp_plan", child=["A"], start=[day("2024-01-20")]),
    }
    written.write(tables, tmp_path, 0)

    def rows(name: str) -> list[dict[str, str]]:
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    second = rows("ssd_cin_episodes")[1]["cine_referral_id"]
    [enquiry], [conference], [plan] = (
        rows(n) for n in ("ssd_s47_enquiry", "ssd_initial_cp_conference", "ssd_cp_plans")
    )
    assert enquiry["s47e_referral_id"] == second
    assert conference["icpc_referral_id"] == second
    assert conference["icpc_s47_enquiry_id"] == enquiry["s47e_s47_enquiry_id"]
    assert plan["cppl_icpc_id"] == conference["icpc_icpc_id"]
    assert conference["icpc_cp_plan_id"] == plan["cppl_cp_plan_id"]


def test_a_period_of_care_is_a_chain_of_episodes(tmp_path: Path) -> None:
    """Worked by hand: one period, a new status on 1 May, a new placement on 1 June, both on 1 July."""
    tables = {
        "care": made("care", child=["A"], start=day("2023-04-01"), end=day("2023-08-01"), reason="E4A", need="N1"),
        "legal_status": made(
            "legal_status",
            child=["A", "A", "A"],
            start=[day("2023-04-01"), day("2023-05-01"), day("2023-07-01")],
            status=["V2", "C1", "C2"],
        ),
        "placement": made(
            "placement", child=["A", "A", "A"], start=[day("2023-04-01"), day("2023-06-01"), day("2023-07-01")]
        ),
    }
    written.write(tables, tmp_path, 0)
    with (tmp_path / "ssd_cla_episodes.csv").open(newline="", encoding="utf-8") as file:
        episodes = list(csv.DictReader(file))
    assert [e["clae_cla_episode_start_date"][:10] for e in episodes] == [
        "2023-04-01",
        "2023-05-01",
        "2023-06-01",
        "2023-07-01",
    ]
    assert [e["clae_cla_episode_start_reason"] for e in episodes] == ["S", "L", "P", "B"]
    assert [e["clae_cla_episode_ceased_reason"] for e in episodes] == ["X1", "X1", "X1", "E4A"]
    assert {e["clae_cla_id"] for e in episodes} == {"care-1"}
