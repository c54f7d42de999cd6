"""Answers kept in memory."""

import threading
import time

import pytest

from flowmap.web.kept import Kept


def test_the_least_recently_used_goes_first() -> None:
    kept: Kept[str] = Kept(room=6, size=len)
    kept.get("a", lambda: "aaa")
    kept.get("b", lambda: "bbb")
    kept.get("a", lambda: pytest.fail("a is held"))
    kept.get("c", lambda: "ccc")
    assert kept.held == 6
    kept.get("a", lambda: pytest.fail("a is held"))
    assert kept.get("b", lambda: "new") == "new"


def test_what_is_larger_than_the_room_is_given_but_not_kept() -> None:
    kept: Kept[str] = Kept(room=2, size=len)
    assert kept.get("a", lambda: "aaa") == "aaa"
    assert kept.held == 0


def test_many_who_ask_at_once_have_it_made_once() -> None:
    kept: Kept[int] = Kept(room=10)
    made: list[int] = []
    found: list[int] = []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return 7

    threads = [threading.Thread(target=lambda: found.append(kept.get("k", make)), daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert found == [7] * 8


def test_a_failure_is_not_kept() -> None:
    kept: Kept[int] = Kept(room=10)
    with pytest.raises(ZeroDivisionError):
        kept.get("k", lambda: 1 // 0)
    assert kept.get("k", lambda: 3) == 3
