"""Bringing files in on the page: what was dropped, what it is taken for, and the build, in a process of its own."""

from flowmap.web.imports.desk import Desk
from flowmap.web.imports.home import Home
from flowmap.web.imports.limits import Limits

__all__ = ["Desk", "Home", "Limits"]
