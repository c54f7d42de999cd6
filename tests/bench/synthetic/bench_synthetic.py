"""The model beside a second sample of the truth, a plain Markov chain and a noisy copy: fidelity, safety, seconds.

python tests/bench/synthetic/bench_synthetic.py [--referrals 3100] [--seeds 1] [--shadow 5] [--no-classifier]
    [--tools PYTHON]

The truth is the reference authority (3,100 referrals a year are about 10,000 children). `--shadow` attacks so
many of the rarest children with models fitted with and without each of them: slow. `--epsilon` measures private models
instead (needs OpenDP), once with the map's stations declared, once with values and moves declared too. `--tools` is a
Python that has Anonymeter and SDMetrics: minutes for each log.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
import peers  # noqa: E402
import private_mode  # noqa: E402
import truths  # noqa: E402

from flowmap.eventlog import EventLog  # noqa: E402
from synthetic.fidelity import Options, compare  # noqa: E402
from synthetic.model import FitOptions, fit, sample  # noqa: E402
from synthetic.outside import Tools, ask, find  # noqa: E402
from synthetic.privacy import assess  # noqa: E402
from synthetic.privacy.control import noisy_copy  # noqa: E402
from synthetic.privacy.lookups import drawn  # noqa: E402
from synthetic.privacy.outliers import plant, recovered  # noqa: E402
from synthetic.privacy.shadow import attack, rarest  # noqa: E402
from tests.truth import make  # noqa: E402

SHADOW_CHILDREN, SHADOW_ROUNDS = 600, 40  # 40 rounds: the standard error of a child's AUC is 0.065


def ours(log: EventLog, children: int, seed: int) -> EventLog:
    """Fit and sample, telling how long each took."""
    began = time.perf_counter()
    model = fit(log)
    fitted = time.perf_counter()
    made = sample(model, children, seed=seed)
    done = time.perf_counter()
    print(f"  fit {fitted - began:.1f} s, sample {done - fitted:.1f} s, {len(made) / (done - fitted):,.0f} events/s")
    return made


def measure(name: str, made: list[EventLog], real: EventLog, beside: EventLog, classifier: bool) -> None:
    """Print every yardstick (mean over the logs) and every attack (the first log)."""
    options = Options(period=truths.inspection(), classifier=classifier)
    runs = [compare(real, log, beside, options) for log in made]
    print(f"{name}: {len(made[0].child_ids):,} children, {len(made[0]):,} events")
    for several in zip(*runs, strict=True):
        first, value = several[0], float(np.mean([y.value for y in several]))
        floor = "" if first.floor is None else f"{first.floor:10.4f}"
        far = " too far" if first.too_far else ""
        pair = "" if first.real is None else f"  {first.real:.3f} against {first.synthetic:.3f}"
        print(f"  {first.key:18}{value:10.4f}{floor}{pair}{far}")
    for finding in assess(real, made[0], beside):
        print(f"  {finding.key:18}{finding.value:10.4f}  strangers {finding.beside:.4f}  {finding.verdict}")


def outside(name: str, tools: Tools, made: EventLog, real: EventLog, beside: EventLog) -> None:
    """Print what Anonymeter and SDMetrics say."""
    said = ask(tools, real, made, beside)
    print(f"{name}, by other people's tools")
    for finding in said.findings:
        print(f"  {finding.key:18}{finding.value:10.4f}  strangers {finding.beside:.4f}  {finding.verdict}")
        print(f"    {finding.meaning.partition('Anonymeter ')[2]}")
    for y in said.yardsticks:
        print(f"  {y.key:18}{y.value:10.4f}{y.floor:10.4f}")
    for score in said.scores:
        print(f"  {score.name:24}{score.synthetic:10.3f}  copies {score.copy:.3f}")


def shadows(real: EventLog, count: int) -> None:
    """Membership of the rarest children, and planted outliers."""
    log = drawn(real, 2 * SHADOW_CHILDREN, 1)
    size = SHADOW_CHILDREN
    refit: Callable[[EventLog, int], object] = lambda given, _: fit(given, FitOptions(find_periods=False))  # noqa: E731
    resample: Callable[[object, int], EventLog] = lambda model, seed: sample(model, size, seed=seed)  # type: ignore[arg-type] # noqa: E731
    found = attack(log, refit, resample, rarest(log, count), SHADOW_ROUNDS, size)
    print(json.dumps({"shadow_mean": round(found.mean, 3), "shadow_worst": round(found.worst, 3), "targets": count}))
    planted = plant(real)
    print(json.dumps(recovered(planted, real, sample(fit(planted.log), len(real.child_ids), seed=5))))


def main() -> None:
    """Parse, make the truths, measure each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=3100)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--shadow", type=int, default=0)
    parser.add_argument("--epsilon", type=float, nargs="+", default=[])
    parser.add_argument("--no-classifier", action="store_true")
    parser.add_argument("--tools")
    given = parser.parse_args()
    real, beside, second = (make(given.referrals, 4, seed=s) for s in (1, 2, 3))
    children, classifier = len(real.child_ids), not given.no_classifier
    for epsilon in given.epsilon:
        for much in (False, True):
            public = private_mode.named(beside, much)
            made = [private_mode.private(real, children, seed, epsilon, public) for seed in range(given.seeds)]
            measure(f"ε = {epsilon:g}, {'much' if much else 'little'} declared", made, real, beside, classifier)
    if given.epsilon:
        return
    measure("second sample", [peers.other_names(second)], real, beside, classifier)
    models = [ours(real, children, seed) for seed in range(given.seeds)]
    measure("ours", models, real, beside, classifier)
    measure("Markov chain", [peers.markov_chain(real, children, 1)], real, beside, classifier)
    measure("noisy copy", [noisy_copy(real)], real, beside, classifier)
    if given.tools:
        for name, made in (("second sample", peers.other_names(second)), ("ours", models[0])):
            outside(name, find(given.tools), made, real, beside)
    if given.shadow:
        shadows(real, given.shadow)


if __name__ == "__main__":
    main()
