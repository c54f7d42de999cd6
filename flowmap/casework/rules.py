"""The rules of the quality report over case records: what each means, why it matters and how to mend it.

`check` reports and changes nothing. Rows that are dropped or repaired are reported where that is done: by the readers
and by `stack`, which also reports duplicate rows, records that differ between files, and columns that are ignored.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from flowmap.casework import checks_of_dates as dates
from flowmap.casework import checks_of_order as order
from flowmap.casework.findings import Finding, Records
from flowmap.casework.kinds import KINDS
from flowmap.quality import MAX_EXAMPLES, MAX_PLACES, SEVERITIES, Example, Problem, Severity, shorten


@dataclass(frozen=True)
class Rule:
    """A rule: its id, `title`, what the report `says` ({what}: the kind of record), why it matters, how to mend it."""

    id: str
    severity: Severity
    title: str
    says: str
    why: str
    mend: str
    find: Callable[[Records], Iterator[Finding]]


_ALL = (
    Rule(
        "end-before-start",
        "error",
        "End before start",
        "{what}: the end is before the start.",
        "The wait and the length of the period are wrong, and it counts at no time.",
        "Open the record in the case system and correct whichever of the two dates was mistyped (often the year).",
        dates.end_before_start,
    ),
    Rule(
        "authorised-before-start",
        "error",
        "Assessment authorised before it starts",
        "{what}: it was authorised before it began.",
        "The assessment counts as done in less than no time, and flatters the 45 working days.",
        "Correct the start or the date of authorisation; a start that was entered late is the usual cause.",
        dates.assessment_authorised_before_start,
    ),
    Rule(
        "future-date",
        "error",
        "Date in the future",
        "{what}: the date is after the day up to which the files speak.",
        "What has not happened yet cannot be counted, and the map would run on beyond the extract.",
        "Correct the date (often the year). A planned date belongs in a task, not in the field for what was done.",
        dates.future,
    ),
    Rule(
        "future-person",
        "error",
        "Birth or death in the future",
        "{what}: the date is too far after the day up to which the files speak.",
        "The age is wrong, or a living child counts as dead.",
        "Correct the date. An expected birth is at most nine months away.",
        dates.future_person,
    ),
    Rule(
        "before-birth",
        "error",
        "Event before birth",
        "{what}: it is more than nine months before the child's birth.",
        "The date or the date of birth is wrong, or two children (often siblings) share one record. The age is wrong.",
        "Compare the date of birth with the health record; look for a sibling whose event this is.",
        dates.before_birth,
    ),
    Rule(
        "care-before-birth",
        "error",
        "Care before birth",
        "{what}: it begins before the child's birth.",
        "An unborn child can have a plan, and cannot be looked after: one of the two dates is wrong.",
        "Correct the date of birth (perhaps still the expected one) or the start.",
        dates.care_before_birth,
    ),
    Rule(
        "after-death",
        "warning",
        "Event after death",
        "{what}: it begins after the child's death.",
        "Reviews after a death are rightly recorded; new casework is not.",
        "Check the date of death, and whether the record is of a sibling.",
        dates.after_death,
    ),
    Rule(
        "death-before-birth",
        "error",
        "Death before birth",
        "{what}: the date of death is before the date of birth.",
        "One of the two is wrong.",
        "Correct it from the register.",
        dates.death_before_birth,
    ),
    Rule(
        "too-old",
        "warning",
        "Over 25 at an event",
        "{what}: the person was over 25 when it began.",
        "Children's services end at 18, for care leavers at 25: this is often a parent, or a wrong date of birth.",
        "Check that the record is the child's and not an adult's of the household, and the date of birth.",
        dates.too_old,
    ),
    Rule(
        "overlapping-care",
        "error",
        "Overlapping periods of care",
        "{what}: it begins before the earlier one of the same child has ended.",
        "The child counts once on the map, but entries to care and time in care are counted twice.",
        "Close the earlier period on the day on which the child left care, or join the two.",
        order.overlapping_care,
    ),
    Rule(
        "overlapping-cp-plans",
        "error",
        "Overlapping child protection plans",
        "{what}: it begins before the earlier one of the same child has ended.",
        "A child has one plan at a time; second plans and their lengths are counted wrongly.",
        "End the earlier plan on the day of the conference that ended it, or delete the plan entered twice.",
        order.overlapping_cp_plans,
    ),
    Rule(
        "icpc-without-s47",
        "warning",
        "Conference without section 47 enquiry",
        "{what}: no section 47 enquiry of the child began in the year before it.",
        "A conference follows an enquiry; without one the share of enquiries that reach a conference is too high.",
        "Record the enquiry. A child who moved in with a plan (a transfer-in conference) rightly has none here.",
        order.icpc_without_s47,
    ),
    Rule(
        "s47-without-strategy",
        "warning",
        "Section 47 enquiry without strategy discussion",
        "{what}: no strategy discussion on the child was held in the three months before it.",
        "An enquiry is decided in a strategy discussion; the way there is missing on the map.",
        "Record the discussion with its date. It is often only in a case note.",
        order.s47_without_strategy,
    ),
    Rule(
        "plan-without-icpc",
        "warning",
        "Child protection plan without conference",
        "{what}: no initial child protection conference on the child was held in the year before it.",
        "A plan is made by a conference; the wait from conference to plan cannot be known.",
        "Record the conference. A child who moved in with a plan rightly has none here.",
        order.plan_without_icpc,
    ),
    Rule(
        "nfa-with-later-work",
        "warning",
        "No further action, yet work went on",
        "{what}: no further action was decided on the referral, yet work went on (closed more than two weeks later,"
        " or a plan or conference on the same referral).",
        "The referral counts as ended without action and as work at once.",
        "Take back the decision on the referral, or move the later work to the referral that it belongs to.",
        order.nfa_with_later_work,
    ),
    Rule(
        "referral-while-open",
        "warning",
        "Referral while an earlier one was open",
        "{what}: it arrived while an earlier referral of the same child was open.",
        "New information on an open case is a contact, not a referral; re-referrals are overcounted.",
        "Record it as a contact on the open case, or close the earlier referral on the right day.",
        order.referral_while_open,
    ),
    Rule(
        "closed-without-reason",
        "warning",
        "Closed without reason",
        "{what}: it was closed and no reason is given.",
        "Where the child went is not known: the journey ends at “closed”.",
        "Enter the reason for closure (the census requires one).",
        dates.closed_without_reason,
    ),
    Rule(
        "reason-without-closure",
        "warning",
        "Reason without closure",
        "{what}: a reason for closure is given and no date.",
        "The case counts as open for ever.",
        "Enter the date of closure, or take the reason out if the case is open.",
        dates.reason_without_closure,
    ),
    Rule(
        "care-without-legal-status",
        "warning",
        "Care without legal status",
        "{what}: no legal status is recorded during it.",
        "Every looked-after child has one; on the map the child stands at “looked after” whatever the order.",
        "Add the legal status from the first day of the period.",
        order.care_without_legal_status,
    ),
    Rule(
        "legal-status-outside-care",
        "warning",
        "Legal status outside care",
        "{what}: the child was not looked after at the time.",
        "A period of care is missing, or the status was not ended when the child left care.",
        "Add the period of care, or end the status on the day on which care ceased.",
        order.legal_status_outside_care,
    ),
    Rule(
        "placement-outside-care",
        "warning",
        "Placement outside care",
        "{what}: the child was not looked after at the time.",
        "A period of care is missing, or the placement was not ended when the child left care.",
        "Add the period of care, or end the placement on the day on which care ceased.",
        order.placement_outside_care,
    ),
    Rule(
        "unknown-code",
        "warning",
        "Unknown code",
        "{what}: the published list does not have this code. It is shown as it is.",
        "It stands as a group of its own beside those of the list.",
        "Use a code of the DfE's list, or map the local one to it in the export.",
        dates.unknown_code,
    ),
    Rule(
        "id-lookalike",
        "warning",
        "Ids that look alike",
        "{what}: it differs from another only by leading zeros, spaces, capitals or “.0”. They are taken as two"
        " children.",
        "One child's journey is cut in two, and re-referrals are missed.",
        "Export the id as text in every file; a spreadsheet that takes it for a number drops zeros.",
        order.id_lookalike,
    ),
    Rule(
        "id-shape",
        "warning",
        "Ids of another shape in one file",
        "{what}.",
        "Ids of another system do not join: the same child is two in the dataset.",
        "Export the social care id in every file, as text.",
        order.id_shape,
    ),
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _ALL}


def check(tables: Mapping[str, pa.Table], as_of: int, *, every: bool = False) -> list[Problem]:
    """What is wrong in case records (one table a kind, stacked), the worst first.

    `as_of` (ms) is the day up to which the files speak. Each problem has its worst examples; with `every` also a table
    of all places (Problem.every, at most MAX_PLACES), for the workbook. Nothing is changed or dropped.
    """
    records = Records(tables, as_of)
    problems = [_problem(rule, each, records, every) for rule in _ALL for each in rule.find(records) if len(each.rows)]
    return sorted(_joined(problems), key=lambda p: (SEVERITIES.index(p.weight), -p.count))


def _problem(rule: Rule, found: Finding, records: Records, every: bool) -> Problem:
    places = records.places(found).slice(0, MAX_PLACES if every else MAX_EXAMPLES)
    examples = [
        Example(at["file"], at["place"], at["row"], None if at["value"] is None else shorten(at["value"]))
        for at in places.slice(0, MAX_EXAMPLES).to_pylist()
    ]
    message = rule.says.format(what=found.subject or KINDS[found.kind].label)
    about = KINDS[found.kind].label
    return Problem(
        rule.id, message, len(found.rows), "kept", rule.mend, examples, rule.severity, about, places if every else None
    )


def _joined(problems: list[Problem]) -> list[Problem]:
    """One problem a rule and message: a rule may find the same in records of several kinds."""
    found: dict[tuple[str, str], Problem] = {}
    for each in problems:
        first = found.setdefault((each.rule, each.message), each)
        if first is not each:
            first.count += each.count
            first.examples = [*first.examples, *each.examples][:MAX_EXAMPLES]
            if first.every is not None and each.every is not None:
                first.every = pa.concat_tables([first.every, each.every]).slice(0, MAX_PLACES)
    return list(found.values())


def markdown() -> str:
    """The rules as the table of docs/quality.md."""
    head = "| rule | how bad | what is wrong | why it matters | how to mend it at the source |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{r.id}` | {r.severity} | {r.title}. {r.find.__doc__.splitlines()[0] if r.find.__doc__ else ''}"
        f" | {r.why} | {r.mend} |\n"
        for r in _ALL
    )


if __name__ == "__main__":
    sys.stdout.write(markdown())
