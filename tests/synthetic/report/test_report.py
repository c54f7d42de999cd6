"""The report: what it says first, what it hides, and that its page stands alone and can be read by everybody."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from flowmap.build import build as build_dataset
from flowmap.cli import main
from flowmap.eventlog import EventLog, SourceError
from flowmap.sources import read
from synthetic.fidelity import Options, together
from synthetic.privacy.control import noisy_copy, renamed
from synthetic.report import Report, build, load, render
from synthetic.report.figures import Plot, figures
from synthetic.report.modelfacts import read_model
from synthetic.report.page import STYLE
from synthetic.report.plots import lines, nice_ticks
from synthetic.report.sentences import fidelity, safety
from synthetic.write import write
from tests.truth import make

QUICK = Options(classifier=False)
MODEL = json.dumps({"k": 10, "choices": [{"children": 10}, {"children": 35}], "counts": {"children": 3000}}).encode()


@pytest.fixture(scope="module")
def truths() -> list[EventLog]:
    """Three samples of about 1,800 children, the second under names of its own."""
    logs = [make(600, 4, seed=s) for s in (1, 2, 3)]
    return [logs[0], renamed(logs[1]), logs[2]]


@pytest.fixture(scope="module")
def good(truths) -> Report:
    """Of an independent sample, with hold-out and model."""
    return build(truths[0], truths[1], truths[2], QUICK, model=("model.json", MODEL))


@pytest.fixture(scope="module")
def bad(truths) -> Report:
    """Of copied children with all durations alike."""
    copy = noisy_copy(truths[0])
    walks = together(copy)[0]
    time = copy.time.copy()
    time[walks.row] = np.repeat(walks.start, walks.events)
    return build(truths[0], replace(copy, time=time), None, QUICK)


def test_safety_is_said_first_and_about_the_model_before_the_log(good):
    said = [s.text for s in safety(good)]
    assert said[0] == "No real child was found by nine attacks on this synthetic log."
    assert said[1].startswith("The model file model.json holds 2 contexts")
    assert "smallest count is 10" in said[1]
    assert said[2].startswith("None of the")


def test_a_leak_is_said_in_the_first_sentence(bad):
    first = safety(bad)[0]
    assert first.tone == "bad"
    assert first.text.startswith("Do not hand this synthetic log out")
    assert "unique records" in first.text.lower()


def test_a_small_number_in_the_model_is_a_failure(truths):
    small = json.dumps({"k": 10, "waits": [{"children": 4}]}).encode()
    found = build(truths[0], truths[1], None, QUICK, model=("m.json", small))
    assert "Small numbers in the model" in safety(found)[0].text
    assert "a count of 4 children, fewer than 10" in safety(found)[1].text


def test_an_identifier_in_the_model_is_a_failure(truths):
    name = str(truths[0].child_ids[0])
    found = build(truths[0], truths[1], None, QUICK, model=("m.json", json.dumps({"k": 10, "x": name}).encode()))
    page = render(found)
    assert "Search for identifiers" in safety(found)[0].text
    assert name not in page


def test_an_identifier_with_escapes_in_the_model_is_found(truths):
    name = "".join(f"\\u{ord(c):04x}" for c in str(truths[0].child_ids[0]))
    found = build(truths[0], truths[1], None, QUICK, model=("m.json", f'{{"k": 10, "x": "{name}"}}'.encode()))
    assert found.identifiers.in_files == {"m.json": 1}


def test_the_verdict_says_what_it_rests_on(good, bad):
    assert safety(good)[-1].text.startswith("Decided by: Small numbers in the model, search for identifiers, unique")
    assert "could not be measured or say nothing" not in safety(good)[-1].text
    assert "Not part of it, as they could not be measured or say nothing: " in safety(bad)[-1].text
    assert "embership of everybody" in safety(bad)[-1].text.split("say nothing: ")[1]


def test_no_identifier_is_in_the_report(truths, good, bad):
    names = {str(i) for i in truths[0].child_ids.to_pylist()}
    for report in (good, bad):
        for text in (render(report), json.dumps(report.to_json())):
            assert not names & set(re.findall(r"\d{6,}", text.replace(",", "")))


def test_yardsticks_too_far_are_said_and_marked_with_a_word(bad):
    assert any("Too far from the real log" in s.text and "urations of each move" in s.text for s in fidelity(bad))
    row = re.search(r'<tr class="far"><th scope="row">Durations of each move.*?</tr>', render(bad), re.S)
    assert row
    assert "✗" in row[0]
    assert "too far" in row[0]


def test_re_referral_is_said_in_words(good):
    assert any(re.match(r"Re-referral within 12 months is \d+\.\d% in the real log", s.text) for s in fidelity(good))


def test_what_is_not_guaranteed_is_on_the_page(good):
    page = render(good)
    assert "What is not guaranteed" in page
    assert "no proof, as differential privacy would be" in page


def test_the_page_stands_alone(good):
    page = render(good)
    assert not re.search(r"<script|<link|<img|<iframe|\son\w+=|url\(|@import|https?://", page)
    assert "default-src 'none'" in page


def test_the_page_is_well_formed_and_its_tables_and_pictures_are_named(good, bad):
    for report in (good, bad):
        page = render(report)
        body = page[page.index("<body>") : page.index("</html>")].replace("&nbsp;", " ")
        tree = ElementTree.fromstring(body)  # noqa: S314 (our own page)
        tables = tree.findall(".//table")
        assert len(tables) > 8
        for table in tables:
            assert table.find("caption").text
            assert all(th.get("scope") in ("col", "row") for th in table.iter("th"))
            assert len({sum(cell.tag in ("th", "td") for cell in row) for row in table.iter("tr")}) == 1
        named = [svg for svg in tree.iter("svg") if svg.get("role") == "img"]
        assert len(named) >= 4
        assert all(svg.find("title").text and svg.find("desc").text for svg in named)
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        assert all(e.get("aria-labelledby").split()[0] in ids for e in tree.iter() if e.get("aria-labelledby"))
        levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch("h[1-6]", e.tag)]
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))


def test_names_from_a_log_cannot_break_the_page(truths):
    rude = replace(truths[0], stations=tuple("<b>&\"'" + s for s in truths[0].stations))
    made = replace(truths[1], stations=rude.stations)
    page = render(build(rude, made, None, QUICK))
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page


def test_figures_of_few_children_are_hidden(truths):
    walks = together(truths[0], truths[1])
    rows = figures(*walks, 2, k=10).stations
    reached = {row.name: len(np.unique(walks[0].child[walks[0].journey[walks[0].station == i]]))
               for i, row in ((walks[0].names.index(r.name), r) for r in rows)}  # fmt: skip
    few = [r for r in rows if reached[r.name] < 10]
    assert few
    assert all(r.events[0] is None and r.reach[0] is None and r.wait[0] is None for r in few)
    assert all(r.events[0] is not None for r in rows if reached[r.name] >= 10)
    assert all(v == 0 or v >= 5 for plot in figures(*walks, 2, k=10).stock for v in plot.real)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour if len(colour) == 6 else "".join(2 * c for c in colour)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    return sum(
        w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
        for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
    )


def test_every_text_has_contrast_in_light_dark_and_print():
    themes = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.S)
    assert len(themes) == 3
    for theme in themes:
        colour = dict(re.findall(r"--([\w-]+): #(\w+)", theme))
        for ground in ("paper", "raised", "bad-ground"):
            for ink in ("ink", "muted", "bad", *(("good", "real", "made") if ground != "bad-ground" else ())):
                one, two = sorted((_luminance(colour[ink]), _luminance(colour[ground])))
                assert (two + 0.05) / (one + 0.05) >= 4.5, (ink, ground, theme)


def test_ticks_are_round_and_cover_the_values():
    assert nice_ticks(0, 97) == [0, 20, 40, 60, 80, 100]
    assert nice_ticks(0, 0.31)[-1] >= 0.31
    assert len(nice_ticks(0, 1234)) <= 7


def test_a_plot_draws_every_value_within_its_frame():
    plot = Plot("t", "x", "y", [0.0, 5.0, 10.0], [0.0, 50.0, 100.0], [0.0, 40.0, 90.0])
    drawn = re.findall(r'<path class="(\w+)" d="M([^"]+)"', lines(plot, 0))
    assert [name for name, _ in drawn] == ["real", "made"]
    places = [tuple(map(float, p.split(","))) for p in drawn[0][1].split("L")]
    assert places == [(48, 200), (215, 105), (382, 10)]


def test_a_model_that_is_no_json_is_refused():
    with pytest.raises(SourceError, match="not JSON"):
        read_model("model.json", b"\xff\x00")
    with pytest.raises(SourceError, match="not a synthetic model"):
        read_model("model.json", b"[]")


@pytest.fixture(scope="module")
def files(truths, tmp_path_factory) -> list[Path]:
    """A real and a synthetic log as CSV files."""
    folder = tmp_path_factory.mktemp("logs")
    return [write(log, folder / name, "csv") for name, log in zip(("one", "two"), truths, strict=False)]


def test_the_command_writes_a_page_and_says_the_verdict(files, tmp_path):
    page = tmp_path / "report.html"
    found = CliRunner().invoke(main, ["synth", "report", *map(str, files), "-o", str(page), "--no-classifier"])
    assert found.exit_code == 0, found.output
    assert "No real child was found" in found.stdout
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_command_writes_data(files, tmp_path):
    target = tmp_path / "report.json"
    period = ["--period", "2016-10-10:2016-11-18"]
    found = CliRunner().invoke(
        main, ["synth", "report", *map(str, files), "-o", str(target), "--no-classifier", *period]
    )
    assert found.exit_code == 0, found.output
    data = json.loads(target.read_text(encoding="utf-8"))
    assert {"edges", "durations", "again_12", "period_durations"} <= {y["key"] for y in data["fidelity"]}
    assert len(data["safety"]) == 9
    assert data["exits"]


def test_the_command_puts_the_report_beside_a_dataset(files, tmp_path):
    build_dataset(read(str(files[0])), tmp_path / "council")
    dataset = ["--dataset", str(tmp_path / "council")]
    before = sorted(path.name for path in (tmp_path / "council").iterdir())
    found = CliRunner().invoke(main, ["synth", "report", *map(str, files), "--no-classifier", *dataset])
    assert found.exit_code == 0, found.output
    assert "flowmap serve" in found.stdout
    report = load((tmp_path / "council" / "synthetic-report.json").read_text(encoding="utf-8"), "report")
    assert report.map.title == "Children's social care"
    assert report.handed_out == {files[1].name: hashlib.sha256(files[1].read_bytes()).hexdigest()}
    assert sorted(path.name for path in (tmp_path / "council").iterdir()) == sorted([*before, "synthetic-report.json"])


def test_a_report_goes_somewhere(files, tmp_path):
    for more, said in (([], "Nowhere to write"), (["--dataset", str(tmp_path)], "is not a dataset")):
        found = CliRunner().invoke(main, ["synth", "report", *map(str, files), *more])
        assert found.exit_code == 2
        assert said in found.output


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--period", "yesterday"], 2, "is not a period"),
        (["--period", "2016-11-18:2016-10-10"], 2, "ends before it begins"),
        (["--exit", "nowhere"], 2, "exit called nowhere"),
        (["--model", "missing.json"], 1, "cannot be read"),
        (["--map", "missing.yaml"], 1, "missing.yaml"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(files, tmp_path, more, code, said):
    page = tmp_path / "report.html"
    found = CliRunner().invoke(main, ["synth", "report", *map(str, files), "-o", str(page), "--no-classifier", *more])
    assert found.exit_code == code
    assert said in found.output
    assert "Traceback" not in found.output
    assert not page.exists()
