"""An extract as an EventLog, with what a council would hold about each child and each journey."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from flowmap.eventlog import Attribute, EventLog
from synthetic.reference import calibration as figures
from synthetic.reference.pathways import PLACE, PLACES
from tests.truth.extract import Extract
from tests.truth.population import Population
from tests.truth.working_calendar import DAY

Ints = npt.NDArray[np.int64]


def event_log(rng: np.random.Generator, people: Population, extract: Extract, first: date) -> EventLog:
    """The extract as an EventLog: only the children in it, with what a council would hold about them."""
    history, journey = extract.history, extract.journey
    who, child = np.unique(history.child[journey], return_inverse=True)
    appeared = np.full(len(who), len(child), dtype=np.int64)
    np.minimum.at(appeared, child, np.arange(len(child)))
    order = np.argsort(appeared)
    rank = np.empty(len(who), dtype=np.int32)
    rank[order] = np.arange(len(who))
    who = who[order]
    epoch = int(np.datetime64(first, "ms").astype(np.int64))
    return EventLog.from_columns(
        child=rank[child],
        child_ids=1_000_000 + np.cumsum(rng.integers(1, 10, len(who))),
        station=extract.station,
        stations=PLACES,
        time=epoch + extract.time * 60_000,
        case=extract.number[journey],
        attributes=_of_journeys(rng, people, extract),
        children=_of_children(people, who),
        birth=epoch + people.born[who] * (DAY * 60_000),
        family=np.unique(people.family[who], return_inverse=True)[1],
    )


def _of_journeys(rng: np.random.Generator, people: Population, extract: Extract) -> dict[str, Attribute]:
    """Source, need, team; category and number of the plan, where there is one."""
    history, journey, station = extract.history, extract.journey, extract.station
    referred = np.zeros(len(history.child), dtype=bool)
    referred[journey[station == PLACE["referral"]]] = True
    helped = np.zeros(len(history.child), dtype=bool)
    helped[journey[station == PLACE["early_help"]]] = True
    needs = tuple(figures.NEEDS)
    teams = (
        *(f"Area team {area}" for area in figures.AREAS),
        figures.DISABLED_CHILDREN_TEAM,
        "Early help",
        "Front door",
    )
    areas = len(figures.AREAS)
    team = np.where(helped, areas + 1, areas + 2)
    team = np.where(referred, people.area[people.family[history.child]], team)
    team[referred & (history.need == needs.index("child's disability or illness"))] = areas
    plan = station == PLACE["cp"]
    category = np.full(len(station), -1)
    category[plan] = _dealt(rng, figures.PLAN_CATEGORIES, int(plan.sum()))
    return {
        "source": _category("Source of referral", tuple(figures.SOURCES), history.source[journey]),
        "need": _category("Primary need", needs, np.where(referred, history.need, -1)[journey]),
        "team": _category("Team", teams, team[journey]),
        "plan_category": _category("Category of the protection plan", tuple(figures.PLAN_CATEGORIES), category),
        "plan_number": _category("Protection plan", ("first", "second or later"), _plan_numbers(people, extract)),
    }


def _dealt(rng: np.random.Generator, mix: dict[str, float], count: int) -> Ints:
    """Rows of `mix` in its very shares, in random order (plans are too few to leave the shares to chance)."""
    running = np.cumsum(list(mix.values()))
    places = (rng.permutation(count) + 0.5) / max(count, 1)
    return np.searchsorted(running[:-1] / running[-1], places, side="right").astype(np.int64)


def _plan_numbers(people: Population, extract: Extract) -> Ints:
    """At each start of a plan: 0 = the child's first, 1 = a later one, counting those before these records."""
    history = extract.history
    number = np.full(len(extract.station), -1, dtype=np.int64)
    plans = np.flatnonzero(history.station == PLACE["cp"])
    child = history.child[history.journey[plans]]
    _, earliest = np.unique(child, return_index=True)
    later = np.ones(len(history.child), dtype=bool)
    later[history.journey[plans[earliest]]] = people.earlier_plan[child[earliest]]
    here = extract.station == PLACE["cp"]
    number[here] = later[extract.journey[here]]
    return number


def _of_children(people: Population, who: Ints) -> dict[str, Attribute]:
    sexes = tuple(figures.SEXES)
    size = people.size[people.family[who]]
    return {
        "sex": _category("Sex", sexes, people.sex[who]),
        "ethnicity": _category("Ethnicity", tuple(figures.ETHNICITIES), people.ethnicity[who]),
        "disability": _category("Disability recorded", ("no", "yes"), people.disabled[who].astype(np.int64)),
        "family_size": Attribute("Children in the family", "number", numbers=size.astype(np.int32)),
    }


def _category(label: str, values: tuple[str, ...], codes: Ints) -> Attribute:
    return Attribute(label, "category", codes=codes.astype(np.int32), values=values)
