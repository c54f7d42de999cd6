"""A small reference authority and a private model of it."""

from __future__ import annotations

import pytest

from flowmap.eventlog import EventLog
from synthetic.model import FitOptions, Model, Public
from synthetic.private import fit_private
from synthetic.reference.pathways import EXITS, PLACES
from tests.synthetic.private.noises import Drawn
from tests.truth import make

WINDOW = ("2014-01-01", "2018-03-31")


@pytest.fixture(scope="session")
def authority() -> EventLog:
    """About 2,000 children."""
    return make(referrals_a_year=650, seed=4)


@pytest.fixture(scope="session")
def private_model(authority: EventLog) -> Model:
    """With ε = 5; the stations are declared, nothing else is."""
    options = FitOptions(exits=frozenset(EXITS), epsilon=5.0, public=Public(WINDOW, PLACES))
    return fit_private(authority, options, lambda _stage, _share: None, Drawn(1))
