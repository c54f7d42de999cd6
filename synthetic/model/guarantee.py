"""What differential privacy promises, in words, and what it was spent on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def spent(privacy: Mapping[str, Any]) -> str:
    """The guarantee of a private model (Model.privacy), then a line for each release."""
    lines = [
        f"Differentially private for each {privacy['unit']}: ε = {privacy['epsilon']:g}, δ = {privacy['delta']:g}. "
        f"Whether any one {privacy['unit']} was in the log makes no model more than e^ε ="
        f" {odds(privacy['epsilon'])} times as likely or unlikely, but for a chance of δ. Spent on:"
    ]
    lines += [f"  {r['what']}: ε = {r['epsilon']:.4f}, noise of scale {r['scale']:.1f}" for r in privacy["releases"]]
    return "\n".join(lines)


def odds(epsilon: float) -> str:
    """e^ε as a number to read."""
    return f"{math.exp(epsilon):,.1f}"
