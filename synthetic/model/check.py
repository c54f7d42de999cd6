"""Whether a model that was read can be sampled from: people may have changed its numbers by hand."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from flowmap.eventlog import SourceError
from synthetic.model.intervals import Intervals

if TYPE_CHECKING:
    from synthetic.model.contexts import Node
    from synthetic.model.model import Model

ROUNDED = 0.01  # shares are rounded, so that they may add up to a little more than 1
MOST_SIBLINGS = 1000


def check(model: Model) -> None:
    """Dates that are dates, shares that are shares of something, ranges that go upwards.

    Raises SourceError, which says where in the file what is wrong.
    """
    _dates(model)
    _shares(model)
    for at, curve in model.curves.items():
        _range(f"waits, context {at}: days", curve)
    for number, stretch in enumerate(model.stretches):
        _range(f"stretches, entry {number}: days", stretch.days)
    for station in model.stations:
        _range(f"stations, “{station.name}”: clock", station.clock)
    for number, move in enumerate(model.moves):
        if move.minutes is not None:
            _range(f"moves, entry {number}: minutes", move.minutes)
    if model.ages is not None:
        _range("age_at_first_event", model.ages)


def _wrong(where: str, what: str) -> SourceError:
    return SourceError(f"In the model, {where}: {what}.", remedy="Correct it, or make the model again.")


def _dates(model: Model) -> None:
    days = {}
    for name, text in (("first", model.first), ("opening", model.opening or model.first), ("last", model.last)):
        try:
            days[name] = date.fromisoformat(text)
        except (TypeError, ValueError):
            raise _wrong(f"window, {name}", f"“{text}” is no date like 2014-04-01") from None
    if not days["first"] <= days["opening"] <= days["last"]:
        raise _wrong("window", "first, opening and last are not in this order")


def _shares(model: Model) -> None:
    """Of each context: outcomes that its tree has, each with a share from 0 to 1, and no more than 1 of them all."""
    names = {root: name for name, root in model.trees.items()}
    tree: list[str] = []
    for at, node in enumerate(model.choices.nodes):
        tree.append(tree[node.parent] if node.parent >= 0 else names.get(at, ""))
        where = f"choices, context {at} ({tree[at]})"
        most = _outcomes(model, tree[at])
        for outcome, share in node.shares.items():
            if not 0 <= outcome < most:
                raise _wrong(where, f"there is no outcome {outcome}; they go from 0 to {most - 1}")
            if not 0 <= share <= 1:
                raise _wrong(where, f"the share of outcome {outcome} is {share:g}, and must be from 0 to 1")
        total = _total(node)
        if total > 1 + ROUNDED:
            raise _wrong(where, f"the shares add up to {total:.3f}, more than 1")


def _total(node: Node) -> float:
    return math.fsum(node.shares.values())


def _outcomes(model: Model, tree: str) -> int:
    """How many outcomes a tree has: stations, values of an attribute, …"""
    kind, _, key = tree.partition(":")
    stations = len(model.stations)
    if kind == "first":
        return stations
    if kind == "next":
        return 4 * stations + 1
    if kind == "age":
        return 1 + (len(model.ages.low) if model.ages else 0)
    return next((v.card for v in model.variables if v.key == key), MOST_SIBLINGS)


def _range(where: str, curve: Intervals) -> None:
    """Intervals one after the other, each with a share."""
    if not len(curve.low):
        raise _wrong(where, "there is no range")
    if (curve.low > curve.high).any() or (curve.high[:-1] >= curve.low[1:]).any():
        raise _wrong(where, "the ranges do not follow each other upwards")
    if not (curve.share >= 0).all() or not 0 < curve.share.sum() <= 1 + ROUNDED:
        raise _wrong(where, f"the shares of the ranges add up to {curve.share.sum():.3f}, or one is below 0")
