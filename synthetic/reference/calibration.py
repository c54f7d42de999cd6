"""What the reference authority is calibrated to, each mix beside its source.

Sources, by their short names:
- `England 2024`, `Kent 2018`: DfE, Characteristics of children in need, open data, years ending 31 March 2024 and
  2018 (Open Government Licence v3), national rows and Kent (E10000016).
- `Kent prototype`: the 2018 prototype by Coram, The Alan Turing Institute and Kent County Council, as put down in
  the project's description of the field (waits are medians in calendar days).
Where sources disagree, docs/reference-authority.md says which one wins, and why.
"""

from __future__ import annotations

# Referrals in a year, Kent 2018 (DfE table C1).
REFERRALS_A_YEAR = 19_373

# Source of referral, percent, England 2024 (DfE table C5).
SOURCES = {
    "police": 28.5,
    "schools": 20.3,
    "health services": 14.7,
    "council services": 14.1,
    "individuals": 8.0,
    "other legal agency": 4.4,
    "other": 4.2,
    "education services": 1.7,
    "anonymous": 1.6,
    "housing": 1.2,
    "unknown": 1.2,
}

# Contact → referral, Kent prototype: 54%. By source our choice: only the ratios matter, the overall share is kept.
CONTACT_TO_REFERRAL = 0.54
REFERRED_BY_SOURCE = {
    "police": 0.85,
    "schools": 1.1,
    "health services": 1.15,
    "council services": 1.2,
    "anonymous": 0.75,
}

# Primary need, percent, England 2024 (DfE table B3).
NEEDS = {
    "abuse or neglect": 58.1,
    "family dysfunction": 12.0,
    "family in acute stress": 8.6,
    "child's disability or illness": 8.0,
    "absent parenting": 5.5,
    "not stated": 2.6,
    "parent's disability or illness": 2.1,
    "socially unacceptable behaviour": 2.0,
    "cases other than children in need": 0.9,
    "low income": 0.3,
}

# Category of abuse at the start of a child protection plan, percent, England 2024 (DfE table D2).
PLAN_CATEGORIES = {
    "neglect": 49.8,
    "emotional abuse": 37.3,
    "physical abuse": 7.7,
    "sexual abuse": 3.5,
    "multiple": 1.7,
}

# Plans that are a second or later one of that child, England 2024 (DfE table D3). Part of them comes about by itself;
# EARLIER_PLAN_ELSEWHERE is the share of other children who had one more than three years ago, or elsewhere (fitted).
SECOND_PLAN = 24.7
EARLIER_PLAN_ELSEWHERE = 0.195

# Sex and ethnicity of children in need at 31 March, percent, England 2018 (DfE table A7). Not known: 0.2% and the 1.8%
# who were unborn. Ethnicity: of those known.
SEXES = {"female": 45.0, "male": 53.0, "not known": 2.0}
ETHNICITIES = {"White": 72.6, "Black or Black British": 8.6, "Mixed": 8.4, "Asian or Asian British": 7.5, "Other": 2.8}
ETHNICITY_NOT_RECORDED = 0.045

# Recorded disability, children in need at 31 March, England 2018: 12.3% (DfE table B2). Three in five of the children
# who have one are referred for it, which makes 8% of needs.
DISABILITY = 0.13
DISABILITY_IS_THE_NEED = 0.63

# Area teams of a made-up authority, and the share of families who live there (our choice).
AREAS = {
    "Coast": 0.19,
    "Harbour": 0.16,
    "Estuary": 0.15,
    "City": 0.14,
    "Downs": 0.12,
    "Vale": 0.10,
    "Marsh": 0.08,
    "Weald": 0.06,
}
DISABLED_CHILDREN_TEAM = "Disabled children"

# Ages of children new to the authority (our choice, so that children in need have about the ages of DfE table A7).
AGES_OF_NEW_CHILDREN = {(-0.35, 0.0): 0.10, (0, 1): 0.15, (1, 5): 0.31, (5, 10): 0.21, (10, 16): 0.16, (16, 17.8): 0.07}
SIBLINGS = {1: 0.50, 2: 0.27, 3: 0.14, 4: 0.06, 5: 0.03}  # children of a family (our choice)

# Where a journey starts (our choice; the front door is mostly contacts).
ENTRIES = {"contact": 0.89, "early_help": 0.055, "referral": 0.055}

# Who comes back. Fitted so that re-referral within 12 months is 23.1% (Kent 2018, DfE table C1) while about 60% of
# referrals had one in the 36 months before (Kent prototype).
# Both hold at once only if some families come back again and again, and others seldom.
OFTEN = 0.60  # share of families who keep coming back
RETURN_SHARE_OFTEN = 0.951
RETURN_SHARE_SELDOM = 0.15
RETURN_YEARS = 0.965  # scale of a Weibull curve, from the exit of one journey to the start of the next
RETURN_SHAPE = 1.49
NEW_FAMILIES_PER_REFERRAL = 0.189  # so that referrals come to the number asked for

# Siblings: how often they come together, share a decision and a date (our choice).
SIBLING_COMES_TOO = 0.92
SIBLING_OF_THE_AGE = 0.93  # the others are grown up, or born too late
SIBLINGS_ALIKE = 0.75
# How much of a stage's slowness is the family's own (correlation of scores between stages).
FRAILTY = 0.42

# Referrals by month, England, year ending March 2024 (DfE, Characteristics of children in need, table C6; OGL v3),
# January to December. August and December dip.
REFERRALS_BY_MONTH = (54670, 50870, 51940, 43340, 55680, 58690, 51880, 44080, 54090, 55710, 55790, 45150)

# Our choice: what the emergency duty team takes on a Saturday, Sunday or bank holiday beside a working day.
REST_DAY_WEIGHT = 0.07


def sources_of_contacts() -> dict[str, float]:
    """The mix of sources among contacts that leaves SOURCES among those referred."""
    return {name: share / REFERRED_BY_SOURCE.get(name, 1.0) for name, share in SOURCES.items()}


def needs_of_others() -> dict[str, float]:
    """NEEDS without those that disabled children bring (they are drawn child by child)."""
    own = 100 * DISABILITY * DISABILITY_IS_THE_NEED
    needs = dict(NEEDS)
    needs["child's disability or illness"] = max(0.0, NEEDS["child's disability or illness"] - own)
    return needs
