"""Files are dropped on the start page, and a map comes of them: a real server, a real browser, a real disk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import REPOSITORY, START, Complaints, free_port
from tests.browser.mappage import MapPage

SERVE = """
import sys
from pathlib import Path
from flowmap.web import serve
serve([], port=int(sys.argv[1]), home=Path(sys.argv[2]))
"""
# Every date can be read either way; nothing in either file decides.
FIRST = "child,event,date\nAnn,contact,03/04/2015\nAnn,referral,04/05/2015\nBob,Panel of heads,05/06/2015\n"
SECOND = "Client,Step,When\nAnn,assessment,07/08/2015\nCat,contact,08/09/2015\n"
THIRD = "child,event,date\nDan,contact,2015-09-01\nDan,referral,2015-09-02\n"
BUILD_PATIENCE = 60_000


@dataclass
class Desk:
    """A server that has no dataset yet, and its start page."""

    page: Page
    url: str
    home: Path
    files: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """A file to bring in."""
        path = self.files / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def open(self) -> Desk:
        """Open the start page and wait until files can be dropped."""
        self.page.goto(f"{self.url}/")
        expect(self.page.get_by_role("button", name="Choose files")).to_be_visible()
        return self

    def bring(self, *paths: Path) -> None:
        """Bring files in by the button."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Choose files").click()
        chooser.value.set_files(list(paths))

    def drop(self, **contents: str) -> None:
        """Drop files on the box, as from a file manager."""
        transfer = self.page.evaluate_handle(
            """files => {
                const transfer = new DataTransfer();
                for (const [name, text] of Object.entries(files)) transfer.items.add(new File([text], name));
                return transfer;
            }""",
            contents,
        )
        box = self.page.locator(".drop")
        box.dispatch_event("dragenter", {"dataTransfer": transfer})
        box.dispatch_event("drop", {"dataTransfer": transfer})

    def card(self, name: str) -> Locator:
        """What is said of one file."""
        return self.page.locator(f'.file[data-file="{name}"]')

    def build(self) -> None:
        """Build, and wait until it is done."""
        self.page.get_by_role("button", name=re.compile("Build (the map|it again)")).click()
        expect(self.page.locator(".built")).to_be_visible(timeout=BUILD_PATIENCE)

    def on_disk(self) -> set[str]:
        """The names beneath the home, but the mark that a server runs."""
        return {
            path.relative_to(self.home).parts[0]
            for path in self.home.rglob("*")
            if path.is_file() and path.name != "in-use"
        }


@pytest.fixture
def desk(tmp_path: Path, new_page: Callable[..., Page], complaints: Complaints) -> Iterator[Desk]:
    """A server of its own for each test."""
    port, home = free_port(), tmp_path / "home"
    with (tmp_path / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port), str(home)], cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + START
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/datasets", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None, (tmp_path / "server.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
    complaints.origins.add(f"{url}/")
    (tmp_path / "files").mkdir()
    expect.set_options(timeout=BUILD_PATIENCE)  # each file is looked at by a process that has to start first
    yield Desk(new_page(), url, home, tmp_path / "files")
    expect.set_options(timeout=5_000)
    process.terminate()
    process.wait(20)


def test_from_a_drop_to_a_map_and_off_the_disk_again(
    desk: Desk, axe: Callable[..., list[str]], keep: Callable[..., Path]
) -> None:
    page = desk.open().page
    expect(page.get_by_role("heading", level=1)).to_have_text("See your files as a map")
    assert axe(page) == []
    keep(page, "empty")

    desk.drop(**{"first.csv": FIRST, "second.csv": SECOND})
    for name in ("first.csv", "second.csv"):
        expect(desk.card(name).locator(".problem")).to_contain_text("day-first or month-first")
        expect(desk.card(name)).to_contain_text("Event log (text)")
    expect(desk.card("second.csv").get_by_label("The child")).to_have_value("Client")
    assert axe(page) == []
    keep(page, "question", full_page=True)
    page.get_by_role("button", name="Day first in all 2 files").click()
    for name in ("first.csv", "second.csv"):
        expect(desk.card(name).locator(".problem")).to_have_count(0)
        expect(desk.card(name).get_by_label("Dates such as")).to_have_value("true")
    expect(page.locator(".found")).to_contain_text("3 children, 4 kinds of event")
    expect(page.locator(".found")).to_contain_text("5 rows read: 5 kept, 0 dropped")

    expect(page.locator("#standing")).to_contain_text("1 kind of event (1 event) has no station")
    page.get_by_label("Station of Panel of heads").select_option("Strategy discussion")
    expect(page.locator("#standing")).to_contain_text("a station for each")
    page.get_by_label("What the map is headed with").fill("Our <town>")
    assert axe(page) == []
    keep(page, "stations", full_page=True)
    desk.build()
    expect(page.locator(".built")).to_contain_text("5 rows read: 5 kept, 0 dropped")
    expect(page.locator(".built h3")).to_be_focused()
    expect(page.locator(".choices")).to_contain_text("Our <town>")
    assert axe(page) == []
    keep(page, "built", full_page=True)
    assert desk.on_disk() == {"our-town", "our-town.key.csv"}
    assert "Panel of heads" in (desk.home / "our-town" / "map.yaml").read_text(encoding="utf-8")

    expect(page.get_by_role("link", name="Quality report")).to_have_attribute("href", "/d/our-town/quality")
    page.get_by_role("link", name="Open the map").click()
    MapPage(page, f"{desk.url}/d/our-town").ready()
    expect(page.get_by_role("heading", level=1)).to_have_text("Our <town>")

    desk.open()
    page.get_by_role("button", name="Rename Our <town>").click()
    page.get_by_label("New name").fill("Kent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Kent")).to_be_visible()

    page.get_by_role("button", name="Rebuild Kent").click()
    expect(page.get_by_role("heading", name="Rebuild “Kent”")).to_be_focused()
    expect(page.locator(".rebuilding")).to_contain_text("first.csv, second.csv")
    desk.drop(**{"first.csv": FIRST, "third.csv": THIRD})
    desk.card("first.csv").get_by_label("Dates such as").select_option("day first: 3 April")
    expect(page.locator(".rebuilding")).to_contain_text("not here yet: second.csv")
    expect(page.locator("#map")).to_have_value("keep")
    expect(page.locator("#standing")).to_contain_text("a station for each")
    desk.build()
    expect(page.locator(".choices")).to_contain_text("from first.csv, third.csv")
    assert desk.on_disk() == {"our-town", "our-town.key.csv"}

    page.get_by_role("button", name="Delete Kent").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert desk.on_disk() == {"our-town", "our-town.key.csv"}
    page.get_by_role("button", name="Delete Kent").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("See your files as a map")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert desk.on_disk() == set()


def test_a_build_that_is_cancelled_leaves_no_trace(desk: Desk, axe: Callable[..., list[str]]) -> None:
    rows = "".join(f"{i},contact,2015-01-{i % 28 + 1:02}\n" for i in range(600_000))
    page = desk.open().page
    desk.bring(desk.write("long.csv", f"child,event,date\n{rows}"))
    expect(page.locator(".found")).to_contain_text("600,000 rows read", timeout=BUILD_PATIENCE)
    page.get_by_role("button", name="Build the map").click()
    stop = page.get_by_role("button", name="Cancel")
    expect(stop).to_be_focused()
    stop.click()
    expect(page.get_by_text("The build was stopped. Nothing was changed.").first).to_be_visible()
    assert {path.name for path in desk.home.iterdir()} == {".importing"}
    assert page.request.get(f"{desk.url}/api/datasets").json() == []
    expect(page.get_by_role("button", name="Build the map")).to_be_enabled()
    page.get_by_role("button", name="Remove long.csv").click()
    expect(desk.card("long.csv")).to_have_count(0)
    expect(page.get_by_role("button", name="Build the map")).to_be_hidden()
    page.wait_for_function("async () => (await fetch('/api/datasets')).ok")
    assert desk.on_disk() == set()


def test_a_file_too_large_is_refused_with_the_limit_and_never_sent(desk: Desk) -> None:
    large = desk.files / "huge.csv"
    with large.open("wb") as file:
        file.truncate((2 << 30) + 1)  # takes no room on the disk
    page = desk.open().page
    expect(page.locator("#limits")).to_contain_text("At most 2 GB a file, 200 files and 8 GB together")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    desk.bring(large)
    expect(desk.card("huge.csv").locator(".problem")).to_contain_text("one file may have 2 GB")
    assert "PUT" not in sent


def test_ten_bad_files_each_say_what_is_wrong_beside_them(desk: Desk, axe: Callable[..., list[str]]) -> None:
    bad: dict[str, tuple[str | bytes, str]] = {
        "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG picture"),
        "letter.pdf": (b"%PDF-1.7\n" + bytes(99), "PDF document"),
        "empty.csv": ("", "empty"),
        "archive.zip": (b"PK\x05\x06" + bytes(18), "zip archive"),
        "headless.csv": ("1,contact,2015-01-01\n2,contact,2015-01-02\n", "no header"),
        "thin.csv": ("child\n1\n2\n", "one column"),
        "rowless.csv": ("child,event,date\n", "no rows"),
        "bytes.csv": (bytes(range(256)) * 9, "binary"),
        "undated.csv": ("child,event,date\n1,contact,soon\n2,referral,later\n", "the time"),
        "<b>old</b>.rar": (b"Rar!\x1a\x07\x00" + bytes(99), "RAR archive"),
    }
    page = desk.open().page
    desk.bring(*[desk.write(name.replace("/", "∕"), content) for name, (content, _) in bad.items()])
    for name, (_, said) in bad.items():
        problem = desk.card(name.replace("/", "∕")).locator(".problem")
        expect(problem).to_contain_text(said)
    expect(page.locator(".reading")).to_contain_text("10 files cannot be read")
    expect(page.get_by_role("button", name="Build the map")).to_be_hidden()
    assert axe(page) == []


def test_all_of_it_is_reached_by_keyboard_in_dark_and_narrow(
    desk: Desk, new_page: Callable[..., Page], axe: Callable[..., list[str]], keep: Callable[..., Path]
) -> None:
    page = desk.page = new_page(color_scheme="dark", viewport={"width": 400, "height": 800})
    desk.open()
    desk.bring(desk.write("third.csv", THIRD))
    expect(page.get_by_role("button", name="Build the map")).to_be_enabled()
    reached = set()
    page.get_by_role("button", name="Choose files").focus()
    for _ in range(40):
        reached.add(
            page.evaluate(
                "() => document.activeElement.textContent.trim().slice(0, 20) || document.activeElement.tagName"
            )
        )
        page.keyboard.press("Tab")
    assert {"Choose files", "Choose a folder", "Remove", "First rows", "INPUT", "Build the map"} <= reached
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
    keep(page, "dark", full_page=True)
    page.get_by_label("What the map is headed with").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".built")).to_be_visible(timeout=BUILD_PATIENCE)
    assert axe(page) == []


def test_a_folder_is_brought_in_with_the_files_in_it_and_without_what_the_system_keeps_there(desk: Desk) -> None:
    folder = desk.files / "2015"
    folder.mkdir()
    for name, content in {"a.csv": THIRD, "b.csv": THIRD.replace("Dan", "Eve"), ".DS_Store": "x"}.items():
        (folder / name).write_text(content)
    page = desk.open().page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folder)
    expect(page.locator(".file h3")).to_have_text([re.compile(r"2015/a\.csv"), re.compile(r"2015/b\.csv")])
    expect(page.locator(".found")).to_contain_text("2 children, 2 kinds of event")


@pytest.mark.parametrize("width", [400, 1280])
def test_a_table_of_many_columns_scrolls_within_its_card(desk: Desk, width: int) -> None:
    more = [f"a rather long name of column {number}" for number in range(30)]
    page = desk.open().page
    page.set_viewport_size({"width": width, "height": 800})
    header = ",".join(["child", "event", "date", *more])
    row = ",".join(["1", "contact", "2015-01-01", *("some words in a cell" for _ in more)])
    desk.drop(**{"wide.csv": f"{header}\n{row}\n"})
    expect(page.locator(".found")).to_be_visible()
    expect(desk.card("wide.csv").locator("summary")).to_have_text("First rows (9 more columns not shown)")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_rows_of_each_file_are_read_on_a_phone(
    desk: Desk, axe: Callable[..., list[str]], keep: Callable[..., Path]
) -> None:
    page = desk.open().page
    page.set_viewport_size({"width": 390, "height": 800})
    desk.drop(**{"children_and_events_2015-16.csv": THIRD})
    expect(page.get_by_role("button", name="Build the map")).to_be_enabled()
    desk.build()
    name = page.locator(".rows tbody th")
    expect(name).to_have_text("children_and_events_2015-16.csv")
    lines = "node => { const r = document.createRange(); r.selectNodeContents(node);"
    tops = name.evaluate(lines + " return new Set([...r.getClientRects()].map(each => Math.round(each.top))).size; }")
    assert tops == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
    keep(page, "phone", full_page=True)


def test_a_file_that_was_mended_takes_the_place_of_the_bad_one(desk: Desk) -> None:
    page = desk.open().page
    desk.drop(**{"log.csv": "child\n1\n"})
    expect(desk.card("log.csv").locator(".problem")).to_contain_text("one column")
    desk.drop(**{"log.csv": THIRD})
    expect(page.locator(".found")).to_contain_text("1 child")
    expect(desk.card("log.csv")).to_have_count(1)
    expect(page.locator(".problem")).to_have_count(0)


def test_years_named_alike_are_all_kept_and_what_cannot_be_read_is_left_out_at_once(
    desk: Desk, axe: Callable[..., list[str]]
) -> None:
    page = desk.open().page
    for year, child in enumerate(("Dan", "Eve", "Dan")):
        (desk.files / str(year)).mkdir()
        desk.bring(desk.write(f"{year}/Episodes.csv", THIRD.replace("Dan", child)))
    expect(page.locator(".named")).to_contain_text("is there already, with the very same content")
    expect(page.locator(".file h3")).to_have_text([re.compile(r"Episodes\.csv "), re.compile(r"Episodes\.csv \(2\) ")])
    expect(page.locator(".found")).to_contain_text("2 children, 2 kinds of event")

    desk.drop(**{"empty.csv": "", "readme.txt": "Made on Monday.\nAsk Ann about it.\n", "letter.pdf": "%PDF-1.7\n"})
    leave = page.get_by_role("button", name="Leave out the 3 files that cannot be read")
    expect(leave).to_be_visible()
    for name in ("empty.csv", "readme.txt", "letter.pdf"):
        expect(desk.card(name).locator(".problem")).to_have_count(1)
    assert axe(page) == []
    leave.click()
    expect(page.locator(".named")).to_have_text("Left out: empty.csv, readme.txt, letter.pdf.")
    expect(page.locator(".file")).to_have_count(2)
    expect(page.locator(".found")).to_contain_text("2 children, 2 kinds of event")
