"""The model as data: what is stored, as JSON, and how it is read back.

Nothing in it is about fewer than k children: see docs/synthetic.md for each part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flowmap.eventlog import SourceError
from synthetic.model.check import check
from synthetic.model.contexts import Forest, Node
from synthetic.model.intervals import Intervals

FORMAT = "flowmap synthetic model"
VERSION = 4
COUNTED_IN = 5  # numbers of children are rounded down to a multiple


@dataclass
class Variable:
    """An attribute. `kind`: "category" (`values`) or "number" (`bins`). Code 0 is "not recorded", then values or bins.

    `given` (of journeys): "start" = known from the first event on; "gate" = known once `gate` was reached; "event" =
    recorded at single events. `of`: "child" or "journey".
    """

    key: str
    label: str
    of: str
    kind: str
    values: list[str] = field(default_factory=list)
    bins: Intervals | None = None
    given: str = "start"
    gate: str = ""

    @property
    def card(self) -> int:
        """Codes, with "not recorded"."""
        return 1 + (len(self.values) if self.kind == "category" else len(self.bins.low) if self.bins else 0)

    def to_json(self) -> dict[str, Any]:
        """Plain; bins as [[low, high, share], …]."""
        return asdict(self) | {"bins": self.bins.to_json() if self.bins else None}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Variable:
        """The other way round."""
        return cls(**{**row, "bins": Intervals.from_json(row["bins"]) if row["bins"] else None})


@dataclass
class Station:
    """A station: `clock` minutes of a working day at which it is reached on another day than the one before;
    `date_only` share of dates without a time, `unborn` whether it is reached before birth."""

    name: str
    exit: bool
    clock: Intervals
    date_only: float = 0.0
    unborn: bool = False


@dataclass
class Move:
    """An edge (`new`: to the first station of the child's next journey; `early`: which ends within the first days).

    `tree`: root among `waits`; `minutes` between the two on the same day (`minutes_startup`: in the first days);
    `weekdays`: shares Monday to Sunday of waits of two weeks and more; `rest`: share that ends on a rest day;
    `at_age`: in days, where it happens at that age. `own`: how much of the normal score is the child's own.
    `working`: waits are counted in working days.
    """

    start: int
    to: int
    new: bool
    early: bool
    tree: int
    minutes: Intervals | None
    weekdays: list[float]
    rest: float = 0.0
    at_age: int | None = None
    minutes_startup: Intervals | None = None
    own: float = 0.0
    working: bool = False

    def code(self, stations: int) -> int:
        """The move as a number, as in `history.moves`."""
        return 2 * (self.to + stations * self.early) + self.new


@dataclass
class Stretch:
    """Days (both included) in which a move (row of `moves`) that many made has a curve of its own."""

    move: int
    first: int
    last: int
    days: Intervals


@dataclass
class Pace:
    """Days (both included) in which waits at a station are longer or shorter than usual.

    Normal scores are shifted `by`; those of moves that have a curve of their own in the stretch around these days go by
    `points` instead: [score in the stretch, score in these days], straight between them.
    """

    station: int
    first: int
    last: int
    by: float
    points: list[list[float]] = field(default_factory=list)


@dataclass
class Load:
    """A station where waits are longer (or shorter) the more children are there: see load.py.

    Normal scores go up `by` with each unit of the load, the logarithm of the children there over their usual number;
    from day `settled` of the log on.
    """

    station: int
    by: float
    settled: int


@dataclass
class Families:
    """Siblings. How many come is among the trees ("siblings").

    `mean`: children a family. `together`: share of further children who first come with the family's first child, on
    one day at one station, in usual days and in the first days; the others come `gap` (weighted) days later. `between`:
    days between the births. `alike`: of each attribute of children, how much more often than chance siblings have the
    same value (0 to 1). `steps`: how often siblings who came to a station together go on together. `back`: how often
    siblings who are out come back together.
    """

    mean: float
    together: list[float]
    gap: list[Intervals | None]
    between: Intervals | None
    alike: dict[str, float]
    steps: float
    back: float

    def to_json(self) -> dict[str, Any]:
        """Plain."""
        return asdict(self) | {"gap": [_rows(gap) for gap in self.gap], "between": _rows(self.between)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Families:
        """The other way round."""
        return cls(**{**row, "gap": [_intervals(gap) for gap in row["gap"]], "between": _intervals(row["between"])})


@dataclass
class Model:
    """Everything that is known after fitting; see the fields' own classes."""

    k: int
    children: int  # rounded down
    events: int  # rounded down
    first: str  # first day of the window
    last: str
    resolution: int  # seconds
    has_case: bool
    has_birth: bool
    most_events: int  # of one child
    oldest: int | None  # days of age past which nothing happens
    startup: int  # days after `first` in which open cases were entered
    ends: (
        Intervals | None
    )  # of those that began before any had ended: days from the last event to the end of the window
    features: list[str]
    cards: list[int]
    stations: list[Station]
    variables: list[Variable]
    ages: Intervals | None
    kinds: list[float]  # arrivals: weight of Monday … Sunday, bank holiday
    months: list[float]
    arrivals: list[list[float]]  # [first day, last day (after `first` of the window), children a day of weight 1]
    trees: dict[str, int]  # name -> root among `choices`
    choices: Forest
    waits: Forest
    curves: dict[int, Intervals]  # node of `waits` -> days (weighted days for a next journey)
    moves: list[Move]
    pace: list[Pace]
    periods: dict[int, list[list[int]]]  # station -> [[first day, last day], …], the values 1, 2, … of "period"
    rest_clock: list[Intervals | None] = field(default_factory=lambda: [None, None])  # minutes of a rest day at which
    # any station is reached: by going on, and by the first event of a journey
    stretches: list[Stretch] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    families: Families | None = None
    startup_clock: list[Intervals | None] = field(default_factory=lambda: [None, None])  # the same for the first days
    notes: list[str] = field(default_factory=list)
    opening: str | None = None  # the log begins on this day: lives are walked from `first` on, and cut (opening.cut)
    written: str = ""  # from what it was written by hand; empty where it was fitted to a log
    privacy: dict[str, Any] | None = None  # ε, δ, unit and every release; None: not differentially private

    def to_json(self) -> dict[str, Any]:
        """The model as plain dicts and lists."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "k": self.k,
            "notes": self.notes,
            "written": self.written,
            "privacy": self.privacy,
            "counts": {"children": self.children, "events": self.events, "rounded_down_to": COUNTED_IN},
            "window": {
                "first": self.first,
                "last": self.last,
                "opening": self.opening,
                "startup_days": self.startup,
                "ends": _rows(self.ends),
            },
            "log": {"resolution": self.resolution, "has_case": self.has_case, "has_birth": self.has_birth},
            "limits": {"events_of_a_child": self.most_events, "age_days": self.oldest},
            "stations": [asdict(s) | {"clock": s.clock.to_json()} for s in self.stations],
            "attributes": [v.to_json() for v in self.variables],
            "age_at_first_event": self.ages.to_json() if self.ages else None,
            "arrivals": {"weekdays": self.kinds, "months": self.months, "rates": self.arrivals},
            "features": dict(zip(self.features, self.cards, strict=True)),
            "trees": self.trees,
            "choices": [_node(n, self.features) for n in self.choices.nodes],
            "moves": [
                asdict(m) | {"minutes": _rows(m.minutes), "minutes_startup": _rows(m.minutes_startup)}
                for m in self.moves
            ],
            "waits": [
                _node(n, self.features) | ({"days": self.curves[at].to_json()} if at in self.curves else {})
                for at, n in enumerate(self.waits.nodes)
            ],
            "stretches": [asdict(s) | {"days": s.days.to_json()} for s in self.stretches],
            "effects": {
                "pace": [asdict(p) for p in self.pace],
                "periods": {str(s): v for s, v in self.periods.items()},
            }
            | ({"loads": [asdict(each) for each in self.loads]} if self.loads else {}),
            "families": self.families.to_json() if self.families else None,
            "rest_clock": [_rows(clock) for clock in self.rest_clock],
            "startup_clock": [_rows(clock) for clock in self.startup_clock],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Model:
        """The other way round; raises SourceError where it is no such model."""
        if data.get("format") != FORMAT:
            raise SourceError("This is not a synthetic model.", remedy="Make one with: flowmap synth fit")
        if data.get("version") != VERSION:
            raise SourceError(
                f"This model has version {data.get('version')}; this program reads version {VERSION}.",
                remedy="Use the flowmap that it was made with, or make it again: flowmap synth fit",
            )
        try:
            found = _read(data)
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise SourceError(
                f"The model file is damaged ({type(error).__name__}: {error}).",
                remedy="Make it again: flowmap synth fit",
            ) from error
        check(found)
        return found

    def save(self, path: Path) -> None:
        """As JSON, a line a context."""
        path.write_text(_lines(self.to_json()), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Model:
        """From `save`; raises SourceError where the file is none."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SourceError(f"The model cannot be read: {error.strerror}.", file=path.name) from error
        except (UnicodeDecodeError, json.JSONDecodeError):
            data = None
        try:
            return cls.from_json(data if isinstance(data, dict) else {})
        except SourceError as error:
            error.file = path.name
            raise


def _rows(found: Intervals | None) -> list[list[float]] | None:
    return found.to_json() if found else None


def _intervals(rows: Sequence[Sequence[float]] | None) -> Intervals | None:
    return Intervals.from_json(rows) if rows else None


def _node(node: Node, features: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"children": node.children}
    if node.parent >= 0:
        found |= {"under": node.parent, "where": features[node.feature], "is": node.value}
    if node.shares:
        found["shares"] = {str(o): s for o, s in node.shares.items()}
    if node.groups:
        found["stays, goes on, comes back"] = [node.groups.get(g) for g in range(3)]
    return found


def _forest(rows: Sequence[Mapping[str, Any]], features: Sequence[str], cards: Sequence[int]) -> Forest:
    forest = Forest(cards)
    place = {name: at for at, name in enumerate(features)}
    for row in rows:
        parent = row.get("under", -1)
        feature = place[row["where"]] if parent >= 0 else -1
        if parent >= len(forest.nodes) or not -1 <= row.get("is", -1) < (cards[feature] if feature >= 0 else 1):
            raise ValueError("a context stands before the one it belongs to, or has an unknown value")
        shares = {int(o): float(s) for o, s in row.get("shares", {}).items()}
        groups = {g: s for g, s in enumerate(row.get("stays, goes on, comes back", [])) if s is not None}
        forest.nodes.append(Node(parent, feature, row.get("is", -1), -1, row["children"], shares, groups))
        if parent >= 0:
            forest.nodes[parent].splits = feature
    return forest


def _read(data: Mapping[str, Any]) -> Model:
    features, cards = list(data["features"]), list(data["features"].values())
    window, log, limits = data["window"], data["log"], data["limits"]
    return Model(
        k=data["k"],
        children=data["counts"]["children"],
        events=data["counts"]["events"],
        first=window["first"],
        last=window["last"],
        opening=window.get("opening"),
        startup=window["startup_days"],
        ends=_intervals(window["ends"]),
        resolution=log["resolution"],
        has_case=log["has_case"],
        has_birth=log["has_birth"],
        most_events=limits["events_of_a_child"],
        oldest=limits["age_days"],
        features=features,
        cards=cards,
        stations=[Station(**{**s, "clock": Intervals.from_json(s["clock"])}) for s in data["stations"]],
        variables=[Variable.from_json(v) for v in data["attributes"]],
        ages=Intervals.from_json(data["age_at_first_event"]) if data["age_at_first_event"] else None,
        kinds=data["arrivals"]["weekdays"],
        months=data["arrivals"]["months"],
        arrivals=data["arrivals"]["rates"],
        trees=dict(data["trees"]),
        choices=_forest(data["choices"], features, cards),
        waits=_forest(data["waits"], features, cards),
        curves={at: Intervals.from_json(w["days"]) for at, w in enumerate(data["waits"]) if "days" in w},
        moves=[
            Move(**{**m, "minutes": _intervals(m["minutes"]), "minutes_startup": _intervals(m["minutes_startup"])})
            for m in data["moves"]
        ],
        pace=[Pace(**p) for p in data["effects"]["pace"]],
        periods={int(s): v for s, v in data["effects"]["periods"].items()},
        stretches=[Stretch(**{**s, "days": Intervals.from_json(s["days"])}) for s in data["stretches"]],
        loads=[Load(**each) for each in data["effects"].get("loads", [])],
        families=Families.from_json(data["families"]) if data["families"] else None,
        rest_clock=[_intervals(clock) for clock in data["rest_clock"]],
        startup_clock=[_intervals(clock) for clock in data["startup_clock"]],
        notes=list(data["notes"]),
        written=data.get("written", ""),
        privacy=data.get("privacy"),
    )


def _lines(data: Mapping[str, Any]) -> str:
    """JSON in which every entry of a list of objects has a line of its own."""
    parts = []
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f"{json.dumps(key)}: [\n  {rows}\n ]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"
