"""What keeps other web sites and other machines out."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flowmap.web import security

PERIODS = "/api/datasets/small/periods"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost:80", "127.0.0.1:80"])
def test_a_loopback_name_with_the_right_port_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/api/datasets", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1:8001",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104
        "2130706433",
        "[::1",
        "localhost, evil.example",
        "",
    ],
)
def test_any_other_host_is_refused_with_an_explanation(client: FlaskClient, host: str) -> None:
    for path in ("/", "/api/datasets", "/static/x/y.js", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 403
        assert answer.get_json()["error"]["parameter"] == "Host"
        assert "http://127.0.0.1:80/" in answer.get_json()["error"]["remedy"]


@pytest.mark.parametrize(
    "path", ["/", "/d/small", "/d/none", "/api/datasets", "/api/none", "/api/datasets/small/cohort?x=1"]
)
def test_every_answer_carries_the_protective_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = dict(part.split(" ", 1) for part in security.CONTENT_SECURITY_POLICY.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["worker-src"] == policy["connect-src"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in security.CONTENT_SECURITY_POLICY
    assert "http" not in security.CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", ["/", "/d/small", "/d/none", "/none"])
def test_pages_hold_no_inline_script_or_style_and_name_no_other_origin(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True).get_data(as_text=True)
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert 'src="http' not in page
    assert 'href="http' not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_change_that_another_site_asked_for_is_refused(own: FlaskClient, headers: dict[str, str]) -> None:
    answer = own.put(PERIODS, json=[], headers=headers)
    assert answer.status_code == 403
    assert answer.get_json()["error"]["parameter"] in headers


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost"}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}]
)
def test_a_change_from_the_page_or_from_a_program_is_made(own: FlaskClient, headers: dict[str, str]) -> None:
    assert own.put(PERIODS, json=[], headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_change_must_be_json(own: FlaskClient, kind: str) -> None:
    answer = own.put(PERIODS, data="[]", content_type=kind)
    assert answer.status_code == 415
    assert answer.get_json()["error"]["parameter"] == "Content-Type"


def test_a_body_over_a_mebibyte_is_refused(own: FlaskClient) -> None:
    answer = own.put(PERIODS, data=b"[" + b" " * security.LARGEST_BODY + b"]", content_type="application/json")
    assert answer.status_code == 413
    assert "1 MiB" in answer.get_json()["error"]["remedy"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/../../small.key.csv",
        "/static/x/%2e%2e/%2e%2e/pyproject.toml",
        "/static/x/..%2f..%2fpyproject.toml",
        "/static/x//etc/passwd",
        "/static/x/..\\..\\pyproject.toml",
        "/static/x/.gitignore",
        "/d/../small.key.csv",
        "/d/..%2fsmall.key.csv",
        "/api/datasets/..%2fsmall.key.csv/map",
        "/api/datasets/small.key.csv",
        "/api/datasets/small/dataset.json",
        "/api/datasets/small/children.arrow",
        "/api/datasets/small/map/../../../small.key.csv",
        "/small.key.csv",
    ],
)
def test_no_file_is_reached_by_its_path(client: FlaskClient, built: Path, path: str) -> None:
    key = built.with_name("small.key.csv")
    assert key.is_file()
    answer = client.get(path)
    assert answer.status_code == 404
    assert not set(key.read_text().splitlines()) & set(answer.get_data(as_text=True).splitlines())


def test_no_answer_holds_an_identifier_of_the_source(client: FlaskClient) -> None:
    paths = [
        "",
        "/journeys",
        "/transitions",
        "/cohort",
        "/summary",
        "/quality",
        "/stations",
        "/children/0",
        "/children/1",
        "/children/2",
    ]
    for path in paths:
        text = client.get("/api/datasets/small" + path).get_data(as_text=True)
        assert not any(name in text for name in ("Ann", "Bob", 'Cat"')), path


def test_the_log_has_the_route_and_neither_the_query_nor_the_child(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "flowmap.web.requests"):
        client.get("/api/datasets/small/children/2")
        client.get("/api/datasets/small/cohort?sex=F")
        client.get("/secret-path?sex=F")
    assert len(caplog.messages) == 3
    assert caplog.messages[0].startswith("GET /api/datasets/<dataset>/children/<int:child> 200 ")
    assert "sex" not in caplog.text
    assert "secret" not in caplog.text
