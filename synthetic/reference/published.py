"""The published figures that the reference authority must show, each with its source and how near it must come.

A test measures every one of them from the log, by means of its own, and docs/reference-authority.md shows the result.
Sources are named as in calibration.py.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`unit` percent: within 1 percentage point of `target`; any other unit: within 5% of it."""

    key: str
    label: str
    target: float
    unit: str
    source: str

    def holds(self, measured: float) -> bool:
        """Whether a measured value is near enough."""
        slack = 1.0 if self.unit == "percent" else 0.05 * self.target
        return abs(measured - self.target) <= slack


PROTOTYPE = "Kent prototype"
KENT = "Kent 2018"
ENGLAND = "England 2024"

FIGURES = (
    Figure("referrals", "Referrals", 19_373, "a year", f"{KENT}, C1"),
    Figure("rereferral_12", "Referrals with one in the 12 months before", 23.1, "percent", f"{KENT}, C1"),
    Figure("rereferral_36", "Referrals with one in the 36 months before (about)", 60.0, "percent", PROTOTYPE),
    Figure("contact_referral", "Contact → referral", 54.0, "percent", PROTOTYPE),
    Figure("referral_assessment", "Referral → assessment", 74.0, "percent", PROTOTYPE),
    Figure("referral_nfa", "Referral → NFA", 6.3, "percent", f"{ENGLAND}, C1"),
    Figure("not_in_need", "Referrals assessed and then NFA (not in need)", 37.8, "percent", f"{KENT}, C1"),
    Figure("assessed_in_45", "Assessments within 45 working days of referral", 84.5, "percent", f"{ENGLAND}, C2"),
    Figure("assessed_p25", "Assessment, first quartile", 19, "working days", f"{ENGLAND}, C2"),
    Figure("assessed_p50", "Assessment, median", 34, "working days", f"{ENGLAND}, C2"),
    Figure("assessed_p75", "Assessment, third quartile", 44, "working days", f"{ENGLAND}, C2"),
    Figure("assessment_nfa_days", "Assessment → NFA, median", 48, "days", PROTOTYPE),
    Figure("assessment_cin_days", "Assessment → child in need plan, median", 56, "days", PROTOTYPE),
    Figure("strategy_s47", "Strategy discussion → section 47", 89.0, "percent", PROTOTYPE),
    Figure("s47", "Section 47 enquiries", 6_259, "a year", f"{KENT}, C4"),
    Figure("s47_icpc", "Section 47 → ICPC", 28.2, "percent", f"{KENT}, C4"),
    Figure("icpc", "Initial child protection conferences", 1_762, "a year", f"{KENT}, C4"),
    Figure("s47_icpc_days", "Section 47 → ICPC, median", 8, "days", PROTOTYPE),
    Figure("icpc_in_15", "ICPC within 15 working days of the strategy discussion", 79.7, "percent", f"{ENGLAND}, C4"),
    Figure("icpc_cp", "ICPC → child protection plan", 88.5, "percent", f"{KENT}, C4 and D1"),
    Figure("icpc_cp_days", "ICPC → child protection plan, median", 12, "days", PROTOTYPE),
    Figure("cp", "Child protection plans started", 1_559, "a year", f"{KENT}, D1"),
    Figure("second_plan", "Plans that are a second or later one", 24.7, "percent", f"{ENGLAND}, D3"),
    Figure("source_police", "Referred by police", 28.5, "percent", f"{ENGLAND}, C5"),
    Figure("source_schools", "Referred by schools", 20.3, "percent", f"{ENGLAND}, C5"),
    Figure("source_health", "Referred by health services", 14.7, "percent", f"{ENGLAND}, C5"),
    Figure("source_council", "Referred by council services", 14.1, "percent", f"{ENGLAND}, C5"),
    Figure("source_individuals", "Referred by individuals", 8.0, "percent", f"{ENGLAND}, C5"),
    Figure("need_abuse", "Need: abuse or neglect", 58.1, "percent", f"{ENGLAND}, B3"),
    Figure("need_dysfunction", "Need: family dysfunction", 12.0, "percent", f"{ENGLAND}, B3"),
    Figure("need_stress", "Need: family in acute stress", 8.6, "percent", f"{ENGLAND}, B3"),
    Figure("need_disability", "Need: child's disability or illness", 8.0, "percent", f"{ENGLAND}, B3"),
    Figure("category_neglect", "Plan for neglect", 49.8, "percent", f"{ENGLAND}, D2"),
    Figure("category_emotional", "Plan for emotional abuse", 37.3, "percent", f"{ENGLAND}, D2"),
    Figure(
        "proceedings_weeks",
        "Care proceedings, mean (33 in 2019, 41 in 2024)",
        36,
        "weeks",
        "between the two",
    ),
    Figure("august", "Referrals in August", 7.1, "percent", f"{ENGLAND}, C6"),
    Figure("december", "Referrals in December", 7.3, "percent", f"{ENGLAND}, C6"),
    Figure("female", "Children who are female", 45.0, "percent", "England 2018, A7"),
)
