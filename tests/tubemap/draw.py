"""Geometry → one stand-alone SVG, for looking at. Run: python -m tests.tubemap.draw MAP OUT.svg"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from flowmap.tubemap import Geometry, geometry, load

INK = {
    "navy": "#1f3a68", "blue": "#0b6fb8", "teal": "#0f7f9f", "green": "#2d8a5b", "red": "#c22f4c", "pink": "#c4618f",
    "orange": "#d0831b", "purple": "#6a4a9c", "slate": "#3d4852", "grey": "#9aa0a8", "brown": "#8a5a36",
    "yellow": "#b08c00",
}  # fmt: skip


def text(label, size, weight, fill):
    """A label as SVG text."""
    spans = "".join(
        f'<tspan x="{label["x"]}" dy="{1.2 * size if i else 0}">{escape(line)}</tspan>'
        for i, line in enumerate(label["lines"])
    )
    return (
        f'<text x="{label["x"]}" y="{label["y"]}" text-anchor="{label["anchor"]}" font-size="{size}" '
        f'font-weight="{weight}" fill="{fill}">{spans}</text>'
    )


def svg(drawn: Geometry, width: float = 1280, height: float = 560, routes: bool = False) -> str:
    """The whole map, in the order the page draws it; with `routes`, the ways of dots as thin lines too."""
    g = drawn.to_json()
    x0, y0, x1, y1 = g["bounds"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="Helvetica, Arial" '
        f'viewBox="{x0} {y0} {x1 - x0} {y1 - y0}">'
        f'<rect x="{x0 - 999}" y="{y0 - 999}" width="9999" height="9999" fill="#faf9f5"/>'
    ]
    for i, z in enumerate(g["zones"]):
        if i:
            parts.append(f'<path d="M{z["x0"]} {y0}V{y1}" stroke="#e4e0d6" stroke-width="1.5"/>')
        x = z["x0"] + (12 if i else 0)
        label = escape(z["label"].upper())
        parts.append(f'<text x="{x}" y="{y0 + 12}" font-size="12" letter-spacing="1.7" fill="#8a8a86">{label}</text>')
    if g["loop"]:
        parts.append(f'<path d="{g["loop"]["d"]}" fill="none" stroke="#c5c9cd" stroke-width="7"/>')
        parts.append(text(g["loop"]["label_at"], 12, 400, "#666"))
    parts += [f'<path d="{k["d"]}" fill="none" stroke="#d9d5ca" stroke-width="3"/>' for k in g["links"]]
    for line in g["lines"]:
        parts += [
            f'<path d="{d}" fill="none" stroke="{INK[line["colour"]]}" stroke-width="9" stroke-linecap="round"/>'
            for d in line["d"]
        ]
    for s in g["stubs"]:
        (ax, ay), (bx, by) = s["bar"]
        parts.append(f'<path d="{s["d"]}" fill="none" stroke="#8b8f98" stroke-width="6"/>')
        parts.append(f'<path d="M{ax} {ay}L{bx} {by}" stroke="#8b8f98" stroke-width="6"/>')
        parts.append(text(s["label_at"], 12, 400, "#666"))
    for r in g["routes"] if routes else []:
        way = "M" + "L".join(f"{x} {y}" for x, y in r["points"])
        parts.append(f'<path d="{way}" fill="none" stroke="#ffef9f" stroke-width="1"/>')
    for p in g["stations"]:
        if p["x"] is None:
            continue
        parts.append(
            f'<circle cx="{p["x"]}" cy="{p["y"]}" r="{p["r"]}" fill="#fff" stroke="#1f2430" stroke-width="4"/>'
        )
        q = p["queue"]
        for i in range(12 if routes else 0):
            cx, cy = q["x"] + q["dx"] * (3 + 7 * (i % 6)), q["y"] + q["dy"] * (3 + 7 * (i // 6))
            parts.append(f'<circle cx="{cx}" cy="{cy}" r="3" fill="#fff" stroke="#555"/>')
        parts.append(text(p["label_at"], 14, 700, "#1f2430"))
    return "\n".join([*parts, "</svg>"])


if __name__ == "__main__":
    found = geometry(load(sys.argv[1]), {})
    Path(sys.argv[2]).write_text(svg(found, *map(float, sys.argv[3:5])), encoding="utf-8")
