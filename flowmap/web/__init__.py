"""Flask: application factory, API, pages, security."""

from flowmap.web.app import create_app
from flowmap.web.run import serve

__all__ = ["create_app", "serve"]
