"""The still picture of flows: widths, shares and what is left out, against figures worked by hand."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from flowmap import tubemap
from flowmap.export.mapflows import THINNEST, WIDTH, Stop, draw

MAP = """
name: small
title: Small
stations:
  a: {label: A & B, at: [2, 2], entry: true}
  b: {label: Middle, at: [8, 2]}
  c: {label: End, at: [14, 2]}
exits:
  out: {label: Out, from: {b: down}}
lines:
  one: {label: One, colour: navy, through: [a, b, c]}
loop: {label: Back, row: 6, from: out, to: a}
"""
A, B, C, OUT = range(4)


def picture(
    moves: dict[tuple[int, int], float], stops: dict[int, Stop] | None = None, back: float | None = None
) -> str:
    layout = tubemap.parse(MAP, "small.yaml")
    shapes = tubemap.geometry(layout, dict.fromkeys(moves, 1))
    return draw(shapes, moves, stops or {}, back, "m", "A title", "A description")


def widths(svg: str) -> list[float]:
    return [float(w) for w in re.findall(r'<path class="flow" stroke-width="([\d.]+)"', svg)]


def test_a_line_is_as_wide_as_what_moves_along_it_either_way():
    assert widths(picture({(A, B): 30.0, (B, A): 20.0})) == [round(WIDTH * 50, 1)]


def test_a_move_without_a_line_of_its_own_widens_those_that_it_runs_along():
    found = widths(picture({(A, B): 30.0, (A, C): 20.0}))
    assert found == [round(WIDTH * 50, 1), round(WIDTH * 20, 1)]


def test_what_is_not_shown_has_no_width_and_what_is_rare_can_still_be_seen():
    assert widths(picture({(A, B): 0.0, (B, OUT): 0.1})) == [THINNEST]


def test_the_way_back_is_drawn_only_where_its_figure_is_shown():
    assert 'class="flow back"' not in picture({(A, B): 1.0})
    assert f'class="flow back" stroke-width="{WIDTH * 40:.1f}"' in picture({(A, B): 1.0}, back=40.0)


def test_a_quarter_of_all_journeys_is_a_quarter_of_a_ring():
    svg = picture({(A, B): 1.0}, {A: Stop(0.25, ("25%", "3 d"))})
    x, y, to_x, to_y = (float(n) for n in re.search(
        r'class="ring"[^>]* d="M([\d.]+) ([\d.]+)A[\d.]+ [\d.]+ 0 0 1 ([\d.]+) ([\d.]+)"', svg).groups())  # fmt: skip
    radius = to_x - x
    assert radius > 0
    assert to_y - y == pytest.approx(radius, abs=0.11)  # from the top to the right: as far down as across


def test_all_journeys_are_a_whole_ring_and_none_is_no_ring():
    assert '<circle class="ring"' in picture({(A, B): 1.0}, {A: Stop(1.0, ("100%",))})
    assert 'class="ring"' not in picture({(A, B): 1.0}, {A: Stop(0.0, ("0%",))})


def test_few_is_said_and_drawn_otherwise_than_nobody():
    svg = picture({(A, B): 1.0}, {A: Stop(None, ("few",), "few")})
    assert re.search(r'class="disc few".*?>few</text>', svg)
    assert svg.count('class="disc none"') == 2  # b and c; the exit is a stub


def test_it_is_well_formed_named_and_has_no_style_of_its_own():
    svg = picture({(A, B): 30.0, (B, OUT): 5.0}, {A: Stop(0.5, ("50%", "<1 d"))}, back=12.0)
    tree = ElementTree.fromstring(svg)  # noqa: S314 (our own picture)
    assert tree.find("title").text == "A title"
    assert tree.get("aria-labelledby") == "m-t m-d"
    assert not re.search(r"style=|<style|\bfill=|\bstroke=", svg)
    assert "A &amp; B" in svg
    x0, y0, wide, high = (float(n) for n in tree.get("viewBox").split())
    for circle in tree.iter("circle"):
        assert x0 < float(circle.get("cx")) < x0 + wide
        assert y0 < float(circle.get("cy")) < y0 + high
    assert not math.isnan(wide)
