"""From a council's files to the workbook by the command line: faults put into the files are found, row by row."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from flowmap.cli import main
from flowmap.export import casefiles
from synthetic import reference

ASSESSMENTS, PLANS = "ssd_cin_assessments.csv", "ssd_cp_plans.csv"


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small authority as SSD tables: every 40th assessment authorised before it began, every 7th plan ended so."""
    folder = tmp_path_factory.mktemp("council")
    casefiles.write(reference.make(400, 2), folder, "ssd")
    _spoil(folder / ASSESSMENTS, "cina_assessment_start_date", "cina_assessment_auth_date", 40)
    _spoil(folder / PLANS, "cppl_cp_plan_start_date", "cppl_cp_plan_end_date", 7)
    return folder


def _spoil(file: Path, start: str, end: str, every: int) -> None:
    """End every so-manieth record three days before it starts."""
    frame = pd.read_csv(file, dtype=str)
    early = pd.to_datetime(frame[start]) - pd.Timedelta(days=3)
    frame.loc[::every, end] = early.dt.strftime("%Y-%m-%d %H:%M:%S")[::every]
    frame.to_csv(file, index=False)


def _faults(file: Path, every: int) -> list[int]:
    """Rows of the file that were spoilt; its header is row 1."""
    return [row + 2 for row in range(0, len(pd.read_csv(file, dtype=str)), every)]


def test_each_fault_put_into_the_files_is_a_row_of_its_sheet(council: Path, tmp_path: Path) -> None:
    target = tmp_path / "problems.xlsx"
    done = CliRunner().invoke(main, ["check", str(council), "--excel", str(target)])
    assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(target, read_only=True)
    for sheet, file, every, said in (
        ("Child and family assessment", ASSESSMENTS, 40, "it was authorised before it began"),
        ("Child protection plan", PLANS, 7, "the end is before the start"),
    ):
        rows = list(book[sheet].iter_rows(min_row=2, values_only=True))
        found = [(row[2], row[4]) for row in rows if said in row[1]]
        assert {Path(name).name for name, _ in found} == {file}
        assert sorted(row for _, row in found) == _faults(council / file, every)
    assert len(_faults(council / ASSESSMENTS, 40)) > 5
    assert len(_faults(council / PLANS, 7)) > 5


def test_rows_add_up_for_every_file_on_the_first_sheet(council: Path, tmp_path: Path) -> None:
    target = tmp_path / "problems.xlsx"
    CliRunner().invoke(main, ["check", str(council), "--excel", str(target)])
    rows = list(openpyxl.load_workbook(target)["Summary"].iter_rows(min_row=5, values_only=True))
    end = next(i for i, row in enumerate(rows) if row[0] == "All files")
    files, total = [row[2:6] for row in rows[:end]], rows[end][2:6]
    assert len(files) == len(list(council.glob("*.csv")))
    assert all(read == kept + repaired + dropped for read, kept, repaired, dropped in [*files, total])
    assert [sum(column) for column in zip(*files, strict=True)] == list(total)
    read = {Path(row[0]).name: row[2] for row in rows[:end]}
    assert read[ASSESSMENTS] == len(pd.read_csv(council / ASSESSMENTS))
