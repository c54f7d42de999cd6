"""A small reference authority and its model, made once."""

from __future__ import annotations

import pytest

from flowmap.eventlog import EventLog
from synthetic.model import FitOptions, Model, fit
from synthetic.reference.pathways import EXITS
from tests.truth import make


@pytest.fixture(scope="session")
def small_authority() -> EventLog:
    """About 3,000 children."""
    return make(referrals_a_year=1000, seed=4)


@pytest.fixture(scope="session")
def authority_model(small_authority: EventLog) -> Model:
    """Its model, with its exits given."""
    return fit(small_authority, FitOptions(exits=frozenset(EXITS)))
