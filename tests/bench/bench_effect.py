"""Whether planted changes are found again, and none is announced where none was planted.

On each of many made-up authorities (tests/truth), with and without the inspection: the slowdown of
assessments, and the shares of referrals and assessments that end in no further action. A planted size counts as
recovered where it lies in the 95% interval. `any` announces where one of the three does, each at a third of 5%.
Exits 1 below 90% recovered, or above 8% false alarms (`any`), by more than chance allows for so few seeds.

python tests/bench/bench_effect.py [--seeds 100] [--first 1] [--changes]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY)]


def planted() -> dict[str, tuple[Any, float]]:
    """Figure → what the inspection does to it at full strength, as a part of what was to be expected."""
    from flowmap.measures.series import Figure
    from synthetic.reference.inspection import SHIFTS, SLOWDOWN

    def moved(station: str) -> float:
        return -sum(s.share for s in SHIFTS if s.station == station and s.away == "nfa")

    return {
        "assessment, working days": (Figure("duration", "assessment"), SLOWDOWN - 1),
        "referral, NFA": (Figure("share", "referral"), moved("referral")),
        "assessment, NFA": (Figure("share", "assessment"), moved("assessment")),
    }


def asked(data: Any, found: Counter[str], inspected: bool, sizes: dict[str, list[float]]) -> None:
    """Count into `found` what one authority tells."""
    import numpy as np

    from flowmap.dataset import seconds
    from flowmap.measures.effect import Event, Options, effect

    mask = np.ones(len(data.journeys), dtype=bool)
    event = Event("Inspection", seconds("2016-10-10"), seconds("2016-11-19"))
    several = False
    for name, (figure, size) in planted().items():
        result = effect(data, mask, figure, event, Options(sensitivity=False))
        unit = 1.0 if result.scale == "ratio" else result.expected
        low, high = result.average.low / unit, result.average.high / unit
        kind = "planted" if inspected else "nothing planted"
        found[f"{name}: {kind}, announced"] += result.average.told
        sizes.setdefault(f"{name}: {kind}", []).append(result.average.estimate / unit)
        if inspected:
            found[f"{name}: recovered"] += low <= size <= high
        else:
            strict = effect(data, mask, figure, event, Options(sensitivity=False, level=1 - 0.05 / 3))
            several |= strict.average.told
    if not inspected:
        found["any: nothing planted, announced"] += several


def searched(data: Any, found: Counter[str], inspected: bool) -> None:
    """Count into `found` whether changes are found without being told, and where."""
    import numpy as np

    from flowmap.dataset import seconds
    from flowmap.measures.changepoints import changepoints

    mask = np.ones(len(data.journeys), dtype=bool)
    for name, (figure, _) in planted().items():
        seen = changepoints(data, mask, figure).found
        there = [c for c in seen if c.start < seconds("2016-12-31") and c.stop > seconds("2016-09-01")]
        kind = "planted" if inspected else "nothing planted"
        found[f"search, {name}: {kind}, something found"] += bool(seen)
        if inspected:
            found[f"search, {name}: planted, found in its time"] += bool(there)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=100)
    arguments.add_argument("--first", type=int, default=1)
    arguments.add_argument("--changes", action="store_true", help="search for changes too")
    given = arguments.parse_args()

    import numpy as np

    from flowmap.build import BuildOptions, build
    from synthetic.reference import periods
    from tests.truth import make

    found: Counter[str] = Counter()
    sizes: dict[str, list[float]] = {}
    for seed in range(given.first, given.first + given.seeds):
        for inspected in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                log = make(seed=seed, inspection=inspected)
                bands = tuple(periods(inspection=inspected))
                data = build(log, Path(folder) / "set", BuildOptions(map="childrens-social-care", periods=bands))
                asked(data, found, inspected, sizes)
                if given.changes:
                    searched(data, found, inspected)
    chance = 2 * float(np.sqrt(0.9 * 0.1 / given.seeds))  # of so few seeds
    recovered = min(found[f"{name}: recovered"] for name in planted()) / given.seeds
    alarms = found["any: nothing planted, announced"] / given.seeds
    kept = recovered >= 0.9 - chance and alarms <= 0.08 + chance
    means = {name: round(float(np.mean(values)), 3) for name, values in sizes.items()}
    true = {name: size for name, (_, size) in planted().items()}
    told = {"kept": kept, "seeds": given.seeds, "of seeds": dict(found), "true": true, "mean estimates": means}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
