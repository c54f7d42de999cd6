"""The command `flowmap synth report`: reads two logs, compares them, attacks the synthetic one, writes a page."""

from __future__ import annotations

import json
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
Progress = Callable[[], AbstractContextManager[Callable[[str, float], None]]]


def attach(group: click.Group, progress: Progress) -> None:
    """Add the command to `group`."""
    group.add_command(_report(progress))


def _report(progress: Progress) -> click.Command:
    @click.command()
    @click.argument("real")
    @click.argument("synthetic")
    @click.option(
        "-o", "--output", type=FILE, required=True, help="The page to write; .json gives the figures as data."
    )
    @click.option("--holdout", help="Children of the same system that the model never saw: the floor, and strangers.")
    @click.option("--model", type=FILE, help="The model file, which is looked through first: give it always.")
    @click.option(
        "--exit", "exits", multiple=True, help="A station where journeys end (repeat).  [default: by the map]"
    )
    @click.option("--entry", help="The station at which re-referrals are counted.  [default: referral]")
    @click.option("--period", help="A period whose effect to compare, as in 2016-10-10:2016-11-18.")
    @click.option("-k", type=click.IntRange(2), help="Fewer children are a small group.  [default: 10, or the model's]")
    @click.option("--tools", metavar="PYTHON", help="Another Python, with Anonymeter or SDMetrics: attacks with these.")
    @click.option("--no-classifier", is_flag=True, help="Leave out the classifier test, which takes longest.")
    def report(
        real: str, synthetic: str, output: Path, holdout: str | None, model: Path | None, exits: tuple[str, ...],
        entry: str | None, period: str | None, k: int | None, tools: str | None, no_classifier: bool,
    ) -> None:  # fmt: skip
        """Say how safe and how faithful the SYNTHETIC log is, beside the REAL one that it was made from."""
        from flowmap.sources import read
        from synthetic.fidelity import Options
        from synthetic.outside import find
        from synthetic.report import build

        span = _period(period)
        other = find(tools) if tools else None
        content = None if model is None else (model.name, _content(model))
        handed_out = {Path(synthetic).name: _content(Path(synthetic))} if Path(synthetic).is_file() else None
        with progress() as say:
            logs = [read(source, progress=say) for source in (real, synthetic, *([holdout] if holdout else []))]
            options = Options(exits or exits_of(logs[0]), entry, span, classifier=not no_classifier)
            beside = logs[2] if holdout else None
            found = build(logs[0], logs[1], beside, options, k, content, handed_out, other, say)
        _write(found, output)
        for sentence in _said(found):
            click.echo(sentence)
        click.echo(f"Wrote {output}.")

    return report


def _write(found: Report, output: Path) -> None:
    from synthetic.report import render

    data = output.suffix.lower() == ".json"
    text = json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False) if data else render(found)
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
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
