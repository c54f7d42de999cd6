"""A model in words: what it holds and what it does not."""

from __future__ import annotations

from synthetic.model.days import text_of
from synthetic.model.guarantee import spent
from synthetic.model.model import Model

SHOWN = 12  # moves, contexts


def explain(model: Model) -> str:
    """Several short paragraphs and lists, as plain text."""
    parts = [_head(model), _arrivals(model), _attributes(model), _ways(model), _effects(model), _holds(model)]
    return "\n\n".join(part for part in parts if part)


def _head(model: Model) -> str:
    notes = "".join(f"\n{note}" for note in model.notes)
    about = f"A model of a log of about {model.children:,} children and {model.events:,} events,"
    if model.privacy is None:
        kept = f"Whatever fewer than {model.k} children had in common is not in it."
    else:
        kept = spent(model.privacy)
    return f"{about} {model.first} to {model.last}.\n{kept}{notes}"


def _arrivals(model: Model) -> str:
    rates = [row[2] for row in model.arrivals]
    said = f"Children first appear at {min(rates):.1f} to {max(rates):.1f} a day, in {len(rates)} stretches of time."
    rest = (model.kinds[5] + model.kinds[6]) / 2 / max(sum(model.kinds[:5]) / 5, 1e-9)
    said += f" A weekend day brings {rest:.0%} of a weekday's."
    if model.startup:
        said += f" The first {model.startup} days hold cases that were open at the start; they are a mix of their own."
    return said


def _attributes(model: Model) -> str:
    if not model.variables:
        return "No attributes."
    lines = ["Attributes:"]
    for v in model.variables:
        what = ", ".join(v.values[:8]) + (" …" if len(v.values) > 8 else "")
        if v.kind == "number":
            what = f"numbers {v.bins.low[0]} to {v.bins.high[-1]}" if v.bins else "never recorded by enough children"
        when = {"start": "", "gate": f"; known once {v.gate} is reached", "event": "; recorded at single events"}
        lines.append(f"  {v.label} (of the {v.of}): {what or 'nothing common enough'}{when[v.given]}")
    return "\n".join(lines)


def _ways(model: Model) -> str:
    lines = ["Where children go from each station (all contexts together), and what else that depends on:"]
    for station in model.stations:
        root = model.trees.get(f"next:{station.name}", -1)
        if root < 0:
            lines.append(f"  {station.name}: nowhere")
            continue
        shares = sorted(model.choices.nodes[root].shares.items(), key=lambda pair: -pair[1])
        ways = []
        for outcome, share in shares[:SHOWN]:
            if outcome == 0:
                ways.append(f"stays {share:.0%}")
                continue
            name = model.stations[(outcome - 1) // 2].name
            ways.append(f"{'back later, at ' if (outcome - 1) % 2 else ''}{name} {share:.0%}")
        inside = _under(model, root)
        depends = f" [{len(inside)} contexts; by {', '.join(_features(model, inside))}]" if len(inside) > 1 else ""
        lines.append(f"  {station.name}{' (exit)' if station.exit else ''}: {', '.join(ways)}{depends}")
    return "\n".join(lines)


def _under(model: Model, root: int) -> list[int]:
    inside = {root}
    for at, node in enumerate(model.choices.nodes):
        if node.parent in inside:
            inside.add(at)
    return sorted(inside)


def _features(model: Model, nodes: list[int]) -> list[str]:
    found = [model.features[model.choices.nodes[n].splits] for n in nodes if model.choices.nodes[n].splits >= 0]
    return [name.split(":")[-1] for name in dict.fromkeys(found)]


def _effects(model: Model) -> str:
    lines = [
        f"Waits of one child go together (correlation of normal scores {model.frailty:.2f}).",
    ]
    if model.pace:
        lines.append("Weeks in which stages took longer (+) or shorter (-) than usual, in normal scores:")
        lines += [
            f"  {model.stations[int(s)].name}, {text_of(int(a))} to {text_of(int(b))}: {by:+.2f}"
            for s, a, b, by in model.pace
        ]
    for station, ranges in model.periods.items():
        first, last = text_of(ranges[0][0]), text_of(ranges[-1][1])
        lines.append(f"From {model.stations[station].name} other ways were taken between {first} and {last}.")
    return "\n".join(lines)


def _holds(model: Model) -> str:
    curves = len(model.curves)
    return (
        f"In numbers: {len(model.stations)} stations, {len(model.moves)} moves, {len(model.choices.nodes)} contexts of"
        f" choices, {curves} curves of waits.\nThe file holds no row, no identifier and no date of an event; its only"
        " dates are the edges of the window and of stretches of weeks."
    )
