"""A model with differential privacy: noise on every count that is looked at, and a ledger of what that cost.

Only counts that went through the ledger are known to what comes after; all else is a constant or declared public.
"""

from synthetic.private.fit import fit_private

__all__ = ["fit_private"]
