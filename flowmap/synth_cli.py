"""The commands about synthetic models: fit, sample, explain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from flowmap.eventlog import EventLog
from flowmap.quality import OptionError

FILE = click.Path(path_type=Path)
Command = Callable[..., Any]
Progress = Callable[[], AbstractContextManager[Callable[[str, float], None]]]


def attach(group: click.Group, reading: Callable[[Command], Command], progress: Progress) -> None:
    """Add the commands to `group`; `reading` adds the options that say how files are read."""
    group.add_command(_fit(reading, progress))
    group.add_command(_sample(progress))
    group.add_command(explain)


def _fit(reading: Callable[[Command], Command], progress: Progress) -> click.Command:
    @click.command()
    @click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
    @click.option("-o", "--output", metavar="FILE", required=True, type=FILE, help="The model, as JSON.")
    @click.option(
        "-k", default=10, show_default=True, type=click.IntRange(2), help="What fewer children share is not stored."
    )
    @click.option("--map", "map_", metavar="NAME|FILE", help="The map that says where journeys end.")
    @click.option(
        "--attributes",
        type=click.Choice(["chain", "gaussian-copula", "measured"]),
        help="How attributes are learnt; measured: whichever comes nearer.  [default: measured with SDV, else chain]",
    )
    @reading
    def fit(
        sources: tuple[str, ...], output: Path, k: int, map_: str | None, attributes: str | None, **given: Any
    ) -> None:
        """Fit a model to a log: a readable file that holds nobody."""
        from flowmap import sources as readers
        from synthetic.model import FitOptions
        from synthetic.model import fit as learn
        from synthetic.model.copula import installed

        ways = FitOptions(k=k, attributes=attributes or ("measured" if installed() else "chain"))
        ways.check()
        options = readers.ReadOptions(format=given.pop("form"), **given)
        with progress() as say:
            log = readers.read(list(sources), options, lambda stage, share: say(stage, 0.4 * share))
            exits = exits_of(log, map_)
            model = learn(log, replace(ways, exits=exits), lambda stage, share: say(stage, 0.4 + 0.6 * share))
        model.save(output)
        for note in model.notes:
            click.echo(note)
        click.echo(
            f"Fitted {output}: {len(model.stations):,} stations, {len(model.moves):,} moves,"
            f" {len(model.choices.nodes):,} contexts; nothing in it is shared by fewer than {k} children."
        )
        click.echo(f"Look at it with: flowmap synth explain {output}")

    return fit


def exits_of(log: EventLog, map_: str | None = None) -> frozenset[str] | None:
    """The names of events at which journeys end, by the map asked for or a built-in one that fits; None: not known."""
    from flowmap import mapchoice

    choice = mapchoice.choose(log, map_)
    if choice.source == "automatic" or not choice.exits.any():
        return None
    ends = choice.exits[choice.place]
    return frozenset(name for name, end in zip(log.stations, ends.tolist(), strict=True) if end)


def _sample(progress: Progress) -> click.Command:
    @click.command()
    @click.argument("model", type=FILE)
    @click.option("-n", "--children", required=True, type=click.IntRange(1), help="How many children.")
    @click.option(
        "--years", type=click.FloatRange(0, 50, min_open=True), help="How long.  [default: as the model's log]"
    )
    @click.option("--seed", default=2018, show_default=True, help="The same seed makes the same log.")
    @click.option("-o", "--output", metavar="FILE", required=True, type=FILE, help="A file .csv or .xes.")
    def sample(model: Path, children: int, years: float | None, seed: int, output: Path) -> None:
        """Write a synthetic log from a model."""
        from synthetic import write
        from synthetic.model import Model
        from synthetic.model import sample as draw

        form = output.suffix.lower().lstrip(".")
        if form not in write.FORMS:
            raise OptionError(f"{output.name} is neither .csv nor .xes.", remedy="Name the file so, as in: -o log.csv")
        with progress() as say:
            log = draw(Model.load(model), children, years, seed, say)
            path = write.write(log, output.parent, form, output.stem)
        click.echo(f"Wrote {path}: {len(log):,} events of {len(log.child_ids):,} children who do not exist.")

    return sample


@click.command()
@click.argument("model", type=FILE)
def explain(model: Path) -> None:
    """Say in words what a model holds."""
    from synthetic.model import Model
    from synthetic.model import explain as tell

    click.echo(tell(Model.load(model)))
