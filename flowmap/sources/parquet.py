"""Parquet: only the columns needed; their types are taken as they are."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from flowmap.eventlog import EventLog, QualityReport, SourceError
from flowmap.sources import columns, identity
from flowmap.sources.assemble import assemble
from flowmap.sources.dialect import check_duplicates
from flowmap.sources.fingerprint import Fingerprint
from flowmap.sources.head import Head
from flowmap.sources.options import Progress, ReadOptions
from flowmap.sources.rows import Rows

NAME = "parquet"
SAMPLE_ROWS = 2000


def sniff(head: Head) -> bool:
    """Parquet begins and ends with PAR1."""
    return head.start.startswith(b"PAR1")


def read(head: Head, options: ReadOptions, progress: Progress) -> EventLog:
    """The event log in the file; rows are counted from 1. Raises SourceError and OptionError."""
    progress(f"reading {head.name}", 0.0)
    try:
        with pq.ParquetFile(head.path) as file:
            log_rows, roles = _rows(file, head, options, progress)
    except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: names that are no UTF-8
        raise SourceError(
            f"The Parquet file is damaged ({str(error).splitlines()[0][:120]}).",
            file=head.name,
            remedy="Export it again.",
        ) from None
    return assemble(log_rows, roles, options, Fingerprint(head), NAME)


def _rows(file: pq.ParquetFile, head: Head, options: ReadOptions, progress: Progress) -> tuple[Rows, columns.Roles]:
    if not file.metadata.num_rows:
        raise SourceError("The table has no rows.", file=head.name, remedy="Export it again.")
    schema = file.schema_arrow
    report = QualityReport(rows_read=file.metadata.num_rows)
    rows = Rows(head.name, {}, report, first_row=1)
    rows.said.append(f"{head.name}: a Parquet table.")
    flat = []
    for column in schema:
        if pa.types.is_nested(column.type):
            rows.left_out(column.name, "it holds lists or records")
        elif column.name in flat:
            check_duplicates(schema.names, [column.name], head.name)
        else:
            flat.append(column.name)
    first = next(file.iter_batches(SAMPLE_ROWS, columns=flat))
    samples = {name: ["" if v is None else str(v) for v in first.column(name).to_pylist()] for name in flat}
    roles = columns.recognise(samples, options, head.name)
    wanted = roles.used()
    for name in flat:
        if name not in wanted:
            reason = identity.by_name(name)
            if reason and reason not in identity.CODE_ONLY:
                rows.left_out(name, reason)
            else:
                wanted.append(name)
    progress(f"reading {head.name}", 0.2)
    table = file.read(columns=wanted)
    rows.columns = {name: table.column(name) for name in wanted}
    progress(f"reading {head.name}", 0.7)
    return rows, roles
