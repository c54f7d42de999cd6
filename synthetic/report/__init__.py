"""The report on a synthetic log: safety first, then fidelity, as data and as a page."""

from synthetic.report.build import Report, build
from synthetic.report.onmap import OnMap, on_map
from synthetic.report.page import STYLE, body, render
from synthetic.report.stored import load

__all__ = ["STYLE", "OnMap", "Report", "body", "build", "load", "on_map", "render"]
