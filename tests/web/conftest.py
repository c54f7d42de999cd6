"""A small dataset, worked by hand, served by an application of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flowmap.build import build
from flowmap.eventlog import EventLog
from flowmap.export.synthetic_report import IN_DATASET, with_map
from flowmap.web import create_app
from synthetic import report
from synthetic.fidelity import Options
from synthetic.report import Report
from tests.web.importing import Importer

EVENTS = (
    # Ann: an assessment that ends in no further action, and back after three months
    ("Ann", "contact", "2015-01-05T09:00", "=police"),
    ("Ann", "referral", "2015-01-05T15:00", "=police"),
    ("Ann", "assessment", "2015-01-06T10:00", "=police"),
    ("Ann", "nfa", "2015-03-02T12:00", "=police"),
    ("Ann", "contact", "2015-06-01T09:00", "school"),
    ("Ann", "referral", "2015-06-03T09:00", "school"),
    # Bob: one contact, closed on the day
    ("Bob", "contact", "2015-01-07T09:00", "school"),
    ("Bob", "nfa", "2015-01-07T16:00", "school"),
    # Cat: through to a plan, still open
    ("Cat", "referral", "2015-02-02T09:00", "health & care"),
    ("Cat", "strategy", "2015-02-02T11:00", "health & care"),
    ("Cat", "s47", "2015-02-03T09:00", "health & care"),
    ("Cat", "icpc", "2015-02-20T10:00", "health & care"),
    ("Cat", "cp", "2015-02-20T11:00", "health & care"),
)
SEX = {"Ann": "F", "Bob": "M", "Cat": "F"}


def small_log(alike: int = 1) -> EventLog:
    """13 events, 3 children, 4 journeys, 9 moves, 2 journeys open; or so many times that, of children who are alike."""
    events = [(f"{name}{number or ''}", *event) for number in range(alike) for name, *event in EVENTS]
    children = list(dict.fromkeys(event[0] for event in events))
    return EventLog.from_columns(
        child=[event[0] for event in events],
        station=[event[1] for event in events],
        time=[event[2] for event in events],
        attributes={"source": [event[3] for event in events]},
        children={"sex": [SEX[child[:3]] for child in children]},
    )


def build_small(target: Path) -> Path:
    """Build the small dataset."""
    build(small_log(), target)
    return target


def small_report() -> Report:
    """A report on six times that log as if it were synthetic too: 18 children, 24 journeys, groups of five or more."""
    log = small_log(6)
    return with_map(report.build(log, log, options=Options(classifier=False), k=5), log, log)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset with a report on synthetic data beside it, never changed."""
    target = build_small(tmp_path_factory.mktemp("web") / "small")
    (target / IN_DATASET).write_text(json.dumps(small_report().to_json()), encoding="utf-8")
    return target


@pytest.fixture(scope="session")
def rebuild() -> Callable[[Path], Path]:
    """Builds the small dataset anew at a folder."""
    return build_small


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the small dataset that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "small"))


@pytest.fixture(scope="session")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application over the dataset that is never changed, which also takes files."""
    return create_app({"small": built}, tmp_path_factory.mktemp("home") / "home")


@pytest.fixture
def client(served: Flask) -> FlaskClient:
    """A client of it."""
    return served.test_client()


@pytest.fixture
def own(folder: Path) -> FlaskClient:
    """A client of an application over the copy that a test may change."""
    return create_app({"small": folder}).test_client()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def taking(home: Path) -> Iterator[FlaskClient]:
    """A client of an application that has nothing yet and takes files."""
    app = create_app({}, home)
    yield app.test_client()
    app.extensions["flowmap"]["desk"].close_all()


@pytest.fixture
def importer(taking: FlaskClient) -> Importer:
    return Importer(taking)
