"""Attacks and yardsticks that are not our own, run in another Python: see docs/synthetic-report.md."""

from synthetic.outside.ask import NONE, Outside, ask
from synthetic.outside.python import Tools, find
from synthetic.outside.scores import Score

__all__ = ["NONE", "Outside", "Score", "Tools", "ask", "find"]
