"""A real server over a small council, and a real browser whose every complaint fails the test."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import browser as browser_on_this_machine
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from flowmap.build import BuildOptions, build
from synthetic import reference
from tests.browser.mappage import MapPage

REPOSITORY = Path(__file__).resolve().parents[2]
ARTEFACTS = REPOSITORY / "tests" / "artefacts"
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
# Software drawing and no sandbox: what a container without a GPU can do.
BROWSER_ARGUMENTS = [*browser_on_this_machine.ARGUMENTS, "--disable-gpu"]
# Large enough to have an inspection and every stage, small enough to build in a few seconds.
YEARS, REFERRALS_A_YEAR = 3, 1500
COUNCIL = reference.make(REFERRALS_A_YEAR, YEARS)
LAST = str(np.datetime64(int(COUNCIL.time.max()), "ms"))[:16]  # its last event, to the minute
START = 120
# For one thing to happen on a page, on a slow machine.
PATIENCE_MS = 15_000
WIDE = {"width": 1280, "height": 720}
# Fixtures whose servers a test's pages may ask besides the session's.
OTHER_SERVERS = ("server_of_two", "reported")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built dataset of three years of a small made-up council, with its inspection as an event band."""
    target = tmp_path_factory.mktemp("datasets") / "council"
    bands = tuple(reference.periods(years=YEARS))
    options = BuildOptions(map="childrens-social-care", title="A small council", periods=bands)
    build(COUNCIL, target, options)
    return target


@dataclass
class Server:
    """`flowmap serve` as a process of its own, which a test can also end and start again on the same port.

    `dataset` is the one that tests look at, `others` are served beside it.
    """

    dataset: Path
    log: Path
    others: tuple[Path, ...] = ()
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the server answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def name(self) -> str:
        """The dataset's name in addresses."""
        return self.dataset.name

    @property
    def page(self) -> str:
        """The address of the dataset's map."""
        return f"{self.url}/d/{self.name}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.port = self.port or free_port()
        folders = [str(folder) for folder in (self.dataset, *self.others)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flowmap", "serve", *folders, f"--port={self.port}", "--no-browser"],
                cwd=REPOSITORY,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        until = time.monotonic() + START
        while not self._answers():
            assert self._process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            assert time.monotonic() < until, f"the server does not answer after {START} s:\n{self.log.read_text()}"
            time.sleep(0.05)

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/datasets", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts a server over any datasets; all are ended with the session."""
    servers: list[Server] = []

    def start(dataset: Path, *others: Path) -> Server:
        server = Server(dataset, tmp_path_factory.mktemp("server") / "server.log", others)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server], dataset: Path) -> Server:
    """One server for the whole session. A test that ends it must take `start_server` for one of its own."""
    return start_server(dataset)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser named by FLOWMAP_BROWSER, else one on this machine, else Playwright's own."""
    with sync_playwright() as playwright:
        program = browser_on_this_machine.found()
        chromium = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Complaints:
    """What a page must not do. A test that provokes an error says so with `expect(pattern)`."""

    origins: set[str]
    heard: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Complaints that match `pattern` are meant by this test."""
        self.expected.append(re.compile(pattern))

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"error on the page: {error}"))

    def watch_requests(self, context: BrowserContext) -> None:
        """Listen to every request of a context's pages and workers."""
        context.on("request", self._request)

    def left(self) -> list[str]:
        """What was heard and not expected."""
        return [each for each in self.heard if not any(pattern.search(each) for pattern in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        """Each page may ask the server that it came from, and no other."""
        if not request.url.startswith((*self.origins, "data:", "blob:")):
            self.heard.append(f"request to another origin: {request.url}")


@pytest.fixture
def complaints(server: Server, request: pytest.FixtureRequest) -> Iterator[Complaints]:
    """Collects what pages complain of; the test fails at its end if anything unexpected was heard."""
    others = [request.getfixturevalue(name) for name in OTHER_SERVERS if name in request.fixturenames]
    complaints = Complaints({f"{each.url}/" for each in (server, *others)})
    yield complaints
    assert complaints.left() == []


@pytest.fixture
def complaints_of_400(complaints: Complaints) -> None:
    """The browser itself writes every refused request to the console."""
    complaints.expect("the server responded with a status of 40[04]")


@pytest.fixture
def new_page(
    browser: Browser, server: Server, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens a watched page in a context of its own; options are those of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "base_url": server.url, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        complaints.watch_requests(context)
        context.on("page", complaints.watch)
        return context.new_page()

    yield open_page
    for number, context in enumerate(contexts):
        if getattr(request.node, "failed", False):
            for page in context.pages:
                name = re.sub(r"[^\w.-]+", "-", request.node.name)  # an address among its words is no file name
                page.screenshot(path=ARTEFACTS / "failed" / f"{name}-{number}.png")
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A watched page at 1280×720, not yet anywhere: `page.goto(server.page)`.

    To wait, give functions: `page.wait_for_function("() => window.flowmap")`. A bare expression would be evaluated as
    a string, which the page's Content-Security-Policy forbids.
    """
    return new_page()


@pytest.fixture
def map_page(page: Page, server: Server) -> MapPage:
    """The map of the small council, not yet opened: `map_page.open("_at=2015-11-15")`."""
    return MapPage(page, server.page)


@pytest.fixture
def new_map(new_page: Callable[..., Page], server: Server) -> Callable[..., MapPage]:
    """Another map page in a context of its own (another person): options are those of `new_page`."""
    return lambda **options: MapPage(new_page(**options), server.page)


@pytest.fixture
def own_server(
    tmp_path: Path, dataset: Path, start_server: Callable[..., Server], complaints: Complaints
) -> Iterator[Server]:
    """A server over a copy of the small council, which the test may change and end as it likes."""
    copy = tmp_path / dataset.name
    shutil.copytree(dataset, copy)
    server = start_server(copy)
    complaints.origins.add(f"{server.url}/")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server_of_two(
    tmp_path_factory: pytest.TempPathFactory, dataset: Path, start_server: Callable[..., Server]
) -> Server:
    """A server over two datasets, so that its first page is a list."""
    other = tmp_path_factory.mktemp("other") / "other"
    shutil.copytree(dataset, other)
    return start_server(dataset, other)


@pytest.fixture(scope="session")
def with_report(
    tmp_path_factory: pytest.TempPathFactory, dataset: Path, start_server: Callable[..., Server]
) -> Callable[[str, Any], Server]:
    """`with_report("quality.json", report)`: a server over a copy of the small council with that file, for looking at.

    A module calls its own fixture of it `reported` (OTHER_SERVERS).
    """

    def start(file: str, report: Any) -> Server:
        copy = tmp_path_factory.mktemp("reported") / dataset.name
        shutil.copytree(dataset, copy)
        (copy / file).write_text(json.dumps(report), encoding="utf-8")
        return start_server(copy)

    return start


@dataclass
class Api:
    """What the server says, asked without a browser."""

    server: Server

    def __call__(self, path: str, query: str = "") -> Any:
        """The JSON at `/api/datasets/NAME` + `path`. `query`: as in an address, without the question mark."""
        address = f"{self.server.url}/api/datasets/{self.server.name}{path}?{query}".rstrip("?")
        with urllib.request.urlopen(address, timeout=20) as answer:
            return json.load(answer)

    def counts(self, at: str, cohort: str = "") -> dict[str, int]:
        """Journeys at each station at an instant."""
        found: dict[str, int] = self("/occupancy", _query(f"at={at}", cohort))[0]["at_station"]
        return found

    def stations(self, at: str, cohort: str = "") -> dict[str, Any]:
        """The table's rows, by the station's id."""
        return {row["id"]: row for row in self("/stations", _query(f"at={at}", cohort))}


def _query(*parts: str) -> str:
    return "&".join(part for part in parts if part)


@pytest.fixture
def api(server: Server) -> Api:
    """Asks the session's server: `api("/moves", "sex=F")`, `api.counts("2015-11-15")`."""
    return Api(server)


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page)`: what axe-core finds wrong with the page as it is now, one line each (none: an empty list)."""
    assert AXE.is_file(), "axe-core is missing: python3 tools/task.py install"
    source = AXE.read_text(encoding="utf-8")

    def findings(page: Page, within: str | None = None) -> list[str]:
        # preload: axe would fetch and inline style sheets, which the policy forbids and no rule needs here.
        # evaluate() is not subject to the page's Content-Security-Policy, a script element would be.
        page.evaluate(f"{source}; undefined")
        options = {"resultTypes": ["violations"], "preload": False}
        result = page.evaluate("([within, options]) => axe.run(within ?? document, options)", [within, options])
        return [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['target']} {node['html'][:200]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return findings


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """`keep(page, "narrow")`: a screenshot in tests/artefacts, named after the test and the word."""

    def screenshot(page: Page, word: str, **options: Any) -> Path:
        path = ARTEFACTS / f"{request.node.originalname}-{word}.png"
        page.screenshot(path=path, **options)
        return path

    return screenshot


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Remember that a test failed, for the screenshot taken when its pages are closed."""
    report = yield
    if report.failed:
        item.failed = True  # type: ignore[attr-defined]
    return report
