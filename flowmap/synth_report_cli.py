"""The command `flowmap synth report`: reads two logs, compares them, attacks the synthetic one, writes a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowmap import synth_options, whole
from flowmap.quality import OptionError, SourceError

if TYPE_CHECKING:
    from flowmap.eventlog import EventLog
    from synthetic.model.options import Period
    from synthetic.report import Report

MOVED = "The real log's dates are moved here by as many weeks as the model's: no date in this report is a true one."
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
Say = Callable[[str, float], None]
Progress = Callable[[], AbstractContextManager[Say]]


def attach(group: click.Group, progress: Progress) -> None:
    """Add the command to `group`."""
    group.add_command(_report(progress))


def _report(progress: Progress) -> click.Command:
    @click.command()
    @click.argument("real")
    @click.argument("synthetic")
    @click.option("-o", "--output", type=FILE, help="The page to write; .json gives the figures as data.")
    @click.option(
        "--dataset", type=FOLDER, help="A built dataset (of either log) beside whose map the server shows the report."
    )
    @click.option("--holdout", help="Children of the same system that the model never saw: the floor, and strangers.")
    @click.option("--model", type=FILE, help="The model file, which is looked through first: give it always.")
    @click.option(
        "--exit",
        "exits",
        metavar="NAME",
        multiple=True,
        help="A station where journeys end (repeat).  [default: by the map]",
    )
    @click.option("--entry", help="The station at which re-referrals are counted.  [default: referral]")
    @click.option("--map", "map_", metavar="NAME|FILE", help="The map to draw both logs on; chosen where not given.")
    @click.option(
        "--period", metavar="FROM:TO", help=f"A period whose effect to compare, as in {synth_options.EXAMPLE}."
    )
    @click.option("-k", type=click.IntRange(2), help="Fewer children are a small group.  [default: 10, or the model's]")
    @click.option("--tools", metavar="PYTHON", help="Another Python, with Anonymeter or SDMetrics: attacks with these.")
    @click.option("--no-classifier", is_flag=True, help="Leave out the classifier test, which takes longest.")
    def report(
        real: str, synthetic: str, output: Path | None, dataset: Path | None, holdout: str | None, model: Path | None,
        exits: tuple[str, ...], entry: str | None, map_: str | None, period: str | None, k: int | None,
        tools: str | None, no_classifier: bool,
    ) -> None:  # fmt: skip
        """Say how safe and how faithful the SYNTHETIC log is, beside the REAL one that it was made from."""
        from flowmap.export.synthetic_report import with_map
        from synthetic.fidelity import Options
        from synthetic.outside import find
        from synthetic.report import build

        other = find(tools) if tools else None
        named = None if period is None else synth_options.period(period)
        inputs = (real, synthetic, *([holdout] if holdout else []))
        targets = _targets(output, dataset)
        for target in targets:
            whole.check(target, sources=(*inputs, *([model] if model else [])))
        content = None if model is None else (model.name, _content(model))
        handed_out = {Path(synthetic).name: _content(Path(synthetic))} if Path(synthetic).is_file() else None
        with progress() as say:
            say("reading", 0.0)
            logs = [_read(source, say, 0.1 * place) for place, source in enumerate(inputs)]
            if named is not None:
                synth_options.check_inside((named,), logs[0])
            ends = synth_options.exits_of(logs[0], map_, exits)
            weeks = _weeks_moved(logs[0], model)
            logs, named = _moved(logs, named, weeks)
            span = None if named is None else synth_options.instants(named)
            options = Options(ends, entry, span, classifier=not no_classifier)
            beside = logs[2] if holdout else None
            found = build(logs[0], logs[1], beside, options, k, content, handed_out, other, _after_reading(say))
            found = replace(found, notes=(*found.notes, MOVED)) if weeks else found
            found = with_map(found, logs[0], logs[1], map_)
            say("writing", 0.95)
            for target in targets:
                text = _text(found, target)
                with whole.file(target) as part:
                    part.write_text(text, encoding="utf-8")
            say("writing", 1.0)
        for sentence in _said(found):
            click.echo(sentence)
        for target in targets:
            click.echo(f"Wrote {target}.")
        if dataset:
            click.echo(f"See it with: flowmap serve {dataset}")

    return report


def _targets(output: Path | None, dataset: Path | None) -> list[Path]:
    """The files to write. Raises OptionError where there is none, or where the dataset is none."""
    from flowmap.dataset_write import is_dataset
    from flowmap.export.synthetic_report import IN_DATASET

    if dataset is not None and not is_dataset(dataset):
        raise OptionError(f"{dataset} is not a dataset.", remedy="Name a folder that `flowmap build` made.")
    found = [*([output] if output else []), *([dataset / IN_DATASET] if dataset else [])]
    if not found:
        raise OptionError("Nowhere to write the report.", remedy="Give -o report.html, or --dataset FOLDER, or both.")
    return found


def _read(source: str, say: Say, start: float) -> EventLog:
    from flowmap.sources import read

    return read(source, progress=lambda stage, share: say(stage, start + 0.1 * share))


def _after_reading(say: Say) -> Say:
    """Progress of the attacks and comparisons, as shares of the whole."""
    start = {"attacking": 0.3, "comparing": 0.6}
    return lambda what, share: say(what, start.get(what, 0.9) + (0.3 if what in start else 0.05) * share)


def _weeks_moved(log: EventLog, model: Path | None) -> int:
    """By how many weeks the real log's dates were moved before the model was fitted on it."""
    from synthetic.model import Model
    from synthetic.model.shift import weeks_between

    return 0 if model is None else weeks_between(log, Model.load(model))


def _moved(logs: list[EventLog], period: Period | None, weeks: int) -> tuple[list[EventLog], Period | None]:
    """Real log, hold-out and period moved by so many weeks; the synthetic log (the second) has moved dates already."""
    from synthetic.model.shift import shifted, shifted_period

    moved = [log if place == 1 else shifted(log, weeks) for place, log in enumerate(logs)]
    return moved, None if period is None else shifted_period(period, weeks)


def _text(found: Report, output: Path) -> str:
    from flowmap.export.synthetic_report import pictures
    from synthetic.report import render

    if output.suffix.lower() == ".json":
        return json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    return render(found, maps=pictures(found))


def _said(found: Report) -> list[str]:
    """The verdict on safety, and the two sentences that sum up fidelity."""
    from synthetic.report.sentences import fidelity, safety

    return [safety(found)[0].text, *(s.text for s in fidelity(found)[:2])]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"The file cannot be read: {error.strerror}.", file=path.name) from error
