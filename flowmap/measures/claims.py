"""The four things that Kent saw, asked of any data: each is announced only where it is so here, beyond chance.

1. where the work before a plan goes: section 17 or section 47; 2. re-referral within 12 months beside 36; 3. whether
assessments of children referred several times before end in no further action more (or less) often; 4. whether most
strategy discussions lead to an enquiry, and most of those to no further action.
"""

from __future__ import annotations

import numpy as np

from flowmap.measures.conversion import WINDOW, conversion
from flowmap.measures.enquiries import SIDES, enquiries, part_of
from flowmap.measures.finding import CHANCE, LEAST, Asking, Figure, Finding, View, interval, percent, said_p, z_of
from flowmap.measures.intervals import Share
from flowmap.measures.nfa import LOOKBACK, MOST_EARLIER, nfa, said
from flowmap.measures.options import labels, maybe, part
from flowmap.measures.rereferral import TOGETHER, rereferral

HALF = 0.5  # most: more than half


def sections(a: Asking) -> list[Finding]:
    """Which of section 17 and section 47 takes most of the working days. Raises OptionError."""
    data = a.data
    places = [part(data, role, a.roles) for role in SIDES.values()]
    found = enquiries(data, a.mask, a.within, roles=a.roles)
    first, second = (found.sides[name] for name in SIDES)
    if first is None or second is None or min(first.stays.spells, second.stays.spells) < LEAST:
        return []
    all_days = first.days + second.days
    if np.count_nonzero(all_days) < LEAST:
        return []
    strict = part_of(first.days, all_days, z_of(CHANCE))
    if strict["low"] <= HALF <= strict["high"]:
        return []
    most, least = (first, second) if strict["low"] > HALF else (second, first)
    names = ["section 17 assessments", "section 47 enquiries"][:: 1 if most is first else -1]
    spent = part_of(most.days, all_days)
    sentence = (
        f"From {a.within.say()}, {names[0]} took {100 * spent['share']:.1f}% of the working days that they and {names[1]} "
        f"took together ({spent['count']:,} of {spent['of']:,}; {percent(spent['low'], spent['high'])}): "
        f"{most.stays.spells:,} {names[0].split()[-1]} beside {least.stays.spells:,} {names[1].split()[-1]}."
    )
    figures = (Figure.of_share(f"working days of {names[0]}", spent),)
    view = View(a.last_year, stations=tuple(places))
    return [Finding("sections", sentence, figures, "enquiries", a.asked, view)]


def again(a: Asking) -> list[Finding]:
    """Re-referral within 12 months beside 36, where the two cannot be the same. Raises OptionError."""
    found = rereferral(a.data, a.mask, a.within, roles=a.roles, known_from=a.known)
    near, far = (next(h for h in found.horizons if h.months == months).rereferred for months in TOGETHER)
    if interval(near, CHANCE)[1] >= interval(far, CHANCE)[0]:
        return []
    figures = tuple(
        Figure.of_share(f"referred before, within {months} months", share.to_json())
        for months, share in zip(TOGETHER, (near, far), strict=True)
    )
    view = View(a.last_year, (("visit", "1+"),), stations=(part(a.data, "referral", a.roles),))
    return [Finding("again", found.sentence(), figures, "rereferral", a.asked_since_known, view)]


def returning(a: Asking) -> list[Finding]:
    """Whether no further action after an assessment goes with how often a child was referred. Raises OptionError."""
    found = nfa(a.data, a.mask, a.within, roles=a.roles, known_from=a.known)
    first = found.earlier[0]
    most = next((n for n in range(MOST_EARLIER, 0, -1) if found.earlier[n].of >= LEAST), 0)
    last = found.earlier[most]
    if found.trend is None or not most or first.of < LEAST or found.trend.p > CHANCE:
        return []
    rises = (last.value or 0) > (first.value or 0)
    if rises != (found.trend.z > 0):
        return []
    often = f"{most} or more times" if most == MOST_EARLIER else f"{most} time{'s' * (most > 1)}"
    sentence = (
        f"{labels(a.data, (found.station,))}: of decisions from {a.within.say()} with {LOOKBACK} months of data before the "
        f"referral, {first.say()} were no further action where the child had not been referred in those months, "
        f"{last.say()} where it had been {often}; a trend beyond chance (p {said_p(found.trend.p)})."
    )
    figures = tuple(
        Figure.of_share(f"no further action, {said(n)} earlier referrals", share.to_json())
        for n, share in enumerate(found.earlier)
    )
    view = View(a.last_year, (("visit", f"{most}+"),), colour="outcome", stations=(found.station,))
    return [Finding("returning", sentence, figures, "nfa", a.asked_since_known, view)]


def strategy(a: Asking) -> list[Finding]:
    """Whether most strategy discussions lead to an enquiry, and most of those to no further action.

    Raises OptionError.
    """
    roles = ("strategy", "s47", "icpc", "nfa")
    held, enquiry, conference, _ = (part(a.data, role, a.roles) for role in roles)
    plans = tuple(row for row in (maybe(a.data, role, a.roles) for role in ("cin", "cp")) if row is not None)
    steps = [(held,), (enquiry,), (conference,), *([plans] if plans else [])]
    (chain,) = conversion(a.data, a.mask, a.within, chains=[steps], roles=a.roles).chains
    first, second = chain.steps[:2]
    led, ended = Share(first.went_on, first.reached), Share(second.nfa, second.reached)
    if any(interval(share, CHANCE)[0] <= HALF for share in (led, ended)):
        return []
    sentence = (
        f"Of journeys that reached {labels(a.data, (held,))} from {a.within.say()}, with {WINDOW} days of data after that, "
        f"{led.say()} went on to {labels(a.data, (enquiry,))} in that time; of those, {ended.say()} ended in no further "
        "action."
    )
    figures = (
        Figure.of_share("strategy discussions that led to an enquiry", led.to_json()),
        Figure.of_share("enquiries that ended in no further action", ended.to_json()),
    )
    view = View(a.last_year, colour="outcome", stations=(held, enquiry))
    return [Finding("strategy", sentence, figures, "conversion", a.asked, view)]
