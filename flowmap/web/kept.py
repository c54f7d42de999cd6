"""Answers kept in memory: least recently used go first, and the same answer is never made twice at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A bounded memory of values by key. `size` weighs a value (bytes, or 1 each); `room` is the most it holds."""

    def __init__(self, room: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._room = room
        self._size = size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made by `make` where it is not held; others who ask meanwhile wait for that one."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key]
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value

    def _keep(self, key: Hashable, value: Value) -> None:
        weight = self._size(value)
        if weight > self._room:
            return
        with self._lock:
            self._values[key] = value
            self._held += weight
            while self._held > self._room:
                _, gone = self._values.popitem(last=False)
                self._held -= self._size(gone)

    @property
    def held(self) -> int:
        """What is held now, in the unit of `size`."""
        return self._held


def by_packed_bytes(room: int) -> Kept[tuple[bytes, Any]]:
    """A memory of answers (bytes, coding), bounded by their bytes together."""
    return Kept(room, lambda answer: len(answer[0]) + 200)
