"""A made-up authority to link against: families, care, plans, and proceedings whose true children are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework import Casework, table
from flowmap.quality import QualityReport

DAY = 86_400_000
FIRST, LAST = 18_262, 19_722  # 2020-01-01, 2023-12-31 in days
ORDERS = ("Care order", "Care order; Placement order", "Special guardianship order", "Supervision order", "No order")


def tables(children: int = 20_000, cases: int = 830, seed: int = 1) -> dict[str, pa.Table]:
    """Person, care, legal status, plans and proceedings (about 1.8 children a case); twins are 3% of births."""
    draw = np.random.default_rng(seed)
    family = np.sort(draw.integers(0, int(children * 0.55), children))
    birth = draw.integers(FIRST - 17 * 365, LAST - 30, children)
    twin = np.flatnonzero((family[1:] == family[:-1]) & (draw.random(children - 1) < 0.06)) + 1
    birth[twin] = birth[twin - 1]
    ids = (np.arange(children) * 7 + 100_000).astype(str)
    person = {
        "child": ids,
        "birth": _times(birth),
        "sex": draw.choice(["F", "M"], children),
        "family": np.char.add("F", family.astype(str)),
        "ethnicity": draw.choice(["WBRI", "WOTH", "APKN", "BAFR"], children, p=[0.6, 0.15, 0.15, 0.1]),
        "row": np.arange(children),
    }  # fmt: skip
    legal = _proceedings(draw, family, birth, cases)
    status, care = _statuses(draw, legal, children)
    plans = draw.choice(children, children // 8, replace=False)
    ended = draw.integers(FIRST, LAST, len(plans))
    return {
        "person": table("person", person),
        "proceedings": table(
            "proceedings",
            {
                "child": ids[legal["child"]],
                "application": _times(legal["application"]),
                "final": _times(legal["final"]),
                "order": legal["order"].to_numpy(),
                "case": np.char.add("L", legal["case"].to_numpy().astype(str)),
                "row": np.arange(len(legal)),
            },
        ),
        "legal_status": table(
            "legal_status",
            {
                "child": ids[status["child"]],
                "start": _times(status["start"]),
                "status": status["status"].to_numpy(),
                "row": np.arange(len(status)),
            },
        ),
        "care": table(
            "care",
            {
                "child": ids[care["child"]],
                "start": _times(care["start"]),
                "end": _times(care["end"]),
                "row": np.arange(len(care)),
            },
        ),
        "cp_plan": table(
            "cp_plan",
            {
                "child": ids[plans],
                "start": _times(ended - draw.integers(60, 500, len(plans))),
                "end": _times(ended),
                "row": np.arange(len(plans)),
            },
        ),
    }


def _proceedings(draw: np.random.Generator, family: np.ndarray, birth: np.ndarray, cases: int) -> pd.DataFrame:
    """Of each family in court every child born by then, at one time and mostly with one order."""
    chosen = draw.choice(np.unique(family), cases, replace=False)
    applied = pd.Series(draw.integers(FIRST, LAST - 60, cases), index=chosen)
    weeks = pd.Series(np.clip(draw.normal(40, 12, cases), 15, 90), index=chosen)
    order = pd.Series(draw.choice(ORDERS, cases, p=[0.3, 0.2, 0.25, 0.2, 0.05]), index=chosen)
    child = np.flatnonzero(np.isin(family, chosen))
    of = family[child]
    frame = pd.DataFrame({"child": child, "case": of, "application": applied[of].to_numpy()})
    frame["final"] = frame["application"] + (weeks[of].to_numpy() * 7).astype(int)
    frame["order"] = order[of].to_numpy()
    return frame[birth[child] < frame["application"]].reset_index(drop=True)


def _statuses(draw: np.random.Generator, legal: pd.DataFrame, children: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Social care's own dates: near the court's, seldom the same; and other children in care by agreement.

    Care and placement orders change the legal status; with any other order the child leaves care.
    """
    size = len(legal)
    late = np.where(draw.random(size) < 0.85, 0, draw.integers(-5, 6, size))
    stays = legal["order"].str.startswith("Care").to_numpy()
    interim = legal.assign(start=legal["application"] + draw.integers(0, 21, size), status="C1")
    made = legal.assign(start=legal["final"] + late, status="C2")[stays]
    agreed = draw.choice(children, children // 20, replace=False)
    begun = draw.integers(FIRST, LAST, len(agreed))
    others = pd.DataFrame(
        {"child": agreed, "start": begun, "status": "V2", "end": begun + draw.integers(10, 900, len(agreed))}
    )
    status = pd.concat([interim, made, others])[["child", "start", "status"]]
    end = np.where(stays, legal["final"] + 400, legal["final"] + late)
    care = pd.concat([interim.assign(start=legal["application"] + draw.integers(-30, 15, size), end=end), others])
    care = care[["child", "start", "end"]].drop_duplicates("child")
    return status.reset_index(drop=True), care.reset_index(drop=True)


def social_care(made: dict[str, pa.Table], known: Sequence[str]) -> Casework:
    """What social care's own files hold of it, of the children that they know."""
    kinds = ("legal_status", "care", "cp_plan", "person")
    kept = {k: made[k].filter(pc.is_in(made[k].column("child"), pa.array(known))) for k in kinds}
    return Casework("social.xlsx", "annex-a", kept, QualityReport(), as_of=LAST * DAY)


def _times(days: object) -> pa.Array:
    return pa.array(np.asarray(days, dtype=np.int64) * DAY).cast(pa.timestamp("ms"))
