"""Line plots as inline SVG: no script, no font, no request; readable without colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from synthetic.report.figures import Plot

WIDTH, HEIGHT = 400, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 18, 10, 40
TICKS = 5


def nice_ticks(low: float, high: float, count: int = TICKS) -> list[float]:
    """Round numbers from `low` to at least `high`: steps of 1, 2 or 5 times a power of ten."""
    span = max(high - low, 1e-9)
    power = 10 ** math.floor(math.log10(span / count))
    step = next(m * power for m in (1, 2, 5, 10) if m * power * count >= span)
    first = math.floor(low / step)
    return [round((first + i) * step, 10) for i in range(math.ceil(high / step) - first + 1)]


def lines(plot: Plot, number: int) -> str:
    """The plot as an SVG image with a title and a description; the real line is solid, the synthetic one dashed."""
    xs = [plot.x, plot.x_synthetic or plot.x]
    ys = [plot.real, plot.synthetic]
    ticks = _date_ticks(plot.dates) if plot.dates else _number_ticks(min(map(min, xs)), max(map(max, xs)))
    low, high = (0.0, max(len(plot.dates) - 1.0, 1.0)) if plot.dates else (ticks[0][0], ticks[-1][0])
    y_ticks = nice_ticks(0, max(max(map(max, ys)), 1e-6))

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (x - low) / (high - low or 1) * (WIDTH - LEFT - RIGHT)
        return across, HEIGHT - BOTTOM - y / y_ticks[-1] * (HEIGHT - TOP - BOTTOM)

    def path(x: Sequence[float], y: Sequence[float]) -> str:
        return "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in map(place, x, y))

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="plot{number}-t plot{number}-d">',
        f'<title id="plot{number}-t">{escape(plot.title)}</title>',
        f'<desc id="plot{number}-d">{escape(describe(plot))}</desc>',
        *_grid(y_ticks, [place(0, y)[1] for y in y_ticks]),
        *_x_axis(plot.x_label, [(place(x, 0)[0], label) for x, label in ticks]),
        f'<path class="real" d="{path(xs[0], ys[0])}"/>',
        f'<path class="made" d="{path(xs[1], ys[1])}"/>',
        "</svg>",
    ]
    return "".join(parts)


def _grid(ticks: list[float], heights: list[float]) -> list[str]:
    found = []
    for value, y in zip(ticks, heights, strict=True):
        found.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        found.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,g}</text>')
    return found


def _x_axis(name: str, labels: list[tuple[float, str]]) -> list[str]:
    base = HEIGHT - BOTTOM
    found = [f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>']
    for x, label in labels:
        found.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 4}"/>')
        found.append(f'<text x="{x:.1f}" y="{base + 17}" text-anchor="middle">{escape(label)}</text>')
    if name:
        middle = (LEFT + WIDTH - RIGHT) / 2
        found.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(name)}</text>')
    return found


def _number_ticks(low: float, high: float) -> list[tuple[float, str]]:
    return [(v, f"{v:,g}") for v in nice_ticks(min(low, 0.0), high)]


def _date_ticks(dates: list[str]) -> list[tuple[float, str]]:
    """Where each year begins; where the data are of less than two years, about five months."""
    years = [i for i, d in enumerate(dates) if i and d[:4] != dates[i - 1][:4]]
    if len(years) >= 2:
        return [(float(i), dates[i][:4]) for i in years[:: math.ceil(len(years) / 8)]]
    months = [i for i, d in enumerate(dates) if not i or d[:7] != dates[i - 1][:7]]
    return [(float(i), dates[i][:7]) for i in months[:: math.ceil(len(months) / 5)]]


def describe(plot: Plot) -> str:
    """The plot in a sentence, for those who do not see it; all values are in the table under it."""
    if plot.dates:
        mean = [sum(y) / len(y) for y in (plot.real, plot.synthetic)]
        return (
            f"From {plot.dates[0]} to {plot.dates[-1]}, {plot.y_label}: on average {mean[0]:,.0f} in the real log and "
            f"{mean[1]:,.0f} in the synthetic one."
        )
    if plot.x_synthetic is not None:
        middle = len(plot.x) // 2
        return (
            f"{plot.real[middle]:g}% are done within {plot.x[middle]:,g} {plot.x_label} in the real log and within "
            f"{plot.x_synthetic[middle]:,g} in the synthetic one."
        )
    return (
        f"At {plot.x[-1]:g} ({plot.x_label}): {plot.real[-1]:g} {plot.y_label} in the real log, "
        f"{plot.synthetic[-1]:g} in the synthetic one."
    )
