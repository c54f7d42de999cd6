"""The command `flowmap measure`: reads its options, asks a measure, prints the answer."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flowmap.quality import OptionError

if TYPE_CHECKING:  # read only when asked: help is quick
    from flowmap.ask import Question
    from flowmap.disclosure import Rule
    from flowmap.release import Released

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
OF = ["nfa", "rereferral", "conversion", "in_time"]


def attach(group: click.Group, asking: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Add the command to `group`; `asking` adds the options that say of which journeys, and when."""
    group.add_command(click.command("measure")(asking_how(asking(measure))))


def asking_how(command: Command) -> Command:
    """The name, the dataset, and the options of all measures; each takes those that it knows."""
    for option in reversed(
        (
            click.argument("name", metavar="NAME"),
            click.argument("folder", metavar="DIR", type=FOLDER),
            click.option("--from", "begin", metavar="DAY", type=DAY, help="The first day of the period."),
            click.option("--to", "end", metavar="DAY", type=DAY, help="The day after the last of the period."),
            click.option("--known-from", metavar="DAY", type=DAY, help="From when the data hold every referral."),
            click.option("--start", metavar="ID,…", help="From which stations."),
            click.option("--stop", metavar="ID,…", help="To which stations, any of which counts."),
            click.option("--ends", type=click.Choice(["reached", "left"]), help="When the time ends at --stop."),
            click.option("--direct", is_flag=True, default=None, help="Only where --stop is the very next station."),
            click.option("--first-day", type=click.IntRange(0, 1), help="What the first day counts as.  [default: 0]"),
            click.option("--months", type=int, help="The horizon of re-referral.  [default: 12]"),
            click.option("--lookback", type=int, help="Months in which earlier referrals count.  [default: 36]"),
            click.option("--window", type=int, help="Days in which --stop must be reached.  [default: 182]"),
            click.option("--by", "facet", metavar="FACET", help="The figure by the values of a facet."),
            click.option("--of", type=click.Choice(OF), help="What variation is of.  [default: nfa]"),
            click.option("--limit", type=int, help="For timescales: how many are listed.  [default: 500]"),
            click.option("--role", "roles", metavar="PART:ID", multiple=True, help="Which station plays a part."),
            click.option(
                "--bin", "by", type=click.Choice(["day", "week", "month"]), default="week", show_default=True,
                help="For flow, effect and workload.",
            ),
            click.option("--station", metavar="ID", help="For weeks and nfa."),
            click.option("--figure", type=click.Choice(["arrivals", "stock", "duration", "share"]), help="For effect."),
            click.option("--event", metavar="ID", help="For effect: an event's id, or 2016-10-10..2016-11-18."),
            click.option("--compare", metavar="Q", help="For effect: a cohort to compare with."),
            click.option("--with", "with_folder", metavar="DIR", type=FOLDER, help="For compare: the right side."),
            click.option("--with-cohort", metavar="Q", help="Its cohort; as on the left where not given."),
            click.option("--with-from", metavar="DAY", type=DAY, help="Its first day; as on the left where not given."),
            click.option("--with-to", metavar="DAY", type=DAY, help="The day after its last."),
            click.option("--align-on", "day_zero", metavar="DAY", type=DAY, help="For compare: the left's day 0."),
            click.option("--with-align", metavar="DAY", type=DAY, help="The right's day 0."),
            click.option("--at-day", "day", type=int, help="For compare: stock at the end of this day from day 0."),
            click.option("--next", "to", metavar="ID", help="Where a stay, a share or a threshold leads."),
            click.option("--pattern", help="For pathways, such as “contact > * > s47 > nfa”."),
            click.option("--show", help="For pathways: ways, returning, sankey or groups."),
            click.option("--scope", type=click.Choice(["journey", "child"]), help="Of what the pattern is."),
            click.option("--merge", type=click.Choice(["repeats", "first visits", "none"]), help="For pathways."),
            click.option("--stages", metavar="ID,…", help="For pathways: between which stations the Sankey is."),
            click.option("--align", type=click.Choice(["entry", "final order"]), help="For care: where curves begin."),
            click.option("--case", metavar="FACET", help="For care: what names the case that children are in."),
            click.option("--area", metavar="NAME", help="For benchmarks: an authority, as DfE writes it."),
            click.option("--population", type=click.IntRange(1), help="Children of the area, for rates."),
            click.option("--share", type=float, help="For workload: of those turned away, how many to move."),
            click.option("--precedence", metavar="FILE", type=FOLDER, help="For care: your table of orders."),
            click.option("--cost", "costs", metavar="ID:EACH:DAY", multiple=True, help="For workload: unit costs."),
            click.option("--journeys", metavar="ROW", help="What a figure of that row counts (docs/audit.md)."),
            click.option("--count", metavar="COLUMN", help="Which of its counts, with --journeys.  [default: count]"),
            click.option("--key", metavar="FILE", type=FOLDER, help="With --journeys: NAME.key.csv, for case numbers."),
            click.option("--disclose", is_flag=True, help="Hide small numbers and round: for what leaves the room."),
            click.option("--threshold", type=int, help="Counts up to it are hidden, with --disclose.  [default: 5]"),
            click.option("--json", "form", flag_value="json", help="As JSON: all of the answer."),
            click.option("--csv", "form", flag_value="csv", default="csv", help="As CSV, a table (the default)."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def measure(
    name: str, folder: Path, cohort: str, at: tuple[int, ...], by: Any, station: str | None, form: str,
    disclose: bool, threshold: int | None, journeys: str | None, count: str | None, key: Path | None, **given: Any,
) -> None:  # fmt: skip
    """Ask a measure: how many, how long, how often again, where to. docs/measures.md says what each is.

    NAME is one of benchmarks, care, compare, conversion, durations, effect, enquiries, facets, findings, flow, moves,
    nfa, occupancy, pathways, rereferral, stations, timescales, variants, variation, weeks, workload.
    """
    from flowmap import dataset
    from flowmap.ask import MEASURES, Question, released, with_cohort
    from flowmap.cohort import parse

    if name not in MEASURES:
        raise OptionError(f"There is no measure “{name}”.", remedy=f"Measures: {', '.join(MEASURES)}.")
    data = dataset.open(folder)
    asked = MEASURES[name]
    right = {key: given.pop(key) for key in ("with_folder", "with_cohort", "with_from", "with_to", "with_align")}
    options, chosen = _options(given), parse(cohort, data.facets)
    beside = _beside(data, chosen.canonical(), options, right) if name == "compare" else None
    question = Question(data, chosen, at, by, station, options, beside=beside)
    rule = rule_of(disclose, threshold, "--disclose")
    if journeys is not None:
        if rule is not None:
            raise OptionError("A list of journeys may not leave the room.", remedy="Leave out --disclose.")
        _list(name, question, journeys, count or "count", key, form)
        return
    if count is not None or key is not None:
        raise OptionError("--count and --key are of a list of journeys.", remedy="Give --journeys ROW too.")
    found = asked.answer(question)
    if rule is not None:
        _leave(released(name, question, found, rule), form)
        return
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    rows = asked.rows(found)
    for note in found.get("notes", []) if isinstance(found, dict) else []:
        click.echo(note, err=True)
    sides = [question.cohort, *([question.beside.cohort] if question.beside else [])]
    _write(*with_cohort(tuple(rows[0]) if rows else asked.columns, rows, sides))


def _beside(data: Any, cohort: str, options: Any, given: dict[str, Any]) -> Question:
    """The right side of a comparison: what is not given is as on the left (day 0 is the first day of its period)."""
    from dataclasses import replace

    from flowmap import dataset
    from flowmap.ask import Question
    from flowmap.cohort import parse

    other = data if given["with_folder"] is None else dataset.open(given["with_folder"])
    said = cohort if given["with_cohort"] is None else given["with_cohort"]
    begin, end, zero = (_midnight(given[name]) for name in ("with_from", "with_to", "with_align"))
    period = {"begin": options.begin if begin is None else begin, "end": options.end if end is None else end}
    return Question(other, parse(said, other.facets), options=replace(options, **period, day_zero=zero))


def _midnight(day: Any) -> int | None:
    from flowmap.dataset import seconds

    return None if day is None else seconds(day.date().isoformat())


def _list(name: str, question: Question, row: str, count: str, key: Path | None, form: str) -> None:
    """What a figure counts; with the key of the dataset each line begins with the child's identifier."""
    from flowmap import audit
    from flowmap.pseudonyms import read_key

    found, data = audit.follow(name, question, row, count), question.data
    table = audit.lines(data, found.behind).to_pylist()
    columns: tuple[str, ...] = audit.COLUMNS
    if key is not None:
        import pyarrow as pa

        names = read_key(key, data.pseudonyms).take(pa.array([line["child"] for line in table], pa.int64())).to_pylist()
        table = [{"case": case, **line} for case, line in zip(names, table, strict=True)]
        columns = ("case", *columns)
    if form == "json":
        told = found.to_json(data, 0, len(found)) | {"lines": table}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(f"{found.value:,} {found.behind.unit}: {found.sentence}", err=True)
    _write(columns, table)


def _write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    out = csv.DictWriter(sys.stdout, fieldnames=columns, lineterminator="\n")
    out.writeheader()
    out.writerows(rows)


def rule_of(disclose: bool, threshold: int | None, option: str) -> Rule | None:
    """The rule of disclosure where it was asked for by its `option`. Raises OptionError."""
    from flowmap.disclosure import THRESHOLD, Rule

    if not disclose:
        if threshold is not None:
            raise OptionError("--threshold says from when small numbers are hidden.", remedy=f"Give {option} too.")
        return None
    return Rule(THRESHOLD if threshold is None else threshold)


def _leave(table: Released, form: str) -> None:
    """A table that may leave: its note is the first line of a CSV."""
    if form == "json":
        click.echo(json.dumps(table.to_json(), ensure_ascii=False, indent=1))
        return
    csv.writer(sys.stdout, lineterminator="\n").writerow([table.note])
    _write(table.columns, table.rows)


def _options(given: dict[str, Any]) -> Any:
    """The options of the measure; what was not given is as it is anyway."""
    from flowmap.ask import Options
    from flowmap.measures.asked import Asked

    found = {name: value for name, value in given.items() if value not in (None, ())}
    for name in ("begin", "end", "known_from", "day_zero"):
        if name in found:
            found[name] = _midnight(found[name])
    if "costs" in found:
        found["costs"] = tuple(_cost(text) for text in found["costs"])
    more = {name: found.pop(name) for name in Asked.__dataclass_fields__ if name in found}
    found["more"] = Asked(**more)
    if "roles" in found:
        found["roles"] = tuple(_role(text) for text in found["roles"])
    return Options(**found)


def _role(text: str) -> tuple[str, str]:
    part, colon, name = text.partition(":")
    if not colon or not name:
        raise OptionError(f"“{text}” names no part and station.", remedy="Write --role part:id, such as nfa:closed.")
    return part, name


def _cost(text: str) -> tuple[str, float, float]:
    name, _, rest = text.partition(":")
    each, _, daily = rest.partition(":")
    try:
        return name, float(each), float(daily or 0)
    except ValueError:
        remedy = "Write --cost id:each:day, such as assessment:600:12.50."
        raise OptionError(f"“{text}” is no unit cost.", remedy=remedy) from None
