"""CSV that a spreadsheet reads back as it was meant."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.web import csvtext


def test_commas_quotes_and_line_breaks_survive() -> None:
    text = csvtext.write(["label", "count"], [{"label": 'Strategy, "S47"\nenquiry', "count": 3}])
    assert text == 'label,count\r\n"Strategy, ""S47""\nenquiry",3\r\n'


@pytest.mark.parametrize("value", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_would_run_as_a_formula_is_made_text(value: str) -> None:
    assert csvtext.cell(value) == "'" + value


def test_numbers_keep_their_sign_and_what_is_missing_is_empty() -> None:
    assert csvtext.write(["a", "b", "c"], [{"a": -2, "b": None, "c": True}]) == "a,b,c\r\n-2,,true\r\n"


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5
    )
)
def test_any_text_comes_back_from_a_csv_reader(values: list[str]) -> None:
    columns = [f"c{i}" for i in range(len(values))]
    rows = list(csv.reader(io.StringIO(csvtext.write(columns, [dict(zip(columns, values, strict=True))]), newline="")))
    assert [cell.removeprefix("'") for cell in rows[1]] == [value.removeprefix("'") for value in values]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in rows[1])
