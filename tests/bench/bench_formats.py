"""A county's four years in every council format: seconds and peak memory of a fresh process that reads them.

    python tests/bench/bench_formats.py [--referrals 25000] [--years 4] [--keep FOLDER] [FORMAT...]

Goals (about 100,000 referrals): under a minute each, under 1.5 GB; the census under 500 MB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from flowmap.export import casefiles
from synthetic.reference import make

SECONDS, BYTES, CENSUS_BYTES = 60.0, 1.5e9, 500e6
READ = """
import json, re, sys, time
from pathlib import Path
began = time.monotonic()
from flowmap.sources import read
log = read(sys.argv[1:])
peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])  # of this program alone
print(json.dumps({"events": len(log), "seconds": round(time.monotonic() - began, 2), "peak_mb": round(peak / 1e6)}))
"""


def measure(form: str, log: object, folder: Path) -> dict[str, float]:
    """Write a format where it is not there yet, then read it in a process of its own."""
    if not folder.is_dir():
        began = time.monotonic()
        casefiles.write(log, folder, form)  # type: ignore[arg-type]
        written = time.monotonic() - began
    else:
        written = 0.0
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    command = [sys.executable, "-c", READ, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=Path(__file__).resolve().parents[2])
    return {"mb": round(size / 1e6), "written_s": round(written, 1), **json.loads(done.stdout)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("formats", nargs="*", default=list(casefiles.WRITERS))
    parser.add_argument("--referrals", type=int, default=25_000)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    log = make(options.referrals, options.years)
    missed = []
    with tempfile.TemporaryDirectory() as scratch:
        for form in options.formats:
            found = measure(form, log, (options.keep or Path(scratch)) / form)
            print(form, json.dumps(found), flush=True)
            most = CENSUS_BYTES if form == "cin" else BYTES
            if found["seconds"] > SECONDS or found["peak_mb"] * 1e6 > most:
                missed.append(form)
    print("Goals missed by", ", ".join(missed) if missed else "none")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
