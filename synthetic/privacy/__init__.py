"""Attacks on a synthetic log: whether anybody real can be found in it."""

from synthetic.privacy.assess import NOT_GUARANTEED, K, assess
from synthetic.privacy.finding import Finding
from synthetic.privacy.identifiers import Search, search

__all__ = ["NOT_GUARANTEED", "Finding", "K", "Search", "assess", "search"]
