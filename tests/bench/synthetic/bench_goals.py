"""Our model (k = 10) on every truth, against the goals: mean of five seeds, each a truth of its own.

python tests/bench/synthetic/bench_goals.py [--truth NAME]... [--seeds 5] [--no-classifier]

Truths: the reference authority of 2,000, 10,000 and 50,000 children, the prototype's year and a log of incidents of
another trade (both in ../shared/data or $FLOWMAP_SHARED). The goals are set for 10,000 children. A table a truth.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

import goals  # noqa: E402
import numpy as np  # noqa: E402
import ours  # noqa: E402
import truths  # noqa: E402

from synthetic.fidelity import Options, Yardstick, compare  # noqa: E402


def main() -> None:
    """Parse, and measure truth by truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", action="append", choices=truths.NAMES)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--no-classifier", action="store_true")
    given = parser.parse_args()
    for name in given.truth or truths.NAMES:
        try:
            measure(name, given.seeds, not given.no_classifier)
        except FileNotFoundError as missing:
            print(f"\n## {name}: not measured. {missing}")


def measure(name: str, seeds: int, classifier: bool) -> None:
    """Print the table of one truth."""
    runs: list[list[Yardstick]] = []
    speed: list[tuple[float, float]] = []
    sizes = []
    for seed in range(seeds):
        truth = truths.named(name)(seed)
        [made] = ours.made(truth.real, [seed])
        runs.append(compare(truth.real, made.log, truth.beside, Options(period=truth.period, classifier=classifier)))
        speed.append((made.fit[1], len(made.log) / made.sample[1]))
        sizes.append(len(truth.real.child_ids))
    fit, events = np.mean(speed, axis=0)
    wanted = goals.REAL_LOG_GOALS if name == "incidents" else goals.GOALS
    print(f"\n## {name}: {np.mean(sizes):,.0f} children, mean of {seeds} truths\n")
    print("| yardstick | ours | floor | in floors | goal | met |\n|---|---:|---:|---:|---|---|")
    for row in goals.rows(runs):
        goal = wanted.get(row.key)
        met = "" if goal is None or np.isnan(row.value) else judged(row, goal)
        pair = f" ({row.synthetic:.2f} against {row.real:.2f})" if row.key == "period_durations" and row.real else ""
        numbers = " | ".join("–" if np.isnan(x) else f"{x:.4g}" for x in (row.value, row.floor, row.floors))
        print(f"| {row.label}{pair} | {numbers} | {goal or ''} | {met} |")
    print(
        f"\nFit {fit:.1f} s of the processor (goal at {goals.FIT_CHILDREN:,} children: ≤ {goals.FIT_SECONDS:g}; "
        f"{verdict(bool(fit <= goals.FIT_SECONDS))}); "
        f"{events:,.0f} events sampled a second of it (goal ≥ {goals.EVENTS_A_SECOND:,}; "
        f"{verdict(bool(events >= goals.EVENTS_A_SECOND))}).",
        flush=True,
    )


def judged(row: goals.Row, goal: goals.Goal) -> str:
    """Whether the goal is met, and where not, whether it could be."""
    met = row.met(goal)
    return verdict(met) + ("" if met or row.reachable(goal) else ", nor by the floor")


def verdict(met: bool) -> str:
    """Said so that a reader sees what is not met."""
    return "yes" if met else "**no**"


if __name__ == "__main__":
    main()
