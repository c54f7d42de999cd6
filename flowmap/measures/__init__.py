"""Measures: one question a file, each a pure function of (dataset, mask, options) that gives small dataclasses.

A mask is bool (journeys,): the journeys that a cohort keeps. Times are seconds since 1970 UTC.
How each figure is defined: docs/measures.md.
"""
