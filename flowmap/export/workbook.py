"""An Excel workbook that goes to the disk when it is whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter


@contextmanager
def written(path: Path, options: dict[str, Any]) -> Iterator[Any]:
    """A workbook to fill, which is written to `path` at the end. Raises OSError where it cannot be.

    xlsxwriter writes a zip file, which on a full disk is tried again when Python throws it away: a traceback for
    somebody who has been told already. So the zip file is made in memory, where a county's is some megabytes.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        yield book
    path.write_bytes(content.getbuffer())
