"""flowmap: children's journeys through services, drawn as dots on an underground map."""

__version__ = "0.1.0"
