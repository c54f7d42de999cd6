"""What measures work out once of a dataset, whatever the cohort, and keep beside it while it is open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from flowmap.dataset import Dataset

Value = TypeVar("Value")


class Beside(Generic[Value]):
    """A function of a dataset (and a key) whose answers are kept with it; those who ask meanwhile wait for the first.

    The answer must not hold the dataset, or neither would ever be let go.
    """

    def __init__(self, make: Callable[..., Value]) -> None:
        self._make = make
        self._kept: WeakKeyDictionary[Dataset, dict[Hashable, Value]] = WeakKeyDictionary()
        self._making: WeakKeyDictionary[Dataset, threading.RLock] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __call__(self, data: Dataset, *key: Hashable) -> Value:
        """The answer for a dataset and a key."""
        with self._lock:
            kept = self._kept.setdefault(data, {})
            making = self._making.setdefault(data, threading.RLock())  # an answer may need another
        if key not in kept:
            with making:
                if key not in kept:
                    kept[key] = self._make(data, *key)
        return kept[key]
