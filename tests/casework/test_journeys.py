"""Whatever the records are: every record's event is there, one exit at most ends a journey, journeys do not overlap."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.casework.cases import DAY
from flowmap.casework.events import PLAIN, to_log
from flowmap.casework.kinds import KINDS, Casework
from flowmap.casework.places import EXITS, NAMES, NO_REFERRAL
from flowmap.casework.stack import stack
from flowmap.quality import QualityReport
from tests.casework.written import EPOCH, ms, tables

FIRST = date(2024, 1, 1)
AS_OF = "2025-06-30"
CODES = {
    "outcome": ["referral", "nfa", "early_help", "other"],
    "reason": ["RC7", "RC8", "E4A", "E11", "referral", "closed", "X9"],
    "status": ["V2", "C1", "C2", "E1", "V4"],
    "need": ["N1"],
}
SKIPPED = {"person", "placement"}


@st.composite
def record(draw: st.DrawFn) -> str:
    """A line of `written.tables`: any kind, a few children, days within a year."""
    kind = KINDS[draw(st.sampled_from(sorted(KINDS.keys() - SKIPPED)))]

    def day() -> str:
        return str(FIRST + timedelta(days=draw(st.integers(0, 300))))

    parts = [kind.name, draw(st.sampled_from("ab")), day()]
    for field in kind.fields:
        if field.name == kind.when or field.type in ("key", "number") or draw(st.booleans()):
            continue
        if field.type == "time":
            parts.append(f"{field.name}={day()}")
        elif field.type == "flag":
            parts.append(f"{field.name}={draw(st.sampled_from(['yes', 'no']))}")
        elif field.name in CODES:
            parts.append(f"{field.name}={draw(st.sampled_from(CODES[field.name]))}")
    return " ".join(parts)


def made(lines: list[str], file: str = "a.csv") -> Casework:
    found = tables("\n".join(lines))
    return Casework(file, "x", found, QualityReport(rows_read=len(lines)), ms(AS_OF))


def by_journey(log):
    found = defaultdict(list)
    for child, case, station, time in zip(log.child, log.case, log.station, log.time, strict=True):
        found[(log.child_ids[int(child)].as_py(), int(case))].append((int(time) // DAY, log.stations[station]))
    return found


@settings(max_examples=80, deadline=None)
@given(st.lists(record(), min_size=1, max_size=12))
def test_every_record_has_its_event_and_every_journey_at_most_one_exit_at_its_end(lines):
    stacked, _ = stack([made(lines)])
    log = to_log(stacked, as_of=ms(AS_OF))
    found = by_journey(log)
    seen = {(child, day, station) for (child, _), events in found.items() for day, station in events}
    for kind, when, station in PLAIN:
        for row in stacked[kind].to_pylist() if kind in stacked else []:
            if row[when] is not None and station != "final_order":
                assert (row["child"], (row[when].date() - EPOCH).days, station) in seen
    for events in found.values():
        places = [station for _, station in events]
        assert not [p for p in places[:-1] if p in (*EXITS, NO_REFERRAL)]
        assert [(day, NAMES.index(p)) for day, p in events] == sorted((day, NAMES.index(p)) for day, p in events)
        assert len(set(events)) == len(events)


@settings(max_examples=60, deadline=None)
@given(st.lists(record(), min_size=1, max_size=12))
def test_a_childs_journeys_follow_each_other_and_are_numbered_from_nought(lines):
    log = to_log(stack([made(lines)])[0], as_of=ms(AS_OF))
    whole = defaultdict(dict)
    for (child, case), events in by_journey(log).items():
        whole[child][case] = (events[0][0], events[-1][0])
    for spans in whole.values():
        assert sorted(spans) == list(range(len(spans)))
        ordered = [spans[case] for case in sorted(spans)]
        assert all(before[1] <= after[0] for before, after in zip(ordered, ordered[1:], strict=False))


@settings(max_examples=60, deadline=None)
@given(st.lists(record(), min_size=1, max_size=10), st.lists(record(), max_size=10))
def test_a_file_given_twice_or_equal_files_in_another_order_make_the_same_log(lines, others):
    one, two = made(lines), made(others, "b.csv") if others else None
    files = [one] if two is None else [one, two]
    again = to_log(stack(deepcopy([*files, *files]))[0], as_of=ms(AS_OF))
    once = to_log(stack(deepcopy(files))[0], as_of=ms(AS_OF))
    assert by_journey(again) == by_journey(once)
    report = stack(deepcopy([*files, *files]))[1]
    assert report.rows_read == 2 * (len(lines) + len(others)) == report.rows_kept + report.rows_dropped
    assert all(f.kept >= 0 and f.read == f.kept + f.repaired + f.dropped for f in report.files)
