"""Names touch nothing: on the built-in maps with and without moves, and on automatic maps of real and awkward logs."""

from __future__ import annotations

from collections import Counter

import pytest

from flowmap.tubemap import automatic, builtin, geometry, load, match
from tests.tubemap import maplogs
from tests.tubemap.mapshapes import collisions, svg_points


def drawn(log: maplogs.Log, name: str | None = None):
    """A log on a built-in map or on its own, as Geometry JSON."""
    names, edges, starts = log
    tube = load(name) if name else automatic(names, edges, starts)
    known, unknown = match(tube, names)
    assert not unknown
    moves: Counter[tuple[str, str]] = Counter()
    for (a, b), n in edges.items():
        moves[known[a], known[b]] += n
    return geometry(tube, moves).to_json()


@pytest.mark.parametrize("name", builtin())
def test_on_a_built_in_map_names_touch_nothing(name):
    assert collisions(geometry(load(name), {}).to_json()) == []


def test_on_the_prototypes_map_names_touch_nothing_with_its_data(shared_data):
    assert collisions(drawn(maplogs.prototype(), "prototype")) == []


def test_names_touch_nothing_where_children_leave_from_every_station():
    tube = load("childrens-social-care")
    moves = {(s.id, e): 1 for s in tube.stations[:6] for e in ("nfa", "moved", "other")}
    assert collisions(geometry(tube, moves).to_json()) == []


@pytest.mark.parametrize("name", maplogs.MADE)
def test_on_an_automatic_map_names_touch_nothing(name):
    assert collisions(drawn(maplogs.MADE[name])) == []


@pytest.mark.parametrize("log", [maplogs.prototype, maplogs.patients, maplogs.incidents])
def test_on_an_automatic_map_of_a_real_log_names_touch_nothing(log, shared_data):
    assert collisions(drawn(log())) == []


def test_the_collision_check_sees_a_collision():
    found = geometry(load("prototype"), {}).to_json()
    on_line = svg_points(found["lines"][0]["d"][0])[0]
    found["stations"][0]["label_at"] |= {"x": on_line[0] + 60, "y": on_line[1] + 4}
    assert any("on line" in problem for problem in collisions(found))
