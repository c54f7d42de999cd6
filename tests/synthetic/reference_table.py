"""Writes the table of docs/reference-authority.md: every published figure beside what the reference authority gives.

Run from the repository: python tests/synthetic/reference_table.py
"""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "reference-authority.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def rows(measured: dict[str, float]) -> str:
    """The table in Markdown."""
    from synthetic.reference.published import FIGURES

    lines = ["| figure | unit | source | published | reference authority |", "|---|---|---|---:|---:|"]
    for figure in FIGURES:
        digits = 1 if figure.unit in ("percent", "weeks") else 0
        values = f"{figure.target:,.{digits}f} | {measured[figure.key]:,.{digits}f}"
        lines.append(f"| {figure.label} | {figure.unit} | {figure.source} | {values} |")
    return "\n".join(lines)


def table_of_page() -> str:
    """The table as the page has it now."""
    return PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


def main() -> None:
    sys.path[:0] = [str(REPOSITORY)]
    from synthetic.reference import make
    from tests.synthetic.reference_measures import measure

    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{rows(measure(make()))}\n{END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
