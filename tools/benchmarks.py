"""Write flowmap/measures/benchmarks.csv from the open data files of DfE's statistics on children in need.

The files are those of the release “Children in need”, reporting year 2024, tables C1, C2, C4, D1 and D3, in one folder
(explore-education-statistics.service.gov.uk). Open Government Licence v3.0; see docs/benchmarks.md.

python tools/benchmarks.py FOLDER
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
TARGET = REPOSITORY / "flowmap" / "measures" / "benchmarks.csv"
LEVELS = {"National": 0, "Regional": 1, "Local authority": 2}

# Table (how its file's name begins) → its column → ours. Counts of "days" are bands, added up below.
COLUMNS = {
    "c1_": {
        "Referrals": "referrals",
        "Referrals_rate": "referrals_rate",
        "Re_referrals_percent": "rereferred",
        "No_Further_Action_percent": "referral_nfa",
        "Not_in_Need_percent": "not_in_need",
    },
    "c2_": {
        "Assessments_completed": "assessments",
        "Assessments_completed_rate": "assessments_rate",
        "Median_days": "assessment_days",
    },
    "c4_": {"Section47": "s47", "Section47_rate": "s47_rate", "ICPC": "icpc", "ICPC_rate": "icpc_rate"},
    "d1_": {"CPP_start": "plans", "CPP_start_rate": "plans_rate"},
    "d3_": {"CPP_subsequent_percent": "second_plans"},
}
# A share in percent that DfE gives as bands: the bands in time, of all of them.
IN_TIME = {
    "c2_": ("in_45_days", ("Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days", "41-45_days"),
            ("46-50_days", "51-60_days", "61+_days")),
    "c4_": ("in_15_days", ("Duration_0-10_days", "Duration_11-15_days"), ("Duration_16-20_days", "Duration_21+_days")),
}  # fmt: skip
ORDER = (
    "referrals", "referrals_rate", "rereferred", "referral_nfa", "not_in_need",
    "assessments", "assessments_rate", "in_45_days", "assessment_days",
    "s47", "s47_rate", "icpc", "icpc_rate", "icpc_of_s47", "in_15_days", "plans", "plans_rate", "second_plans",
)  # fmt: skip

Key = tuple[int, str, int]


def number(text: str) -> float | None:
    """A published figure; None where it is suppressed or not there (c, k, u, x, z)."""
    try:
        return float(text)
    except ValueError:
        return None


def area(row: dict[str, str]) -> tuple[int, str]:
    """The level and name of an area, regions told apart from authorities of the same name."""
    level = LEVELS[row["geographic_level"]]
    return level, (row["country_name"], row["region_name"], row["la_name"])[level]


def read(folder: Path, table: str, found: dict[Key, dict[str, float]]) -> None:
    """Add the figures of one table."""
    (file,) = folder.glob(f"{table}*.csv")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            figures = found.setdefault((*area(row), int(row["time_period"])), {})
            for theirs, ours in COLUMNS[table].items():
                value = number(row[theirs])
                if value is not None:
                    figures[ours] = value
            if table in IN_TIME:
                name, early, late = IN_TIME[table]
                bands = [number(row[band]) for band in (*early, *late)]
                known = [band for band in bands if band is not None]
                total = sum(known)
                if len(known) == len(bands) and total > 0:
                    figures[name] = round(100 * sum(known[: len(early)]) / total, 1)
            if table == "c4_" and figures.get("s47") and "icpc" in figures:
                figures["icpc_of_s47"] = round(100 * figures["icpc"] / figures["s47"], 1)


def main() -> int:
    """Write the file."""
    found: dict[Key, dict[str, float]] = {}
    for table in COLUMNS:
        read(Path(sys.argv[1]), table, found)
    with TARGET.open("w", encoding="utf-8", newline="") as opened:
        out = csv.writer(opened, lineterminator="\n")
        out.writerow(("level", "area", "year", *ORDER))
        for (level, name, year), figures in sorted(found.items()):
            values = [figures.get(column) for column in ORDER]
            out.writerow((level, name, year, *("" if v is None else f"{v:g}" if v % 1 else int(v) for v in values)))
    sys.stdout.write(f"{len(found):,} rows in {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
