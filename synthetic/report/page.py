"""The report as one HTML file that asks for nothing else: style and pictures are in it, and there is no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path

from synthetic.fidelity import Yardstick
from synthetic.privacy import Finding
from synthetic.report.build import Report
from synthetic.report.figures import Plot, StationRow
from synthetic.report.onmap import MoveRow, OnMap
from synthetic.report.plots import lines
from synthetic.report.sentences import NOT_DECIDING, Sentence, failed, fidelity, of_model, safety

STYLE = Path(__file__).with_name("page.css")
TITLE = "Synthetic log: how safe, how faithful"
VERDICT = 1  # which of the sentences on fidelity says what is too far
Pictures = tuple[str, str]
VERDICTS = {
    "passed": "no more than chance",
    "failed": "✗ more than chance",
    "blind": "says nothing: the attack does not bite",
    "not measured": "not measured",
}


def render(report: Report, title: str = TITLE, maps: Pictures | None = None) -> str:
    """The page; every text that comes from a log is escaped. `maps`: see `body`."""
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n<style>\n{style}</style>\n'
        f"</head>\n<body>\n{body(report, title, maps)}\n</body>\n</html>\n"
    )


def body(report: Report, title: str = TITLE, maps: Pictures | None = None) -> str:
    """What a page shows, for a page of another kind: needs the styles of `STYLE` and no script.

    `maps` are two pictures, as SVG, of the real and of the synthetic log on the report's map.
    """
    said = safety(report), fidelity(report)
    sections = [
        *([("model", "What is in the model file?", _model(report))] if report.model else []),
        ("safety", "Is anybody in it?", _said_of_safety(report, said[0][1:])),
        ("fidelity", "Does it behave like the real log?", _sentences(_without(said[1])) + _yardsticks(report)),
        ("stations", "On the map, station by station", _maps(report, maps) + _stations(report)),
        *_pictures(report),
        ("method", "How this was measured", _method(report)),
        ("sign", "Signed", _signature(report)),
    ]
    links = "".join(f'<li><a href="#{name}">{escape(heading)}</a></li>' for name, heading, _ in sections)
    return "\n".join(
        [
            f"<header><h1>{escape(title)}</h1>{_conclusion(report, said[0][0], said[1][VERDICT])}{_about(report)}",
            f'<nav aria-label="Parts of this report"><ul>{links}</ul></nav></header>',
            "<main>",
            *(_section(*section) for section in sections),
            "</main>",
        ]
    )


def _section(name: str, heading: str, content: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(heading)}</h2>\n{content}</section>'


def _conclusion(report: Report, safe: Sentence, like: Sentence) -> str:
    """What it comes to: two badges, each with its sentence."""
    wrong, far = failed(report), [y for y in report.yardsticks if y.too_far]
    count = f"{len(far)} of {len(report.yardsticks)} yardsticks too far" if far else "No yardstick too far"
    badges = (
        ("bad" if wrong else "good", "Not to be handed out" if wrong else "No real child found", safe),
        ("bad" if far else "good", count, like),
    )
    rows = (
        f'<p><span class="badge {tone}">{escape(word)}</span> {escape(sentence.text)}</p>'
        for tone, word, sentence in badges
    )
    return f'<div class="conclusion">{"".join(rows)}</div>'


def _about(report: Report) -> str:
    sides = (report.real, report.synthetic)
    rows = [
        (what, [f"{getattr(side, key):,}" for side in sides])
        for what, key in (("Children", "children"), ("Journeys", "journeys"), ("Events", "events"))
    ]
    for what, key in (("From", "first"), ("To", "last")):
        rows.append((what, [_month(getattr(side, key)) for side in sides]))
    return _table("The two logs", ["", "real", "synthetic"], ([what, *pair] for what, pair in rows))


def _month(text: str) -> str:
    """“May 2014” of 2014-05."""
    return f"{date.fromisoformat(f'{text[:7]}-01'):%B %Y}"


def _without(said: list[Sentence]) -> list[Sentence]:
    """The sentences on fidelity but for the one that stands on top."""
    return said[:VERDICT] + said[VERDICT + 1 :]


def _sentences(said: Sequence[Sentence]) -> str:
    marks = {"good": "<span>✓ </span>", "bad": "<span>✗ </span>", "plain": ""}
    items = (f'<li class="{s.tone}">{marks[s.tone]}{escape(s.text)}</li>' for s in said)
    return f'<ul class="said">{"".join(items)}</ul>\n'


def _table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    marked: Sequence[str] | None = None,
    html: bool = False,
) -> str:
    """A table; the first cell of a row is its heading. `marked` gives rows a class; `html` cells are not escaped."""
    clean = (lambda cell: cell) if html else escape
    kind = "" if marked is None else ' class="verdicts"'
    parts = [f"<table{kind}><caption>{escape(caption)}</caption><thead><tr>"]
    parts += [f'<th scope="col">{escape(name)}</th>' if name else "<td></td>" for name in head]
    parts.append("</tr></thead><tbody>")
    for number, row in enumerate(rows):
        mark = f' class="{marked[number]}"' if marked and marked[number] else ""
        cells = "".join(f"<td>{clean(cell)}</td>" for cell in row[1:])
        parts.append(f'<tr{mark}><th scope="row">{clean(row[0])}</th>{cells}</tr>')
    parts.append("</tbody></table>\n")
    return f'<div class="wide" role="region" aria-label="{escape(caption)}" tabindex="0">{"".join(parts)}</div>\n'


def _model(report: Report) -> str:
    """What is in the model file, before all else, where it is handed out."""
    model = report.model
    if model is None:
        return ""
    rows = [
        ["Contexts, by the file's own counts", f"{model.contexts:,}", _some(model.smallest), ""],
        *([c.what, f"{c.stored:,}", _some(c.smallest), f"✗ {c.few:,}" if c.few else "none"] for c in model.checks),
    ]
    marks = ["far" if row[-1].startswith("✗") else "" for row in rows]
    head = ["what is stored", "how many", "children behind the rarest", f"fewer than {report.k}"]
    about = (
        f"<p>{escape(model.name)} is {model.bytes:,} bytes long and names {model.days:,} days: edges of stretches "
        "of time. All below the first row is counted again in the real log. For contexts, and for intervals of waits "
        "and of times of day, the file's own counts stand.</p>\n"
    )
    table = _table("What the model file holds", head, rows, marks)
    return _sentences(of_model(report)) + about + table


def _some(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _said_of_safety(report: Report, said: Sequence[Sentence]) -> str:
    return _sentences(said) + _findings(report) + _scores(report) + _not_said(report)


def _scores(report: Report) -> str:
    """SDMetrics' scores on privacy, apart from what decides."""
    if not report.scores:
        return ""
    rows = [
        [f"{escape(s.name)}<small>{escape(s.meaning)}</small>", *("–" if v is None else f"{v:.3f}" for v in pair)]
        for s in report.scores
        for pair in [(s.synthetic, s.copy)]
    ]
    head = ["score of SDMetrics, 1 at best", "synthetic log", "control: copies"]
    return f"<h3>Shown, not deciding</h3>\n<p>{escape(NOT_DECIDING)}</p>\n" + _table(
        "Scores on privacy that decide nothing", head, rows, html=True
    )


def _findings(report: Report) -> str:
    rows, marks = [], []
    for f in report.findings:
        label = f"{escape(f.label)}<small>{escape(f.meaning)}{' ' + escape(f.why) if f.why else ''}</small>"
        rows.append([label, *(_of_unit(v, f) for v in (f.value, f.beside, f.limit, f.control)), VERDICTS[f.verdict]])
        marks.append("far" if f.verdict in ("failed", "blind") else "")
    head = ["attack", "synthetic log", "beside it: strangers", "chance up to", "control: copies", "verdict"]
    return _table("Attacks on the synthetic log", head, rows, marks, html=True)


def _of_unit(value: float | None, finding: Finding) -> str:
    if value is None or math.isnan(value):
        return "–"
    if finding.unit == "count":
        return f"{value:,.0f}"
    return f"{value:.3f}" if finding.unit == "AUC" else f"{value:.2%}"


def _not_said(report: Report) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in report.not_guaranteed)
    return f"<h3>What is not guaranteed</h3>\n<ul>{items}</ul>\n"


def amount(value: float | None, y: Yardstick) -> str:
    """A distance in its unit."""
    if value is None or not math.isfinite(value):
        return "–"
    if y.unit == "share":
        return f"{value:.2%}"
    if y.unit == "points":
        return f"{value:.2f} points"
    if y.unit == "hours":
        in_days = max(y.value, y.floor or 0.0) >= 100  # one unit for a distance and its floor
        return f"{value / 24:,.1f} days" if in_days else f"{value:,.1f} hours"
    return f"{value:.3f}"


def _yardsticks(report: Report) -> str:
    rows, marks = [], []
    for y in report.yardsticks:
        times = y.times_floor
        said = "–" if times is None else "✗ floor is 0" if math.isinf(times) else f"{times:.1f} × floor"
        if y.too_far:
            said = f"✗ {said.removeprefix('✗ ')}: too far"
        pair = [_figure(v, y) for v in (y.real, y.synthetic)]
        why = f" Not measured: {y.why}." if y.why else ""
        label = f"{escape(y.label)}<small>{escape(y.meaning + why)}</small>"
        rows.append([label, *pair, amount(y.value, y), amount(y.floor, y), said])
        marks.append("far" if y.too_far else "")
    head = ["yardstick", "real", "synthetic", "distance", "floor", "in floors"]
    return _table("Distance from the real log, each beside its floor", head, rows, marks, html=True)


def _figure(value: float | None, y: Yardstick) -> str:
    if value is None:
        return ""
    if y.unit == "points":
        return f"{value:.1f}%"
    return f"{value:.1%}" if y.unit == "share" else f"{value:.2f}"


def _pictures(report: Report) -> list[tuple[str, str, str]]:
    """The sections of plots: name, heading and content of each that has any."""
    drawn, found = 0, []
    figures = report.figures
    for name, heading, plots in (
        ("durations", "Durations", figures.durations),
        ("arrivals", "Arrivals and re-referral", [*figures.arrivals, *figures.returns]),
        ("stock", "Children at stations", figures.stock),
    ):
        if plots:
            pictures = "".join(_picture(p, drawn + i) for i, p in enumerate(plots))
            found.append((name, heading, _legend() + f'<div class="plots">{pictures}</div>\n'))
            drawn += len(plots)
    return found


def _legend() -> str:
    line = '<svg viewBox="0 0 30 8" aria-hidden="true"><path class="{}" d="M0,4L30,4"/></svg> {}'
    return f'<p class="legend">{line.format("real", "real")} &nbsp; {line.format("made", "synthetic")}</p>\n'


def _picture(plot: Plot, number: int) -> str:
    note = f" {escape(plot.note)}" if plot.note else ""
    return (
        f"<figure><figcaption><strong>{escape(plot.title)}</strong> ({escape(plot.y_label)}){note}</figcaption>"
        f"{lines(plot, number)}{_values(plot)}</figure>"
    )


def _values(plot: Plot) -> str:
    """All values of a plot as a table that opens."""
    if plot.x_synthetic is not None:
        head = [plot.y_label, f"real, {plot.x_label}", f"synthetic, {plot.x_label}"]
        rows = [[f"{s:g}", f"{a:,g}", f"{b:,g}"] for s, a, b in zip(plot.real, plot.x, plot.x_synthetic, strict=True)]
    else:
        head = [plot.x_label or "date", "real", "synthetic"]
        x = plot.dates or [f"{v:g}" for v in plot.x]
        rows = [[v, f"{a:,g}", f"{b:,g}"] for v, a, b in zip(x, plot.real, plot.synthetic, strict=True)]
    summary = f'<summary>Values<span class="unseen"> of {escape(plot.title)}</span></summary>'
    return f"<details>{summary}{_table(plot.title, head, rows)}</details>"


def _maps(report: Report, maps: Pictures | None) -> str:
    """The two pictures, and what is drawn in them as a table that opens."""
    found = report.map
    if found is None:
        return ""
    drawn = "".join(
        f'<figure class="map"><figcaption><strong>{name}</strong></figcaption>'
        f'<div class="wide" role="region" aria-label="Map: {name}" tabindex="0">{picture}</div></figure>'
        for name, picture in zip(("The real log", "The synthetic log"), maps or (), strict=False)
    )
    key = (
        '<p class="key">The wider a line, the more moves run along it in a hundred journeys, both ways together; the '
        "way back is as wide as journeys are not the child’s first. Ring and percentage: the share of journeys that "
        "reach the station; under it, the median number of days until the next event. What fewer than "
        f"{report.k} children did is not drawn.</p>\n"
    )
    pictures = f'{key}<div class="maps">{drawn}</div>\n' if maps else ""
    head = ["from", "to", "real", "synthetic"]
    caption = f"Moves in a hundred journeys; “few” is fewer than {report.k} children"
    rows = _table(caption, head, _move_rows(found))
    summary = f"<summary>All {len(found.moves):,} moves, real beside synthetic</summary>"
    return f'{pictures}<details class="moves">{summary}{rows}</details>\n'


def _move_rows(found: OnMap) -> list[list[str]]:
    def cells(row: MoveRow) -> list[str]:
        return ["few" if v is None else f"{v:.1f}" for v in row.per_hundred]

    again = ["any exit", "the next journey", *("few" if v is None else f"{v:.1f}" for v in found.back)]
    return [[row.start, row.end, *cells(row)] for row in found.moves] + [again]


def _stations(report: Report) -> str:
    head = ["station", "events, real", "synthetic", "reached by, real", "synthetic", "median wait, real", "synthetic"]
    caption = f"Stations, real beside synthetic; “few” is fewer than {report.k} children, – a wait of nobody or of few"
    return _table(caption, head, [_station(row) for row in report.figures.stations])


def _station(row: StationRow) -> list[str]:
    events = ["few" if v is None else f"{v:,.0f}" for v in row.events]
    reach = ["few" if v is None else f"{v:.1%}" for v in row.reach]
    wait = ["–" if v is None else f"{v:,.1f} days" for v in row.wait]
    return [f"{row.name} (exit)" if row.exit else row.name, *events, *reach, *wait]


def _method(report: Report) -> str:
    floor = (
        f"{report.holdout:,} children of the same system whom the model never saw"
        if report.holdout is not None
        else "the two halves of the real log's children (siblings together), brought to the size of the logs compared"
    )
    said = [
        f"The floor of each yardstick is its distance between the real log and a second sample of the same truth: "
        f"{floor}. No model can be expected to come nearer. For percentages, which may agree by luck, it is at least "
        "what chance gives on average. More than three times the floor is too far.",
        "Numbers at stations and arrivals are compared per child in the log. Events at stations are rounded to five.",
        f"Exits are: {', '.join(report.exits) or 'none'}. A journey without one is open.",
        f"Figures of fewer than {report.k} children are not shown; in plots, counts from 1 to {report.k - 1} are drawn "
        f"as {report.k // 2}.",
        "The chance limit of an attack is the figure of the strangers and 2.58 standard errors, which chance passes "
        "once in two hundred times.",
        *report.notes,
    ]
    return "".join(f"<p>{escape(text)}</p>\n" for text in said)


def _signature(report: Report) -> str:
    asked = "whether the synthetic log may be handed out" + (", and the model file" if report.model else "")
    files = "".join(
        f"<li>{escape(name)}, SHA-256 <code>{digest}</code></li>" for name, digest in report.handed_out.items()
    )
    about = f"<p>It is about these files, and no other editions of them:</p>\n<ul>{files}</ul>\n" if files else ""
    return (
        f"{about}<p>I have read this report and decide {asked}: to whom, and for what.</p>\n"
        '<p class="sign"><span>Name and role</span><span>Decision</span><span>Date</span></p>\n'
    )
