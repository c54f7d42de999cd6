"""Where names stand: beside their station, touching no line, circle, stub or other name."""

from __future__ import annotations

from dataclasses import dataclass

from .ground import Ground, Rect, overlap
from .text import ASCENT, DESCENT, LEADING, STATION_SIZE, width, wraps

GAP = 6.0  # from a circle's rim to its name
CLEAR = 9.0  # from the middle of a vertical line to a name beside it

# How much each side is liked, in the order tried; the unit is "one more line of text".
LIKED = {"above": 0.0, "below": 0.6, "below-left": 1.2, "above-left": 1.4, "below-right": 1.4, "above-right": 1.2,
         "right": 1.8, "left": 2.2}  # fmt: skip

UNASKED = 20.0  # dislike of a side other than the one the map asks for


@dataclass(frozen=True)
class Label:
    """Lines of text; (x, y) is the anchor on the first line's baseline."""

    x: float
    y: float
    anchor: str
    lines: list[str]
    size: float = STATION_SIZE

    def rect(self) -> Rect:
        """The box the text needs, by the table of widths."""
        wide = max(width(line, self.size) for line in self.lines)
        x0 = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        bottom = self.y + (len(self.lines) - 1) * self.size * LEADING + self.size * DESCENT
        return x0, self.y - self.size * ASCENT, x0 + wide, bottom


def boxed(lines: list[str], anchor: str, x: float, top: float | None = None, bottom: float | None = None,
          size: float = STATION_SIZE) -> Label:  # fmt: skip
    """A label whose box has this top, or this bottom, or (given both) is centred between them."""
    high = size * (ASCENT + DESCENT + (len(lines) - 1) * LEADING)
    if top is not None and bottom is not None:
        top = (top + bottom - high) / 2
    elif bottom is not None:
        top = bottom - high
    return Label(x, (top or 0.0) + size * ASCENT, anchor, lines, size)


def placed(lines: list[str], side: str, x: float, y: float, r: float) -> list[Label]:
    """Labels on one side of a station: the usual place, then (at corners) further round."""
    rim = r + 2 + GAP
    if side in ("left", "right"):
        s = -1 if side == "left" else 1
        return [boxed(lines, "end" if s < 0 else "start", x + s * (rim + 2), y - 1, y + 1)]
    up = side.startswith("above")
    edge = {"bottom": y - rim} if up else {"top": y + rim}
    if side in ("above", "below"):
        return [boxed(lines, "middle", x, **edge)]
    s, anchor = (-1, "end") if side.endswith("left") else (1, "start")
    near = {"bottom": y - CLEAR} if up else {"top": y + CLEAR}
    corner = rim * 0.72
    return [
        boxed(lines, anchor, x + s * CLEAR, **edge),
        boxed(lines, anchor, x + s * corner, **({"bottom": y - corner} if up else {"top": y + corner})),
        boxed(lines, anchor, x + s * (rim + 2), **near),
    ]


@dataclass
class Named:
    """A station that wants a name, and the side the map asks for, kept where it is free (None: any)."""

    name: str
    x: float
    y: float
    r: float
    side: str | None = None

    def options(self) -> list[tuple[float, Label]]:
        """(dislike, label), whatever else is on the map."""
        found = []
        for lines in wraps(self.name):
            wide = max(width(line) for line in lines)
            shape = (len(lines) - 1) * 1.0 + max(0.0, wide - 84) / 7
            for side in LIKED:
                elsewhere = UNASKED if self.side and side != self.side else 0.0
                for further, label in enumerate(placed(lines, side, self.x, self.y, self.r)):
                    level = shape + (0.3 * (len(lines) - 1) if side in ("left", "right") else 0)
                    found.append((LIKED[side] + level + further * 0.5 + elsewhere, label))
        return sorted(found, key=lambda f: f[0])


def place_labels(wanted: list[Named], ground: Ground, rules: list[float]) -> list[Label]:
    """One label each. `rules`: x of zone edges.

    The hardest to place go first and each may look again; then one that still stands badly takes the place it
    prefers, if those in its way lose less by moving than it gains.
    """
    options = [_scored(w, ground, rules) for w in wanted]
    chosen = [0] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda i: -options[i][min(2, len(options[i]) - 1)][0])
    placed_yet: list[int] = []
    for i in order:
        chosen[i] = _best(i, chosen, options, placed_yet)
        placed_yet.append(i)
    for _ in range(2):
        for i in order:
            chosen[i] = _best(i, chosen, options, order)
    for i in order:
        if _loss(i, chosen, options, order) > options[i][0][0] + 5:
            chosen = _push(i, chosen, options, order)
    return [options[i][k][1] for i, k in enumerate(chosen)]


Options = list[list[tuple[float, Label, Rect]]]


def _push(i: int, chosen: list[int], options: Options, order: list[int]) -> list[int]:
    """What comes of giving label i each of its better places and letting those in the way move, if it is better."""
    best, least = chosen, sum(_loss(j, chosen, options, order) for j in order)
    for k in range(min(6, len(options[i]))):
        for far in (False, True):
            trial = _pushed(i, k, chosen, options, order, far)
            total = sum(_loss(j, trial, options, order) for j in order)
            if total < least - 1e-9:
                best, least = trial, total
    return best


def _pushed(i: int, k: int, chosen: list[int], options: Options, order: list[int], far: bool) -> list[int]:
    """Label i in its k-th place, those in its way moved aside; with `far`, on to others, which move in their turn."""
    trial = list(chosen)
    trial[i] = k
    settled, wave = [i], [i]
    for _ in range(4 if far else 1):
        boxes = [options[w][trial[w]][2] for w in wave]
        near = [j for j in order if j not in settled and any(overlap(options[j][trial[j]][2], b, 3.0) for b in boxes)]
        for j in near:
            trial[j] = _best(j, trial, options, settled if far else order)
            settled.append(j)
        wave = near
    return trial


def _loss(i: int, chosen: list[int], options: Options, others: list[int]) -> float:
    """How badly label i stands: its own cost, and half of every overlap (the other label bears the other half)."""
    cost, _, rect = options[i][chosen[i]]
    return cost + 25 * sum(overlap(rect, options[j][chosen[j]][2], 3.0) for j in others if j != i)


def _best(i: int, chosen: list[int], options: Options, others: list[int]) -> int:
    """The best place for label i while the others stay."""
    taken = [options[j][chosen[j]][2] for j in others if j != i]
    best, least = 0, float("inf")
    for k, (cost, _, rect) in enumerate(options[i]):
        if cost >= least:
            break
        cost += 50 * sum(overlap(rect, other, 3.0) for other in taken)
        if cost < least:
            best, least = k, cost
    return best


def _scored(wanted: Named, ground: Ground, rules: list[float]) -> list[tuple[float, Label, Rect]]:
    options = wanted.options()
    rects = [label.rect() for _, label in options]
    clash = 4 * ground.on_lines(rects) + 60 * ground.on_circles(rects) + 40 * ground.on_rects(rects)
    found = []
    for (dislike, label), rect, cost in zip(options, rects, clash.tolist(), strict=True):
        on_rules = sum(1.5 for x in rules if rect[0] < x < rect[2])
        found.append((dislike + cost + on_rules, label, rect))
    return sorted(found, key=lambda f: f[0])
