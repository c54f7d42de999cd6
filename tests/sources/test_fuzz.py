"""Whatever is wrong with a file: it is read with every row accounted for, or refused in words. Nothing hangs."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from flowmap.quality import FlowmapError
from flowmap.sources import read
from tests.mutations import kind_of, mutated
from tests.samples import WRITERS, reference_files, written

CASES = 40  # for each format; tests/bench/fuzz_readers.py makes thousands
LIMIT = 60.0  # seconds for a file of some kilobytes: a hang, not a busy machine


def check(path: Path) -> bool:
    """Whether the file is read; its rows then add up. Another error than a refusal is not caught."""
    try:
        quality = read(path).quality
    except FlowmapError:
        return False
    assert quality.rows_read == quality.rows_kept + quality.rows_dropped
    assert 0 <= quality.rows_dropped <= quality.rows_read
    assert sum(file.read for file in quality.files) == quality.rows_read
    assert sum(file.dropped for file in quality.files) == quality.rows_dropped
    return True


def check_all(samples: list[Path], folder: Path, cases: int) -> int:
    """Checks `cases` mutations of the samples in turn; how many were read."""
    read_in = 0
    for seed in range(cases):
        sample = samples[seed % len(samples)]
        rng = random.Random(f"{sample.name}/{seed}")
        case = folder / f"case{''.join(sample.suffixes)}"
        case.write_bytes(mutated(rng, sample.read_bytes(), kind_of(sample.name)))
        began = time.monotonic()
        try:
            read_in += check(case)
        except Exception as error:
            error.add_note(f"{sample.name}, seed {seed}")
            raise
        assert time.monotonic() - began < LIMIT, f"{sample.name}, seed {seed}"
    return read_in


@pytest.mark.parametrize("form", WRITERS)
def test_a_file_with_things_wrong_is_read_or_refused(form: str, tmp_path: Path) -> None:
    samples = written(form, tmp_path / "samples")
    for sample in samples:
        assert check(sample), f"{sample.name} itself is read"
    read_in = check_all(samples, tmp_path, CASES)
    assert 0 < read_in < CASES  # some are still files, some are not: else nothing was tested


def test_reference_files_with_things_wrong_are_read_or_refused(shared_data: Path, tmp_path: Path) -> None:
    assert 0 < check_all(reference_files(), tmp_path, 2 * CASES) < 2 * CASES
