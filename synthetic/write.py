"""An event log as one file that people and other programs hold: a CSV or Parquet table, or XES (IEEE 1849)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from flowmap.eventlog import MISSING, NO_TIME, Attribute, EventLog

FORMS = ("csv", "xes", "parquet")

XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <classifier name="Event name" keys="concept:name"/>
"""
XES_FOOT = "</log>\n"
CHUNK = 200_000  # events written at a time


def write(log: EventLog, folder: Path, form: str, name: str = "reference-authority") -> Path:
    """The log as `folder`/`name`.csv, .xes or .parquet; the folder is made where it is missing.

    Raises ValueError for another form than FORMS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{form}"
    write_file(log, path, form)
    return path


def write_file(log: EventLog, path: Path, form: str) -> None:
    """The log as the file `path` in one of FORMS. Raises ValueError for another."""
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, not {form}")
    {"csv": write_csv, "xes": write_xes, "parquet": write_parquet}[form](log, path)


def write_csv(log: EventLog, path: Path) -> None:
    """One row an event, in the log's order: child, journey, event, time, birth date, family, then every attribute.

    Times are ISO 8601 without an offset (UTC), whole seconds; what is not recorded is left empty.
    """
    dates = {"time": _texts(log.time, "%Y-%m-%d %H:%M:%S")}
    if log.birth is not None:
        dates["birth_date"] = _texts(log.birth, "%Y-%m-%d").take(pa.array(log.child))
    csv.write_csv(_table(log, dates), path, csv.WriteOptions(quoting_style="needed"))


def write_parquet(log: EventLog, path: Path) -> None:
    """The columns of `write_csv`, with types: times are timestamps of seconds (UTC), births are dates."""
    dates = {"time": _seconds(log.time)}
    if log.birth is not None:
        dates["birth_date"] = _seconds(log.birth).cast(pa.date32()).take(pa.array(log.child))
    parquet.write_table(_table(log, dates), path, compression="zstd")


def _table(log: EventLog, dates: dict[str, Any]) -> pa.Table:
    """One row an event; `dates` holds its time, and its child's birth where that is known."""
    child = pa.array(log.child)
    columns: dict[str, Any] = {"child_id": log.child_ids.take(child)}
    if log.case is not None:
        columns["journey"] = pa.array(log.case)
    columns |= {"event": pa.array(log.stations).take(pa.array(log.station)), **dates}
    family = _families(log)
    if family is not None:
        columns[_family_key(log)] = family.take(child)
    columns |= {key: _values(attribute).take(child) for key, attribute in log.children.items()}
    columns |= {key: _values(attribute) for key, attribute in log.attributes.items()}
    return pa.table(columns)


def write_xes(log: EventLog, path: Path) -> None:
    """One trace a child, its events in order of time; what is known of the child stands in the trace."""
    order = np.lexsort((log.time, log.child))
    child = log.child[order]
    new = np.concatenate([[True], child[1:] != child[:-1]])[: len(child)]
    done = np.concatenate([new[1:], [True]])[: len(child)]
    heads = _trace_heads(log)
    with path.open("wb") as file:
        file.write(XES_HEAD.encode())
        for start in range(0, len(order), CHUNK):
            part = slice(start, start + CHUNK)
            events = _events(log, order[part])
            before = pc.if_else(pa.array(new[part]), heads.take(pa.array(child[part])), "")
            after = pc.if_else(pa.array(done[part]), "  </trace>\n", "")
            file.write("".join(pc.binary_join_element_wise(before, events, after, "").to_pylist()).encode())
        file.write(XES_FOOT.encode())


def _events(log: EventLog, rows: npt.NDArray[Any]) -> pa.Array:
    """`<event>…</event>` for each of these rows."""
    names = _tagged("string", "concept:name", pa.array(log.stations))
    parts = [
        names.take(pa.array(log.station[rows])),
        _tagged("date", "time:timestamp", _texts(log.time[rows], "%Y-%m-%dT%H:%M:%S+00:00")),
        *(_tagged_values(key, attribute.take(rows)) for key, attribute in log.attributes.items()),
    ]
    return pc.binary_join_element_wise("    <event>", *parts, "</event>\n", "")


def _trace_heads(log: EventLog) -> pa.Array:
    """`<trace>` of each child, with its identifier, date of birth, family and attributes."""
    parts = [_tagged("string", "concept:name", log.child_ids.cast(pa.string()))]
    if log.birth is not None:
        parts.append(_tagged("date", "birth_date", _texts(log.birth, "%Y-%m-%dT00:00:00+00:00")))
    family = _families(log)
    if family is not None:
        parts.append(_tagged("string", _family_key(log), family))
    parts += [_tagged_values(key, attribute) for key, attribute in log.children.items()]
    return pc.binary_join_element_wise("  <trace>\n    ", *parts, "\n", "")


def _families(log: EventLog) -> pa.Array | None:
    """F1, F2, … for each child, numbered anew in the order of the children; None where no family is known."""
    if log.family is None or not (log.family >= 0).any():
        return None
    codes = pa.array(log.family, mask=log.family < 0).dictionary_encode().indices
    return pc.binary_join_element_wise("F", pc.add(codes, 1).cast(pa.string()), "")


def _family_key(log: EventLog) -> str:
    """The name of the column: another where an attribute (a kind of family) is called so."""
    return "family_id" if "family" in log.children | log.attributes else "family"


def _tagged(kind: str, key: str, values: pa.Array) -> pa.Array:
    """`<kind key=… value=…/>` for each value, nothing where it is not recorded."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;")):
        values = pc.replace_substring(values, plain, safe)
    return pc.fill_null(pc.binary_join_element_wise(f'<{kind} key="{key}" value="', values, '"/>', ""), "")


def _tagged_values(key: str, attribute: Attribute) -> pa.Array:
    if attribute.kind == "number":
        return _tagged("int", key, _values(attribute).cast(pa.string()))
    return _tagged("string", key, pa.array(attribute.values, pa.string())).take(_codes(attribute)).fill_null("")


def _values(attribute: Attribute) -> pa.Array:
    """One value a row: text or whole numbers, null where not recorded."""
    if attribute.kind == "number":
        return pa.array(attribute.numbers, mask=attribute.numbers == MISSING)
    return pa.array(attribute.values, pa.string()).take(_codes(attribute))


def _codes(attribute: Attribute) -> pa.Array:
    codes = attribute.codes if attribute.codes is not None else np.zeros(0, dtype=np.int32)
    return pa.array(codes, mask=codes < 0)


def _texts(milliseconds: npt.NDArray[np.int64], form: str) -> pa.Array:
    """Times as text; null where not known."""
    return pc.strftime(_seconds(milliseconds), format=form)


def _seconds(milliseconds: npt.NDArray[np.int64]) -> pa.Array:
    """Times to the second; null where not known."""
    return pa.array(milliseconds // 1000, mask=milliseconds == NO_TIME).cast(pa.timestamp("s"))
