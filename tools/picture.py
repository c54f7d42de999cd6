"""Makes docs/picture.png, the picture in the README, from the running demo (`python3 tools/task.py picture`).

The demo is served as anyone would serve it; the page is opened at a busy instant and photographed once its dots are
drawn, at twice the size so that it stays sharp. The same address gives the same picture.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import browser
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120


def main() -> None:
    """Take the picture that the options ask for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--at", default="2016-11-15T12:00", help="the instant shown (ISO 8601)")
    options.add_argument("--state", default="", help="more of the page's address, such as '_colour=source&_theme=dark'")
    options.add_argument("--out", type=Path, default=ROOT / "docs" / "picture.png")
    options.add_argument("--size", default="1600x900", help="of the page, in CSS pixels")
    options.add_argument("--scale", type=float, default=1, help="pixels of the picture for one of the page")
    wanted = options.parse_args()

    port = _free_port()
    command = [sys.executable, "-m", "flowmap", "demo", "--port", str(port), "--no-browser"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        name = _dataset(f"http://127.0.0.1:{port}/api/datasets", server)
        width, height = (int(number) for number in wanted.size.split("x"))
        address = f"http://127.0.0.1:{port}/d/{name}?_at={wanted.at}" + (f"&{wanted.state}" if wanted.state else "")
        _photograph(address, width, height, wanted.scale, wanted.out)
        print(f"wrote {wanted.out}")
    finally:
        server.terminate()
        server.wait(20)


def _photograph(address: str, width: int, height: int, scale: float, out: Path) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.found(), args=list(browser.ARGUMENTS))
        page = chromium.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme="light", locale="en-GB"
        )
        page.goto(address)
        # The page counts the dots of its last frame. (A function: the page forbids bare expressions, as eval.)
        page.wait_for_function("() => window.flowmap && window.flowmap.stats().active > 0", timeout=PATIENCE * 1000)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)
        out.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=out)
        chromium.close()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _dataset(url: str, server: subprocess.Popen[bytes]) -> str:
    """The name of the dataset served, as soon as the server answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(json.load(answer)[0]["name"])
        except (urllib.error.URLError, OSError):
            if server.poll() is not None or time.monotonic() > until:
                sys.exit("The demo does not answer, so there is no picture.")
            time.sleep(0.2)


if __name__ == "__main__":
    main()
