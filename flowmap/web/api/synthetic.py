"""The report on a synthetic log that was put beside a dataset: how safe, how faithful."""

from __future__ import annotations

from typing import Any

from flowmap.web.api.parts import DATASET
from flowmap.web.operations import Operation, Rows
from flowmap.web.routes import Call
from flowmap.web.schemas import COUNT, FLAG, TEXT, array, by_name, maybe, record
from synthetic.report import Report
from synthetic.report.figures import Plot

NUMBER = {"type": ["number", "null"]}
PAIR = array(NUMBER, minItems=2, maxItems=2)
SIZES = record({"children": COUNT, "journeys": COUNT, "events": COUNT, "first": TEXT, "last": TEXT})
YARDSTICK = record(
    {
        **dict.fromkeys(("key", "label", "meaning", "unit", "why"), TEXT),
        **dict.fromkeys(("value", "floor", "real", "synthetic", "baseline", "times_floor"), NUMBER),
        "too_far": FLAG,
    },
    more=True,
)
ATTACK = record(
    {
        **dict.fromkeys(("key", "label", "meaning", "unit", "why"), TEXT),
        **dict.fromkeys(("value", "beside", "limit", "control", "control_needed"), NUMBER),
        "verdict": TEXT,
    },
    more=True,
)
PLOT = record({"title": TEXT, "x": array(NUMBER), "real": array(NUMBER), "synthetic": array(NUMBER)}, more=True)
PLOTS = ("durations", "arrivals", "returns", "stock")
FIGURES = record(
    {
        **dict.fromkeys(PLOTS, array(PLOT)),
        "stations": array(record({"name": TEXT, "exit": FLAG, "events": PAIR, "reach": PAIR, "wait": PAIR})),
    }
)
MAP = record(
    {
        "title": TEXT,
        "file": TEXT,
        "places": array(record({"place": TEXT, "reach": PAIR, "wait": PAIR})),
        "moves": array(record({"start": TEXT, "end": TEXT, "per_hundred": PAIR})),
        "back": PAIR,
    }
)
REPORT = record(
    {
        "schema": COUNT,
        "sentences": record({"safety": array(TEXT), "fidelity": array(TEXT)}),
        "real": SIZES,
        "synthetic": SIZES,
        "holdout_children": maybe(COUNT),
        "k": COUNT,
        "safety": array(ATTACK),
        "fidelity": array(YARDSTICK),
        "figures": FIGURES,
        "map": maybe(MAP),
        "handed_out": by_name(TEXT),
    },
    more=True,
)
COLUMNS = ("part", "name", "figure", "real", "synthetic", "distance", "floor", "found", "strangers", "limit", "control",
           "verdict")  # fmt: skip
SHOWN = {
    "events": "events, to five",
    "reach": "share of journeys that reach it",
    "wait": "median days until the next event",
}


def synthetic(call: Call) -> dict[str, Any]:
    """The report, as its file has it.

    Raises: Refusal 404 where there is none, 409 where it cannot be read.
    """
    return call.dataset.synthetic().to_json()


def synthetic_rows(call: Call, _: dict[str, Any]) -> Rows:
    """As one long table: a row for each figure; `part` says what it is of."""
    report = call.dataset.synthetic()
    return COLUMNS, [*_yardsticks(report), *_attacks(report), *_stations(report), *_moves(report), *_plots(report)]


def _yardsticks(report: Report) -> list[dict[str, Any]]:
    return [
        {"part": "yardstick", "name": y["label"], "figure": y["unit"], "real": y["real"], "synthetic": y["synthetic"],
         "distance": y["value"], "floor": y["floor"], "verdict": "too far" if y["too_far"] else ""}
        for y in (one.to_json() for one in report.yardsticks)
    ]  # fmt: skip


def _attacks(report: Report) -> list[dict[str, Any]]:
    return [
        {"part": "attack", "name": f["label"], "figure": f["unit"], "found": f["value"], "strangers": f["beside"],
         "limit": f["limit"], "control": f["control"], "verdict": f["verdict"]}
        for f in (one.to_json() for one in report.findings)
    ]  # fmt: skip


def _stations(report: Report) -> list[dict[str, Any]]:
    found = []
    for row in report.figures.stations:
        for figure, label in SHOWN.items():
            real, made = getattr(row, figure)
            found.append({"part": "station", "name": row.name, "figure": label, "real": real, "synthetic": made})
    return found


def _moves(report: Report) -> list[dict[str, Any]]:
    return [
        {"part": "move", "name": f"{row.start} > {row.end}", "figure": "in a hundred journeys",
         "real": row.per_hundred[0], "synthetic": row.per_hundred[1]}
        for row in (report.map.moves if report.map else ())
    ]  # fmt: skip


def _plots(report: Report) -> list[dict[str, Any]]:
    return [row for part in PLOTS for plot in getattr(report.figures, part) for row in _points(plot)]


def _points(plot: Plot) -> list[dict[str, Any]]:
    """Of a plot of durations, the days by the share done; of others, the value by date or month."""
    if plot.x_synthetic is not None:
        name = [f"{share:g} {plot.y_label}, {plot.x_label}" for share in plot.real]
        pairs = zip(plot.x, plot.x_synthetic, strict=True)
    else:
        name = [f"{plot.y_label}, {at}" for at in plot.dates or [f"{x:g} {plot.x_label}" for x in plot.x]]
        pairs = zip(plot.real, plot.synthetic, strict=True)
    return [
        {"part": "plot", "name": plot.title, "figure": figure, "real": real, "synthetic": made}
        for figure, (real, made) in zip(name, pairs, strict=True)
    ]


OPERATIONS = (
    Operation(
        "synthetic",
        "/datasets/<dataset>/synthetic",
        synthetic,
        "The report on a synthetic log: attacks, yardsticks, figures real beside synthetic; 404 where none was made",
        REPORT,
        parts=(DATASET,),
        rows=synthetic_rows,
        refuses=(409,),
    ),
)
