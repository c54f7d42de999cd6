"""Twenty people at once on one server: how long they wait; exits 1 where p95 of any answer is over a second.

A user changes the filter every five seconds or so (half to one and a half times that, each in their own rhythm). Then
the page asks, side by side over connections that are kept: the table of stations and the panel of one station at an
instant of the animation, the cohort with its choices, the moves, and the findings; and, one time in two, a question of
the user's own: one of the measures. A filter is one choice or two of facets drawn at random, one time in five none. A
"change" lasts from the filter until the last of these answers has come, whole.

    python tests/bench/bench_users.py [DATASET] [--users 20] [--seconds 60] [--think 5] [--events 1330000]

Without a dataset it makes one of `events` events (a million moves). The clients are threads of this process, on the
same machine as the server, and take some of its time: `cpu` has both, in seconds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

MOST = 1.0  # seconds, of 95 in 100
AT_ONCE = 6  # connections that a browser keeps to one server
QUESTIONS = ("durations", "timescales", "rereferral", "nfa", "conversion", "enquiries", "variation", "flow", "pathways")


class Server:
    """`flowmap serve`, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "flowmap", "serve", str(folder), "--port", "0", "--no-browser"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        assert self.process.stdout
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, "the server did not say where it is"
        self.host = urlsplit(found[0]).netloc
        self.name = json.loads(Line(self.host).get("/api/datasets"))[0]["name"]

    def cpu(self) -> float:
        """Seconds of processor time that it has had."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)


class Line:
    """One connection that is kept."""

    def __init__(self, host: str) -> None:
        self.connection = http.client.HTTPConnection(host, timeout=120)

    def get(self, address: str) -> bytes:
        """The answer, whole. Raises RuntimeError where it is not 200."""
        self.connection.request("GET", address, headers={"Accept": "application/json", "Accept-Encoding": "identity"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {address}: {body[:300].decode()}")
        return body


class Watch:
    """What everybody waited for, in seconds."""

    def __init__(self) -> None:
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.failed: list[str] = []
        self.lock = threading.Lock()

    def told(self) -> dict[str, dict[str, float]]:
        """How many, the middle, p95 and the longest in milliseconds, of each address, of all and of changes."""
        answers = [wait for name, waits in self.waits.items() if name != "change" for wait in waits]
        return {name: spread(waits) for name, waits in [*sorted(self.waits.items()), ("all answers", answers)]}


def spread(waits: Iterable[float]) -> dict[str, float]:
    """How many, p50, p95 and most, in milliseconds (the nearest rank)."""
    found = sorted(waits)
    shares = {"p50": 0.5, "p95": 0.95}
    ranks = {name: found[max(0, -(-int(share * 100 * len(found)) // 100) - 1)] for name, share in shares.items()}
    return {"n": len(found), **{k: round(1000 * v) for k, v in ranks.items()}, "max": round(1000 * found[-1])}


class User:
    """One person at one page."""

    def __init__(self, server: Server, facts: dict[str, Any], watch: Watch, seed: int, think: float) -> None:
        self.lines = [Line(server.host) for _ in range(AT_ONCE)]
        self.root = f"/api/datasets/{quote(server.name)}"
        self.facts, self.watch, self.think = facts, watch, think
        self.random = random.Random(seed)

    def run(self, until: float) -> None:
        """Change the filter again and again until then."""
        time.sleep(self.random.uniform(0, self.think))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while time.monotonic() < until:
                began = time.monotonic()
                asked = self.asked()
                lines = zip(asked, self.lines, strict=False)
                done = list(pool.map(lambda one: self.ask(*one[0], one[1]), lines))
                if all(done):
                    self.keep("change", time.monotonic() - began)
                time.sleep(self.think * self.random.uniform(0.5, 1.5))

    def ask(self, name: str, address: str, line: Line) -> bool:
        """One answer; whether it came."""
        began = time.monotonic()
        try:
            line.get(address)
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            self.watch.failed.append(f"{address}: {error}")
            return False
        self.keep(name, time.monotonic() - began)
        return True

    def keep(self, name: str, wait: float) -> None:
        """Remember a wait."""
        with self.watch.lock:
            self.watch.waits[name].append(wait)

    def asked(self) -> list[tuple[str, str]]:
        """What the page asks after a filter change: names, and addresses."""
        cohort, at = self.cohort(), self.instant()
        station = self.random.choice(self.facts["stations"])
        where = [("stations", f"stations?at={at}"), ("station", f"stations/{station}?at={at}")]
        where += [(name, f"{name}?") for name in ("cohort", "moves", "findings")]
        if self.random.random() < 0.5:
            name = self.random.choice(QUESTIONS)
            where.append((name, f"{name}?"))
        return [(name, f"{self.root}/{rest}&{cohort}".rstrip("&")) for name, rest in where]

    def cohort(self) -> str:
        """A filter."""
        if self.random.random() < 0.2:
            return ""
        keys = self.random.sample(sorted(self.facts["facets"]), self.random.choice((1, 2)))
        return "&".join(f"{key}={quote(self.random.choice(self.facts['facets'][key]))}" for key in keys)

    def instant(self) -> str:
        """A time of the animation: a second of the data, so no two users ask of the same."""
        first, last = self.facts["span"]
        at = first + timedelta(seconds=self.random.randrange(int((last - first).total_seconds())))
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def facts_of(server: Server) -> dict[str, Any]:
    """Stations that journeys reach, choices of facets that somebody has, and the span; and so all is loaded."""
    line, root = Line(server.host), f"/api/datasets/{quote(server.name)}"
    about = json.loads(line.get(root))
    facets = json.loads(line.get(f"{root}/cohort"))["facets"]
    reached = [row["id"] for row in json.loads(line.get(f"{root}/stations")) if row["reached"]]
    for name in ("moves", "findings", *QUESTIONS):
        line.get(f"{root}/{name}")
    return {
        "stations": reached,
        "facets": {key: [c["value"] for c in found if c["count"]] for key, found in facets.items()},
        "span": [datetime.fromisoformat(about[end]) for end in ("first", "last")],
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("dataset", type=Path, nargs="?")
    arguments.add_argument("--users", type=int, default=20)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--think", type=float, default=5)
    arguments.add_argument("--events", type=int, default=1_330_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.dataset is None:
            from bench_measures import made

            given.dataset = made(given.events, Path(folder) / "set").path
        server = Server(given.dataset)
        try:
            facts, watch = facts_of(server), Watch()
            users = [User(server, facts, watch, 1000 * given.seed + n, given.think) for n in range(given.users)]
            load, cpu, own, began = os.getloadavg()[0], server.cpu(), time.process_time(), time.monotonic()
            threads = [threading.Thread(target=user.run, args=(began + given.seconds,)) for user in users]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            lasted = time.monotonic() - began
            used = {"server": round(server.cpu() - cpu, 1), "clients": round(time.process_time() - own, 1)}
        finally:
            server.end()
    told = watch.told()
    kept = not watch.failed and told["all answers"]["p95"] <= 1000 * MOST
    answer = {"kept": kept, "users": given.users, "seconds": round(lasted, 1), "milliseconds": told, "cpu": used}
    print(json.dumps({**answer, "load": [round(load, 1), round(os.getloadavg()[0], 1)], "failed": watch.failed[:5]}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
