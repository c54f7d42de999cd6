"""docs/api.md, written from the OpenAPI document: `python -m flowmap.web.apidoc > docs/api.md`."""

from __future__ import annotations

import sys
from typing import Any

HEAD = """# The API

Written from `/api/openapi.json` by `python -m flowmap.web.apidoc > docs/api.md`; a test keeps the two alike.

- **Parameters** are checked: one that an address does not know, or cannot read, is a 400 that names it.
- **A cohort** is every parameter not otherwise named: `sex=F&age=5-9,10-15&source=!police&visit=1+`. The same text
  works in the address of the page, on the command line and in a story. A `+` is a plus; write a space as `%20`.
- **`at`** is an ISO 8601 date (its midnight) or instant; UTC where no zone is written.
- **Errors** are one shape everywhere: `{"error": {"message", "parameter", "remedy"}}`, with `known` (names that exist)
  where that helps. Statuses: 400 not understood, 403 not from this computer or from another site, 404 no such thing,
  405 wrong method, 409 map and tables do not fit, 410 dataset gone from disk, 413 body over 1 MiB, 415 not JSON.
- **Every figure** is there as JSON and, with `format=csv`, as a CSV file. Text that a spreadsheet would run as a
  formula has an apostrophe in front. The last column of a table of a cohort, `cohort`, says in words of which.
- **The two big tables** are there whole as an Arrow stream (`Accept: application/vnd.apache.arrow.stream`) and in pages
  as JSON or CSV.
- **Caching**: answers carry a strong `ETag`, one for each content coding, and `Cache-Control: no-cache`, so a client
  asks again and is told 304 where nothing changed. One child's journeys are `no-store`.
- **Compression**: zstd, br or gzip, by `Accept-Encoding`.

| address | gives |
|---|---|
"""


Described = tuple[str, str, dict[str, Any]]
LIST = "/api/datasets/{dataset}/{measure}/journeys"


def _row(path: str, method: str, operation: dict[str, Any]) -> str:
    return f"| `{method.upper()} {path}` | {operation['summary']} |\n"


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("type", ""))


def _section(path: str, method: str, operation: dict[str, Any]) -> str:
    lines = [f"\n## `{method.upper()} {path}`\n", f"\n{operation['summary']}.\n"]
    if operation["parameters"]:
        lines.append("\n| parameter | in | kind | meaning |\n|---|---|---|---|\n")
        for one in operation["parameters"]:
            schema = one["schema"]
            default = f" (default `{schema['default']}`)" if "default" in schema else ""
            lines.append(f"| `{one['name']}` | {one['in']} | {_kind(schema)} | {one['description']}{default} |\n")
    media = ", ".join(f"`{name}`" for name in operation["responses"]["200"]["content"])
    others = ", ".join(status for status in operation["responses"] if status != "200")
    lines.append(f"\nGives {media}. Can also answer {others}.\n")
    return "".join(lines)


def _lists_as_one(operations: list[Described]) -> list[Described]:
    """What is behind a figure of each measure is told once: beyond the measure's own parameters all take the same."""
    several = [path for path, _, _ in operations if path.count("/") == LIST.count("/") and path.endswith("/journeys")]
    names = [path.split("/")[-2] for path in several]
    told = []
    for path, method, one in operations:
        if path not in several:
            told.append((path, method, one))
        elif path.endswith("/variants/journeys"):  # the one measure that takes nothing of its own
            summary = (
                f"What a figure of a measure counts, a line each, by pseudonym (docs/audit.md): {', '.join(names)}"
            )
            told.append((LIST, method, {**one, "summary": f"{summary}. Beside these it takes what the measure takes"}))
    return told


def markdown(document: dict[str, Any]) -> str:
    """The document for people to read."""
    operations = [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]
    operations = _lists_as_one(operations)
    return HEAD + "".join(_row(*one) for one in operations) + "".join(_section(*one) for one in operations)


if __name__ == "__main__":
    from flowmap.web import api, openapi

    sys.stdout.write(markdown(openapi.document(api.subjects())))
