"""Who the children are: attributes, ages and siblings of the reference authority, as parts of a model."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from synthetic.model.intervals import Intervals
from synthetic.model.model import Families, Variable
from synthetic.reference import calibration as figures
from synthetic.reference.pathways import EXITS, GONE, PLACE
from synthetic.reference.ways import SHARES
from synthetic.reference.writing import Tree, curve, mix, split

YEAR = 365.25
NEEDS, SOURCES, AREAS = list(figures.NEEDS), list(figures.SOURCES), list(figures.AREAS)
DISABILITY = 1 + NEEDS.index("child's disability or illness")
EARLY_HELP, FRONT_DOOR = "Early help", "Front door"
TEAMS = [*(f"Area team {area}" for area in AREAS), figures.DISABLED_CHILDREN_TEAM, EARLY_HELP, FRONT_DOOR]
LATER = ["first", "second or later"]
SIZES = Intervals(
    np.array(list(figures.SIBLINGS)), np.array(list(figures.SIBLINGS)), np.array(list(figures.SIBLINGS.values()))
)
AREA = "area"  # of the child: it only says which team, and is in no log


def variables() -> list[Variable]:
    """The attributes, in the order in which they are drawn."""
    return [
        Variable("sex", "Sex", "child", "category", list(figures.SEXES)),
        Variable("ethnicity", "Ethnicity", "child", "category", list(figures.ETHNICITIES)),
        Variable("disability", "Disability recorded", "child", "category", ["no", "yes"]),
        Variable("family_size", "Children in the family", "child", "number", bins=SIZES),
        Variable(AREA, "Area", "child", "category", AREAS),
        Variable("source", "Source of referral", "journey", "category", SOURCES),
        Variable("need", "Primary need", "journey", "category", NEEDS, given="gate", gate="referral"),
        Variable("team", "Team", "journey", "category", TEAMS, given="gate", gate="referral"),
        Variable(
            "plan_category",
            "Category of the protection plan",
            "journey",
            "category",
            list(figures.PLAN_CATEGORIES),
            given="event",
        ),
        Variable("plan_number", "Protection plan", "journey", "category", LATER, given="event"),
    ]


def trees() -> dict[str, Tree]:
    """What each attribute is drawn from, by the model's names of trees."""
    known = 1 - figures.ETHNICITY_NOT_RECORDED
    return {
        "first": Tree({PLACE[name]: share for name, share in figures.ENTRIES.items()}),
        "age": Tree(dict(enumerate(figures.AGES_OF_NEW_CHILDREN.values(), 1))),
        "child:sex": Tree(mix(list(figures.SEXES), figures.SEXES)),
        "child:ethnicity": Tree(
            {0: figures.ETHNICITY_NOT_RECORDED}
            | {o: share * known for o, share in mix(list(figures.ETHNICITIES), figures.ETHNICITIES).items()}
        ),
        "child:disability": Tree({1: 1 - figures.DISABILITY, 2: figures.DISABILITY}),
        "child:family_size": Tree(dict(enumerate(figures.SIBLINGS.values(), 1))),
        f"child:{AREA}": Tree(mix(AREAS, figures.AREAS)),
        "siblings": _siblings(),
        "journey:source": _source(),
        "journey:need": _need(),
        "journey:team": _team(),
        "rest:team": split(
            "station",
            {_at(name): Tree({1 + TEAMS.index(EARLY_HELP): 1.0}) for name in ("early_help", "closed")},
            Tree({1 + TEAMS.index(FRONT_DOOR): 1.0}),
        ),
        "event:plan_category": _at_plans(Tree(mix(list(figures.PLAN_CATEGORIES), figures.PLAN_CATEGORIES))),
        "event:plan_number": _at_plans(_plan_number()),
    }


def _at(station: str) -> int:
    """The station as the value of a feature."""
    return 1 + PLACE[station]


def _source() -> Tree:
    contacts = Tree(mix(SOURCES, figures.sources_of_contacts()))
    return split("station", {_at("contact"): contacts}, Tree(mix(SOURCES, figures.SOURCES)))


def _need() -> Tree:
    """By whether the child is disabled; half of those who come again come for what they came for before."""
    others = mix(NEEDS, figures.needs_of_others())

    def drawn(disabled: float) -> Tree:
        def need(last: int) -> Tree:
            rest = {o: share if last == DISABILITY else share / 2 + 0.5 * (o == last) for o, share in others.items()}
            return Tree({o: share * (1 - disabled) + disabled * (o == DISABILITY) for o, share in rest.items()})

        return split("last:need", {last: need(last) for last in others if last != DISABILITY}, need(DISABILITY))

    return split("child:disability", {2: drawn(figures.DISABILITY_IS_THE_NEED)}, drawn(0.0))


def _team() -> Tree:
    """The team for disabled children, or that of the area where the family lives."""
    areas = {1 + row: Tree({1 + row: 1.0}) for row in range(len(AREAS))}
    return split(
        "journey:need",
        {DISABILITY: Tree({1 + TEAMS.index(figures.DISABLED_CHILDREN_TEAM): 1.0})},
        split(f"child:{AREA}", areas),
    )


def _at_plans(tree: Tree) -> Tree:
    """Recorded where a protection plan starts, and nowhere else."""
    return split("station", {_at("cp"): tree}, Tree({0: 1.0}))


def _plan_number() -> Tree:
    """A child's first plan in these records may be a later one, counting those elsewhere."""
    elsewhere = figures.EARLIER_PLAN_ELSEWHERE
    first, later = Tree({1: 1 - elsewhere, 2: elsewhere}), Tree({2: 1.0})
    fresh = split("times here", {1: later, 2: later}, first)
    return split("earlier journeys here", dict.fromkeys(range(1, 4), later), fresh)


def ages() -> Intervals:
    """Bins of the age at the first event, in days, in the order of AGES_OF_NEW_CHILDREN."""
    edges = np.round(np.array(list(figures.AGES_OF_NEW_CHILDREN)) * YEAR).astype(np.int64)
    return Intervals(edges[:, 0], edges[:, 1] - 1, np.array(list(figures.AGES_OF_NEW_CHILDREN.values())))


def _siblings() -> Tree:
    """How many further children come: each of the family's others, but for those too old or born too late."""
    sizes = {}
    for code, size in enumerate(figures.SIBLINGS, 1):
        shares = np.ones(1)
        for _ in range(size - 1):
            shares = np.convolve(shares, [1 - figures.SIBLING_OF_THE_AGE, figures.SIBLING_OF_THE_AGE])
        sizes[code] = Tree(dict(enumerate(shares.tolist())))
    return split("child:family_size", sizes)


def families() -> Families:
    """Siblings come together, are born years apart, and mostly share decisions and dates."""
    mean = sum(share * (1 + (size - 1) * figures.SIBLING_OF_THE_AGE) for size, share in figures.SIBLINGS.items()) / sum(
        figures.SIBLINGS.values()
    )
    apart = curve(returns())
    return Families(
        mean=mean,
        together=[figures.SIBLING_COMES_TOO] * 2,
        gap=[apart, apart],
        between=curve(YEAR * (1.5 + 3.2 * ndtri(SHARES))),
        alike={"sex": 0.0, "ethnicity": 1.0, "disability": 0.0, "family_size": 1.0, AREA: 1.0},
        steps=figures.SIBLINGS_ALIKE,
        back=2 * figures.SIBLING_COMES_TOO / (1 + figures.SIBLING_COMES_TOO),
    )


def returns() -> np.ndarray:
    """Days from an exit to the next journey, as demand runs, of each of SHARES of those who come back (Weibull)."""
    days: np.ndarray = YEAR * figures.RETURN_YEARS * (-np.log(1 - SHARES)) ** (1 / figures.RETURN_SHAPE)
    return days


def comes_back(visits: int) -> float:
    """The share who come back after their journey number `visits` (0 the first).

    Families are of two kinds, OFTEN of them those who keep coming back. Who has come back before is the likelier one of
    these: the share is that of both kinds among those who have come so often.
    """
    often = figures.OFTEN * figures.RETURN_SHARE_OFTEN**visits
    seldom = (1 - figures.OFTEN) * figures.RETURN_SHARE_SELDOM**visits
    back = often * figures.RETURN_SHARE_OFTEN + seldom * figures.RETURN_SHARE_SELDOM
    return back / (often + seldom)


BACK_FROM = [name for name in EXITS if name not in GONE]
