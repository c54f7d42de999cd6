"""Case records: what the files of a council hold of children, whatever their format.

A reader of a council format fills one table a kind of record (`kinds`); extracts are stacked and joined (`stack`);
records become the events of an EventLog (`events`). Writers go the other way (`records`: an EventLog as records).
"""

from flowmap.casework.kinds import KINDS, Casework, Field, Kind, empty, table

__all__ = ["KINDS", "Casework", "Field", "Kind", "empty", "table"]
