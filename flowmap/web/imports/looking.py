"""A look at one file: what it is and why, its first rows, and for a plain table which column is taken for what."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from flowmap import sources
from flowmap.quality import FlowmapError, OptionError, QualityReport
from flowmap.sources import columns, dates, excel
from flowmap.sources.head import Head, look
from flowmap.sources.options import ReadOptions
from flowmap.web.imports import preview
from flowmap.web.imports.problems import Problem, make, problem, renamed

COLUMNS = ("case", "event", "time", "end")
ROLES = {"case": "child", "event": "event", "time": "time", "end": "end"}
CHOSEN_COLUMNS = ("csv", "excel", "parquet")
"""Plain formats whose columns can be chosen; the others name theirs themselves."""
TRIED = 4 << 20
"""Bytes up to which a table is read at once, so that what is wrong with it is said before all files are read."""

WHY = {
    "csv": "It is text in columns with a header row, and not a format of its own.",
    "excel": "It is a workbook, and its sheets are none of the lists that councils exchange.",
    "parquet": "It begins with the mark of a Parquet table.",
    "xes": "It is XML, and not a census or a return.",
    "prototype": "Its header is child_id, path_N, date, node, node_N, node_NN.",
}


def look_at(path: str, shown: str, options: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of a file; what is wrong with it is in `problem`, never raised.

    `shown` is the file's own name; on disk it has another.
    """
    found: dict[str, Any] = {
        "format": None, "label": None, "why": None, "plain": False, "council": False,
        "columns": [], "guess": {}, "preview": None, "problem": None,
    }  # fmt: skip
    names = {Path(path).name: shown}
    try:
        head = look(path)
        found |= _format(sources.recognised(head))
        table = _preview(found, head)
        if found["plain"] and table:
            found |= _columns(table, options, head)
        if not found["council"] and not found["problem"] and (head.size <= TRIED or not found["preview"]):
            sources.open_files([head.path], read_options(options))
    except (FlowmapError, MemoryError) as error:
        found["problem"] = problem(error)
    if found["problem"] and _is_other_archive(Path(path)):
        found |= {"format": None, "label": None, "why": None, "plain": False}
    return {
        key: value if key in ("columns", "preview", "guess") else renamed(value, names) for key, value in found.items()
    }


def _is_other_archive(path: Path) -> bool:
    """Whether it is a zip archive (a Word document is one too) that holds no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return False
    return not any(name.startswith("xl/") or name == "content.xml" for name in names)


def read_options(given: dict[str, Any]) -> ReadOptions:
    """The options of one file as the page sends them; "" is not chosen."""
    known = {key: given.get(key) or None for key in (*COLUMNS, "timezone")}
    times: Literal["start", "end"] = "end" if given.get("times") == "end" else "start"
    return ReadOptions(**known, dayfirst=given.get("dayfirst"), times=times)


def _format(known: sources.Recognised) -> dict[str, Any]:
    name = known.format.NAME
    why = WHY.get(name, known.why)
    return {
        "format": name,
        "label": known.label,
        "why": why[:1].upper() + why[1:].removesuffix(".") + ".",
        "plain": name in CHOSEN_COLUMNS,
        "council": known.council,
    }


def _preview(found: dict[str, Any], head: Head) -> preview.Table | None:
    """Fill in the preview; gives the sample of a table. What cannot be shown is not shown: reading it will say why."""
    try:
        shown, table = preview.of(head, rows=not found["council"])
    except FlowmapError:
        if found["plain"]:
            raise
        return None
    if shown and found["council"] and shown.get("sheets"):
        shown = {"kind": "list", "what": "sheet", "items": shown["sheets"], "more": 0}
    found["preview"] = shown
    return table


def _columns(table: preview.Table, options: dict[str, Any], head: Head) -> dict[str, Any]:
    """The columns, which is taken for what, and what has to be asked."""
    samples = table.samples()
    asked: dict[str, Any] = {"columns": list(samples), "guess": _by_name(samples)}
    try:
        roles = columns.recognise(samples, read_options(options), head.name)
        asked["guess"] = {key: roles.get(ROLES[key]) for key in COLUMNS}
        first = _day_first(samples, roles, options, table.whole)
        asked["guess"] |= {"dayfirst": first}
    except FlowmapError as error:
        asked["problem"] = _unsaved(head) or problem(error)
    return asked


def _unsaved(head: Head) -> Problem | None:
    """That results of formulas were never saved: the likely cause where a workbook's columns are not recognised."""
    notes = QualityReport()
    excel.note_unsaved_formulas(head, notes)
    return next(({**make(each.message, each.remedy or ""), "file": head.name} for each in notes.problems), None)


def _by_name(samples: dict[str, list[str]]) -> dict[str, Any]:
    """What can be guessed one by one where they cannot all be: a column whose name alone fits."""
    found: dict[str, Any] = {}
    for key in COLUMNS:
        for tier in columns.NAMES[ROLES[key]]:
            named = [name for name in samples if columns.plain(name) in tier.split() and name not in found.values()]
            if named:
                found[key] = named[0] if len(named) == 1 else None
                break
    return {key: found.get(key) for key in COLUMNS}


def _day_first(
    samples: dict[str, list[str]], roles: columns.Roles, options: dict[str, Any], whole: bool
) -> bool | None:
    """How the dates of the sample are written; None where it does not matter, or more rows must decide.

    Raises: OptionError where nothing in the file can decide.
    """
    names = [roles.columns[role] for role in ("time", "end", "birth") if role in roles.columns]
    texts = [(name, dates.apart(pa.array(sorted({v for v in samples[name] if v}), pa.string()))) for name in names]
    try:
        return dates.decide(texts, options.get("dayfirst"))
    except OptionError:
        if whole:
            raise
        return None
