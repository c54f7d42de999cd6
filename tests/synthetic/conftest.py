"""One authority for all tests of this room: making it takes a second, measuring it a few."""

from __future__ import annotations

import pandas as pd
import pytest

from flowmap.eventlog import EventLog
from synthetic.reference import make
from tests.synthetic.reference_measures import measure, table


@pytest.fixture(scope="session")
def authority() -> EventLog:
    """The reference authority as `flowmap demo` makes it."""
    return make()


@pytest.fixture(scope="session")
def events(authority: EventLog) -> pd.DataFrame:
    """Its events, one row each, with the next of the same journey (see reference_measures.table)."""
    return table(authority)


@pytest.fixture(scope="session")
def measured(authority: EventLog) -> dict[str, float]:
    """Every published figure, as measured from its events."""
    return measure(authority)
