"""How wide a label is and where it breaks. No font is at hand when a map is computed, so widths are a table."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations

STATION_SIZE = 14.0  # px at scale 1; the page's style sheet uses the same sizes
STUB_SIZE = 12.0
LEADING = 1.2  # line to line, in sizes
ASCENT, DESCENT = 0.8, 0.26

# Advance widths of Helvetica Bold (Adobe font metrics) in hundredths of the size, which Arial shares; other system
# fonts differ by a few per cent, so GENEROUS is added. What is not listed counts as a wide letter.
_WIDTHS = {
    **dict.fromkeys("il.,:;!|'Ij ", 28), **dict.fromkeys("ft-()[]/", 34), **dict.fromkeys("r*", 39),
    **dict.fromkeys("z", 50), **dict.fromkeys("aceksvxy0123456789Jé£$_", 56), **dict.fromkeys("bdghnopqu+=~FLTZ?", 61),
    **dict.fromkeys("EPSVXY", 67), **dict.fromkeys("ABCDHKNRU&", 72), **dict.fromkeys("wGOQ", 78),
    **dict.fromkeys("mM%", 89), **dict.fromkeys("W@—", 98), "–": 56, "…": 100, "’": 28, "·": 28,
}  # fmt: skip
GENEROUS = 1.06
REGULAR = 0.94  # regular letters are that much narrower than bold ones
LONGEST = 24  # characters of a line; the whole name stays in the station's `label`


@lru_cache(maxsize=4096)
def width(text: str, size: float = STATION_SIZE) -> float:
    """The width of one line in map units: semi-bold, or regular in the size of stubs."""
    ems = sum(_WIDTHS.get(c, 72 if ord(c) < 0x2E80 else 105) for c in text) / 100
    return ems * size * GENEROUS * (REGULAR if size == STUB_SIZE else 1.0)


def wraps(label: str, most: int = 3) -> list[list[str]]:
    """The label on one, two, … lines, each broken where its longest line is shortest."""
    words = _words(label)
    found = [["".join(words).strip()]]
    for lines in range(2, min(most, len(words)) + 1):
        cuts = [(0, *middle, len(words)) for middle in combinations(range(1, min(len(words), 14)), lines - 1)]
        options = [["".join(words[a:b]).strip() for a, b in zip(c, c[1:], strict=False)] for c in cuts]
        found.append(min(options, key=lambda o: (max(width(line) for line in o), -width(o[0]))))
    return [[_cut(line) for line in lines] for lines in found]


def _words(label: str) -> list[str]:
    """Where a line may break: after spaces, and in long words after / + _ -; a number stays with the word before."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*(?:\d+\s*)*", label) or [label]:
        pieces = re.findall(r"[^/+_-]+[/+_-]*\s*|[/+_-]+\s*", word) if len(word) > 11 else [word]
        for piece in pieces:
            if found and not any(c.isalnum() for c in piece):
                found[-1] += piece  # no line begins with a dash
            else:
                found.append(piece)
    return found


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
