"""Which way from each station, how often, after how long: the whole map of pathways as one table.

Shares are calibrated to the sources named beside them; an unnamed one is our choice. A key `station/situation`
holds for some children only; ways.situations() says for whom.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthetic.reference.calibration import CONTACT_TO_REFERRAL, REFERRED_BY_SOURCE, SOURCES
from synthetic.reference.waits import Wait, published, same_day, shifted, skewed, until

STATIONS = (
    "contact",
    "early_help",
    "referral",
    "assessment",
    "strategy",
    "s47",
    "icpc",
    "cin",
    "cp",
    "pre_proceedings",
    "proceedings",
    "interim_care_order",
    "final_order",
    "looked_after",
    "care_order",
    "placement_order",
)
EXITS = (
    "nfa",
    "step_down",
    "closed",
    "adopted",
    "special_guardianship",
    "returned_home",
    "left_care_18",
    "moved",
    "other",
)
PLACES = STATIONS + EXITS
PLACE = {name: row for row, name in enumerate(PLACES)}

# Who leaves by these does not come back.
GONE = ("adopted", "special_guardianship", "left_care_18", "moved")
# Only children who are born can be in care or before the court.
BORN = frozenset(
    [
        "proceedings",
        "interim_care_order",
        "final_order",
        "looked_after",
        "care_order",
        "placement_order",
        "adopted",
        "special_guardianship",
        "returned_home",
        "left_care_18",
    ]
)
# What a station becomes on the eighteenth birthday (others are short work, and finished all the same).
AT_EIGHTEEN = {
    **dict.fromkeys(("cin", "cp", "pre_proceedings", "early_help"), "closed"),
    **dict.fromkeys(("looked_after", "interim_care_order", "care_order", "placement_order"), "left_care_18"),
    **dict.fromkeys(("proceedings", "final_order"), "other"),
}


@dataclass(frozen=True)
class Edge:
    """From a station (the key in PATHS) to the next, the share that goes there, and the wait before it."""

    to: str
    share: float
    wait: Wait


# Planted, Kent's third finding: the share of assessments that end NFA, by the child's referrals in the 36 months
# before (0, 1, 2, 3 or more). Overall 37.8% of referrals are assessed and not in need (Kent 2018).
NFA_BY_EARLIER_REFERRALS = (0.46, 0.53, 0.59, 0.65)
# What brings that about: a decision depends on the child's earlier assessments in those months, and three in four
# referrals are assessed (fitted).
NFA_BY_EARLIER_ASSESSMENTS = (0.46, 0.56, 0.64, 0.72)

# Working days from referral to the end of the assessment, England 2024 (DfE table C2: bands, quartiles 19/34/44).
ASSESSMENT = published(
    {
        0: 0,
        1: 1.5,
        11: 12.9,
        19.7: 24.2,
        21: 29.8,
        31: 45.6,
        35.4: 50,
        41: 67.5,
        44.6: 76.5,
        46: 87.3,
        51: 92.6,
        61: 96.2,
        130: 100,
    },
    working=True,
)
# Months that child protection plans had lasted when they ended, Kent 2018 (DfE table D7).
PLAN = published({0: 0, 20: 1, 91: 10.4, 183: 19.4, 365: 64.6, 730: 95.9, 1400: 100})
# Working days from section 47 to ICPC: median 8 calendar days (Kent prototype), 79.7% within 15 working days of the
# strategy discussion (England 2024, DfE table C4).
CONFERENCE = published({0: 0, 1: 4, 3: 20, 6.3: 50, 11: 66, 14.9: 78.4, 20: 89.5, 30: 97, 50: 100}, working=True)
# Care proceedings, issue to final order: 33 weeks on average in 2019, 41 in 2024; here 36.
PROCEEDINGS = skewed(243, 0.32)
AFTER_INTERIM_ORDER = skewed(243, 0.335)  # the same hearing, seen from an interim order some days after the issue


def _assessed(by: float) -> Wait:
    """The assessment's curve for one outcome; the squeeze makes up for the spread between outcomes."""
    wait = shifted(ASSESSMENT, by, 0.94)
    return Wait(wait.curve, working=True, since_referral=True)


def _contact(source: str) -> tuple[Edge, ...]:
    """Contacts from sources that are often referred lose fewer to NFA (ratios in REFERRED_BY_SOURCE)."""
    ratio = REFERRED_BY_SOURCE.get(source, 1.0)
    # Weighted so that the mix of sources among referrals is that of SOURCES, and the overall share is kept.
    mean = sum(SOURCES.values()) / sum(share / REFERRED_BY_SOURCE.get(name, 1.0) for name, share in SOURCES.items())
    referred = CONTACT_TO_REFERRAL * ratio / mean
    rest = 1 - referred
    return (
        Edge("referral", referred, same_day(0.97)),
        Edge("nfa", rest * 0.87, skewed(4.1, 1.2)),  # median 4 days, Kent prototype
        Edge("early_help", rest * 0.13, skewed(6, 0.8)),
    )


def _referral(strategy: float) -> tuple[Edge, ...]:
    """74% to assessment (Kent prototype), 6.3% NFA (England 2024), most others to a strategy discussion."""
    return (
        Edge("assessment", 0.9265 - strategy, same_day(0.95)),
        Edge("strategy", strategy, same_day(0.90)),
        Edge("nfa", 0.065, skewed(1.9, 1.0)),
        Edge("looked_after", 0.005, same_day(0.75)),
        Edge("moved", 0.0035, skewed(2, 0.8)),
    )


def assessment(nfa: float) -> tuple[Edge, ...]:
    """NFA after a median of 48 calendar days, child in need plan after 56 (Kent prototype)."""
    rest = 1 - nfa
    return (
        Edge("nfa", nfa, _assessed(0.015)),
        Edge("cin", rest * 0.543, _assessed(0.34)),
        Edge("strategy", rest * 0.332, _assessed(-0.60)),
        Edge("step_down", rest * 0.10, _assessed(0.12)),
        Edge("looked_after", rest * 0.015, _assessed(-0.2)),
        Edge("pre_proceedings", rest * 0.01, _assessed(0.3)),
    )


def _strategy(elsewhere: str, nfa: float) -> tuple[Edge, ...]:
    """89% to a section 47 enquiry, 58.5% of them on the same day (Kent prototype)."""
    return (
        Edge("s47", 0.89, same_day(0.585)),
        Edge(elsewhere, 0.11 - nfa, same_day(0.44)),
        Edge("nfa", nfa, same_day(0.39)),
    )


_SOON = skewed(14.5, 0.55)  # section 47 to its close: median 14 to 15 days in the prototype

PATHS: dict[str, tuple[Edge, ...]] = {
    **{f"contact/{source}": _contact(source) for source in SOURCES},
    "early_help": (
        Edge("closed", 0.83, skewed(130, 0.6)),
        Edge("referral", 0.17, skewed(70, 0.8)),
    ),
    # Strategy discussions follow abuse or neglect more often; 18.9% overall (Kent prototype).
    "referral/abuse": _referral(0.217),
    "referral/disability": _referral(0.05),
    "referral/other": _referral(0.155),
    **{f"assessment/{k}": assessment(nfa) for k, nfa in enumerate(NFA_BY_EARLIER_ASSESSMENTS)},
    "strategy/new": _strategy("assessment", 0.03),
    "strategy/assessed": _strategy("cin", 0.03),
    "strategy/plan": _strategy("cin", 0.0),
    # 28.2% to ICPC overall (Kent 2018: 1,762 of 6,259); most others end in NFA (Kent's fourth finding).
    "s47/new": (
        Edge("nfa", 0.66, _SOON),
        Edge("icpc", 0.268, CONFERENCE),
        Edge("assessment", 0.035, _SOON),
        Edge("cin", 0.027, skewed(16, 0.6)),
        Edge("looked_after", 0.01, skewed(5, 0.9)),
    ),
    "s47/assessed": (
        Edge("nfa", 0.682, _SOON),
        Edge("icpc", 0.268, CONFERENCE),
        Edge("cin", 0.04, skewed(16, 0.6)),
        Edge("looked_after", 0.01, skewed(5, 0.9)),
    ),
    "s47/plan": (
        Edge("icpc", 0.36, CONFERENCE),
        Edge("cin", 0.62, skewed(16, 0.6)),
        Edge("looked_after", 0.02, skewed(5, 0.9)),
    ),
    # 88.5% of conferences start a plan (Kent 2018: 1,559 of 1,762), after a median of 12 days (Kent prototype).
    "icpc": (
        Edge("cp", 0.885, skewed(12.2, 0.5)),
        Edge("cin", 0.09, skewed(14, 0.4)),
        Edge("nfa", 0.025, skewed(7, 0.5)),
    ),
    # Babies on a plan come before the court more often than others.
    "cp/infant": (
        Edge("cin", 0.48, PLAN),
        Edge("closed", 0.07, PLAN),
        Edge("pre_proceedings", 0.36, shifted(PLAN, -0.8)),
        Edge("looked_after", 0.09, shifted(PLAN, -1.0)),
    ),
    "cp/older": (
        Edge("cin", 0.675, PLAN),
        Edge("closed", 0.12, PLAN),
        Edge("pre_proceedings", 0.16, shifted(PLAN, -0.6)),
        Edge("looked_after", 0.045, shifted(PLAN, -0.8)),
    ),
    "cin/other": (
        Edge("closed", 0.605, skewed(135, 0.75)),
        Edge("step_down", 0.155, skewed(120, 0.7)),
        Edge("strategy", 0.17, skewed(75, 0.9)),
        Edge("looked_after", 0.02, skewed(90, 0.9)),
        Edge("pre_proceedings", 0.01, skewed(110, 0.7)),
        Edge("moved", 0.035, skewed(110, 0.8)),
        Edge("other", 0.005, skewed(110, 0.8)),
    ),
    "cin/disability": (
        Edge("closed", 0.80, skewed(700, 0.9)),
        Edge("step_down", 0.10, skewed(300, 0.8)),
        Edge("strategy", 0.04, skewed(200, 0.9)),
        Edge("looked_after", 0.03, skewed(400, 0.9)),
        Edge("moved", 0.03, skewed(300, 0.8)),
    ),
    "pre_proceedings": (
        Edge("proceedings", 0.58, skewed(84, 0.6)),
        Edge("cin", 0.32, skewed(120, 0.5)),
        Edge("looked_after", 0.10, skewed(45, 0.7)),
    ),
    "proceedings": (
        Edge("interim_care_order", 0.65, skewed(9, 0.8)),
        Edge("final_order", 0.35, until("order", PROCEEDINGS)),
    ),
    "interim_care_order": (Edge("final_order", 1.0, until("order", AFTER_INTERIM_ORDER)),),
    "final_order/young": (
        Edge("care_order", 0.16, same_day(0.97)),
        Edge("placement_order", 0.40, same_day(0.97)),
        Edge("special_guardianship", 0.20, same_day(0.97)),
        Edge("cin", 0.16, same_day(0.6)),
        Edge("returned_home", 0.08, same_day(0.6)),
    ),
    "final_order/old": (
        Edge("care_order", 0.60, same_day(0.97)),
        Edge("special_guardianship", 0.14, same_day(0.97)),
        Edge("cin", 0.17, same_day(0.6)),
        Edge("returned_home", 0.09, same_day(0.6)),
    ),
    "looked_after/infant": (
        Edge("returned_home", 0.25, skewed(75, 1.3)),
        Edge("proceedings", 0.60, skewed(14, 0.9)),
        Edge("cin", 0.15, skewed(60, 1.1)),
    ),
    "looked_after/young": (
        Edge("returned_home", 0.56, skewed(75, 1.3)),
        Edge("proceedings", 0.27, skewed(24, 0.9)),
        Edge("cin", 0.11, skewed(60, 1.1)),
        Edge("left_care_18", 0.06, until("eighteen")),
    ),
    "looked_after/teenager": (
        Edge("left_care_18", 0.50, until("eighteen")),
        Edge("returned_home", 0.46, skewed(60, 1.3)),
        Edge("proceedings", 0.04, skewed(40, 0.9)),
    ),
    "care_order": (
        Edge("left_care_18", 0.68, until("eighteen")),
        Edge("returned_home", 0.20, skewed(700, 0.7)),
        Edge("special_guardianship", 0.12, skewed(800, 0.6)),
    ),
    "placement_order": (
        Edge("adopted", 0.84, skewed(320, 0.45)),
        Edge("care_order", 0.16, skewed(420, 0.5)),
    ),
}
