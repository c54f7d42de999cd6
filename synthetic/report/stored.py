"""A report read back from its JSON, so that it can be shown where the logs are not."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from flowmap.quality import SourceError
from synthetic.fidelity import Yardstick
from synthetic.outside import Score
from synthetic.privacy import Finding, Search
from synthetic.report.build import SCHEMA, Report, Sizes
from synthetic.report.figures import Figures, Plot, StationRow
from synthetic.report.modelfacts import ModelFacts
from synthetic.report.onmap import MoveRow, OnMap, PlaceRow
from synthetic.report.recount import Check

Row = TypeVar("Row")
REMEDY = "Write it again with `flowmap synth report`."


def load(text: str | bytes, name: str) -> Report:
    """The report in the text of a file called `name`. Raises SourceError where it is none, or too old or new."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:  # a ValueError too where bytes are no UTF-8
        raise SourceError("The report cannot be read: it is not JSON.", file=name, remedy=REMEDY) from error
    if not isinstance(data, dict) or "schema" not in data or "fidelity" not in data:
        raise SourceError("This is not a report on a synthetic log.", file=name, remedy=REMEDY)
    if data["schema"] != SCHEMA:
        said = f"The report is of another version ({data['schema']}) than this program reads ({SCHEMA})."
        raise SourceError(said, file=name, remedy=REMEDY)
    try:
        return _as_declared(from_json(data))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SourceError("The report is damaged: a part is missing or is not as it was written.", file=name,
                          remedy=REMEDY) from error  # fmt: skip


def from_json(data: Mapping[str, Any]) -> Report:
    """What `Report.to_json` gave. Raises KeyError or TypeError for anything else."""
    figures = data["figures"]
    plots = {name: [_row(Plot, row) for row in figures[name]] for name in ("durations", "arrivals", "returns", "stock")}
    return Report(
        real=_row(Sizes, data["real"]),
        synthetic=_row(Sizes, data["synthetic"]),
        holdout=data["holdout_children"],
        k=data["k"],
        exits=tuple(data["exits"]),
        model=None if data["model"] is None else _model(data["model"]),
        identifiers=_row(Search, data["identifiers"]),
        findings=[_row(Finding, row) for row in data["safety"]],
        yardsticks=[_row(Yardstick, row) for row in data["fidelity"]],
        scores=tuple(_row(Score, row) for row in data["shown_not_deciding"]),
        figures=Figures(**plots, stations=[_row(StationRow, row) for row in figures["stations"]]),
        not_guaranteed=tuple(data["not_guaranteed"]),
        notes=tuple(data["notes"]),
        handed_out=dict(data["handed_out"]),
        map=None if data["map"] is None else _map(data["map"]),
    )


def _model(data: Mapping[str, Any]) -> ModelFacts:
    return replace(_row(ModelFacts, data), checks=tuple(_row(Check, row) for row in data["checks"]))


def _map(data: Mapping[str, Any]) -> OnMap:
    places = [_row(PlaceRow, row) for row in data["places"]]
    moves = [_row(MoveRow, row) for row in data["moves"]]
    return OnMap(data["title"], data["file"], places, moves, tuple(data["back"]))


def _row(kind: type[Row], data: Mapping[str, Any]) -> Row:
    """A flat dataclass from its fields; lists become tuples again, but for a plot's, and a value of null is NaN."""
    given = {f.name: data[f.name] for f in fields(kind) if f.name in data}  # type: ignore[arg-type]
    if given.get("value", 0.0) is None:
        given["value"] = math.nan
    if kind is not Plot:
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return kind(**given)


def _as_declared(report: Report) -> Report:
    """The report itself. Raises TypeError or ValueError where something in it could not have been written so."""
    if not _fits(report, Report):
        raise TypeError
    found = report.figures
    for plot in (*found.durations, *found.arrivals, *found.returns, *found.stock):
        made = plot.x if plot.x_synthetic is None else plot.x_synthetic
        if len(plot.x) != len(plot.real) or len(made) != len(plot.synthetic):
            raise ValueError
    return report


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of the type that a field declares, and all that is in it."""
    of, within = get_origin(kind), get_args(kind)
    if of in (Union, UnionType):
        return any(_fits(value, each) for each in within)
    if of is Literal:
        return value in within
    if of is tuple and within[-1] is not ...:
        return isinstance(value, tuple) and len(value) == len(within) and all(map(_fits, value, within))
    if of in (list, tuple):
        return isinstance(value, of) and all(_fits(each, within[0]) for each in value)
    if of is not None:  # a mapping
        return isinstance(value, of) and all(_fits(k, within[0]) and _fits(v, within[1]) for k, v in value.items())
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return isinstance(value, kind) and all(_fits(getattr(value, f.name), hints[f.name]) for f in fields(kind))
    if kind in (int, float):
        return isinstance(value, (int, kind)) and not isinstance(value, bool)
    return isinstance(value, kind)
