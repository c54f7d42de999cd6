"""A filter change on the real page: how long until the open panel has its new figures, and whether the dots go on.

    python tests/bench/bench_panels.py DATASET [--times 8]

`flowmap serve`, a headless Chromium at 1280×720 with the table, and then the panel of a station, open. Paused: from a
filter change (another filter each time, none asked before) to new figures in the panel. Playing: frames a second and
the longest task on the main thread, first left alone, then with a filter change every second. What else the machine
does is in these times: `load` says how much that was. Prints one JSON object; exits 1 where the middle of the times is
over 500 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

from bench_dots import serving  # noqa: E402

MOST = 500.0  # ms
SECONDS = 8


def measure(page: Any, address: str, times: int) -> dict[str, Any]:
    """One panel, open at an address."""
    page.goto(address)
    first = page.evaluate("bench.firstMoving()")
    page.keyboard.press("Space")
    time.sleep(2)
    changes = []
    for n in range(times):
        changes.append(page.evaluate("cohort => panels.change(cohort)", f"visit=0-{n}"))
        time.sleep(0.7)
    page.keyboard.press("Space")
    time.sleep(1)
    playing = {}
    for name, pressed in (("alone", False), ("changing", True)):
        page.evaluate("bench.start()")
        for _ in range(SECONDS):
            if pressed:
                page.evaluate("document.querySelector('#legend button').click()")
            time.sleep(1)
        playing[name] = {key: round(value, 1) for key, value in page.evaluate("bench.stop()").items()}
    return {"first_frame": round(first, 2), "changes": [round(ms) for ms in changes], "playing": playing}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--times", type=int, default=8)
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    load, found = os.getloadavg()[0], {}
    with serving(given.dataset) as address, sync_playwright() as play:
        path = os.environ.get("FLOWMAP_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, query in (("table", "_panel=table"), ("station", "_station=referral")):
            page = browser.new_page(viewport={"width": 1280, "height": 720}, bypass_csp=True)
            for script in ("page.js", "panels.js"):
                page.add_init_script(path=REPOSITORY / "tests" / "bench" / "dots" / script)
            found[name] = measure(page, f"{address}/d/{given.dataset.name}?{query}", given.times)
            page.close()
        browser.close()
    kept = all(statistics.median(one["changes"]) <= MOST for one in found.values())
    print(json.dumps({"kept": kept, **found, "load": [round(load, 1), round(os.getloadavg()[0], 1)]}, indent=1))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
