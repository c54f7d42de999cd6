"""What the report says in words, for somebody who has to sign it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from synthetic.fidelity import Yardstick
from synthetic.model.guarantee import odds
from synthetic.privacy import Finding
from synthetic.report.build import Report
from synthetic.report.modelfacts import ModelFacts

MOST_EPSILON = 3.0  # above, the guarantee alone is no good news: odds may change more than 20-fold

Tone = Literal["good", "bad", "plain"]

NOT_DECIDING = (
    "These scores of SDMetrics decide nothing, for they do not tell a leak from a safe log: they scored a blatant leak "
    "(real rows, dates jittered) 0.80 where a safe log scored 0.98. What they give to copies of the real children is "
    "beside it."
)


@dataclass(frozen=True)
class Sentence:
    """A sentence and whether it is good news."""

    text: str
    tone: Tone = "plain"


def safety(report: Report) -> list[Sentence]:
    """The sentences on safety, the verdict first, then what is handed out: the model file before the log."""
    return [
        _verdict(report),
        *of_model(report),
        Sentence(report.identifiers.sentence(), "good" if report.identifiers.clean else "bad"),
        *(s for s in (_unique(report), _membership(report), _closeness(report), _rare(report)) if s is not None),
        _controls(report.findings),
        _decided(report),
    ]


def failed(report: Report) -> list[str]:
    """Labels of everything that speaks against handing this out."""
    found = [f.label for f in report.findings if f.verdict == "failed"]
    if not report.identifiers.clean:
        found.insert(0, "Search for identifiers")
    if report.model is not None and report.model.small(report.k):
        found.insert(0, "Small numbers in the model")
    return found


def _verdict(report: Report) -> Sentence:
    wrong = failed(report)
    if wrong:
        return Sentence(
            f"Do not hand this synthetic log out: {_count(len(wrong), 'test')} found real children in it or too much "
            f"about few of them ({_listed(wrong)}).",
            "bad",
        )
    done = [f for f in report.findings if f.verdict == "passed"]
    if not done:
        return Sentence("Nothing could be tested, so nothing can be said about safety.", "bad")
    blind = [f.label for f in report.findings if f.verdict == "blind"]
    but = f" Nothing can be said of {_listed(blind)}: see below." if blind else ""
    return Sentence(f"No real child was found by {_count(len(done), 'attack')} on this synthetic log.{but}", "good")


def _decided(report: Report) -> Sentence:
    """What the verdict rests on, and what is shown beside it."""
    able = [f.label for f in report.findings if f.verdict in ("passed", "failed")]
    text = f"Decided by: {_listed([*_searched(report), *able])}."
    if unable := [f.label for f in report.findings if f.verdict in ("blind", "not measured")]:
        text += f" Not part of it, as they could not be measured or say nothing: {_listed(unable)}."
    if report.scores:
        text += f" Shown, not deciding: SDMetrics' {', '.join(s.name for s in report.scores)}."
    return Sentence(text)


def _searched(report: Report) -> list[str]:
    """What is looked through, beside the attacks."""
    return [*(["Small numbers in the model"] if report.model else []), "Search for identifiers"]


def of_model(report: Report) -> list[Sentence]:
    """What the model file holds, or that it was not looked at."""
    model = report.model
    if model is None:
        return [
            Sentence(
                "This report is about the synthetic log alone. If the model file is handed out too, give it as well."
            )
        ]
    if model.k is None or model.smallest is None:
        return [Sentence(f"The model file {model.name} does not say how few children it may tell of.", "bad")]
    if model.epsilon is not None:
        return [_private(model)]
    few = [
        f"{_count(c.few, 'case')} of {c.what[0].lower()}{c.what[1:]} ({', '.join(c.of)})" for c in model.checks if c.few
    ]
    if few:
        text = f"In the model file {model.name}, fewer than {report.k} real children stand behind {_listed(few)}."
        return [Sentence(text, "bad")]
    if model.small(report.k):
        text = f"The model file {model.name} holds a count of {model.smallest} children, fewer than {report.k}."
        return [Sentence(text, "bad")]
    again = sum(c.stored for c in model.checks)
    return [
        Sentence(
            f"The model file {model.name} holds {model.contexts:,} contexts with counts and shares, and no row of any "
            f"child; the smallest count is {model.smallest:,}. Counted again in the real log, each of {again:,} "
            f"stations, values, moves and limits in it is of {report.k} children or more.",
            "good",
        )
    ]


def _private(model: ModelFacts) -> Sentence:
    """ε in words: what somebody who wavers between two cases can learn from the file."""
    epsilon = model.epsilon or 0.0
    return Sentence(
        f"The model file {model.name} is differentially private for each child: ε = {epsilon:g}, δ = "
        f"{model.delta or 0:g}. Whoever asks whether a child was in the log, and knows everything else, finds the odds "
        f"changed {odds(epsilon)}-fold at most (but for a chance of δ), whatever is done with the file. It holds "
        f"{model.contexts:,} contexts with noisy counts, and no row of any child.",
        "good" if epsilon <= MOST_EPSILON else "plain",
    )


def _finding(report: Report, key: str) -> Finding | None:
    return next((f for f in report.findings if f.key == key and f.verdict != "not measured"), None)


def _tone(finding: Finding) -> Tone:
    tones: dict[str, Tone] = {"passed": "good", "failed": "bad"}
    return tones.get(finding.verdict, "plain")


def _unique(report: Report) -> Sentence | None:
    found = _finding(report, "unique")
    if found is None or found.beside is None:
        return None
    who = "children who were held out" if report.holdout is not None else "other real children"
    end = {"passed": " That is no more than chance.", "failed": " That is more than chance."}.get(found.verdict, "")
    return Sentence(
        f"Of the journeys that only one real child has, {found.value:.1%} have a double among the synthetic children; "
        f"among as many {who}, {found.beside:.1%} have one.{end}",
        _tone(found),
    )


def _membership(report: Report) -> Sentence | None:
    found = _finding(report, "membership")
    if found is None:
        return Sentence(
            "Whether somebody could tell that a child was in the data was not measured, for that needs a hold-out: fit "
            "the model on a part of the children, and give the others to this report."
        )
    return Sentence(
        "Somebody who knows a child's whole record, and asks of two children which one was in the data, is right in "
        f"{100 * found.value:.1f} of 100 cases; guessing is right in 50.",
        _tone(found),
    )


def _closeness(report: Report) -> Sentence | None:
    found = _finding(report, "closeness")
    if found is None:
        return None
    beside = (
        f"for children who were held out it is {found.beside:.1%}" if report.holdout else "among strangers it is 50%"
    )
    return Sentence(
        f"For {found.value:.1%} of real children the nearest synthetic child is nearer than the nearest of as many "
        f"other real children; {beside}, and in a copy 100%.",
        _tone(found),
    )


def _rare(report: Report) -> Sentence | None:
    found = _finding(report, "rare_path")
    if found is None or found.beside is None:
        return None
    return Sentence(
        f"{found.value:.1%} of synthetic journeys take a path that fewer than {report.k} real children took; "
        f"among real children who are compared with all others it is {found.beside:.1%}.",
        _tone(found),
    )


def _controls(findings: list[Finding]) -> Sentence:
    tried = [f for f in findings if f.control is not None and f.control_needed is not None]
    blind = [f.label for f in tried if f.verdict == "blind"]
    if not tried:
        return Sentence("No attack could be shown to work on this log.", "bad")
    if blind:
        return Sentence(
            f"{_listed(blind)} would not even find copies of the real children in this log, so that their silence "
            "means nothing.",
            "bad",
        )
    return Sentence(
        f"{_count(len(tried), 'attack').capitalize()} were also tried on copies of the real children under "
        "other names, and found them: their silence means something.",
        "good",
    )


def fidelity(report: Report) -> list[Sentence]:
    """The sentences on fidelity: how many yardsticks are at the floor, which are too far, what was not measured."""
    known = [y for y in report.yardsticks if y.times_floor is not None]
    far = [y for y in known if y.too_far]
    near = [y for y in known if (y.times_floor or 0) <= 1.5]
    source = (
        "a second sample of the real system would differ from it as much (the hold-out)"
        if report.holdout is not None
        else "two halves of the real log differ from each other as much, their smaller size allowed for"
    )
    found = [
        Sentence(
            f"{len(near)} of {len(known)} yardsticks are no farther than chance puts them (one and a half times the "
            f"floor): {source}.",
            "good" if len(near) * 2 >= len(known) else "plain",
        ),
        Sentence(
            f"Too far from the real log (more than three times the floor): {_listed([y.label for y in far])}. Do not "
            "use the synthetic log for questions about these."
            if far
            else "None is more than three times as far from the real log as chance would put it.",
            "bad" if far else "good",
        ),
    ]
    found += [Sentence(text) for y in report.yardsticks if (text := _in_words(y))]
    missing = [f"{y.label} ({y.why})" for y in report.yardsticks if not y.measured]
    if missing:
        found.append(Sentence(f"Not measured: {'; '.join(missing)}."))
    return found


def _in_words(y: Yardstick) -> str | None:
    """A sentence for the yardsticks whose figures people know."""
    if not y.measured or y.real is None or y.synthetic is None:
        return None
    if y.key.startswith("again_"):
        months = y.key.removeprefix("again_")
        return (
            f"Re-referral within {months} months is {y.real:.1f}% in the real log and {y.synthetic:.1f}% in this one."
        )
    if y.key == "period_durations":
        return f"In the period stays took {y.real:.2f} times as long as a year before; here {y.synthetic:.2f} times."
    return None


def _count(number: int, what: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return f"{words[number] if number < len(words) else number} {what}{'' if number == 1 else 's'}"


def _listed(names: list[str]) -> str:
    small = [names[0], *(n[0].lower() + n[1:] for n in names[1:])] if names else []
    return small[0] if len(small) == 1 else f"{', '.join(small[:-1])} and {small[-1]}" if small else ""
