"""Which days each record takes up, which records lead to which, and what would end a journey. See docs/casework.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flowmap.casework import codes
from flowmap.casework.cases import Cases
from flowmap.casework.places import EXITS, NAMES, NO_REFERRAL, PLACE
from flowmap.casework.spans import NO_DAY, OPEN, Spans, covered, key, latest, next_within

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FOLLOWS = 31  # days within which a referral or early help is taken to follow a contact
FOLLOWS_AS_SAID = 93  # days, where the source says that one followed
REACH = 31  # days within which activity outside any referral's episode still belongs together
REACH_OF_PRE_PROCEEDINGS = 182  # days: they last months, and their end is seldom recorded
RECORDED_EARLY = 7  # days by which work may be recorded before the referral that it belongs to
SAME_REFERRAL = 92  # days by which it may be, or after the closure, where the source says to which it belongs
PROCEEDINGS_LAST = 730  # days for which proceedings without a final order are taken to go on

# Which ending counts where several fall on one day: the one that says most. By place of the exit.
SAYS_MOST = {"other": 4, "closed": 5, "nfa": 6, "step_down": 6}
OF_CARE = {"other": 3, "returned_home": 7}
CLOSES = 3  # from this weight on it is the closure of a referral or the end of care
ACTIVITY = ("assessment", "strategy", "s47", "icpc", "pre_proceedings")


@dataclass(frozen=True)
class Endings:
    """What may end a journey: the row of the span that ends, its day, the exit it leads to, how much it says."""

    span: Ints
    day: Ints
    exit: Ints
    weight: Ints


@dataclass(frozen=True)
class Episodes:
    """Spans of all records; `first` is the place of each kind's first, so that row i of it is span `first + i`."""

    spans: Spans
    first: dict[str, int]
    endings: Endings
    end: dict[str, Ints]  # of plans and care: the day each ended, OPEN where it goes on
    unclosed: Ints  # rows of referrals that end at "other": a later one follows, and no file has their closure


class _Builder:
    def __init__(self, cases: Cases, as_of: int) -> None:
        self.cases, self.as_of = cases, as_of
        self.columns: list[tuple[Ints, ...]] = []
        self.first: dict[str, int] = {}
        self.size = 0
        self.endings: list[tuple[Ints, Ints, Ints, Ints]] = []
        self.end: dict[str, Ints] = {}
        self.unclosed = np.zeros(0, dtype=np.int64)
        referral, helped = cases["referral"], cases["early_help"]
        self.referred = np.sort(key(referral.child, referral.day("date")))
        self.helped = np.sort(key(helped.child, helped.day("start")))

    def add(self, kind: str, start: Ints, end: Ints, *, linked: Ints | None = None, reach: Ints | None = None) -> None:
        child = self.cases[kind].child
        none = np.full(len(child), NO_DAY)
        rank = np.full(len(child), _RANK[kind], dtype=np.int64)
        entry = np.full(len(child), int(kind in ("contact", "early_help", "referral")), dtype=np.int64)
        linked, reach = none if linked is None else linked, none if reach is None else reach
        self.columns.append((child, start, end, rank, entry, linked, np.maximum(linked, reach)))
        self.first[kind] = self.size
        self.size += len(child)

    def may_end(self, kind: str, rows: Ints, day: Ints, exit_: Ints | int, weight: Ints | int) -> None:
        """Put down that these records, ending on these days, would lead to these exits."""
        whole = np.zeros(len(rows), dtype=np.int64)
        self.endings.append((self.first[kind] + rows, day, whole + exit_, whole + weight))

    def contacts(self) -> None:
        part = self.cases["contact"]
        day = part.day("date")
        nfa, other = part.is_one_of("outcome", "nfa"), part.is_one_of("outcome", "other")
        to_help = part.is_one_of("outcome", "early_help")
        stated = to_help | part.is_one_of("outcome", "referral")
        within = np.where(stated, FOLLOWS_AS_SAID, FOLLOWS)
        referral = next_within(part.child, day, self.referred, within)
        helped = next_within(part.child, day, self.helped, within)
        preferred = np.where(to_help, helped, referral)
        linked = np.where(preferred != NO_DAY, preferred, np.where(to_help, referral, helped))
        linked[nfa] = NO_DAY
        self.add("contact", day, day, linked=linked)
        over = (linked == NO_DAY) & (nfa | other | (day + within < self.as_of))
        rows = np.flatnonzero(over)
        exits = np.where(nfa, PLACE["nfa"], np.where(other, PLACE["other"], NAMES.index(NO_REFERRAL)))
        self.may_end("contact", rows, day[rows], exits[rows], 1)

    def early_help(self) -> None:
        part = self.cases["early_help"]
        start = part.day("start")
        end = part.end("end", start)
        following = next_within(part.child, np.maximum(start, end), self.referred, FOLLOWS)
        later = next_within(part.child, start, self.referred, int(OPEN))
        to_referral = part.is_one_of("reason", "referral")
        unsaid = ~part.known("reason")
        linked = np.where(to_referral | (unsaid & (following == end)), following, NO_DAY)
        ended = end != NO_DAY
        linked[~ended] = later[~ended]
        end = np.where(ended, end, np.where(later == NO_DAY, OPEN, later))
        self.add("early_help", start, end, linked=linked)
        rows = np.flatnonzero(ended & (linked == NO_DAY))
        other = part.is_one_of("reason", "referral", "other")[rows]
        self.may_end("early_help", rows, end[rows], np.where(other, PLACE["other"], PLACE["closed"]), 1)

    def plans_and_care(self) -> None:
        """Before the referrals, whose end may depend on them; a plan left open ends with its closed episode."""
        referral = self.cases["referral"]
        date = referral.day("date")
        closed = referral.end("closed", date)
        order = np.lexsort((date, referral.child))
        keys = key(referral.child, date)[order]
        for kind in ("cin_plan", "cp_plan", "care"):
            part = self.cases[kind]
            start = part.day("start")
            end = part.end("end", start)
            if kind != "care" and len(keys):
                at = latest(part.child, start, keys)
                episode = np.where(at >= 0, closed[order][at], NO_DAY)
                end = np.where((end == NO_DAY) & (episode >= start), episode, end)
            self.end[kind] = np.where(end == NO_DAY, OPEN, end)
            self.add(kind, start, self.end[kind])
            rows = np.flatnonzero(end != NO_DAY)
            if kind != "care":
                self.may_end(kind, rows, end[rows], PLACE["closed"], 0)
                continue
            exits = part.mapped("reason", _places(codes.EXIT_OF_CARE), PLACE["other"], PLACE["other"])
            weight = np.array([OF_CARE.get(name, 9) for name in EXITS])[exits - PLACE[EXITS[0]]]
            self.may_end(kind, rows, end[rows], exits[rows], weight[rows])

    def activity(self) -> None:
        """Points and short spans; those outside every referral's episode reach out to what follows."""
        part = self.cases["assessment"]
        start = part.day("start")
        self._active("assessment", start, np.maximum(start, part.end("authorised", start)), REACH)
        refused = np.flatnonzero(part.flag("support", False) & part.known("authorised"))
        self.may_end("assessment", refused, part.end("authorised", start)[refused], PLACE["nfa"], 2)
        for kind, when in (("strategy", "date"), ("icpc", "date")):
            day = self.cases[kind].day(when)
            self._active(kind, day, day, REACH)
        for kind, reach in (("s47", REACH), ("pre_proceedings", REACH_OF_PRE_PROCEEDINGS)):
            start = self.cases[kind].day("start")
            self._active(kind, start, np.maximum(start, self.cases[kind].end("end", start)), reach)
        part = self.cases["proceedings"]
        start = part.day("application")
        final = part.end("final", start)
        self.add("proceedings", start, np.where(final == NO_DAY, start + PROCEEDINGS_LAST, final))
        day = self.cases["legal_status"].day("start")
        self.add("legal_status", day, day)
        day = self.cases["adoption"].day("placement_order")
        decided = self.cases["adoption"].day("decision")
        day = np.where(day == NO_DAY, decided, day)
        self.add("adoption", day, day)

    def _active(self, kind: str, start: Ints, end: Ints, reach: int) -> None:
        child = self.cases[kind].child
        inside = covered(child, start, self.episodes)
        linked = np.where(inside, NO_DAY, next_within(child, start, self.referred, RECORDED_EARLY))
        own = referral_of(self.cases, kind)
        date = np.append(self.episodes[1], NO_DAY)[own]
        linked = np.where((start < date) & (date <= start + SAME_REFERRAL), date, linked)
        self.add(kind, start, end, linked=linked, reach=np.where(inside, NO_DAY, end + reach))

    def referrals(self) -> None:
        part = self.cases["referral"]
        date = part.day("date")
        nfa = part.flag("nfa")
        end = part.end("closed", date)
        decided = np.maximum(date, part.end("nfa_date", date))
        end = np.where((end == NO_DAY) & nfa, decided, end)
        exits = part.mapped("reason", _places(codes.EXIT_OF_CLOSURE), PLACE["closed"], PLACE["closed"])
        exits[nfa & (~part.known("reason") | part.is_one_of("reason", "RC8"))] = PLACE["nfa"]
        weight = np.array([SAYS_MOST.get(name, 8) for name in EXITS])[exits - PLACE[EXITS[0]]]
        loose = (end == NO_DAY) & ~part.known("need")
        self._let_end(part.child, date, end, loose, exits, weight)
        self.add("referral", date, np.where(end == NO_DAY, OPEN, end), reach=self._recorded_late(end))
        self.episodes = (part.child, date, np.where(end == NO_DAY, OPEN, end))
        rows = np.flatnonzero(end != NO_DAY)
        self.may_end("referral", rows, end[rows], exits[rows], weight[rows])

    def _recorded_late(self, end: Ints) -> Ints:
        """(n,) the last day on which work that the source gives to a closed referral is recorded after its closure."""
        late = np.full(len(end), NO_DAY)
        for kind in ("assessment", "strategy", "s47", "icpc", "cin_plan", "cp_plan", "care"):
            own = referral_of(self.cases, kind)
            start = self.cases[kind].day("date" if kind in ("strategy", "icpc") else "start")
            closed = np.append(end, NO_DAY)[own]
            has = (closed != NO_DAY) & (start > closed) & (start <= closed + SAME_REFERRAL)
            np.maximum.at(late, own[has], start[has])
        return late

    def _let_end(self, child: Ints, date: Ints, end: Ints, loose: Flags, exits: Ints, weight: Ints) -> None:
        """Referrals that no file knows as an open episode of need end with what they led to (`end` is changed).

        That is when an assessment at the end of it found no need of support, or when a later referral of the child
        shows that it is over.
        """
        if not loose.any():
            return
        order = np.lexsort((date, child))
        keys = key(child, date)[order]
        last = date[order].copy()
        refused = np.full(len(order), NO_DAY)
        for kind in (*ACTIVITY, "cin_plan", "cp_plan", "care"):
            part = self.cases[kind]
            start = part.day("date" if kind in ("strategy", "icpc") else "start")
            over = {"assessment": "authorised", "s47": "end"}.get(kind)
            until = self.end[kind] if kind in self.end else start if over is None else part.end(over, start)
            at = latest(part.child, start, keys)
            has = at >= 0
            np.maximum.at(last, at[has], np.maximum(start, until)[has])
            if kind == "assessment":
                has &= part.flag("support", False)
                np.maximum.at(refused, at[has], until[has])
        later = np.zeros(len(order), dtype=bool)
        later[:-1] = child[order][1:] == child[order][:-1]
        ends = loose[order] & (last < OPEN) & (later | (refused == last))
        end[order[ends]] = last[ends]
        exits[order[ends]] = np.where(refused == last, PLACE["nfa"], PLACE["other"])[ends]
        weight[order[ends]] = 1
        self.unclosed = order[ends & (refused != last)]


def episodes(cases: Cases, as_of: int) -> Episodes:
    """The spans of all records and what may end journeys. `as_of`: the day up to which the files speak."""
    made = _Builder(cases, as_of)
    made.contacts()
    made.early_help()
    made.plans_and_care()
    made.referrals()
    made.activity()
    child, start, end, rank, entry, linked, reach = (np.concatenate(c) for c in zip(*made.columns, strict=True))
    spans = Spans(child, start, end, rank, entry.astype(bool), linked, reach)
    endings = Endings(*(np.concatenate(c) for c in zip(*made.endings, strict=True)))
    return Episodes(spans, made.first, endings, made.end, made.unclosed)


def referral_of(cases: Cases, kind: str) -> Ints:
    """(n,) the row of the referral that each record of a kind belongs to, as the source says; -1 where it does not."""
    part, referral = cases[kind], cases["referral"]
    none = np.full(len(part), -1, dtype=np.int64)
    if "referral" not in part.table.column_names or not len(referral) or not part.known("referral").any():
        return none
    texts = [referral.table["ref"].combine_chunks(), part.table["referral"].combine_chunks()]
    code = pa.concat_arrays(texts).dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    both = np.concatenate([referral.child, part.child]) * (len(code) + 1) + code
    known = np.flatnonzero(code[: len(referral)] >= 0)
    known = known[np.argsort(both[known], kind="stable")]
    if not len(known):
        return none
    theirs, mine = both[known], both[len(referral) :]
    at = np.minimum(np.searchsorted(theirs, mine), len(known) - 1)
    return np.where((code[len(referral) :] >= 0) & (theirs[at] == mine), known[at], -1)


def _places(names: Mapping[str, str]) -> dict[str, int]:
    return {code: PLACE[name] for code, name in names.items()}


_RANK = {
    "contact": 0,
    "early_help": 1,
    "referral": 2,
    "strategy": 3,
    "s47": 4,
    "assessment": 5,
    "icpc": 6,
    "cin_plan": 7,
    "cp_plan": 8,
    "pre_proceedings": 9,
    "proceedings": 10,
    "care": 11,
    "legal_status": 12,
    "adoption": 13,
}
