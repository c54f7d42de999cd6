"""Which child of social care a row of the legal department speaks of: deterministic passes, each with its name.

Identities (`people`) live in memory only. The passes (`passes`) give each row a child, candidates for a person to
decide, or nothing; `decisions` reads what was decided, `report` says how well it went and for whom it did not.
"""
