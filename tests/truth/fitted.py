"""What had to be fitted for the simulated authority to show the published figures (see calibration.py for the rest)."""

from __future__ import annotations

# Who comes back: some families again and again, others seldom.
OFTEN = 0.615  # share of families who keep coming back
RETURN_SHARE_OFTEN = 0.975
RETURN_SHARE_SELDOM = 0.15
RETURN_YEARS = 0.912  # scale of a Weibull curve, from the exit of one journey to the start of the next
RETURN_SHAPE = 1.49
NEW_FAMILIES_PER_REFERRAL = 0.191  # so that referrals come to the number asked for

# The share of children who had a protection plan before these records, or elsewhere.
EARLIER_PLAN_ELSEWHERE = 0.127
