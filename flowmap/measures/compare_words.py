"""A difference in words: what each side has and how far apart they are, or that it is within chance."""

from __future__ import annotations

import math

from flowmap.measures.compare_figures import Figure
from flowmap.measures.differences import Difference, Estimate

# By unit: what a difference is of, and how more of it is said; shares differ by points, a hundredth each.
MORE = {
    "share": ("point", "more often", "less often"),
    "days": ("day", "longer", "shorter"),
    "per month": ("a month", "more", "fewer"),
    "journeys": ("journey", "more", "fewer"),
    "children": ("child", "more", "fewer"),
}
PLURAL = {"point": "points", "day": "days", "journey": "journeys", "child": "children"}


def sentence(figure: Figure, left: Estimate, right: Estimate, found: Difference | None) -> str:
    """Both figures, then the difference as the left has it."""
    both = f"{figure.label}: {_value(figure, left)} on the left, {_value(figure, right)} on the right"
    if left.value is None or right.value is None:
        return f"{both}: nothing to compare."
    if found is None:
        return f"{both}: too few to tell a difference."
    if found.within_chance:
        return f"{both}: no difference beyond chance ({_interval(figure, found.low, found.high)})."
    unit, more, fewer = MORE[figure.unit]
    size, ends = found.value, (found.low, found.high)
    words = more if size > 0 else fewer
    if size < 0:
        size, ends = -size, (-found.high, -found.low)
    amount = f"{_number(figure, size)} {_unit(unit, _number(figure, size))}"
    return f"{both}: {amount} {words} on the left ({_interval(figure, *ends)})."


def _unit(unit: str, amount: str) -> str:
    return unit if amount in ("1", "1.0") else PLURAL.get(unit, unit)


def _value(figure: Figure, side: Estimate) -> str:
    if side.value is None:
        return f"none of {side.of:,}" if side.of else "none"
    if figure.unit == "share":
        return f"{100 * side.value:.1f}% ({side.count:,} of {side.of:,})"
    return _number(figure, side.value)


def _number(figure: Figure, value: float) -> str:
    if figure.unit == "share":
        return f"{100 * value:.1f}"
    return f"{value:,.1f}" if figure.unit == "per month" else f"{value:,.0f}"


def _interval(figure: Figure, low: float, high: float) -> str:
    if math.isinf(high) or math.isinf(low):
        if math.isinf(high) and math.isinf(low):
            return "95% interval not known: the data do not reach so far"
        known = f"from {_signed(figure, low)} up" if math.isinf(high) else f"up to {_signed(figure, high)}"
        return f"95% interval {known}: the data do not reach its other end"
    return f"95% interval {_signed(figure, low)} to {_signed(figure, high)}"


def _signed(figure: Figure, value: float) -> str:
    said = _number(figure, abs(value))
    return f"−{said}" if value < 0 and said.strip("0.") else said
