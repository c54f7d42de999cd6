"""The commands: what they print, and how they end."""

from __future__ import annotations

import csv
import io
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flowmap import dataset, demo
from flowmap.ask import MEASURES
from flowmap.cli import main
from flowmap.dataset import Dataset
from flowmap.disclosure import Rule
from tests.logs import built, log

ROWS = [
    ("a", "contact", "2020-01-01"),
    ("a", "referral", "2020-01-01"),
    ("a", "nfa", "2020-01-05"),
    ("b", "contact", "2020-01-03"),
    ("a", "contact", "2020-01-20"),
]
CSV = "case,activity,timestamp\n" + "".join(f"{child},{station},{day}\n" for child, station, day in ROWS)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    return built(log(ROWS, attributes={"source": ["Police", None, None, "School", "Police"]}), tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "log.csv"
    file.write_text(CSV, encoding="utf-8")
    return file


def test_build_says_what_it_did_and_the_dataset_opens(tmp_path: Path, table: Path) -> None:
    done = run("build", table, "-o", tmp_path / "out", "--title", "A council")
    assert done.exit_code == 0, done.output
    assert "Rows: 5 read, 5 kept, 0 dropped." in done.output
    assert "Map: " in done.output
    assert "5 events, 2 children, 3 journeys, 2 moves" in done.output
    assert dataset.open(tmp_path / "out").meta["title"] == "A council"


def test_build_of_what_cannot_be_read_is_a_message_and_exit_code_1(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    for source in (empty, tmp_path / "nowhere.csv"):
        done = run("build", source, "-o", tmp_path / "out")
        assert done.exit_code in (1, 2), done.output
        assert done.output.startswith("Error: ") or "\nError: " in done.output
        assert source.name in done.output
        assert "Traceback" not in done.output
        assert not (tmp_path / "out").exists()


def test_build_onto_something_else_is_wrong_use(tmp_path: Path, table: Path) -> None:
    done = run("build", table, "-o", table)
    assert done.exit_code == 2
    assert table.read_text(encoding="utf-8") == CSV


def test_build_with_a_map_that_is_not_there_names_those_that_are(tmp_path: Path, table: Path) -> None:
    done = run("build", table, "-o", tmp_path / "out", "--map", "nonsense")
    assert done.exit_code == 1
    assert "childrens-social-care" in done.output


def test_check_reports_and_builds_nothing(tmp_path: Path, table: Path) -> None:
    done = run("check", table)
    assert done.exit_code == 0, done.output
    assert "Rows: 5 read, 5 kept, 0 dropped." in done.output
    report = json.loads(CliRunner().invoke(main, ["check", str(table), "--json"]).stdout)
    assert (report["rows_read"], report["rows_kept"], report["rows_dropped"]) == (5, 5, 0)
    assert [f.name for f in tmp_path.iterdir()] == ["log.csv"]


def test_summary_prints_facts_as_json(data: Dataset) -> None:
    done = run("summary", data.path, "--json", "--at", "2020-01-04", "--at", "2020-01-20T00:00Z")
    found = json.loads(done.output)
    assert (found["cases"], found["journeys"], found["events"], found["open"]) == (2, 3, 5, 2)
    assert found["transitions"][0] == {
        "from": "contact",
        "to": "referral",
        "count": 1,
        "median_hours": 0,
        "same_day": 1,
    }
    assert found["active"] == [
        {"at": "2020-01-04T00:00:00Z", "count": 2, "at_station": {"contact": 1, "referral": 1}},
        {"at": "2020-01-20T00:00:00Z", "count": 2, "at_station": {"contact": 2}},
    ]


def test_summary_of_a_cohort_says_its_sentence(data: Dataset) -> None:
    done = run("summary", data.path, "--cohort", "source=police&visit=0")
    assert "children referred by police, first visit" in done.output
    assert json.loads(run("summary", data.path, "--json", "--cohort", "visit=1").output)["journeys"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["summary", "{nothing}"], 1, "flowmap build"),
        (["summary", "{data}", "--cohort", "colour=red"], 2, "Facets here"),
        (["summary", "{data}", "--at", "yesterday"], 2, "such as 2015-06-01"),
        (["measure", "speed", "{data}"], 2, "Measures: "),
        (["measure", "weeks", "{data}"], 2, "--station"),
        (["measure", "weeks", "{data}", "--station", "moon"], 2, "contact"),
        (["nonsense"], 2, "No such command"),
        (["serve", "{nothing}"], 1, "flowmap build"),
        (["serve", "{data}", "--host", "0.0.0.0"], 2, "127.0.0.1"),  # noqa: S104
        (["build", "{data}"], 2, "--output"),
        (["demo", "--port", "99999"], 2, "port"),
    ],
)
def test_wrong_data_ends_with_1_and_wrong_use_with_2(data: Dataset, arguments: list[str], code: int, said: str) -> None:
    places = {"{data}": str(data.path), "{nothing}": str(data.path.parent / "nothing")}
    done = run(*[places.get(a, a) for a in arguments])
    assert done.exit_code == code, done.output
    assert said in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_measure_says_the_same_as_json_and_as_csv(data: Dataset, name: str) -> None:
    more = ["--station", "contact"] if name == "weeks" else []
    answer = json.loads(run("measure", name, data.path, "--json", *more).output)
    found: list[dict[str, Any]] = MEASURES[name].rows(answer)
    rows = list(csv.DictReader(io.StringIO(run("measure", name, data.path, *more).stdout)))
    assert found or answer["notes"]
    whose = "all journeys beside all journeys" if name == "compare" else "all journeys"
    told = [{key: "" if value is None else str(value) for key, value in row.items()} for row in found]
    assert rows == [{**row, "cohort": whose} for row in told]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["durations", "--start", "contact", "--stop", "referral,nfa", "--first-day", 1], '"p25": 1.0'),
        (["rereferral", "--months", 6, "--by", "source"], '"months": 6'),
        (["timescales", "--limit", 1, "--at", "2020-01-02", "--first-day", 1], '"first_day": 1'),
        (["nfa", "--station", "contact", "--lookback", 12, "--from", "2020-01-01", "--to", "2020-01-10"], '"of": 1'),
        (["conversion", "--start", "contact", "--stop", "referral", "--window", 5], '"window_days": 5'),
        (["variation", "--of", "nfa", "--station", "contact", "--by", "source"], '"by": "source"'),
        (["nfa", "--station", "contact", "--role", "nfa:closed"], '"count": 0'),
        (["pathways", "--pattern", "C -> R", "--scope", "child"], '"pattern": "C -> R"'),
        (["benchmarks", "--area", "kent"], '"area": "Kent"'),
        (["effect", "--figure", "stock"], '"figure": "stock"'),
        (["workload", "--by", "source", "--bin", "month"], '"by": "source"'),
        (["workload", "--cost", "contact:10:0", "--bin", "month"], '"cost": 30.0'),  # three contacts
    ],
)
def test_a_measure_is_asked_with_its_options(data: Dataset, asked: list[object], said: str) -> None:
    name, *more = asked
    done = run("measure", name, data.path, "--json", *more)
    assert done.exit_code == 0, done.output
    assert said in done.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--role", "nfa"], "part:id"),
        (["--cost", "nfa"], "id:each:day"),
        (["--role", "king:nfa"], "Parts: "),
        (["--station", "moon"], "moon"),
        (["--by", "shoe"], "Facets here"),
        (["--from", "2020-02-01", "--to", "2020-01-01"], "no day in it"),
        (["--from", "yesterday"], "yesterday"),
    ],
)
def test_an_option_that_cannot_be_is_a_message(data: Dataset, more: list[str], said: str) -> None:
    done = run("measure", "nfa", data.path, *more)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_synth_reference_writes_a_log_that_builds(tmp_path: Path) -> None:
    done = run(
        "synth", "reference", "--as", "csv", "-o", tmp_path / "made", "--years", 1, "--referrals", 200, "--seed", 5
    )
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "made").iterdir()
    done = run("build", file, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert dataset.open(tmp_path / "out").meta["map"]["name"] == "childrens-social-care"


def test_the_demo_is_built_once_into_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMAP_CACHE", str(tmp_path))
    real = demo.reference.make
    monkeypatch.setattr(demo.reference, "make", lambda **asked: real(100, 1, **asked))
    shares: list[float] = []
    folder = demo.demo(lambda _, share: shares.append(share))
    assert folder.is_relative_to(tmp_path)
    assert shares == sorted(shares)
    assert json.loads((folder / "periods.json").read_text(encoding="utf-8"))
    built_at = dataset.open(folder).meta["built"], dataset.open(folder).meta["id"]
    shares.clear()
    assert demo.demo(lambda _, share: shares.append(share)) == folder
    assert shares == []
    assert (dataset.open(folder).meta["built"], dataset.open(folder).meta["id"]) == built_at


def test_the_demo_takes_the_next_port_where_its_own_is_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < demo.free_port("127.0.0.1", port) <= port + 20


def test_serve_and_demo_hand_over_to_the_server(data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def serve(
        paths: list[Path], host: str, port: int, open_browser: bool, home: Path | None = None, rule: Rule | None = None
    ) -> None:
        asked.append((paths, host, port, open_browser, home, rule))

    monkeypatch.setattr("flowmap.web.run.serve", serve)
    monkeypatch.setattr("flowmap.demo.demo", lambda _: tmp_path / "demo")
    monkeypatch.setattr("flowmap.demo.free_port", lambda _, port: port + 1)
    assert run("serve", data.path, "--port", 0, "--no-browser").exit_code == 0
    assert run("serve", "--home", tmp_path / "kept").exit_code == 0  # no dataset: the start page
    assert run("serve", data.path, "--public", "--threshold", 9).exit_code == 0
    done = run("demo", "--port", 9000)
    assert asked == [
        ([data.path], "127.0.0.1", 0, False, None, None),
        ([], "127.0.0.1", 8765, True, tmp_path / "kept", None),
        ([data.path], "127.0.0.1", 8765, False, None, Rule(9)),
        ([tmp_path / "demo"], "127.0.0.1", 9001, True, None, None),
    ]
    assert "Port 9000 is in use; using 9001." in done.output
