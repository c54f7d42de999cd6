"""What keeps other web sites and other machines out. See docs/security.md for why."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from flowmap.web.errors import Refusal

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names under which this computer reaches itself. Anything else in Host is another name that was made to point here."""

LARGEST_BODY = 1024 * 1024

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}

CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def is_loopback(host: str) -> bool:
    """True for the addresses and names of this computer alone."""
    return host in ("127.0.0.1", "localhost", "::1", "[::1]")


def _port() -> str:
    return str(current_app.config.get("PORT") or request.environ.get("SERVER_PORT", "80"))


def check_host() -> None:
    """Refuse a Host header that is not loopback with our port (DNS rebinding).

    Raises: Refusal 403.
    """
    host = request.environ.get("HTTP_HOST", "").lower()
    name, port = host, "80"
    head, colon, tail = host.rpartition(":")
    if colon and tail.isdigit():
        name, port = head, tail
    if name not in LOOPBACK or port != _port():
        raise Refusal(
            403,
            "This server answers only under its own loopback address.",
            "Host",
            f"Open http://127.0.0.1:{_port()}/ on the computer that runs it.",
        )


def check_origin() -> None:
    """Refuse a changing request that another web site made the browser send.

    Browsers name the origin of such requests; programs that are not browsers send neither header, and cannot be
    made to by a web site. Neither a JSON body, nor a file's bytes, nor any DELETE can be sent across origins without
    a preflight, which is never granted.

    Raises: Refusal 403 (another origin), 415 (no JSON, or no bytes where a file is taken).
    """
    if request.method not in CHANGING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    remedy = "Changes are made from the page itself, or by a program that sends no Origin."
    if site is not None and site != "same-origin":
        raise Refusal(403, "Another web site asked for this change.", "Sec-Fetch-Site", remedy)
    if origin is not None and urlsplit(origin)[:2] != ("http", request.environ.get("HTTP_HOST", "").lower()):
        raise Refusal(403, "Another web site asked for this change.", "Origin", remedy)
    if request.url_rule is None or request.method == "DELETE":
        return
    taken = current_app.config["BODY_TYPES"].get(request.endpoint, "application/json")
    if request.mimetype != taken:
        what = "Changes are sent as JSON." if taken == "application/json" else f"Files are sent as {taken}."
        raise Refusal(415, what, "Content-Type", f"Send the body with Content-Type: {taken}.")


def add_headers(response: Response) -> Response:
    """Put the protective headers on every answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def register(app: Flask) -> None:
    """Guard every request of `app`."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["BODY_TYPES"] = {}
    app.before_request(check_host)
    app.before_request(check_origin)
    app.after_request(add_headers)
