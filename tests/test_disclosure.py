"""Small numbers: how a count is shown, and that no hidden one can be found from what is."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.disclosure import HIDDEN, Cells, Rule, Sum, margins, protect
from flowmap.quality import OptionError
from tests.attacker import MOST, Attacker, stands_for

C = HIDDEN


@pytest.mark.parametrize(
    ("threshold", "counts", "shown"),
    [
        (5, [0, 1, 5, 6, 12, 13, 17, 18, 100, 102, 103], [0, C, C, 10, 10, 15, 15, 20, 100, 100, 105]),
        (9, [0, 9, 10, 17, 18, 22], [0, C, 15, 15, 20, 20]),
        (10, [0, 10, 11, 17, 18], [0, C, 15, 15, 20]),
    ],
)
def test_small_counts_are_hidden_nobody_is_0_and_the_rest_is_rounded(
    threshold: int, counts: list[int], shown: list[int]
) -> None:
    assert Rule(threshold).shown(np.array(counts)).tolist() == shown


def test_a_threshold_below_that_of_the_department_is_refused() -> None:
    with pytest.raises(OptionError, match="4 cannot be used"):
        Rule(4)


@pytest.mark.parametrize("threshold", [5, 7, 9, 10, 20])
def test_every_figure_shown_stands_for_five_counts_or_more_and_for_those_that_the_page_says(threshold: int) -> None:
    counts = np.arange(300)
    shown = Rule(threshold).shown(counts)
    for figure in set(shown[:290].tolist()) - {0}:
        meant = counts[shown == figure]
        assert len(meant) >= 5
        if figure != shown[-1]:
            assert (meant.min(), meant.max()) == stands_for("c" if figure == C else figure, threshold)


TOTAL_OF_3 = (Sum((3,), (0, 1, 2)),)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([40, 3, 20, 63], [40, C, 20, 65]),  # 65 is 63 to 67: less 40 and 20 it is anything
        ([13, 13, 1, 27], [C, C, C, 25]),  # 25 is at most 27, each 15 at least 13: 1 could only be 1
        ([1, 2, 0, 3], [C, C, C, C]),  # of a total that is hidden no part is shown, not even nobody
        ([0, 0, 0, 0], [0, 0, 0, 0]),
    ],
)
def test_more_is_hidden_where_a_hidden_count_could_be_found(counts: list[int], shown: list[int]) -> None:
    assert protect(Cells(np.array(counts), TOTAL_OF_3), Rule()).tolist() == shown


@pytest.mark.parametrize(("parts", "most", "threshold"), [(2, 42, 5), (3, 22, 5), (2, 47, 9), (2, 47, 10), (3, 22, 6)])
def test_who_knows_the_rules_finds_no_hidden_count_of_any_small_table(parts: int, most: int, threshold: int) -> None:
    """Every table that is shown in one way, side by side: no small count is the same in all of them."""
    sums = (Sum((parts,), tuple(range(parts))),)
    tables = defaultdict(list)
    for counts in product(range(most + 1), repeat=parts):
        whole = np.array([*counts, sum(counts)])
        tables[tuple(protect(Cells(whole, sums), Rule(threshold)).tolist())].append(whole)
    for shown, several in tables.items():
        hidden = [n for n, figure in enumerate(shown) if figure == C]
        for values in np.array(several)[:, hidden].T:
            assert len(set(values.tolist())) > 1 or not 1 <= values[0] <= threshold, (shown, several)


def attacked(counts: np.ndarray, sums: tuple[Sum, ...], shown: np.ndarray, threshold: int) -> list[object]:
    """The small cells that can be found by one who is told which of the hidden are small, and which are not."""
    attacker = Attacker()
    zeros = ((shown == C) & (counts == 0)).any()
    for n, (count, figure) in enumerate(zip(counts.tolist(), shown.tolist(), strict=True)):
        if figure != C:
            attacker.knows(n, *stands_for(figure, threshold))
        elif count > threshold:
            attacker.knows(n, threshold + 1, MOST)
        else:
            attacker.knows(n, 0 if zeros else 1, threshold)
    for s in sums:
        attacker.adds(s.plus, s.minus)
        whole = s.plus[0]
        if shown[whole] == C and counts[whole] <= threshold:
            for part in s.minus:  # hidden with their total, so each may be nobody
                at = attacker.place[part]
                attacker.bounds[at] = (0, attacker.bounds[at][1])
    small = [n for n in range(len(counts)) if shown[n] == C and 1 <= counts[n] <= threshold]
    return attacker.pinned(small, dict(enumerate(counts.tolist())))


CELL = st.one_of(st.integers(0, 30), st.sampled_from([0, 1, 5, 6, 12, 13, 17, 18]))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.sampled_from([5, 9, 10]), st.data())
def test_no_hidden_cell_of_a_table_can_be_found_from_its_totals(
    rows: int, columns: int, threshold: int, data: st.DataObject
) -> None:
    inner = np.array(data.draw(st.lists(CELL, min_size=rows * columns, max_size=rows * columns))).reshape(rows, columns)
    table = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    table[:-1, :-1] = inner
    table[-1], table[:, -1] = table.sum(axis=0), table.sum(axis=1)
    table[-1, -1] = inner.sum()
    counts, sums = table.ravel(), margins(rows + 1, columns + 1)
    shown = protect(Cells(counts, sums), Rule(threshold))
    assert not (((counts >= 1) & (counts <= threshold)) & (shown != C)).any()
    assert attacked(counts, sums, shown, threshold) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=12))
def test_no_arrival_or_exit_can_be_found_from_the_stock_before_and_after(
    stock: int, moved: list[tuple[int, int]]
) -> None:
    counts, sums = [stock], []
    for came, went in moved:
        went = min(went, counts[-1] + came)
        n = len(counts)
        counts += [came, went, counts[-1] + came - went]
        sums.append(Sum((n - 1, n), (n + 1, n + 2)))
    whole = np.array(counts)
    shown = protect(Cells(whole, tuple(sums), merged=np.ones(len(whole), dtype=bool)), Rule())
    assert not ((whole <= 5) & (shown != C)).any()
    assert attacked(whole, tuple(sums), shown, 5) == []
