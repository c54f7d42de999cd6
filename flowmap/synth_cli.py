"""The commands about synthetic models: fit, sample, explain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from flowmap import synth_options, whole
from flowmap.quality import OptionError
from flowmap.synth_options import COUNCIL, EXAMPLE, PLAIN

FILE = click.Path(path_type=Path)
MOST = 1_000_000  # children of one sample
Command = Callable[..., Any]
Progress = Callable[[], AbstractContextManager[Callable[[str, float], None]]]


def attach(group: click.Group, reading: Callable[[Command], Command], progress: Progress) -> None:
    """Add the commands to `group`; `reading` adds the options that say how files are read."""
    group.add_command(_fit(reading, progress))
    group.add_command(_sample(progress))
    group.add_command(_explain(progress))


def _fit(reading: Callable[[Command], Command], progress: Progress) -> click.Command:
    @click.command()
    @click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
    @click.option("-o", "--output", metavar="FILE", required=True, type=FILE, help="The model, as JSON.")
    @click.option(
        "-k", default=10, show_default=True, type=click.IntRange(2), help="What fewer children share is not stored."
    )
    @click.option("--map", "map_", metavar="NAME|FILE", help="The map that says where journeys end.")
    @click.option("--exit", "exits", metavar="NAME", multiple=True, help="An event that ends journeys (repeat).")
    @click.option(
        "--period",
        "periods",
        metavar="FROM:TO[:NAME]",
        multiple=True,
        help=f"Days in which things went another way (repeat), as in {EXAMPLE}:inspection.",
    )
    @click.option("--no-periods", is_flag=True, help="Do not look for other such days.")
    @click.option("--shift", metavar="WEEKS", help="Move all dates by so many weeks, or by: random.")
    @reading
    def fit(
        sources: tuple[str, ...], output: Path, k: int, map_: str | None, exits: tuple[str, ...],
        periods: tuple[str, ...], no_periods: bool, shift: str | None, **given: Any,
    ) -> None:  # fmt: skip
        """Fit a model to a log: a readable file that holds nobody."""
        from flowmap import sources as readers
        from synthetic.model import FitOptions
        from synthetic.model import fit as learn
        from synthetic.model.shift import NOTE, shifted, shifted_period, weeks_of

        if map_ and exits:
            raise OptionError("Both --map and --exit say where journeys end.", remedy="Give one of them.")
        options = readers.ReadOptions(format=given.pop("form"), **given)
        named = tuple(synth_options.period(text) for text in periods)
        weeks = 0 if shift is None else weeks_of(shift)
        whole.check(output, sources=sources)
        with progress() as say:
            say("Reading the log", 0.0)
            log = readers.read(list(sources), options, lambda stage, share: say(stage, 0.4 * share))
            synth_options.check_inside(named, log)
            wanted = FitOptions(
                k=k,
                exits=synth_options.exits_of(log, map_, exits),
                periods=tuple(shifted_period(each, weeks) for each in named),
                find_periods=not no_periods,
            )
            log = shifted(log, weeks)
            model = learn(log, wanted, lambda stage, share: say(stage, 0.4 + 0.6 * share))
            if weeks:
                model.notes.append(NOTE)
            with whole.file(output) as part:
                model.save(part)
            say("Writing the model", 1.0)
        for note in model.notes:
            click.echo(note)
        click.echo(
            f"Fitted {output}: {len(model.stations):,} stations, {len(model.moves):,} moves,"
            f" {len(model.choices.nodes):,} contexts; nothing in it is shared by fewer than {k} children."
        )
        click.echo(f"Look at it with: flowmap synth explain {output}")

    return fit


def _sample(progress: Progress) -> click.Command:
    @click.command()
    @click.argument("model", type=FILE)
    @click.option("-n", "--children", type=int, help=f"How many children, at most {MOST:,}.")
    @click.option(
        "--years", type=click.FloatRange(0, 50, min_open=True), help="How long.  [default: as the model's log]"
    )
    @click.option(
        "--seed", default=2018, show_default=True, type=click.IntRange(0), help="The same seed makes the same log."
    )
    @click.option("--as", "form", type=click.Choice(COUNCIL), help="A council's files instead of one log.")
    @click.option(
        "-o", "--output", metavar="FILE|DIR", required=True, type=FILE,
        help="A file .csv, .xes or .parquet; with --as, a folder.",
    )  # fmt: skip
    def sample(
        model: Path, children: int | None, years: float | None, seed: int, form: str | None, output: Path
    ) -> None:
        """Write a synthetic log from a model."""
        from synthetic.model import Model
        from synthetic.model import sample as draw

        count = _count(children)
        form = _form(output, form)
        whole.check(output, folder=form in COUNCIL, sources=[model])
        with progress() as say:
            say("Reading the model", 0.0)
            log = draw(Model.load(model), count, years, seed, lambda stage, share: say(stage, 0.7 * share))
            say("Writing files", 0.7)
            told: list[str] = []
            if form in COUNCIL:
                log, told = synth_options.rare_as_other(log)
            paths, lacking = synth_options.write(log, output, form)
            say("Writing files", 1.0)
        for sentence in told + lacking:
            click.echo(sentence)
        files = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files to {output}"
        click.echo(f"Wrote {files}: {len(log):,} events of {len(log.child_ids):,} children who do not exist.")

    return sample


def _count(children: int | None) -> int:
    if children is None:
        raise OptionError("How many children is the log to have?", remedy="Say so with -n, as in: -n 20000")
    if children < 1:
        raise OptionError(f"There cannot be {children:,} children.", remedy="Give a number from 1, as in: -n 20000")
    if children > MOST:
        raise OptionError(
            f"{children:,} children are more than one log may have, {MOST:,}.",
            remedy="Draw several logs, each with a --seed of its own.",
        )
    return children


def _form(output: Path, named: str | None) -> str:
    """The form to write, by its name or the file's ending. Raises OptionError."""
    ending = output.suffix.lower().lstrip(".")
    if named is None and ending not in PLAIN:
        raise OptionError(
            f"{output.name} is neither .csv nor .xes nor .parquet.",
            remedy=f"Name the file so, as in: -o log.csv; or have a council's files: --as cin -o {output.stem}",
        )
    if named is not None and ending in PLAIN:
        raise OptionError(f"{named} is written as files in a folder.", remedy=f"Name a folder, as in: -o {output.stem}")
    return named or ending


def _explain(progress: Progress) -> click.Command:
    @click.command()
    @click.argument("model", type=FILE)
    def explain(model: Path) -> None:
        """Say in words what a model holds, and what protects it."""
        from synthetic.model import Model
        from synthetic.model import explain as tell

        with progress() as say:
            say("Reading the model", 0.0)
            text = tell(Model.load(model))
            say("Reading the model", 1.0)
        click.echo(text)

    return explain
