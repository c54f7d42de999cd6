"""The quality report as an Excel workbook that a team can work through: a summary, then a sheet for each list.

It is made on the computer of whoever holds the files, from the files themselves, and never from a dataset. It says
where a record stands (file, sheet or element, row) and shows the value that is wrong; it holds no name, no child's
identifier and no date of birth or death.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from xlsxwriter.exceptions import XlsxWriterException

from flowmap.export import workbook
from flowmap.quality import CANNOT_KNOW, UNDERSTOOD, OptionError, Problem, QualityReport
from flowmap.sources.labels import label

SUMMARY, OTHER, READ = "Summary", "Other problems", "How it was read"
ROWS_A_SHEET = 1_000_000  # Excel has 1,048,576
SEVERITY = {"error": "Error", "warning": "Warning", "note": "Note"}
DONE = {"kept": "kept as it is", "repaired": "repaired", "dropped": "dropped", "note": "nothing"}
COLUMNS = (
    ("How bad", 9),
    ("What is wrong", 52),
    ("File", 26),
    ("Sheet or element", 20),
    ("Row", 9),
    ("Value", 28),
    ("What was done", 14),
    ("What to do", 60),
    ("Mended", 10),
)
PRIVACY = (
    "Made from the source files, for the team that holds them. Rows are those of the file, which is enough to find the"
    " case; there are no names, identifiers or dates of birth. Keep it where the files are kept."
)


def write(report: QualityReport, path: str | Path) -> Path:
    """Write the report to `path` (.xlsx) and return it. Give a report made with `every`, or only examples are listed.

    Raises OptionError where the file cannot be written, or is there: somebody may have marked in it what is mended.
    """
    path = Path(path)
    if path.exists():
        raise OptionError(
            f"{path.name} is there already.", remedy="Name another file, so that no marks in it are lost."
        )
    # Text is text: nothing that stands in a file may become a formula or a link. Rows go to disk as they are written.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with workbook.written(path, options) as book:
            _fill(book, report)
    except (OSError, XlsxWriterException) as error:
        remedy = "Close it in Excel if it is open there, or name another file or folder."
        raise OptionError(f"{path.name} cannot be written.", remedy=remedy) from error
    return path


def _fill(book: Any, report: QualityReport) -> None:
    book.set_properties({"title": "Quality report", "comments": PRIVACY})
    styles = _styles(book)
    problems = report.worst_first()
    sheets = list(_sheets(problems))
    _write_summary(book, styles, report, problems, {id(p): name for name, listed in sheets for p in listed})
    for name, listed in sheets:
        _write_list(book, styles, name, listed)
    _write_said(book, styles, report)


def _sheets(problems: list[Problem]) -> Iterator[tuple[str, list[Problem]]]:
    """A sheet's name and its problems, by list in the order of the worst; a list that is too long has several."""
    lists: dict[str, list[Problem]] = {}
    for problem in problems:
        if _places(problem):
            lists.setdefault(problem.about or OTHER, []).append(problem)
    for name in sorted(lists, key=lambda name: name == OTHER):
        part: list[Problem] = []
        number = 1
        for problem in lists[name]:
            if sum(map(_places, part)) + _places(problem) > ROWS_A_SHEET:
                yield _sheet_name(name, number), part
                part, number = [], number + 1
            part.append(problem)
        yield _sheet_name(name, number), part


def _sheet_name(name: str, number: int) -> str:
    plain = "".join(letter if letter not in "[]:*?/\\'" else " " for letter in name)
    return plain[:31] if number == 1 else f"{plain[:26]} ({number})"


def _places(problem: Problem) -> int:
    return len(problem.examples) if problem.every is None else len(problem.every)


def _styles(book: Any) -> dict[str, Any]:
    head = {"bold": True, "bottom": 1, "bg_color": "#E4E1DA", "valign": "top", "text_wrap": True}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "head": book.add_format(head),
        "text": book.add_format({"valign": "top", "text_wrap": True}),
        "number": book.add_format({"valign": "top", "num_format": "#,##0"}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
        "link": book.add_format({"valign": "top", "font_color": "#0A6280", "underline": 1}),
    }


def _write_summary(
    book: Any, styles: dict[str, Any], report: QualityReport, problems: list[Problem], sheet_of: dict[int, str]
) -> None:
    sheet = book.add_worksheet(SUMMARY)
    for column, width in enumerate((34, 62, 12, 12, 14, 14, 24)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "Quality report", styles["title"])
    sheet.write_string(1, 0, PRIVACY)
    row = _write_files(sheet, styles, report, 3)
    heads = ("How bad", "What is wrong", "How often", "What was done", "Listed below", "Sheet")
    for column, text in enumerate(heads):
        sheet.write_string(row, column, text, styles["head"])
    for row, problem in enumerate(problems, row + 1):  # noqa: B020 - the table follows the files
        sheet.write_string(row, 0, SEVERITY[problem.weight], styles["text"])
        sheet.write_string(row, 1, problem.message, styles["text"])
        sheet.write_number(row, 2, problem.count, styles["number"])
        sheet.write_string(row, 3, DONE[problem.action], styles["text"])
        sheet.write_number(row, 4, _places(problem), styles["number"])
        if name := sheet_of.get(id(problem)):
            sheet.write_url(row, 5, f"internal:'{name}'!A1", styles["link"], name)
    if not problems:
        sheet.write_string(row + 1, 0, "Nothing was found.", styles["text"])
    _for_print(sheet)


def _write_files(sheet: Any, styles: dict[str, Any], report: QualityReport, row: int) -> int:
    """The rows of each file and of all; gives the row at which the next table begins."""
    for column, text in enumerate(("File", "Read as", "Rows read", "Kept as is", "Repaired", "Dropped")):
        sheet.write_string(row, column, text, styles["head"])
    for each in report.files:
        row += 1
        sheet.write_string(row, 0, each.file, styles["text"])
        sheet.write_string(row, 1, label(each.format), styles["text"])
        for column, count in enumerate((each.read, each.kept, each.repaired, each.dropped), 2):
            sheet.write_number(row, column, count, styles["number"])
    row += 1
    repaired = sum(each.repaired for each in report.files)
    sheet.write_string(row, 0, "All files", styles["total"])
    sheet.write_string(row, 1, "read = kept as is + repaired + dropped", styles["total"])
    counts = (report.rows_read, report.rows_kept - repaired, repaired, report.rows_dropped)
    for column, count in enumerate(counts, 2):
        sheet.write_number(row, column, count, styles["total"])
    return row + 2


def _write_list(book: Any, styles: dict[str, Any], name: str, problems: list[Problem]) -> None:
    sheet = book.add_worksheet(name)
    for column, (_, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
    for column, (text, _) in enumerate(COLUMNS):
        sheet.write_string(0, column, text, styles["head"])
    row = 0
    for problem in problems:
        for row, (file, place, at, value) in enumerate(_rows(problem), row + 1):  # noqa: B020 - goes on below the last
            cells = (SEVERITY[problem.weight], problem.message, file, place, at, value, DONE[problem.action])
            sheet.write_row(row, 0, (*cells, problem.remedy), styles["text"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), len(COLUMNS) - 1)
    _for_print(sheet)
    sheet.repeat_rows(0)


def _write_said(book: Any, styles: dict[str, Any], report: QualityReport) -> None:
    """What the files cannot know and how they were understood, where anything was said of it."""
    titles = {CANNOT_KNOW: "What the files cannot know", UNDERSTOOD: "How the files were understood"}
    said = [(title, report.sentences(rule)) for rule, title in titles.items()]
    if not any(sentences for _, sentences in said):
        return
    sheet = book.add_worksheet(READ)
    sheet.set_column(0, 0, 140)
    row = 0
    for title, sentences in said:
        for text, style in ((title, "head"), *((sentence, "text") for sentence in sentences)):
            sheet.write_string(row, 0, text, styles[style])
            row += 1
        row += 1
    _for_print(sheet)


def _rows(problem: Problem) -> Iterable[tuple[Any, ...]]:
    if problem.every is None:
        return [(one.file, one.place, one.row, one.value) for one in problem.examples]
    return zip(*(problem.every[name].to_pylist() for name in ("file", "place", "row", "value")), strict=True)


def _for_print(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
