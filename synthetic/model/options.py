"""How a model is fitted: what may be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flowmap.eventlog import OptionError
from synthetic.model.copula import need_sdv

MOST_EPSILON = 100  # more is no protection
ATTRIBUTES = ("chain", "gaussian-copula", "measured")  # measured: whichever comes nearer on this log


@dataclass(frozen=True)
class Period:
    """A stretch of days (ISO dates, both included) in which things may go another way, such as an inspection."""

    label: str
    first: str
    last: str


@dataclass(frozen=True)
class Public:
    """What a private model may say of a log because it is known without it.

    `window`: the first and last day (ISO dates) that the log is about. `stations`: all there are; events at others are
    left out. `values` of attributes by key; others are not recorded. `moves`: (from, to) of all that may happen.
    `known_from`: the station from which on an attribute of journeys is known, by key (else: from the start). What else
    is None or missing is learned with noise, at a part of ε.
    """

    window: tuple[str, str]
    stations: tuple[str, ...] | None = None
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    moves: frozenset[tuple[str, str]] | None = None
    known_from: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises OptionError where the window makes no sense."""
        try:
            first, last = (date.fromisoformat(day) for day in self.window)
        except ValueError as error:
            raise OptionError(
                f"The window {':'.join(self.window)} is not two dates.", remedy="Give it as in: 2014-01-01:2017-12-31"
            ) from error
        if last < first:
            raise OptionError(f"The window ends before it begins: {':'.join(self.window)}.")


@dataclass(frozen=True)
class FitOptions:
    """How a model is fitted.

    `k`: what fewer children have in common is not stored. `exits`: stations where journeys end (None: learned).
    `periods`: known periods beside those that are found. `find_periods`: look for others. `attributes`: how those of
    children and journeys are learnt, one of ATTRIBUTES; all but "chain" need SDV.

    With `epsilon` (and `delta`, which names alone cost) the model is differentially private, and `public` says what may
    be known anyway: see docs/synthetic.md. There are then no periods.
    """

    k: int = 10
    exits: frozenset[str] | None = None
    periods: tuple[Period, ...] = ()
    find_periods: bool = True
    epsilon: float | None = None
    delta: float = 1e-6
    public: Public | None = None
    attributes: str = "chain"

    def check(self) -> None:
        """Raises OptionError where the options make no sense, or need SDV and it is not there."""
        if self.k < 2:
            raise OptionError(f"k must be at least 2, not {self.k}.", remedy="10 is usual.")
        if self.epsilon is not None and not 0 < self.epsilon <= MOST_EPSILON:
            raise OptionError(
                f"ε must be more than 0 and at most {MOST_EPSILON}, not {self.epsilon:g}.", remedy="1 to 3 is usual."
            )
        if not 0 < self.delta < 0.001:
            raise OptionError(f"δ must be more than 0 and less than 0.001, not {self.delta:g}.")
        if self.epsilon is not None and self.public is None:
            raise OptionError(
                "A private model must be told which days the log is about: looked up in it, they would be somebody's.",
                remedy="Give them, as in: --window 2014-01-01:2017-12-31",
            )
        if self.public is not None:
            self.public.check()
        if self.epsilon is not None and self.periods:
            raise OptionError("A private model cannot tell periods apart.", remedy="Leave them out, or leave ε out.")
        if self.attributes not in ATTRIBUTES:
            raise OptionError(
                f"Attributes cannot be learnt by “{self.attributes}”.", remedy=f"There are: {', '.join(ATTRIBUTES)}."
            )
        if self.attributes != "chain":
            need_sdv()
