"""Times as people write them, and what the whole column decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.eventlog import OptionError
from flowmap.sources import dates
from tests.sources.readable import events, example_rows, iso, problems


def table(*times: str, header: str = "child,event,time") -> str:
    return header + "\n" + "".join(f'C{i},Contact,"{time}"\n' for i, time in enumerate(times))


def times_of(log) -> list[str]:
    return [time for _, _, time in events(log)]


@pytest.mark.parametrize(
    ("written", "expected", "date_only"),
    [
        ("2024-01-31", "2024-01-31", True),
        ("2024-1-9", "2024-01-09", True),
        ("2024/01/31", "2024-01-31", True),
        ("20240131", "2024-01-31", True),
        ("2024-01-31T09:30", "2024-01-31T09:30:00", False),
        ("2024-01-31 09:30:15", "2024-01-31T09:30:15", False),
        ("2024-01-31T09:30:15.123456", "2024-01-31T09:30:15", False),
        ("2024-01-31T09:30:15Z", "2024-01-31T09:30:15", False),
        ("2024-01-31T09:30:15+05:30", "2024-01-31T04:00:15", False),
        ("2024-01-31 00:30 +0100", "2024-01-30T23:30:00", False),
        ("20240131T093015Z", "2024-01-31T09:30:15", False),
        ("31/01/2024", "2024-01-31", True),
        ("31.1.2024", "2024-01-31", True),
        ("31-01-24", "2024-01-31", True),
        ("31/01/99", "1999-01-31", True),
        ("31/01/49", "2049-01-31", True),
        ("31/01/50", "1950-01-31", True),
        ("01/31/2024", "2024-01-31", True),
        ("31/01/2024 9:30", "2024-01-31T09:30:00", False),
        ("1/31/2024 12:05:00 AM", "2024-01-31T00:05:00", False),
        ("1/31/2024 12:05 pm", "2024-01-31T12:05:00", False),
        ("31-Jan-2024", "2024-01-31", True),
        ("31 January 2024", "2024-01-31", True),
        ("31-JAN-24 14:05:06", "2024-01-31T14:05:06", False),
        ("Wednesday 31st January 2024", "2024-01-31", True),
        ("Jan 31, 2024", "2024-01-31", True),
        ("4 Sept 2024", "2024-09-04", True),
        ("45322", "2024-01-31", True),  # Excel: 45322 days after 1899-12-30
        ("45322.5", "2024-01-31T12:00:00", False),
        ("1706693400", "2024-01-31T09:30:00", False),  # date -ud @1706693400
        ("1706693400000", "2024-01-31T09:30:00", False),
    ],
)
def test_each_way_of_writing_a_time_is_read(load, written, expected, date_only):
    log = load(table(written))
    assert times_of(log) == [expected]
    assert log.date_only.tolist() == [date_only]


@pytest.mark.parametrize(
    "wrong",
    ["31/02/2024", "2024-02-30", "32/13/2024", "2024-13-01", "2024-01-31 25:00", "1/1/2024 13:00 pm", "x", "12"],
)
def test_what_is_no_time_is_dropped_with_its_row(load, wrong):
    log = load(table("2024-01-31", "2024-01-31 10:00", wrong))
    assert sum(count for count, action in problems(log).values() if action == "dropped") == 1
    assert (len(log), log.quality.rows_dropped) == (2, 1)
    assert example_rows(log, next(iter(problems(log)))) == [4]


def test_one_day_above_twelve_makes_the_whole_column_day_first(load):
    assert times_of(load(table("01/02/2024", "13/02/2024"))) == ["2024-02-01", "2024-02-13"]


def test_one_month_place_above_twelve_makes_the_whole_column_month_first(load):
    assert times_of(load(table("01/02/2024", "02/13/2024"))) == ["2024-01-02", "2024-02-13"]


def test_a_decision_may_stand_anywhere_in_a_long_column(load):
    rows = "".join(f"C{i},Contact,{i % 12 + 1:02}/{i // 12 % 12 + 1:02}/2024\n" for i in range(50_000))
    log = load("child,event,date\n" + rows + "C1,Contact,25/12/2024\n")
    assert times_of(log)[1] == "2024-01-02"


def test_dates_that_may_be_either_stop_the_build_with_the_options_named(load):
    with pytest.raises(OptionError) as caught:
        load(table("01/02/2024", "03/04/2024"))
    assert "'time'" in str(caught.value)
    assert "01/02/2024" in str(caught.value)
    assert "--dayfirst" in str(caught.value)
    assert "--monthfirst" in str(caught.value)


def test_dates_that_contradict_each_other_stop_the_build(load):
    with pytest.raises(OptionError, match="contradict"):
        load(table("13/02/2024", "02/13/2024", "01/02/2024"))


def test_dates_that_are_each_clear_need_no_decision(load):
    assert times_of(load(table("13/02/2024", "02/13/2024", "05/05/2024"))) == ["2024-02-13", "2024-02-13", "2024-05-05"]


@pytest.mark.parametrize(("dayfirst", "expected"), [(True, "2024-02-01"), (False, "2024-01-02")])
def test_the_option_decides(load, dayfirst, expected):
    assert times_of(load(table("01/02/2024"), dayfirst=dayfirst)) == [expected]


def test_the_option_does_not_bend_a_date_that_contradicts_it(load):
    log = load(table("13/02/2024", "02/13/2024"), dayfirst=True)
    assert times_of(log) == ["2024-02-13"]
    assert problems(log)["unreadable-time"] == (1, "dropped")


def test_start_end_and_birth_decide_together(load):
    log = load("child,event,start,end,dob\nC1,Contact,01/02/2024,03/04/2024,25/12/2010\n")
    assert times_of(log) == ["2024-02-01"]
    assert iso(int(log.end[0])) == "2024-04-03"
    assert iso(int(log.birth[0])) == "2010-12-25"


def test_clock_times_that_are_all_midnight_are_dates(load):
    log = load(table("2024-01-31 00:00:00", "2024-02-01 00:00:00"))
    assert log.date_only.all()
    assert any("00:00" in said for said in log.recognised)


def test_one_clock_time_makes_the_midnights_times(load):
    assert not load(table("2024-01-31 00:00:00", "2024-02-01 10:00:00")).date_only.any()


def test_dates_and_times_may_stand_in_one_column(load):
    log = load(table("2024-01-31", "2024-02-01 10:00:00", "01/02/2024 11:00", "25-Dec-2024"), dayfirst=True)
    assert log.date_only.tolist() == [True, False, False, True]
    assert times_of(log) == ["2024-01-31", "2024-02-01T10:00:00", "2024-02-01T11:00:00", "2024-12-25"]


def test_a_time_without_offset_is_as_written_unless_a_zone_is_named(load):
    written = table("2024-07-01 10:00", "2024-01-01 10:00", "2024-07-01T10:00+00:00", "2024-07-01")
    assert times_of(load(written))[0] == "2024-07-01T10:00:00"
    zoned = load(written, timezone="Europe/London")
    assert times_of(zoned) == ["2024-07-01T09:00:00", "2024-01-01T10:00:00", "2024-07-01T10:00:00", "2024-07-01"]


def test_the_hours_of_the_clock_change_are_read_and_reported(load):
    # In London the clock showed 01:30 twice on 2023-10-29, and never on 2024-03-31.
    log = load(table("2023-10-29 01:30", "2024-03-31 01:30", "2024-01-01 01:30"), timezone="Europe/London")
    assert times_of(log) == ["2023-10-29T00:30:00", "2024-03-31T01:00:00", "2024-01-01T01:30:00"]
    assert problems(log) == {"clock-back": (1, "kept"), "clock-forward": (1, "repaired")}
    assert example_rows(log, "clock-back") == [2]
    assert example_rows(log, "clock-forward") == [3]


def test_milliseconds_are_kept(load):
    assert load(table("2024-01-31T09:30:15.123456", "2024-01-31T09:30:15.5")).time.tolist() == [
        1706693415123,
        1706693415500,
    ]


FORMS = [
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d.%m.%Y",
    "%Y%m%d",
    "%d/%m/%y",
    "%I:%M:%S %p",
]
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2049, 12, 31)).map(lambda t: t.replace(microsecond=0))


@given(moments=st.lists(MOMENTS, min_size=1, max_size=20), form=st.sampled_from(FORMS))
def test_reading_a_time_gives_what_strptime_gives(moments, form):
    form = f"%d/%m/%Y {form}" if form.startswith("%I") else form
    written = [moment.strftime(form) for moment in moments]
    # strptime has another pivot for two-digit years, so the year is the moment's own
    found_by_python = [datetime.strptime(text, form).replace(tzinfo=UTC) for text in written]
    expected = [found.replace(year=m.year) for found, m in zip(found_by_python, moments, strict=True)]
    found = dates.together(dates.apart(pa.array(written)), True)
    assert found.time.tolist() == [int(moment.timestamp() * 1000) for moment in expected]
    assert (found.kind == dates.FINE).all()
    assert found.date_only.tolist() == ["%H" not in form and "%I" not in form] * len(moments)


@given(moments=st.lists(MOMENTS, min_size=1, max_size=20), offset=st.integers(-14 * 60, 14 * 60), data=st.data())
def test_the_quick_and_the_thorough_way_agree_on_iso(moments, offset, data):
    shown = f"{'+' if offset >= 0 else '-'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    ending = data.draw(st.sampled_from(["", "Z", shown, ".250", ".123456", ".1234567"]))
    written = [moment.isoformat(" ") + ending for moment in moments]
    quick = dates.iso(pa.chunked_array([written]))
    thorough = dates.together(dates.apart(pa.array(written)), None)
    assert quick is not None
    assert quick.time.tolist() == thorough.time.tolist()
    assert quick.naive.tolist() == thorough.naive.tolist()
    away = timedelta(minutes=offset) if ending == shown else timedelta()
    extra = {".250": 250, ".123456": 123, ".1234567": 123}.get(ending, 0)
    assert quick.time.tolist() == [int((m - away).replace(tzinfo=UTC).timestamp() * 1000) + extra for m in moments]


@given(st.text(max_size=30))
def test_no_text_makes_the_reader_fall_over(text):
    found = dates.together(dates.apart(pa.array([text])), True)
    assert len(found.time) == 1
