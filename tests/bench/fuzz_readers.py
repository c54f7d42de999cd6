"""Every reader against thousands of files with things wrong in them.

    python tests/bench/fuzz_readers.py [--cases 10000] [--seed 1] [--workers 2]

Each case is a sample (written by flowmap's own writers, or one of the reference files) with one to three things wrong,
read in a process of its own kind with a limit on time and memory. Good ends: read, with every row accounted for; or
refused in words. A case that ends otherwise is printed with its seed, by which it can be made again.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from flowmap.quality import FlowmapError
from flowmap.sources import read
from tests.mutations import kind_of, mutated
from tests.samples import WRITERS, reference_files, written

SECONDS = 30
MEMORY = 3 << 30  # bytes of address space more than at the start: libraries reserve more than they use


class TooSlow(Exception):  # noqa: N818 - it is what it says
    """A case has not ended after SECONDS."""


def _alarm(*_: object) -> None:
    raise TooSlow


def prepare() -> None:
    """Limits for a worker."""
    signal.signal(signal.SIGALRM, _alarm)
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


def one(task: tuple[str, str, int, str]) -> tuple[str, str, float, str]:
    """(form, how it ended, seconds, what is wrong with it) of one case."""
    form, sample, seed, folder = task
    path = Path(sample)
    case = Path(folder) / f"{multiprocessing.current_process().name}{''.join(path.suffixes)}"
    case.write_bytes(mutated(random.Random(f"{path.name}/{seed}"), path.read_bytes(), kind_of(path.name)))
    signal.alarm(SECONDS)
    began = time.monotonic()
    try:
        quality = read(case).quality
        good = quality.rows_read == quality.rows_kept + quality.rows_dropped == sum(f.read for f in quality.files)
        end, wrong = ("read", "") if good else ("rows lost", f"{quality.rows_read} read, {quality.files}")
    except FlowmapError as refused:
        end, wrong = ("refused", "") if str(refused) else ("refused without a word", "")
    except TooSlow:
        end, wrong = "too slow", ""
    except MemoryError:
        end, wrong = "too much memory", traceback.format_exc(limit=-6)
    except BaseException:  # what must not happen is what is looked for
        end, wrong = "traceback", traceback.format_exc(limit=-6)
    finally:
        signal.alarm(0)
    return (
        form,
        end,
        time.monotonic() - began,
        f"{path.name}, seed {seed}: {wrong}" if wrong or end == "too slow" else "",
    )


def tasks(folder: Path, cases: int, first: int) -> list[tuple[str, str, int, str]]:
    """So many cases, shared out evenly over the formats and their samples."""
    samples = {form: written(form, folder / form) for form in WRITERS} | {"reference files": reference_files()}
    forms = [form for form, paths in samples.items() if paths]
    found = []
    for i in range(cases):
        form = forms[i % len(forms)]
        found.append((form, str(samples[form][i // len(forms) % len(samples[form])]), first + i, str(folder)))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    ends: collections.Counter[tuple[str, str]] = collections.Counter()
    slowest, bad = 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        todo = tasks(Path(folder), options.cases, options.seed)
        with multiprocessing.get_context("spawn").Pool(options.workers, prepare) as pool:
            for form, end, seconds, wrong in pool.imap_unordered(one, todo, chunksize=20):
                ends[form, end] += 1
                slowest = max(slowest, seconds)
                if wrong:
                    bad.append(wrong)
                    print(wrong, flush=True)
    kinds = sorted({end for _, end in ends})
    print(f"{'':18}" + "".join(f"{kind:>18}" for kind in kinds))
    for form in dict.fromkeys(form for form, _ in ends):
        print(f"{form:18}" + "".join(f"{ends[form, kind]:18,}" for kind in kinds))
    print(f"{sum(ends.values()):,} cases, slowest {slowest:.1f} s, {len(bad)} ended badly")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
