"""What differential privacy promises, in words, and what it was spent on."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

WIDTH = 100
NOISY = "every number has the noise said above, is a constant, or was declared public."
LAST = (
    "There is no row, no identifier and no child in this file. The guarantee is for each child alone: a family, or"
    " several models of the same children, have that many times ε. A report on a log sampled from it compares with the"
    " real log and is not covered."
)


def spent(privacy: Mapping[str, Any]) -> str:
    """The guarantee of a private model (Model.privacy), then a line for each release."""
    lines = [
        f"Differentially private for each {privacy['unit']}: ε = {privacy['epsilon']:g}, δ = {privacy['delta']:g}. "
        f"Whether any one {privacy['unit']} was in the log makes no model more than e^ε ="
        f" {odds(privacy['epsilon'])} times as likely or unlikely, but for a chance of δ. Spent on:"
    ]
    lines += [f"  {r['what']}: ε = {r['epsilon']:.4f}, noise of scale {r['scale']:.1f}" for r in privacy["releases"]]
    lines[0] = textwrap.fill(lines[0], WIDTH)
    return "\n".join(lines)


def odds(epsilon: float) -> str:
    """e^ε as a number to read."""
    return f"{math.exp(epsilon):,.1f}"
