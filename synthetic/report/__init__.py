"""The report on a synthetic log: safety first, then fidelity, as data and as a page."""

from synthetic.report.build import Report, build
from synthetic.report.page import render

__all__ = ["Report", "build", "render"]
