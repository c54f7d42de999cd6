"""The four things that Kent saw, asked of any data: each is announced only where it is so here, beyond chance.

1. where the work before a plan goes: section 17 or section 47; 2. re-referral within 12 months beside 36; 3. whether
assessments of children referred several times before end in no further action more (or less) often; 4. whether most
strategy discussions lead to an enquiry, and most of those to no further action.
"""

from __future__ import annotations

import numpy as np

from flowmap.measures.conversion import WINDOW, chain_label, conversion
from flowmap.measures.enquiries import SIDES, days_of_children, part_of
from flowmap.measures.finding import CHANCE, LEAST, Asking, Figure, Finding, View, interval, percent, said_p, z_of
from flowmap.measures.intervals import Share, trend
from flowmap.measures.nfa import LOOKBACK, MOST_EARLIER, by_earlier, decisions, said
from flowmap.measures.options import labels, maybe, part
from flowmap.measures.rereferral import TOGETHER, at_horizons, side_by_side
from flowmap.measures.spells import Way, spells

HALF = 0.5  # most: more than half


def sections(a: Asking) -> list[Finding]:
    """Which of section 17 and section 47 takes most of the working days. Raises OptionError."""
    data = a.data
    places = [part(data, role, a.roles) for role in SIDES.values()]
    stays = [spells(data, a.mask, a.within, Way(place)) for place in places]
    size = [len(one.journey) for one in stays]
    days = [days_of_children(data, one) for one in stays]
    if min(size) < LEAST or np.count_nonzero(days[0] + days[1]) < LEAST:
        return []
    strict = part_of(days[0], days[0] + days[1], z_of(CHANCE))
    if strict["low"] <= HALF <= strict["high"]:
        return []
    order = (0, 1) if strict["low"] > HALF else (1, 0)
    names = [("section 17 assessments", "section 47 enquiries")[k] for k in order]
    most, least = (size[k] for k in order)
    spent = part_of(days[order[0]], days[0] + days[1])
    sentence = (
        f"From {a.within.say()}, {names[0]} took {100 * spent['share']:.1f}% of the working days that they and "
        f"{names[1]} took together ({spent['count']:,} of {spent['of']:,}; {percent(spent['low'], spent['high'])}): "
        f"{most:,} {names[0].split()[-1]} beside {least:,} {names[1].split()[-1]}."
    )
    figures = (Figure.of_share(f"working days of {names[0]}", spent),)
    view = View(a.last_year, stations=tuple(places))
    return [Finding("sections", sentence, figures, "enquiries", a.asked, view)]


def again(a: Asking) -> list[Finding]:
    """Re-referral within 12 months beside 36, where the two cannot be the same. Raises OptionError."""
    near, far = at_horizons(a.data, a.mask, a.within, TOGETHER, a.roles, a.known)
    if interval(near.rereferred, CHANCE)[1] >= interval(far.rereferred, CHANCE)[0]:
        return []
    row = ("horizon", None, None)
    figures = tuple(
        Figure.of_share(f"referred before, within {months} months", found.rereferred.to_json(), (*row, months))
        for months, found in zip(TOGETHER, (near, far), strict=True)
    )
    view = View(a.last_year, (("visit", "1+"),), stations=(part(a.data, "referral", a.roles),))
    return [Finding("again", side_by_side(a.within, near, far), figures, "rereferral", a.asked_since_known, view)]


def returning(a: Asking) -> list[Finding]:
    """Whether no further action after an assessment goes with how often a child was referred. Raises OptionError."""
    station = part(a.data, "assessment", a.roles)
    made = decisions(a.data, a.mask, a.within, station, part(a.data, "nfa", a.roles))
    earlier, _ = by_earlier(a.data, made, LOOKBACK, a.known, a.roles)
    tested = trend(earlier)
    most = next((n for n in range(MOST_EARLIER, 0, -1) if earlier[n].of >= LEAST), 0)
    first, last = earlier[0], earlier[most]
    if tested is None or not most or first.of < LEAST or tested.p > CHANCE:
        return []
    rises = (last.value or 0) > (first.value or 0)
    if rises != (tested.z > 0):
        return []
    often = f"{most} or more times" if most == MOST_EARLIER else f"{most} time{'s' * (most > 1)}"
    sentence = (
        f"{labels(a.data, (station,))}: of decisions from {a.within.say()} with {LOOKBACK} months of data before the "
        f"referral, {first.say()} were no further action where the child had not been referred in those months, "
        f"{last.say()} where it had been {often}; a trend beyond chance (p {said_p(tested.p)})."
    )
    figures = tuple(
        Figure.of_share(f"no further action, earlier referrals: {said(n)}", share.to_json(), ("earlier", said(n), None))
        for n, share in enumerate(earlier)
    )
    view = View(a.last_year, (("visit", f"{most}+"),), colour="outcome", stations=(station,))
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
        f"Of journeys that reached {labels(a.data, (held,))} from {a.within.say()}, with {WINDOW} days of data after "
        f"that, {led.say()} went on to {labels(a.data, (enquiry,))} in that time; of those, {ended.say()} ended in no "
        "further action."
    )
    row_led, row_ended = (
        (chain_label(a.data, steps), labels(a.data, one.step), ",".join(a.data.stations[row].id for row in one.step))
        for one in (first, second)
    )
    figures = (
        Figure.of_share("strategy discussions that led to an enquiry", led.to_json(), row_led, "went_on"),
        Figure.of_share("enquiries that ended in no further action", ended.to_json(), row_ended, "nfa"),
    )
    view = View(a.last_year, colour="outcome", stations=(held, enquiry))
    return [Finding("strategy", sentence, figures, "conversion", a.asked, view)]
