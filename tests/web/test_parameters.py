"""How the parameters of a query are read."""

from datetime import UTC, datetime

import pytest

from flowmap.web import schemas
from flowmap.web.errors import Refusal
from flowmap.web.operations import Operation, read_query
from flowmap.web.parameters import AT_MANY, BIN, LIMIT, read_instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2015-06-01", "2015-06-01T00:00:00"),
        ("2015-06-01T09:30", "2015-06-01T09:30:00"),
        ("2015-06-01 09:30:15", "2015-06-01T09:30:15"),
        ("2015-06-01T09:30:15Z", "2015-06-01T09:30:15"),
        ("2015-06-01T09:30:15.999Z", "2015-06-01T09:30:15"),
        ("2015-06-01T09:30:15+01:00", "2015-06-01T08:30:15"),
        ("2015-06-01T00:30-0100", "2015-06-01T01:30:00"),
        ("2015-06-01T23:59:60Z", "2015-06-02T00:00:00"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59"),
    ],
)
def test_an_instant_is_read_as_utc_unless_it_says_otherwise(text: str, instant: str) -> None:
    assert read_instant(text) == int(datetime.fromisoformat(instant).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2015-6-1",
        "01/06/2015",
        "2015-02-30",
        "2015-06-01T25:00",
        "2015-06-01T09:00+99:00",
        "２０１５-06-01",
        "0000-01-01",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not|^has a"):
        read_instant(text)


FIGURE = Operation("figure", "/figure", lambda _: None, "", schemas.TEXT, parameters=(AT_MANY, BIN, LIMIT), cohort=True)
PLAIN = Operation("plain", "/plain", lambda _: None, "", schemas.TEXT, parameters=(LIMIT,))


def test_what_is_not_a_parameter_is_the_cohort_as_it_was_written() -> None:
    query = read_query(FIGURE, "sex=F&bin=day&visit=1+&source=%26%20co&limit=7")
    assert query.cohort == "sex=F&visit=1+&source=%26%20co"
    assert (query.values["bin"], query.values["limit"]) == ("day", 7)


def test_parameters_not_given_take_their_default() -> None:
    assert read_query(FIGURE, "").values == {"at": None, "bin": "week", "limit": 1000}


def test_a_repeated_instant_keeps_its_order_and_a_plus_is_a_plus() -> None:
    query = read_query(FIGURE, "at=2015-06-01T01:00+01:00&at=2014-01-01")
    assert query.values["at"] == (1433116800, 1388534400)


@pytest.mark.parametrize(
    ("query", "parameter", "value"),
    [
        ("limit=0", "limit", "0"),
        ("limit=9e9", "limit", "9e9"),
        ("limit=1&limit=2", "limit", "2"),
        ("sex=F", "sex", "F"),
        ("lim%69t2=", "limit2", ""),
    ],
)
def test_a_refusal_names_the_parameter_its_value_and_a_remedy(query: str, parameter: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_query(PLAIN, query)
    assert refused.value.status == 400
    assert refused.value.parameter == parameter
    assert repr(value) in refused.value.message
    assert refused.value.remedy
