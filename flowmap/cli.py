"""The commands: parse arguments, call one function, print."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

import flowmap
from flowmap import measure_cli, synth_cli, synth_options, synth_report_cli, whole
from flowmap.quality import FlowmapError, OptionError

Command = TypeVar("Command", bound=Callable[..., Any])

WRONG_DATA, WRONG_USE = 1, 2
PORT = 8765
FOLDER = click.Path(path_type=Path)


class Commands(click.Group):
    """A group whose errors are a message and an exit code: 1 for wrong data, 2 for wrong use."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what a person may meet into a message."""
        from flowmap.cohort import CohortError
        from flowmap.tubemap import MapError

        try:
            return super().invoke(ctx)
        except (FlowmapError, MapError) as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(WRONG_USE if isinstance(error, OptionError | CohortError) else WRONG_DATA)
        except MemoryError:
            click.echo("Error: There is not enough memory. Close other programs, or use fewer files.", err=True)
            ctx.exit(WRONG_DATA)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(flowmap.__version__, prog_name="flowmap")
def main() -> None:
    """Children's journeys through services, as dots moving along an underground-style map."""
    # A console that knows no “ shows a ? in its place.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def reading(command: Command) -> Command:
    """The options that say how files are read."""
    for option in reversed(
        (
            click.option(
                "--format",
                "form",
                metavar="NAME",
                help="Such as cin or csv (docs/sources.md); recognised where not given.",
            ),
            click.option("--case", metavar="COLUMN", help="The column that tells children (or cases) apart."),
            click.option("--event", metavar="COLUMN", help="The column that names what happened."),
            click.option(
                "--time", metavar="COLUMN", help="The column that says when (the start, where --end is given)."
            ),
            click.option("--end", metavar="COLUMN", help="The column that says when it ended."),
            click.option(
                "--times",
                type=click.Choice(["start", "end"]),
                default="start",
                show_default=True,
                help="Where an event has a start and an end: which of them is when the station is reached.",
            ),
            click.option(
                "--dayfirst/--monthfirst", "dayfirst", default=None, help="How dates such as 03/04/2015 are meant."
            ),
            click.option("--timezone", metavar="ZONE", help="The zone of times that name none, such as Europe/London."),
            click.option(
                "--links", metavar="FILE", type=FOLDER, help="Your decisions on doubtful links of proceedings."
            ),
        )
    ):
        command = option(command)
    return command


def _read_options(given: dict[str, Any]) -> Any:
    from flowmap.sources import ReadOptions

    return ReadOptions(format=given.pop("form"), **given)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A line that is rewritten on a terminal; elsewhere a line a stage. To standard error."""
    live = sys.stderr.isatty()
    before = ""

    def show(stage: str, share: float) -> None:
        nonlocal before
        if live:
            bar = "#" * int(30 * share)
            click.echo(f"\r[{bar:<30}] {share:4.0%} {stage:<40.40}", nl=False, err=True)
        elif stage != before:
            click.echo(f"{share:4.0%} {stage}", err=True)
        before = stage

    try:
        yield show
    finally:
        if live and before:
            click.echo(f"\r{' ' * 80}\r", nl=False, err=True)


@main.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="DIR", required=True, type=FOLDER, help="The dataset's folder.")
@click.option("--map", "map_", metavar="NAME|FILE", help="A built-in map or a map file; chosen where not given.")
@click.option("--title", help="What the page is headed with.")
@reading
def build(sources: tuple[str, ...], output: Path, map_: str | None, title: str | None, **given: Any) -> None:
    """Build a dataset from any supported files, folders of them, or a database (a URL)."""
    from flowmap.build import BuildOptions
    from flowmap.build import build as make

    options = BuildOptions(_read_options(given), map_, title)
    said: list[str] = []
    with _progress() as progress:
        data = make(sources, output, options, progress, said.append)
    for line in said:
        click.echo(line)
    quality = data.meta["quality"]
    counts = data.meta["counts"]
    click.echo(
        f"Rows: {quality['rows_read']:,} read, {quality['rows_kept']:,} kept, {quality['rows_dropped']:,} dropped."
    )
    for problem in json.loads((data.path / "quality.json").read_text(encoding="utf-8"))["problems"]:
        if problem["message"] not in said:
            click.echo(f"  {problem['action']}: {problem['message']} ({problem['count']:,})")
    click.echo(
        f"Built {output}: {counts['events']:,} events, {counts['children']:,} children,"
        f" {counts['journeys']:,} journeys, {counts['transitions']:,} moves."
    )
    click.echo(f"See it with: flowmap serve {output}")


@main.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--excel", metavar="FILE", type=FOLDER, help="Write a workbook to work through: every place, by list.")
@reading
def check(sources: tuple[str, ...], as_json: bool, excel: Path | None, **given: Any) -> None:
    """Read files and report on their quality; build nothing."""
    from flowmap import sources as readers

    options = _read_options(given)
    with _progress() as progress:
        opened = readers.open_files(list(sources), options, lambda stage, share: progress(stage, 0.8 * share))
        joining = opened.found(
            options, lambda stage, share: progress(stage, 0.8 + 0.2 * share), every=excel is not None
        )
        log = opened.log(joining)
    if excel is not None:
        from flowmap.export import quality_workbook

        quality_workbook.write(log.quality, excel)
        click.echo(f"Wrote {excel}.", err=True)
    report = log.quality.to_json()
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for line in log.recognised:
        click.echo(line)
    click.echo(f"Rows: {report['rows_read']:,} read, {report['rows_kept']:,} kept, {report['rows_dropped']:,} dropped.")
    for file in log.quality.files:
        if file.read:
            counts = f"{file.kept:,} kept, {file.repaired:,} repaired, {file.dropped:,} dropped"
            click.echo(f"    {file.file}: {file.read:,} read, {counts}")
    for problem in log.quality.worst_first():
        if problem.message in log.recognised:
            continue
        click.echo(f"{problem.action}: {problem.message} ({problem.count:,})")
        for example in problem.examples[:3]:
            row = f"row {example.row}" if example.row else None
            place = ", ".join(part for part in (example.file, example.place, row) if part)
            click.echo(f"    {place}: {example.value!r}" if example.value is not None else f"    {place}")
        if problem.remedy:
            click.echo(f"    {problem.remedy}")


def _instants(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[int, ...]:
    from flowmap.dataset import seconds

    try:
        return tuple(seconds(text) for text in given)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{error}. Write a date or an instant, such as 2015-06-01T09:00Z.") from error


def asking(command: Command) -> Command:
    """The options that say of which journeys, and when."""
    which = 'Which journeys, such as "sex=F&age=5-9&visit=1+".'
    when = "An instant (ISO 8601); may be repeated."
    command = click.option("--cohort", metavar="QUERY", default="", help=which)(command)
    return click.option("--at", metavar="TIME", multiple=True, callback=_instants, help=when)(command)


@main.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@asking
def summary(folder: Path, as_json: bool, cohort: str, at: tuple[int, ...]) -> None:
    """Facts about a dataset."""
    from flowmap import dataset
    from flowmap.cohort import parse
    from flowmap.summary import summary as facts

    data = dataset.open(folder)
    chosen = parse(cohort, data.facets)
    found = facts(data, chosen.mask(data), at)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"{data.meta['title']}: {chosen.sentence()}, {found['first'][:10]} to {found['last'][:10]}")
    for key in ("cases", "journeys", "events", "stations", "repeat_cases", "open"):
        click.echo(f"  {key.replace('_', ' '):<14}{found[key]:>12,}")
    for move in found["transitions"][:10]:
        click.echo(
            f"  {move['count']:>12,}  {move['from']} > {move['to']} (median {move['median_hours'] / 24:.1f} days)"
        )
    for active in found["active"]:
        click.echo(f"  {active['count']:>12,}  active at {active['at']}")


measure_cli.attach(main, asking)


def serving(command: Command) -> Command:
    """The options that say where to serve."""
    ports = click.IntRange(0, 65535)
    command = click.option("--no-browser", is_flag=True, help="Do not open a browser.")(command)
    command = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")(command)
    return click.option("--port", default=PORT, show_default=True, type=ports, help="The port; 0: any.")(command)


@main.command()
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=FOLDER)
@click.option(
    "--home",
    metavar="DIR",
    type=FOLDER,
    help="Where maps made on the page are kept.  [default: FLOWMAP_HOME, else your data folder]",
)
@click.option("--public", is_flag=True, help="Figures alone, small numbers hidden: docs/disclosure.md.")
@click.option("--threshold", type=int, help="Counts up to it are hidden, with --public.  [default: 5]")
@serving
def serve(
    folders: tuple[Path, ...], home: Path | None, public: bool, threshold: int | None,
    port: int, host: str, no_browser: bool,
) -> None:  # fmt: skip
    """Serve datasets to this computer's browser.

    Without any, the start page: files dropped there become a map.
    """
    from flowmap.web import run

    rule = measure_cli.rule_of(public, threshold, "--public")
    opens = not no_browser and rule is None  # there is no page to see
    run.serve(list(folders), host=host, port=port, open_browser=opens, home=home, rule=rule)


@main.command()
@serving
def demo(port: int, host: str, no_browser: bool) -> None:
    """Build the reference authority (once) and serve it."""
    from flowmap.demo import demo as make
    from flowmap.demo import free_port
    from flowmap.web import run

    with _progress() as progress:
        folder = make(progress)
    found = free_port(host, port)
    if found != port:
        click.echo(f"Port {port} is in use; using {found}.")
    run.serve([folder], host=host, port=found, open_browser=not no_browser)


@main.group()
def synth() -> None:
    """Synthetic data."""


@synth.command()
@click.option(
    "--as",
    "form",
    type=click.Choice([*synth_options.PLAIN, *synth_options.COUNCIL, "model"]),
    default="csv",
    show_default=True,
    help="The format; model: what it is sampled from, for explain and sample.",
)
@click.option("-o", "--output", metavar="DIR", required=True, type=FOLDER, help="The folder to write to.")
@click.option("--years", default=4, show_default=True, type=click.IntRange(1, 50), help="How many years.")
@click.option(
    "--referrals", default=None, type=click.IntRange(1, 10_000_000), help="Referrals a year.  [default: Kent's]"
)
@click.option(
    "--seed", default=2018, show_default=True, type=click.IntRange(0), help="The same seed makes the same data."
)
def reference(form: str, output: Path, years: int, referrals: int | None, seed: int) -> None:
    """Write the reference authority in any format: a made-up council, no real data."""
    from synthetic import reference as authority
    from synthetic.reference.calibration import REFERRALS_A_YEAR as KENT

    referrals = referrals or KENT
    whole.check(output, folder=True)
    if form == "model":
        target = output / "reference-authority.json"
        with whole.file(target) as part:
            authority.model(years).save(part)
        click.echo(f"Wrote {target}.")
        return
    with _progress() as progress:
        log = authority.make(referrals, years, seed=seed, progress=lambda share: progress("making", 0.7 * share))
        progress("writing", 0.7)
        target = output / f"reference-authority.{form}" if form in synth_options.PLAIN else output
        paths, lacking = synth_options.write(log, target, form)
        progress("writing", 1.0)
    for path in paths:
        click.echo(f"Wrote {path}.")
    for sentence in lacking:
        click.echo(sentence)
    click.echo(f"{len(log):,} events of {len(log.child_ids):,} children.")


synth_cli.attach(synth, reading, _progress)
synth_report_cli.attach(synth, _progress)

if __name__ == "__main__":
    main()
