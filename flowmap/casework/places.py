"""The places of the built-in map in the order of the process, in which events of one day are put."""

from __future__ import annotations

STATIONS = (
    "contact",
    "early_help",
    "referral",
    "strategy",
    "s47",
    "assessment",
    "icpc",
    "cin",
    "cp",
    "pre_proceedings",
    "proceedings",
    "looked_after",
    "interim_care_order",
    "final_order",
    "care_order",
    "placement_order",
)
EXITS = (
    "nfa",
    "step_down",
    "closed",
    "adopted",
    "special_guardianship",
    "returned_home",
    "left_care_18",
    "moved",
    "other",
)
PLACES = STATIONS + EXITS
PLACE = {name: number for number, name in enumerate(PLACES)}

# An event of its own, which the built-in map shows at "other": an edited map may give it an exit of its own.
NO_REFERRAL = "no referral followed"
NAMES = (*PLACES, NO_REFERRAL)
