"""Reading drawn shapes back, apart from the code that drew them: SVG paths, boxes of text, distances."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

from flowmap.tubemap.text import width

Point = tuple[float, float]


def svg_points(d: str, step: float = 1.0) -> list[Point]:
    """An SVG path of M, L and circular A commands as a fine polyline."""
    found: list[Point] = []
    for command, rest in re.findall(r"([MLA])([^MLA]*)", d):
        n = [float(v) for v in re.findall(r"-?\d+(?:\.\d+)?", rest)]
        if command == "A":
            found += _arc(found[-1], (n[5], n[6]), n[0], n[4] == 1, step)
        else:
            found.append((n[0], n[1]))
    return found


def _arc(a: Point, b: Point, r: float, clockwise: bool, step: float) -> list[Point]:
    chord = math.dist(a, b)
    if chord < 1e-9 or r < 1e-9:
        return [b]
    height = math.sqrt(max(r * r - chord * chord / 4, 0))
    side = 1 if clockwise else -1
    cx = (a[0] + b[0]) / 2 - side * height * (b[1] - a[1]) / chord
    cy = (a[1] + b[1]) / 2 + side * height * (b[0] - a[0]) / chord
    t0 = math.atan2(a[1] - cy, a[0] - cx)
    sweep = (math.atan2(b[1] - cy, b[0] - cx) - t0) % (2 * math.pi)
    if not clockwise:
        sweep -= 2 * math.pi
    n = max(2, math.ceil(abs(sweep) * r / step))
    return [(cx + r * math.cos(t0 + sweep * i / n), cy + r * math.sin(t0 + sweep * i / n)) for i in range(1, n)] + [b]


def box(label: dict[str, Any], size: float) -> tuple[float, float, float, float]:
    """The rectangle of a label in Geometry JSON: capitals above its first baseline, descenders below its last."""
    wide = max(width(line, size) for line in label["lines"])
    x0 = label["x"] - {"start": 0, "middle": 0.5, "end": 1}[label["anchor"]] * wide
    return x0, label["y"] - 0.74 * size, x0 + wide, label["y"] + (len(label["lines"]) - 1) * 1.2 * size + 0.22 * size


def apart(rect: tuple[float, float, float, float], p: Point) -> float:
    """How far a point is from a rectangle."""
    return math.hypot(max(rect[0] - p[0], 0, p[0] - rect[2]), max(rect[1] - p[1], 0, p[1] - rect[3]))


def fine(points: list[Point]) -> list[Point]:
    """A polyline with a point at least every unit."""
    found = list(points[:1])
    for a, b in pairwise(points):
        n = max(1, math.ceil(math.dist(a, b)))
        found += [(a[0] + (b[0] - a[0]) * i / n, a[1] + (b[1] - a[1]) * i / n) for i in range(1, n + 1)]
    return found


def collisions(drawn: dict[str, Any]) -> list[str]:
    """Every label that touches another label, a circle, a line, a stub or the loop (links are faint and may pass)."""
    labels = [(p["label"], box(p["label_at"], 14)) for p in drawn["stations"] if p["label_at"]]
    labels += [(f"stub {s['label']}", box(s["label_at"], 12)) for s in drawn["stubs"]]
    strokes = [(f"line {n['id']}", 4.5, fine(svg_points(d))) for n in drawn["lines"] for d in n["d"]]
    for s in drawn["stubs"]:
        strokes.append((f"stub of {s['label']}", 3.0, fine(svg_points(s["d"]))))
        strokes.append((f"bar of {s['label']}", 3.0, fine([tuple(p) for p in s["bar"]])))
    if drawn["loop"]:
        labels.append(("loop", box(drawn["loop"]["label_at"], 12)))
        strokes.append(("loop", 3.5, fine(svg_points(drawn["loop"]["d"]))))
    found = []
    for i, (name, a) in enumerate(labels):
        for other, b in labels[i + 1 :]:
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                found.append(f"{name} on {other}")
        for p in drawn["stations"]:
            if p["x"] is not None and apart(a, (p["x"], p["y"])) < p["r"] + 2:
                found.append(f"{name} on the circle of {p['label']}")
        near = [(s, h, q) for s, h, q in strokes if any(apart(a, p) < h for p in q)]
        found += [f"{name} on {s}" for s, _, _ in near]
    return found
