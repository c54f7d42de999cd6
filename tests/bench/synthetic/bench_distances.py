"""Our distances beside those of log-distance-measures, which must be installed in the Python that is given.

python tests/bench/synthetic/bench_distances.py --python OTHER/bin/python [--referrals 200]

Exits 1 where one differs by more than a millionth. The package is no dependency of ours; it counts events in plain
Python, so the logs are small. Logs of one size are compared, for its n-gram distance is of counts and ours of shares.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(REPOSITORY)]

import pandas as pd  # noqa: E402

from synthetic.fidelity import Walks, together  # noqa: E402
from synthetic.fidelity import paths as of_paths  # noqa: E402
from synthetic.fidelity import times as of_times  # noqa: E402
from tests.truth import make  # noqa: E402

THEIRS = """
import datetime, json, sys
import pandas as pd
from log_distance_measures.absolute_event_distribution import AbsoluteTimestampType as Kind
from log_distance_measures.case_arrival_distribution import case_arrival_distribution_distance as arrival
from log_distance_measures.circadian_event_distribution import circadian_event_distribution_distance as circadian
from log_distance_measures.config import EventLogIDs
from log_distance_measures.cycle_time_distribution import cycle_time_distribution_distance as cycle
from log_distance_measures.n_gram_distribution import n_gram_distribution_distance as grams
from log_distance_measures.relative_event_distribution import relative_event_distribution_distance as relative
one, two = (pd.read_csv(p, parse_dates=["start_timestamp", "end_timestamp"]) for p in sys.argv[1:])
ids = EventLogIDs()
print(json.dumps({
    "grams": grams(one, ids, two, ids, 3),
    "since_start": relative(one, ids, two, ids, Kind.START),
    "cycle_time": 24 * cycle(one, ids, two, ids, datetime.timedelta(days=1)),
    "clock": circadian(one, ids, two, ids, Kind.START),
    "case_arrival": arrival(one, ids, two, ids),
}))
"""


def table(walks: Walks) -> pd.DataFrame:
    """The log as the package wants it; a millisecond a step keeps events of one moment in their order."""
    place = pd.Series(walks.journey).groupby(walks.journey).cumcount().to_numpy()
    time = pd.to_datetime(walks.time + place, unit="ms")
    names = [walks.names[s] for s in walks.station]
    return pd.DataFrame({"case": walks.journey, "activity": names, "start_timestamp": time, "end_timestamp": time})


def main() -> int:
    """Compare and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("--referrals", type=int, default=200)
    given = parser.parse_args()
    one, two = together(make(given.referrals, 1, seed=1), make(given.referrals, 1, seed=2))
    ours = {
        "grams": of_paths.grams(one, two).value,
        "since_start": of_times.since_start(one, two).value,
        "cycle_time": of_times.cycle_time(one, two).value,
        "clock": of_times.clock(one, two).value,
        "case_arrival": of_times.arrivals_in_time(one, two).value,
    }
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("one.csv", "two.csv")]
        for walks, file in zip((one, two), files, strict=True):
            table(walks).to_csv(file, index=False)
        theirs = json.loads(
            subprocess.run([given.python, "-c", THEIRS, *files], check=True, capture_output=True).stdout
        )
    for name, value in ours.items():
        print(f"{name:14}{value:14.6f}{theirs[name]:14.6f}")
    return int(any(abs(ours[n] - theirs[n]) > 1e-6 * max(1.0, abs(ours[n])) for n in ours if n != "grams"))


if __name__ == "__main__":
    sys.exit(main())
