"""Workbooks on a disk that has no room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")  # a device of Linux on which every write fails as on a full disk
SCRIPT = f"""
from pathlib import Path
from flowmap.export import workbook
try:
    with workbook.written(Path("{FULL}"), {{}}) as book:
        book.add_worksheet().write_string(0, 0, "text")
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_error_and_nothing_is_printed_after_it() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("No space left on device\n", "")
