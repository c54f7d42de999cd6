"""The map's page as a person uses it: what it says, and what can be pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

# The canvas alone: its size, how many of its pixels are drawn on, and a digest of them all. A canvas drawn by a worker
# can only be copied, and the copy is what is read.
READ_CANVAS = """async () => {
  const canvas = document.getElementById("dots");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i]) inked++;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [canvas.width, canvas.height, inked, Array.from(digest, (byte) => byte.toString(16)).join(" ")];
}"""

# While nothing plays, a worker that has been told something draws it at its next frame.
A_FEW_FRAMES = """() => new Promise((done) => {
  let left = 4;
  const frame = () => { if (left--) requestAnimationFrame(frame); else done(); };
  frame();
})"""

SAME_COUNTS = """([wanted, kind]) => Object.entries(wanted).every(([id, n]) =>
  document.querySelector(`.station-${kind}[data-id="${id}"] .count`)?.textContent.replace(/,/g, "") === String(n))"""


@dataclass(frozen=True)
class Picture:
    """What is on the canvas: its size in pixels, how many are drawn on, and a digest of them all."""

    width: int
    height: int
    inked: int
    digest: str


class MapPage:
    """A page on which a dataset's map is opened, and the things on it by the names that people have for them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.play = page.locator("#play")
        self.date = page.locator("#date")
        self.sentence = page.locator("#sentence")
        self.journeys = page.locator("#journeys")
        self.notice = page.locator("#notice")
        self.panel = page.locator("#drawer")
        self.speed = page.locator("#speed")
        self.slider = page.get_by_role("slider", name="Time")

    def open(self, query: str = "") -> MapPage:
        """Go to the map and wait until it can be used. An address with `_at` stands still."""
        self.page.goto(f"{self.address}?{query}" if query else self.address)
        return self.ready()

    def ready(self) -> MapPage:
        """Wait until the map can be used and its first frame is drawn."""
        self.page.wait_for_function("() => window.flowmap && window.flowmap.stats().frames > 0")
        expect(self.notice).to_be_empty()
        return self

    def stats(self) -> dict[str, Any]:
        """What `window.flowmap.stats()` says."""
        found: dict[str, Any] = self.page.evaluate("() => window.flowmap.stats()")
        return found

    def clock(self) -> str:
        """The shown instant, ISO 8601 with milliseconds."""
        return str(self.stats()["clock"])

    def seek(self, instant: str) -> None:
        """Put the clock there as a script would."""
        self.page.evaluate("(instant) => window.flowmap.seek(instant)", instant)

    def clock_passes(self, instant: str) -> None:
        """Wait until the clock is later than `instant`."""
        self.page.wait_for_function("(instant) => window.flowmap.stats().clock > instant", arg=instant)

    def clock_falls_below(self, instant: str) -> None:
        """Wait until the clock is earlier than `instant`."""
        self.page.wait_for_function("(instant) => window.flowmap.stats().clock < instant", arg=instant)

    def clock_is(self, instant: str) -> None:
        """Wait until the clock stands at `instant` (to the minute)."""
        self.page.wait_for_function("(instant) => window.flowmap.stats().clock.startsWith(instant)", arg=instant[:16])

    def draws_on(self, frames: int = 2) -> None:
        """Wait until so many more frames were drawn."""
        self.page.wait_for_function(
            "(least) => window.flowmap.stats().frames >= least", arg=self.stats()["frames"] + frames
        )

    def stands_still(self) -> MapPage:
        """Wait until looks at the canvas a few frames apart show the same, three times running."""
        looks = [self.picture()]
        while len(looks) < 60:
            self.page.evaluate(A_FEW_FRAMES)
            looks.append(self.picture())
            # a worker on a busy machine may be some frames late, so two alike are not enough
            if len(looks) > 2 and looks[-1] == looks[-2] == looks[-3]:
                return self
        raise AssertionError("the canvas does not come to rest")

    def inked(self) -> int:
        """Pixels of the canvas that are drawn on."""
        return self.picture().inked

    def picture(self) -> Picture:
        """The canvas as it is now."""
        return Picture(*self.page.evaluate(READ_CANVAS))

    def counts(self, kind: str = "station") -> dict[str, int]:
        """The figure at every station ("station": who is there; "exit": who left there), by the station's id."""
        found = self.page.eval_on_selector_all(
            f".station-{kind}", "all => all.map((one) => [one.dataset.id, one.querySelector('.count').textContent])"
        )
        return {name: int(figure.replace(",", "") or 0) for name, figure in found}

    def shows_counts(self, wanted: Mapping[str, int], kind: str = "station") -> None:
        """Wait until every station shows the figure wanted; say how they differ where they never do."""
        drawn = self.counts(kind)
        wanted = {name: wanted.get(name, 0) for name in drawn}
        try:
            self.page.wait_for_function(SAME_COUNTS, arg=[wanted, kind], timeout=5000)
        except Exception:
            assert self.counts(kind) == wanted
            raise

    def station(self, name: str) -> Locator:
        """A station on the map, by its id."""
        return self.page.locator(f".station[data-id='{name}']")

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def query(self) -> str:
        """What stands in the address after the question mark."""
        return self.page.url.partition("?")[2]

    def address_holds(self, text: str) -> None:
        """Wait until the address holds `text`."""
        expect(self.page).to_have_url(re.compile(re.escape(text)))

    def address_lacks(self, text: str) -> None:
        """Wait until the address no longer holds `text`."""
        expect(self.page).not_to_have_url(re.compile(re.escape(text)))

    def button(self, name: str) -> Locator:
        """A button by its name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def panel_is_filled(self) -> None:
        """Wait until the panel is open and no longer waits for the server."""
        expect(self.panel.get_by_role("button", name="Close", exact=True)).to_be_visible()
        expect(self.panel.get_by_text("…", exact=True)).to_have_count(0)

    def open_panel(self, name: str) -> Locator:
        """Open a panel ("filters", "table", "view") with its button and wait for its content."""
        self.page.locator({"filters": "#change", "table": "#open-table", "view": "#open-view"}[name]).click()
        expect(self.panel).to_be_visible()
        return self.panel
