"""What a model says of itself to who has to let it out."""

from __future__ import annotations

from dataclasses import replace

from synthetic.model import Model, explain
from synthetic.model.explain import runs
from synthetic.model.model import Pace


def test_a_model_says_what_it_holds(authority_model: Model) -> None:
    said = explain(authority_model)
    assert "k = 10: what fewer than 10 children had in common is not in it." in said
    assert "strategy: s47" in said
    assert [line for line in said.splitlines() if len(line) > 100] == []
    assert said.count("Protection: ") == 6


def test_weeks_that_follow_each_other_are_one_line_of_the_explanation(authority_model: Model) -> None:
    three = [Pace(1, 100, 113, 0.4), Pace(1, 114, 127, 0.9), Pace(1, 128, 141, 0.0)]
    apart = [Pace(1, 200, 213, 0.5), Pace(1, 214, 227, -0.3), Pace(2, 228, 241, -0.2)]
    assert runs(apart + three) == [
        (1, 100, 127, 0.4, 0.9),
        (1, 200, 213, 0.5, 0.5),
        (1, 214, 227, -0.3, -0.3),
        (2, 228, 241, -0.2, -0.2),
    ]
    said = " ".join(
        explain(replace(authority_model, pace=[Pace(0, 16_000, 16_013, 1.0), Pace(0, 16_014, 16_027, 0.0)])).split()
    )
    # Of a normal distribution 84.1% lie below one standard deviation. Day 16,000 is 22 October 2013.
    assert "2013-10-22 to 2013-11-04: slower than usual" in said
    assert "the middle wait here is like number 84" in said
