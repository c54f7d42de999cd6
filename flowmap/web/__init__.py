"""Flask: application factory, API, pages, security."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowmap.web.app import create_app
    from flowmap.web.run import serve

__all__ = ["create_app", "serve"]


def __getattr__(name: str) -> Any:
    """`create_app` and `serve`, loaded when asked for: the process that reads files needs neither."""
    if name == "create_app":
        from flowmap.web.app import create_app

        return create_app
    if name == "serve":
        from flowmap.web.run import serve

        return serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
