"""Our model beside its peers: the same truth, the same yardsticks, one run, one table.

python tests/bench/synthetic/bench_peers.py --python SDV/bin/python --python ARGN/bin/python --keep DIR > table.md
    [--referrals 3100] [--seed 0] [--limit 1500] [--par-children 2000] [--peer KEY]... [--samples 5] [--no-classifier]

Each peer runs in a Python of its own (pandas 2 and torch, which we do not need), the first of those given that has it;
without one it is “not installed”. `--limit` is in seconds of processor time; past it a peer “did not finish”. What
peers make is kept in `--keep` and not made again: to run ours alone, give the same folder again. PAR is given 2,000
of the children, for its cost grows with their square; `peer/*.py` say what each peer is given, and how fairly.

The environments (where pip would take a CUDA build of torch, give it PyTorch's own index of CPU builds; torchvision is
for pictures, and its wheel may not fit such a build):
    python3 -m venv SDV && SDV/bin/pip install torch==2.13.0
    SDV/bin/pip install sdv==2.0.0 deepecho==0.8.1 ctgan==0.12.1 pyarrow
    python3 -m venv ARGN && ARGN/bin/pip install torch==2.13.0
    ARGN/bin/pip install mostlyai-engine==2.7.3 && ARGN/bin/pip uninstall -y torchvision torchaudio
SDV, deepecho and ctgan are under the Business Source License, mostlyai-engine under Apache 2.0. None is part of this
project, and none needs a network once installed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

import goals  # noqa: E402
import numpy as np  # noqa: E402
import ours  # noqa: E402
import runner  # noqa: E402
import truths  # noqa: E402

from flowmap.eventlog import EventLog  # noqa: E402
from synthetic.fidelity import Options, compare  # noqa: E402

NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """One competitor: a row for each yardstick, or why there is none; and what else is said of it."""

    label: str
    rows: list[goals.Row]
    facts: dict[str, str]
    why: str = ""


def main() -> None:
    """Parse, run everybody, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--referrals", type=int, default=truths.SIZES["reference-10000"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=1500)
    parser.add_argument("--par-children", type=int, default=2000)
    parser.add_argument("--peer", action="append", choices=[p.key for p in runner.PEERS])
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--no-classifier", action="store_true")
    given = parser.parse_args()
    truth = truths.reference(given.referrals, given.seed)
    options = Options(period=truth.period, classifier=not given.no_classifier)
    with tempfile.TemporaryDirectory() as folder:
        kept = (given.keep or Path(folder)) / f"reference-{given.referrals}-{given.seed}"
        wanted = [p for p in runner.PEERS if given.peer is None or p.key in given.peer]
        columns = [of_peer(p, truth, options, kept / p.key, given) for p in wanted]
    columns.append(of_ours(truth, options, given.samples))
    print(f"Truth: {len(truth.real.child_ids):,} children, {len(truth.real):,} events.\n")
    print("\n".join(table(columns)))


def of_peer(
    peer: runner.Peer, truth: truths.Truth, options: Options, folder: Path, given: argparse.Namespace
) -> Column:
    """Run a peer, or take what is kept of it, and measure."""
    outcome = runner.run(peer, truth.real, folder, given.python, given.limit, given.par_children, given.seed)
    if outcome.log is None:
        return Column(peer.label, [], {}, outcome.why)
    said: Any = outcome.said
    facts = {
        "children fitted on": f"{said['children']:,}",
        **{f"{stage}, seconds": clock(*said[stage].values()) for stage in ("fit", "sample")},
        "events made": f"{len(outcome.log):,}",
        "greatest memory, MB": f"{said['peak_mb']:,}",
        "versions": ", ".join(f"{name} {version}" for name, version in said["versions"].items()),
    }
    return Column(peer.label, measured([outcome.log], truth, options), facts)


def of_ours(truth: truths.Truth, options: Options, samples: int) -> Column:
    """Our model: one fit, several samples."""
    made = ours.made(truth.real, list(range(samples)))
    facts = {
        "children fitted on": f"{len(truth.real.child_ids):,}",
        "fit, seconds": clock(*made[0].fit),
        "sample, seconds": clock(*np.mean([m.sample for m in made], axis=0)),
        "events made": f"{np.mean([len(m.log) for m in made]):,.0f}",
        "versions": f"k = {ours.K}, mean of {samples} samples",
    }
    return Column("ours", measured([m.log for m in made], truth, options), facts)


def measured(logs: Sequence[EventLog], truth: truths.Truth, options: Options) -> list[goals.Row]:
    """The mean of every yardstick."""
    return goals.rows([compare(truth.real, log, truth.beside, options) for log in logs])


def clock(seconds: float, processor: float) -> str:
    """On the clock, and of the processor."""
    return f"{seconds:.1f} ({processor:.1f})"


def table(columns: Sequence[Column]) -> list[str]:
    """Markdown: yardsticks down, competitors across; below, what they took (seconds on the clock, of the processor)."""
    ours_ = columns[-1].rows
    lines = [
        f"| yardstick | floor | {' | '.join(c.label for c in columns)} | goal |",
        f"|---|---:|{'---:|' * len(columns)}---|",
    ]
    for place, row in enumerate(ours_):
        cells = [cell(c.rows[place]) if c.rows else c.why for c in columns]
        goal = goals.GOALS.get(row.key, "")
        lines.append(f"| {row.label} | {number(row.floor)} | {' | '.join(cells)} | {goal} |")
    for fact in dict.fromkeys(fact for c in columns for fact in c.facts):
        lines.append(f"| {fact} | | {' | '.join(c.facts.get(fact, NOTHING) for c in columns)} | |")
    return lines


def cell(row: goals.Row) -> str:
    """The value; for the effect of the inspection also the two ratios."""
    if row.key == "period_durations" and row.synthetic is not None:
        return f"{number(row.value)} ({row.synthetic:.2f} for {row.real:.2f})"
    return number(row.value)


def number(value: float) -> str:
    """Three significant figures."""
    if np.isnan(value):
        return NOTHING
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
