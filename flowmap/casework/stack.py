"""Several files speak of the same children: their records become one table a kind, each record once.

A record is identified by child, kind and the day of its `when`; a person by the child. Of two files the one with the
later `as_of` decides, field by field; of equal ones the later in the order given. A blank never wins over a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework.kinds import KINDS, Casework, Kind, empty
from flowmap.quality import MAX_EXAMPLES, Example, QualityReport, Severity, shorten

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY = 86_400_000  # ms
UNSAID = frozenset({"birth", "died"})  # values that may not be shown
ROW_BITS, PLACE_BITS = 40, 12
MOST_PLACES = (1 << PLACE_BITS) - 1
HOW_BAD: dict[str, Severity] = {"same-record-again": "note", "duplicate-row": "warning"}  # nothing is lost by either


@dataclass
class _Stacked:
    """All records of a kind, record by record (`starts`), within a record the deciding one last."""

    kind: Kind
    table: pa.Table
    starts: Ints
    file: Ints  # of each row: place in the list of files

    @property
    def sizes(self) -> Ints:
        return np.diff(self.starts, append=len(self.file))

    @property
    def group(self) -> Ints:
        return np.repeat(np.arange(len(self.starts)), self.sizes)


def stack(caseworks: Sequence[Casework]) -> tuple[dict[str, pa.Table], QualityReport]:
    """One table a kind, by child and day, each record once, and the report on all files with what was merged.

    The tables have a column more than their kind says: `file`, the name of the file that decided last.
    """
    report = QualityReport()
    for each in caseworks:
        if not each.report.files:
            each.report.close(each.file, each.format)
        report.merge(each.report)
    ranks = np.argsort(np.argsort([each.as_of for each in caseworks], kind="stable"), kind="stable")
    tables: dict[str, pa.Table] = {}
    rows = _Rows(caseworks)
    for name, kind in KINDS.items():
        stacked = _sorted(kind, caseworks, ranks)
        if stacked is None:
            continue
        tables[name], lives = _merged(stacked, caseworks, report)
        rows.note(stacked, lives)
    rows.report(report)
    return tables, report


def _sorted(kind: Kind, caseworks: Sequence[Casework], ranks: Ints) -> _Stacked | None:
    parts = [(i, c.tables[kind.name]) for i, c in enumerate(caseworks) if c.tables.get(kind.name)]
    if not parts:
        return None
    table = pa.concat_tables([part for _, part in parts]).combine_chunks()
    table = table.unify_dictionaries().combine_chunks()
    file = np.repeat([i for i, _ in parts], [len(part) for _, part in parts]).astype(np.int64)
    child = _codes(table["child"])
    day = np.zeros(len(table), np.int64) if kind.when is None else _ms(table[kind.when]) // DAY
    order = np.lexsort((ranks[file], day, child))
    child, day, file = child[order], day[order], file[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (child[1:] != child[:-1]) | (day[1:] != day[:-1])
    return _Stacked(kind, table.take(pa.array(order)).combine_chunks(), np.flatnonzero(new), file)


def _merged(all_: _Stacked, caseworks: Sequence[Casework], report: QualityReport) -> tuple[pa.Table, Flags]:
    """The table with each record once; and of every row whether it lives on: it is the last, or decides a field."""
    names = pa.array([c.file for c in caseworks], pa.string())
    last = all_.starts + all_.sizes - 1
    file = pa.DictionaryArray.from_arrays(pa.array(all_.file[last], pa.int32()), names)
    lives = np.zeros(len(all_.file), dtype=bool)
    lives[last] = True
    if len(last) == len(all_.file):
        return all_.table.append_column("file", file), lives
    columns = {}
    filled = np.zeros(len(last), dtype=bool)
    for name in all_.table.column_names:
        column = all_.table[name].combine_chunks()
        if name in ("child", "row", "place", all_.kind.when):
            columns[name] = column.take(pa.array(last))
            continue
        known = column.is_valid().to_numpy(zero_copy_only=False)
        decider = np.maximum.reduceat(np.where(known, np.arange(len(known)), -1), all_.starts)
        columns[name] = column.take(pa.array(decider, mask=decider < 0))
        filled |= (decider > all_.starts) & ~known[all_.starts]
        lives[decider[decider >= 0]] = True
        if all_.kind.when is None:  # rows of one file that say the same of a child are no repeats of each other
            lives |= known & (all_.file == np.repeat(all_.file[decider], all_.sizes))
        _report_differing(all_, name, column, known, caseworks, report)
    if filled.any() and all_.kind.when is not None:
        report.add(
            "record-updated",
            f"{all_.kind.label}: a later extract knows more of the record (such as its end); it is completed.",
            count=int(filled.sum()),
        )
    return pa.table(columns).append_column("file", file), lives


def _report_differing(
    all_: _Stacked, name: str, column: pa.Array, known: Flags, caseworks: Sequence[Casework], report: QualityReport
) -> None:
    """Report where two records that are one have different known values of a field."""
    field = next(f for f in all_.kind.fields if f.name == name)
    at = np.flatnonzero(known)
    if field.type == "key" or len(at) < 2:
        return
    group = all_.group[at]
    values = column.take(pa.array(at))
    values = values.cast(pa.int64()).to_numpy() // DAY if field.type == "time" else _codes(values)
    differs = np.flatnonzero((group[1:] == group[:-1]) & (values[1:] != values[:-1]))
    if not len(differs):
        return
    examples = []
    for i in differs[:MAX_EXAMPLES].tolist():
        before, after = int(at[i]), int(at[i + 1])
        said = None if name in UNSAID else f"{_shown(column[before])} → {_shown(column[after])}"
        row, place = all_.table["row"][after].as_py(), all_.table["place"][after].as_py()
        examples.append(Example(caseworks[all_.file[after]].file, place, row, said and shorten(said)))
    which = "one child" if all_.kind.when is None else "one child and day"
    report.add(
        "disagreement",
        f"{all_.kind.label}: two records of {which} disagree on “{name}” ({field.meaning});"
        " that of the later extract counts.",
        count=len(differs),
        action="kept",
        remedy="Correct it in the case system, so that the next extract says one thing.",
        examples=examples,
    )


class _Rows:
    """Which rows of the files live on in a record, so that those which do not can be counted as dropped."""

    def __init__(self, caseworks: Sequence[Casework]) -> None:
        self.caseworks = caseworks
        places: dict[str | None, int] = {}
        for each in caseworks:
            for table in each.tables.values():
                for chunk in table["place"].chunks:
                    for place in chunk.dictionary.to_pylist():
                        places.setdefault(place, min(len(places) + 1, MOST_PLACES))
        self.places = places
        none = np.zeros(0, dtype=np.int64)
        self.key, self.alone, self.lives = [none], [none.astype(bool)], [none.astype(bool)]
        self.within = [none.astype(bool)]

    def note(self, all_: _Stacked, lives: Flags) -> None:
        """Of every record: its row in its file, and whether it lives on."""
        place = all_.table["place"].combine_chunks()
        table = np.array([self.places[p] for p in place.dictionary.to_pylist()] + [0], np.int64)
        where = table[place.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
        row = all_.table["row"].to_numpy()
        last_file = np.repeat(all_.file[all_.starts + all_.sizes - 1], all_.sizes)
        self.key.append((all_.file << (ROW_BITS + PLACE_BITS)) | (where << ROW_BITS) | row)
        self.alone.append(np.full(len(row), all_.kind.when is None))
        self.lives.append(lives)
        self.within.append(all_.file == last_file)

    def report(self, report: QualityReport) -> None:
        """Count as dropped the rows of which every record is in another row too.

        The person's own record only counts in rows that have no other.
        """
        key, person, lives = np.concatenate(self.key), np.concatenate(self.alone), np.concatenate(self.lives)
        within = np.concatenate(self.within)
        for i, each in enumerate(self.caseworks):
            ours = (key >> (ROW_BITS + PLACE_BITS)) == i
            if not ours.any() or lives[ours].all():
                continue
            rows = self._row_keys(key[ours], each)
            self._report_file(i, each, rows, (person[ours], lives[ours], within[ours]), report)

    def _row_keys(self, key: Ints, each: Casework) -> Ints:
        """A number a row. Where there are more places and rows than rows were kept, places are parts of a row."""
        if len(np.unique(key)) > each.report.rows_kept:
            return key & ((1 << ROW_BITS) - 1)
        return key

    def _report_file(
        self, i: int, each: Casework, rows: Ints, facts: tuple[Flags, Flags, Flags], report: QualityReport
    ) -> None:
        person, lives, within = facts
        distinct, which = np.unique(rows, return_inverse=True)
        n = len(distinct)
        other = np.bincount(which[~person], minlength=n) > 0  # has records other than the person
        counts = ~person | ~other[which]
        alive = np.bincount(which[lives & counts], minlength=n) > 0
        gone = ~alive
        inside = gone & (np.bincount(which[counts & ~within], minlength=n) == 0)
        file = sum(len(c.report.files) for c in self.caseworks[:i]) if len(each.report.files) == 1 else None
        room = each.report.rows_kept
        names = {number: place for place, number in self.places.items()}
        again = "The row's records are in another file too; they are counted once."  # as extracts overlap
        double = "The row's records are in another row of the same file; they are counted once."
        for mask, rule, message in ((gone & ~inside, "same-record-again", again), (inside, "duplicate-row", double)):
            count = min(int(mask.sum()), room)
            if not count:
                continue
            room -= count
            examples = [
                Example(each.file, names.get((k >> ROW_BITS) & MOST_PLACES), k & ((1 << ROW_BITS) - 1))
                for k in distinct[mask][:MAX_EXAMPLES].tolist()
            ]
            report.add(
                rule, message, count=count, action="dropped", examples=examples, file=file, severity=HOW_BAD[rule]
            )


def total(tables: dict[str, pa.Table], kind: str) -> pa.Table:
    """The table of a kind, empty where no file has it."""
    return tables.get(kind, empty(kind))


def _shown(value: pa.Scalar) -> str:
    found = value.as_py()
    return found.strftime("%Y-%m-%d") if hasattr(found, "strftime") else str(found)


def _ms(column: pa.ChunkedArray) -> Ints:
    return column.combine_chunks().cast(pa.int64()).to_numpy(zero_copy_only=False)


def _codes(column: pa.Array | pa.ChunkedArray) -> Ints:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pc.fill_null(array.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
