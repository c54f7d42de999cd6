"""The list of datasets, the map's page, errors for people, and assets."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from flowmap.web import create_app

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_one_dataset_is_shown_at_once(client: FlaskClient) -> None:
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/d/small"


def test_several_datasets_are_listed_and_one_that_is_gone_is_said(built: Path, tmp_path: Path) -> None:
    app = create_app({"small": built, "twin": built, "gone": tmp_path / "gone"})
    page = app.test_client().get("/", headers=PAGE).get_data(as_text=True)
    assert 'href="/d/small"' in page
    assert 'href="/d/twin"' in page
    assert 'href="/d/gone"' not in page
    assert "5 January 2015 to 3 June 2015: 3 children, 4 journeys" in page
    assert "no longer on disk" in page


def test_no_dataset_says_how_to_build_one() -> None:
    page = create_app({}).test_client().get("/", headers=PAGE).get_data(as_text=True)
    assert "flowmap build" in page


def test_the_map_page_names_its_dataset_and_takes_any_state_in_its_query(client: FlaskClient) -> None:
    answer = client.get("/d/small?_at=2015-02-01&sex=F&anything=1", headers=PAGE)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert 'data-dataset="small"' in page
    assert "<title>Small" in page
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_compare_page_names_its_left_dataset_and_takes_any_state_in_its_query(client: FlaskClient) -> None:
    answer = client.get("/d/small/compare?sex=F&_with=elsewhere&_align=2015-02-01", headers=PAGE)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert 'data-dataset="small"' in page
    assert "elsewhere" not in page
    assert client.get("/d/none/compare", headers=PAGE).status_code == 404


def test_the_list_of_maps_is_asked_for_anew_when_somebody_goes_back_to_it(client: FlaskClient) -> None:
    """A kept page, shown again by the browser's «back», would not have the map that was built since."""
    assert client.get("/start", headers=PAGE).headers["Cache-Control"] == "no-store"


def test_a_person_meets_an_error_as_a_page_and_a_program_as_json(client: FlaskClient) -> None:
    page = client.get("/d/none", headers=PAGE)
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    text = page.get_data(as_text=True)
    assert '<html lang="en-GB">' in text
    assert "<main" in text
    assert 'href="/d/small"' in text
    data = client.get("/d/none")
    assert data.status_code == 404
    assert data.get_json()["error"]["known"] == ["small"]


def test_what_a_person_typed_is_shown_as_text(client: FlaskClient) -> None:
    text = client.get("/d/<img src=x>", headers=PAGE).get_data(as_text=True)
    assert "<img src=x>" not in text
    assert "&lt;img" in text


def test_an_asset_is_kept_for_ever_under_its_hash_and_asked_for_again_under_another(client: FlaskClient) -> None:
    page = client.get("/d/none", headers=PAGE).get_data(as_text=True)
    found = re.search(r'href="(/static/([0-9a-f]{16})/[\w/]*favicon\.svg)"', page)
    assert found
    asset = client.get(found.group(1))
    assert asset.status_code == 200
    assert asset.mimetype == "image/svg+xml"
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    other = client.get(found.group(1).replace(found.group(2), "0" * 16))
    assert other.status_code == 200
    assert other.headers["Cache-Control"] == "no-cache"
    again = client.get(found.group(1), headers={"If-None-Match": asset.headers["ETag"]})
    assert again.status_code == 304


def test_a_script_is_sent_as_a_script_whatever_this_computer_thinks_of_its_name(client: FlaskClient) -> None:
    for path, media in (("js/state.js", "text/javascript"), ("css/pages.css", "text/css")):
        answer = client.get(f"/static/x/{path}", headers={"Accept-Encoding": "gzip"})
        assert answer.mimetype == media
        assert answer.headers["Content-Encoding"] == "gzip"


def test_robots_are_sent_away(client: FlaskClient) -> None:
    assert "Disallow: /" in client.get("/robots.txt").get_data(as_text=True)
    assert client.get("/api/datasets").headers["X-Robots-Tag"].startswith("noindex")
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"


def test_every_definition_has_a_place_that_an_address_leads_to(client: FlaskClient) -> None:
    page = client.get("/d/small/definitions").get_data(as_text=True)
    for measure in ("rereferral", "nfa", "flow"):
        assert f'id="{measure}"' in page
    assert "Of referrals in the period, the share with an earlier referral of the same child within 12 months" in page
    assert 'href="/d/small"' in page
