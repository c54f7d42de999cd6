"""XES, the standard of process mining."""

from __future__ import annotations

import gzip

import pytest

from flowmap.eventlog import SourceError
from flowmap.sources import read, xes
from tests.sources.readable import events, example_rows, iso, problems

NAMESPACE = ' xmlns="http://www.xes-standard.org/"'


def log_text(traces: str, namespace: str = NAMESPACE) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0"{namespace}>\n{traces}\n</log>\n'


def event(name: str, time: str, more: str = "") -> str:
    return (
        f'<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="{time}"/>{more}</event>'
    )


TRACES = (
    '<trace><string key="concept:name" value="T1"/><string key="sex" value="F"/>'
    + event("Contact", "2024-07-01T10:00:00.000+01:00", '<string key="team" value="A"/>')
    + event("Referral", "2024-07-02T10:00:00.500Z", '<string key="team" value="B"/>')
    + '</trace><trace><string key="concept:name" value="T2"/><string key="sex" value="M"/>'
    + event(
        "Contact", "2024-07-01T10:00:00-05:00", '<string key="team" value="A"><string key="area" value="N"/></string>'
    )
    + "</trace>"
)
EXPECTED = [
    ("T1", "Contact", "2024-07-01T09:00:00"),
    ("T1", "Referral", "2024-07-02T10:00:00"),
    ("T2", "Contact", "2024-07-01T15:00:00"),
]


@pytest.mark.parametrize("namespace", [NAMESPACE, "", ' xmlns="http://code.deckfour.org/xes"'])
@pytest.mark.parametrize("zipped", [False, True])
def test_traces_are_children_and_events_are_events(load, namespace, zipped):
    content = log_text(TRACES, namespace).encode()
    log = load(gzip.compress(content) if zipped else content, "log.xes.gz" if zipped else "log.xes")
    assert events(log) == EXPECTED
    assert log.time.tolist()[1] % 1000 == 500
    assert not log.date_only.any()


def test_there_may_be_any_number_of_children_but_not_of_values_of_an_attribute(load, monkeypatch):
    # a whole authority over twenty years has more children than any attribute has kinds
    monkeypatch.setattr(xes, "MANY", 3)
    traces = "".join(
        f'<trace><string key="concept:name" value="T{n}"/><string key="street" value="{n} Main St"/>'
        f"{event('Contact', f'2024-07-0{n}T10:00:00Z')}</trace>"
        for n in range(1, 6)
    )
    log = load(log_text(traces), "log.xes")
    assert events(log) == [(f"T{n}", "Contact", f"2024-07-0{n}T10:00:00") for n in range(1, 6)]
    assert "street" not in log.children


def test_attributes_of_the_trace_and_of_the_event_are_kept(load):
    log = load(log_text(TRACES), "log.xes")
    sex, team = log.children["sex"], log.attributes["team"]
    assert [sex.values[c] for c in sex.codes] == ["F", "M"]
    assert [team.values[c] for c in team.codes] == ["A", "B", "A"]


def test_a_date_of_birth_of_the_trace_gives_birth_and_other_dates_of_it_give_nothing(load):
    more = '<date key="dob" value="2010-05-06"/><date key="end" value="2024-08-01"/><string key="team" value="X"/>'
    text = '<trace><string key="concept:name" value="T0"/>' + more
    text += (
        event("Contact", "2024-07-01", '<string key="team" value="A"/>') + event("Referral", "2024-07-02") + "</trace>"
    )
    text += TRACES
    log = load(log_text(text), "log.xes")
    assert [iso(t) for t in log.birth.tolist()] == ["2010-05-06", "-", "-"]
    assert log.end is None
    assert "end" not in {**log.attributes, **log.children}


def test_a_key_that_both_trace_and_event_have_is_two_columns(load):
    def trace(name: str, team: str) -> str:
        own = f'<trace><string key="concept:name" value="{name}"/><string key="team" value="{team}"/>'
        return own + event("A", "2024-07-01", '<string key="team" value="P"/>') + event("B", "2024-07-02") + "</trace>"

    log = load(log_text(trace("T1", "X") + trace("T2", "Y")), "log.xes")
    assert log.children["case:team"].values == ("X", "Y")


def test_an_attribute_nested_in_another_is_kept_one_level_deep(load):
    nested = (
        '<string key="team" value="A"><string key="area" value="{}"><string key="deep" value="x"/></string></string>'
    )
    text = '<trace><string key="concept:name" value="T1"/>' + event("Contact", "2024-07-01", nested.format("N"))
    text += event("Contact", "2024-07-02", nested.format("S")) + "</trace>"
    log = load(log_text(text), "log.xes")
    assert log.attributes["team:area"].values == ("N", "S")


def test_lists_are_left_out_and_said(load):
    listed = '<list key="codes"><values><string key="code" value="1"/></values></list>'
    text = '<trace><string key="concept:name" value="T1"/>' + event("Contact", "2024-07-01", listed) + "</trace>"
    log = load(log_text(text), "log.xes")
    assert any("'codes'" in p.message for p in log.quality.problems if p.rule == "column-left-out")


def test_events_that_lack_name_or_time_or_trace_name_are_dropped_and_counted(load):
    text = (
        '<trace><string key="concept:name" value="T1"/>'
        + event("Contact", "2024-07-01")
        + '<event><string key="concept:name" value="Referral"/></event>'
        + '<event><date key="time:timestamp" value="2024-07-01"/></event>'
        + event("Contact", "in July")
        + "</trace><trace>"
        + event("Contact", "2024-07-03")
        + '</trace><trace><string key="concept:name" value="T3"/></trace>'
    )
    log = load(log_text(text), "log.xes")
    assert events(log) == [("T1", "Contact", "2024-07-01")]
    assert problems(log) == {
        "missing-time": (1, "dropped"),
        "missing-event": (1, "dropped"),
        "unreadable-time": (1, "dropped"),
        "missing-child": (1, "dropped"),
        "empty-trace": (1, "note"),
    }
    assert (log.quality.rows_read, log.quality.rows_dropped) == (5, 4)
    assert example_rows(log, "missing-child") == [5]  # the fifth event of the file


def test_start_and_complete_of_an_instance_are_one_visit(load):
    def step(word: str, time: str) -> str:
        return event(
            "Contact",
            time,
            f'<string key="lifecycle:transition" value="{word}"/><string key="concept:instance" value="i1"/>',
        )

    text = (
        '<trace><string key="concept:name" value="T1"/>'
        + step("start", "2024-07-01T10:00")
        + step("complete", "2024-07-01T11:00")
    )
    log = load(log_text(text + "</trace>"), "log.xes")
    assert events(log) == [("T1", "Contact", "2024-07-01T10:00:00")]
    assert iso(int(log.end[0])) == "2024-07-01T11:00:00"


def test_another_attribute_of_the_trace_may_be_the_child_and_the_trace_is_then_the_journey(load):
    def trace(name: str, child: str, day: int) -> str:
        return (
            f'<trace><string key="concept:name" value="{name}"/><string key="child" value="{child}"/>'
            + event("Contact", f"2024-07-{day:02}")
            + "</trace>"
        )

    log = load(log_text(trace("a", "C1", 1) + trace("b", "C1", 2) + trace("c", "C2", 3)), "log.xes", case="case:child")
    assert [c for c, _, _ in events(log)] == ["C1", "C1", "C2"]
    assert len(set(log.case.tolist()[:2])) == 2


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + ']><log><trace><string key="concept:name" value="&j;"/></trace></log>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><trace>&x;</trace></log>'


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE])
def test_entities_are_refused(load, text):
    with pytest.raises(SourceError, match="DOCTYPE"):
        load(text, "log.xes")


def test_entities_hidden_behind_a_long_comment_are_refused_too(load):
    text = LAUGHS.replace("<!DOCTYPE", "<!--" + "x" * 1_200_000 + "--><!DOCTYPE", 1)
    with pytest.raises(SourceError):
        load(text, "log.xes")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (log_text(TRACES)[:400], "not well-formed or is cut short"),
        (log_text(""), "no events"),
        ("<Message><Header/></Message>", "outermost element is <Message>"),
        ("<html><body>Not found</body></html>", "<html>"),
        ("<log", "not well-formed"),
    ],
)
def test_what_is_no_whole_xes_log_is_refused(load, text, said):
    with pytest.raises(SourceError) as caught:
        load(text, "log.xes")
    assert said in caught.value.message
    assert caught.value.file == "log.xes"
    assert caught.value.remedy


def test_a_gzip_cut_short_is_refused(load):
    rows = "".join(event(f"E{i % 9}", f"2024-07-01T10:00:{i % 60:02}.{i:03}Z") for i in range(999))
    content = gzip.compress(log_text(f'<trace><string key="concept:name" value="T1"/>{rows}</trace>').encode())
    with pytest.raises(SourceError, match="cut short"):
        load(content[: len(content) // 2], "log.xes.gz")


def test_the_bpi_challenge_of_2013_is_read_whole(shared_data):
    log = read(shared_data / "event_logs" / "bpi_challenge_2013_incidents.xes.gz")
    # zgrep -c '<event>' and '<trace>'; published as 65,533 events of 7,554 cases
    assert (len(log), len(log.child_ids)) == (65_533, 7_554)
    assert log.stations == ("Accepted", "Queued", "Completed", "Unmatched")
    assert len(log.attributes["lifecycle:transition"].values) == 13
    # zcat | grep -m1 time:timestamp within the first trace: 2010-03-31T16:59:42+02:00
    assert events(log)[0] == ("1-364285768", "Accepted", "2010-03-31T14:59:42")
    assert "org:resource" not in log.attributes
