"""The command `flowmap synth report`: reads two logs, compares them, attacks the synthetic one, writes a page."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowmap.quality import OptionError, SourceError
from flowmap.synth_cli import exits_of

if TYPE_CHECKING:
    from synthetic.report import Report

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
Progress = Callable[[], AbstractContextManager[Callable[[str, float], None]]]


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
    @click.option("--model", type=FILE, help="The model file, if it is handed out too.")
    @click.option(
        "--exit", "exits", multiple=True, help="A station where journeys end (repeat).  [default: by the map]"
    )
    @click.option("--entry", help="The station at which re-referrals are counted.  [default: referral]")
    @click.option("--map", "map_", metavar="NAME|FILE", help="The map to draw both logs on; chosen where not given.")
    @click.option("--period", help="A period whose effect to compare, as in 2016-10-10:2016-11-18.")
    @click.option("-k", type=click.IntRange(2), help="Fewer children are a small group.  [default: the model's, or 10]")
    @click.option("--no-classifier", is_flag=True, help="Leave out the classifier test, which takes longest.")
    def report(
        real: str, synthetic: str, output: Path | None, dataset: Path | None, holdout: str | None, model: Path | None,
        exits: tuple[str, ...], entry: str | None, map_: str | None, period: str | None, k: int | None,
        no_classifier: bool,
    ) -> None:  # fmt: skip
        """Say how safe and how faithful the SYNTHETIC log is, beside the REAL one that it was made from."""
        from flowmap.export.synthetic_report import with_map
        from flowmap.sources import read
        from synthetic.fidelity import Options
        from synthetic.report import build

        targets = _targets(output, dataset)
        span = _period(period)
        content = None if model is None else (model.name, _content(model))
        handed_out = {Path(synthetic).name: _content(Path(synthetic))} if Path(synthetic).is_file() else None
        with progress() as say:
            logs = [read(source, progress=say) for source in (real, synthetic, *([holdout] if holdout else []))]
            options = Options(exits or exits_of(logs[0], map_), entry, span, classifier=not no_classifier)
            beside = logs[2] if holdout else None
            found = build(logs[0], logs[1], beside, options, k, content, handed_out, say)
            found = with_map(found, logs[0], logs[1], map_)
        for target in targets:
            _write(found, target)
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


def _write(found: Report, output: Path) -> None:
    """Beside the target first, and then in its place, so that nobody reads half a report."""
    from flowmap.export.synthetic_report import pictures
    from synthetic.report import render

    data = output.suffix.lower() == ".json"
    text = (
        json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        if data
        else render(found, maps=pictures(found))
    )
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceError(f"The report cannot be written: {error.strerror}.", file=output.name) from error


def _said(found: Report) -> list[str]:
    """The verdict on safety, and the two sentences that sum up fidelity."""
    from synthetic.report.sentences import fidelity, safety

    return [safety(found)[0].text, *(s.text for s in fidelity(found)[:2])]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"The file cannot be read: {error.strerror}.", file=path.name) from error


def _period(text: str | None) -> tuple[int, int] | None:
    """First and last millisecond (UTC) of FROM:TO, both days included."""
    import numpy as np

    if text is None:
        return None
    try:
        first, last = (np.datetime64(part.strip(), "D") for part in text.split(":"))
    except ValueError:
        raise OptionError(f"{text!r} is not a period.", remedy="Write two dates: 2016-10-10:2016-11-18.") from None
    if last < first:
        raise OptionError(f"The period {text} ends before it begins.")
    bounds = (int(day.astype("datetime64[ms]").astype(np.int64)) for day in (first, last + 1))
    return next(bounds), next(bounds) - 1
