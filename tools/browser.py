"""A Chromium-like browser for the tests and for the picture in the README."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shell import WINDOWS, Stop, say, succeeds, system_install

VARIABLE = "FLOWMAP_BROWSER"
# Chromium without the windows, tabs and menus that nobody sees here: the same pages at half the processor's time.
WINDOWLESS = "chromium-headless-shell"
NAMES = (
    WINDOWLESS,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
)
# Where Windows and macOS keep browsers, which they do not put on the PATH.
KEPT = (
    "{ProgramFiles}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Microsoft/Edge/Application/msedge.exe",
    "{ProgramFiles}/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# Without these, Chromium in a container (as root, with a small /dev/shm) does not start or dies on large pages.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")
LAUNCH = (
    "from playwright.sync_api import sync_playwright as p\n"
    f"with p() as c: c.chromium.launch(args={list(ARGUMENTS)!r}).close()"
)


def found() -> str | None:
    """A browser named by the environment or lying on this machine; None: perhaps Playwright has its own."""
    named = os.environ.get(VARIABLE)
    if named:
        program = shutil.which(named)
        if program is None:
            raise Stop(f"{VARIABLE} is set to {named!r}, which is not a program on this machine.")
        return program
    for name in NAMES:
        program = shutil.which(name)
        # Some systems put a stand-in on the PATH that only says where to get the browser.
        if program and (WINDOWS or succeeds([program, "--version"])):
            return program
    for place in KEPT:
        try:
            program = place.format(**os.environ)
        except KeyError:
            continue
        if Path(program).is_file():
            return program
    return None


def provide(python: Path) -> str | None:
    """Make sure that there is a browser: found, else Playwright's own (None), else the system's package.

    Where CI says so (the variable CI), the windowless one is fetched although there is another.
    """
    if os.environ.get("CI") and not os.environ.get(VARIABLE) and shutil.which(WINDOWLESS) is None:
        system_install(WINDOWLESS)
    program = found()
    if program or succeeds([python, "-c", LAUNCH]):
        return program
    say("No browser found: fetching Playwright's own Chromium")
    fetched = succeeds([python, "-m", "playwright", "install", "chromium"], timeout=1200)
    if fetched and succeeds([python, "-c", LAUNCH]):
        return None
    say("Playwright's own Chromium could not be " + ("started" if fetched else "fetched"))
    # Fonts are only recommended by the browser's package, yet a page without letters shows nothing.
    if system_install(WINDOWLESS, "fonts-liberation") or system_install("chromium", "fonts-liberation"):
        program = found()
        if program:
            return program
    raise Stop(
        "The browser tests need a browser, and none could be fetched.\n"
        "Install Chromium, Chrome or Edge (on Debian, as root: apt-get install chromium), or put the program's path\n"
        f"into the environment variable {VARIABLE}; then run this again."
    )
