"""How large the counts on a map become."""

from pathlib import Path

import pytest

from flowmap import dataset
from flowmap.web.sizes import sizes


def test_a_station_is_sized_by_its_fullest_day_and_an_exit_by_all_that_reach_it(built: Path) -> None:
    data = dataset.open(built)
    found = {place.id: size for place, size in zip(data.stations, sizes(data).values(), strict=True) if size}
    # Contact: Ann on 1 June; strategy: Cat over the night of 2 February; the conference: nobody at the end of a day.
    assert found == {"contact": 1, "referral": 1, "assessment": 1, "strategy": 1, "s47": 1, "cp": 1, "nfa": 2}


def test_sizes_are_never_below_what_a_day_ends_with(built: Path) -> None:
    from flowmap.measures.occupancy import occupancy

    data = dataset.open(built)
    found = sizes(data)
    mask = data.journeys.start >= 0
    for day in range(0, 150):
        (at,) = occupancy(data, mask, [data.origin + (day + 1) * 86_400 - 1])
        for place, count in enumerate(at.stations.tolist()):
            assert found[place] >= count or pytest.fail(f"{data.stations[place].id} on day {day}")
