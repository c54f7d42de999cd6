"""Bringing files in as the page does it; what the tests of imports share."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from flowmap.web import create_app
from flowmap.web.imports import home as homes
from flowmap.web.imports.limits import Limits

OCTETS = "application/octet-stream"
SOCIAL_CARE = {"kind": "builtin", "name": "childrens-social-care"}
# Two children; 3 and 4 March can be read either way, nothing in the file decides.
UNCLEAR = b"child,event,date\nAnn,contact,03/04/2015\nAnn,referral,04/05/2015\nBob,Panel,05/06/2015\n"
CLEAR = b"child,event,date\nAnn,assessment,2015-06-01\nCat,contact,2015-06-02\n"


class Importer:
    """One import, as the page does it."""

    def __init__(self, client: FlaskClient, dataset: str | None = None) -> None:
        self.client = client
        answer = client.post("/api/imports", json={"dataset": dataset})
        assert answer.status_code == 200
        self.path = f"/api/imports/{answer.get_json()['id']}"

    def put(self, data: bytes, name: str = "log.csv") -> Any:
        return self.client.put(
            f"{self.path}/files", query_string={"name": name, "size": len(data)}, data=data, content_type=OCTETS
        ).get_json()

    def files(self) -> Any:
        """The files that are there."""
        return self.client.get(self.path).get_json()["files"]

    def job(self) -> Any:
        until = time.monotonic() + 60
        while (found := self.client.get(f"{self.path}/job").get_json())["state"] == "running":
            assert time.monotonic() < until, found
            time.sleep(0.05)
        return found

    def read(self) -> Any:
        assert self.client.post(f"{self.path}/read", json={}).status_code == 200
        return self.job()

    def build(self, title: str = "My council", wanted: Any = SOCIAL_CARE, **events: str | None) -> Any:
        answer = self.client.post(f"{self.path}/build", json={"title": title, "map": wanted, "events": events})
        assert answer.status_code == 200, answer.get_json()
        return self.job()


def small_limits(home: Path, **limits: int) -> FlaskClient:
    return create_app({}, home, Limits(**limits)).test_client()


def on_disk(home: Path) -> set[str]:
    """Everything beneath the home but what marks that a server runs."""
    return {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file() and path.name != homes.LOCK}
