"""Bringing files in: from a drop to a dataset and off the disk again, without a browser."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook

from flowmap.web.imports import home as homes
from flowmap.web.imports.home import Home
from tests.web.importing import CLEAR, SOCIAL_CARE, UNCLEAR, Importer, on_disk


def test_a_table_is_recognised_with_its_columns_and_first_rows(importer: Importer) -> None:
    seen = importer.put(CLEAR, "extract 2015.csv")["seen"]
    assert seen["format"] == "csv"
    assert seen["why"]
    assert seen["columns"] == ["child", "event", "date"]
    assert seen["guess"] == {"case": "child", "event": "event", "time": "date", "end": None, "dayfirst": None}
    assert seen["preview"]["rows"][0] == ["Ann", "assessment", "2015-06-01"]
    assert seen["problem"] is None


def test_a_question_is_put_beside_its_file_and_answering_it_goes_on(importer: Importer) -> None:
    unclear = importer.put(UNCLEAR, "unclear.csv")
    importer.put(CLEAR, "clear.csv")
    assert unclear["seen"]["problem"]["questions"] == ["dayfirst"]
    assert "--" not in json.dumps(unclear["seen"]["problem"])
    failed = importer.read()
    assert failed["state"] == "failed"
    assert [problem["file"] for problem in failed["problems"]] == [unclear["id"]]
    answer = importer.client.patch(f"{importer.path}/files/{unclear['id']}", json={"dayfirst": True}).get_json()
    assert answer["seen"]["problem"] is None
    assert importer.read()["state"] == "done"
    found = importer.client.get(importer.path).get_json()["found"]
    # Five rows in two files; Ann is in both.
    assert found["rows"] == {"rows_read": 5, "rows_kept": 5, "rows_dropped": 0}
    assert found["children"] == 3
    assert {event["name"]: event["count"] for event in found["events"]} == {
        "contact": 2, "referral": 1, "assessment": 1, "Panel": 1,
    }  # fmt: skip
    assert {rows["file"]: rows["read"] for rows in found["files"]} == {"unclear.csv": 3, "clear.csv": 2}
    assert found["suggested"] == SOCIAL_CARE


def test_columns_can_be_chosen_where_their_names_say_nothing(importer: Importer) -> None:
    rows = b"a,b,c,d\n1,Visit,Phone,2015-01-01\n2,Call,Letter,2015-01-02\n1,Call,Phone,2015-02-01\n"
    put = importer.put(rows)
    assert put["seen"]["problem"]["questions"]
    options = {"case": "a", "event": "c", "time": "d"}
    answer = importer.client.patch(f"{importer.path}/files/{put['id']}", json=options).get_json()
    assert answer["seen"]["problem"] is None
    importer.read()
    found = importer.client.get(importer.path).get_json()["found"]
    assert {event["name"] for event in found["events"]} == {"Phone", "Letter"}


def built(importer: Importer, title: str = "My council", **events: str | None) -> Any:
    importer.put(CLEAR.replace(b"Cat,contact", b"Cat,Panel of heads"), "clear.csv")
    importer.read()
    job = importer.build(title, **events)
    assert job["state"] == "done", job
    return job["result"]


def test_an_event_said_to_mean_a_station_stands_there_and_the_map_keeps_it(importer: Importer, home: Path) -> None:
    table = None
    importer.put(CLEAR.replace(b"Cat,contact", b"Cat,Strategy discusion"), "a.csv")
    importer.put(b"child,event,date\nDan,Panel of heads,2015-07-01\n", "b.csv")
    importer.read()
    table = importer.client.post(f"{importer.path}/events", json={"map": SOCIAL_CARE}).get_json()
    rows = {row["name"]: (row["station"], row["how"]) for row in table["events"]}
    assert rows == {
        "assessment": ("assessment", "named"),
        "Strategy discusion": ("strategy", "guess"),
        "Panel of heads": (None, "unknown"),
    }
    job = importer.build(**{"Strategy discusion": "strategy", "Panel of heads": "icpc"})
    assert job["state"] == "done", job
    name = job["result"]["name"]
    stations = importer.client.get(f"/api/datasets/{name}").get_json()["stations"]
    assert {each["id"]: each["events"] for each in stations if each["events"]} == {
        "assessment": 1, "strategy": 1, "icpc": 1,
    }  # fmt: skip
    assert "Panel of heads" in (home / name / "map.yaml").read_text(encoding="utf-8")
    assert job["result"]["rows"] == {"rows_read": 3, "rows_kept": 3, "rows_dropped": 0}


def test_when_it_is_built_the_copies_of_the_files_are_gone(importer: Importer, home: Path) -> None:
    name = built(importer)["name"]
    assert on_disk(home) == {name, f"{name}.key.csv"}
    meta = json.loads((home / name / "dataset.json").read_text(encoding="utf-8"))
    assert [source["name"] for source in meta["sources"]] == ["clear.csv"]
    assert "clear.csv" in (home / name / "quality.json").read_text(encoding="utf-8")


def test_a_map_is_drawn_from_the_files_where_that_is_chosen_and_a_file_of_ones_own_is_taken(
    taking: FlaskClient,
) -> None:
    drawn = Importer(taking)
    drawn.put(CLEAR)
    drawn.read()
    result = drawn.build("Drawn", {"kind": "automatic"})["result"]
    stations = taking.get(f"/api/datasets/{result['name']}").get_json()["stations"]
    assert {station["label"].lower() for station in stations} == {"assessment", "contact"}
    own = Importer(taking)
    own.put(CLEAR)
    own.read()
    text = "name: own\nstations:\n  one: {label: One, at: [0, 0], events: [contact, assessment]}\n"
    result = own.build("Own", {"kind": "file", "text": text})["result"]
    stations = taking.get(f"/api/datasets/{result['name']}").get_json()["stations"]
    assert [(station["id"], station["events"]) for station in stations] == [("one", 2)]
    bad = taking.post(f"{own.path}/events", json={"map": {"kind": "file", "text": "stations: 3"}})
    assert bad.status_code == 409  # the import has ended with its build


def test_a_map_file_with_a_fault_is_refused_with_its_line(importer: Importer) -> None:
    importer.put(CLEAR)
    importer.read()
    answer = importer.client.post(f"{importer.path}/events", json={"map": {"kind": "file", "text": "stations: 3\n"}})
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] == "map"
    assert "line 1" in answer.get_json()["error"]["message"]


def test_a_dataset_is_renamed_and_built_again_with_one_more_file_and_keeps_its_map(
    taking: FlaskClient, importer: Importer, home: Path
) -> None:
    name = built(importer, **{"Panel of heads": "icpc"})["name"]
    before = taking.get(f"/api/datasets/{name}").get_json()
    renamed = taking.patch(f"/api/datasets/{name}", json={"title": "  Our  town "})
    assert renamed.get_json() == {"name": name, "title": "Our town"}
    after = taking.get(f"/api/datasets/{name}", headers={"If-None-Match": before["etag"]}).get_json()
    assert after["title"] == "Our town"
    again = Importer(taking, name)
    again.put(CLEAR.replace(b"Cat,contact", b"Cat,Panel of heads"), "clear.csv")
    again.put(b"child,event,date\nDan,contact,2015-08-01\n", "more.csv")
    again.read()
    assert again.client.get(again.path).get_json()["found"]["suggested"] == {"kind": "keep"}
    assert again.build("Our town", {"kind": "keep"})["state"] == "done"
    found = taking.get(f"/api/datasets/{name}").get_json()
    assert found["counts"]["children"] == before["counts"]["children"] + 1 == 3
    assert next(each["events"] for each in found["stations"] if each["id"] == "icpc") == 1
    assert on_disk(home) == {name, f"{name}.key.csv"}


def test_a_deleted_dataset_is_gone_from_disk_with_its_key_and_only_the_right_edition_is_deleted(
    taking: FlaskClient, importer: Importer, home: Path
) -> None:
    name = built(importer)["name"]
    identity = taking.get(f"/api/datasets/{name}").get_json()["id"]
    assert taking.delete(f"/api/datasets/{name}?id=another").status_code == 409
    assert taking.delete(f"/api/datasets/{name}").status_code == 409
    assert (home / name).is_dir()
    (home / f".{name}.previous").mkdir()
    assert taking.delete(f"/api/datasets/{name}?id={identity}").status_code == 200
    assert on_disk(home) == set()
    assert [path.name for path in home.iterdir()] == [homes.INCOMING]
    assert taking.get(f"/api/datasets/{name}").status_code == 404
    assert taking.get("/api/datasets").get_json() == []


def test_two_datasets_of_one_title_have_names_of_their_own(taking: FlaskClient) -> None:
    names = [built(Importer(taking), "Löwe & Co")["name"] for _ in range(2)]
    assert names == ["lowe-co", "lowe-co-2"]
    assert [each["name"] for each in taking.get("/api/datasets").get_json()] == names


def slow_csv(rows: int = 400_000) -> bytes:
    """Enough rows that reading takes a while."""
    return b"child,event,date\n" + b"".join(b"%d,contact,2015-01-%02d\n" % (i, i % 28 + 1) for i in range(rows))


def test_a_cancelled_build_leaves_no_trace_and_what_was_there(
    taking: FlaskClient, importer: Importer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = built(importer)["name"]
    before = {path.name: path.read_bytes() for path in (home / name).iterdir()}
    for dataset in (name, None):
        again = Importer(taking, dataset)
        data = slow_csv()
        file = again.put(data[: 4 << 20] if len(data) <= 4 << 20 else data[: data.rindex(b"\n", 0, 4 << 20) + 1])
        assert file["complete"]
        again.read()
        taking.post(
            f"{again.path}/build",
            json={"title": "Other", "map": {"kind": "keep"} if dataset else SOCIAL_CARE, "events": {}},
        )
        ended = taking.delete(f"{again.path}/job").get_json()
        assert ended["state"] == "cancelled", ended
        assert taking.delete(again.path).status_code == 200
        assert {path.name: path.read_bytes() for path in (home / name).iterdir()} == before
        assert on_disk(home) == {name, f"{name}.key.csv"}
        assert not list(home.glob(".*building*"))
    assert [each["name"] for each in taking.get("/api/datasets").get_json()] == [name]


def test_a_cancelled_build_can_be_started_again(importer: Importer) -> None:
    importer.put(CLEAR)
    importer.read()
    importer.client.post(f"{importer.path}/build", json={"title": "One", "map": SOCIAL_CARE})
    importer.client.delete(f"{importer.path}/job")
    job = importer.build("One")
    assert job["state"] == "done" or "read" in job["problems"][0]["message"]


def test_while_a_job_runs_nothing_is_changed_under_it(importer: Importer) -> None:
    put = importer.put(slow_csv(150_000))
    importer.client.post(f"{importer.path}/read", json={})
    for answer in (
        importer.client.delete(f"{importer.path}/files/{put['id']}"),
        importer.client.post(f"{importer.path}/read", json={}),
    ):
        assert answer.status_code == 409
    importer.client.delete(f"{importer.path}/job")
    assert importer.client.delete(f"{importer.path}/files/{put['id']}").status_code == 200


def test_the_start_page_states_the_limits_and_shows_a_title_as_text(taking: FlaskClient, importer: Importer) -> None:
    page = taking.get("/", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "2 GB a file, 200 files and 8 GB together" in page
    assert "made-up council" in page
    built(importer, '<b>"Town"</b>')
    page = taking.get("/", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "from clear.csv" in page


def test_datasets_of_the_home_are_found_again_at_the_next_start(importer: Importer, home: Path) -> None:
    name = built(importer)["name"]
    assert list(Home(home).datasets()) == [name]


def test_an_event_cannot_be_sent_to_a_station_that_is_not_there(importer: Importer) -> None:
    importer.put(CLEAR)
    importer.read()
    answer = importer.client.post(
        f"{importer.path}/build", json={"title": "A", "map": SOCIAL_CARE, "events": {"contact": "nowhere"}}
    )
    assert answer.status_code == 400
    assert "nowhere" in answer.get_json()["error"]["message"]
    for title in ("", "  ", "x" * 121, 3, None):
        body = {"title": title, "map": SOCIAL_CARE}
        assert importer.client.post(f"{importer.path}/build", json=body).status_code == 400


def test_the_made_up_council_is_built_like_any_other_and_can_be_cancelled(importer: Importer, home: Path) -> None:
    assert importer.client.post(f"{importer.path}/demo", json={}).get_json()["kind"] == "demo"
    assert importer.client.delete(f"{importer.path}/job").get_json()["state"] == "cancelled"
    assert on_disk(home) == set()


def test_what_is_said_of_a_build_names_no_option_of_the_command_line(importer: Importer) -> None:
    importer.put(CLEAR.replace(b"Cat,contact", b"Cat,Panel of heads"))
    importer.read()
    result = importer.build()["result"]
    unknown = next(problem for problem in result["problems"] if problem["rule"] == "unknown_station")
    assert "Panel of heads" in unknown["message"]
    assert unknown["remedy"] == "Choose another map, or say which station each event means."
    assert "--" not in json.dumps(result)


def test_files_that_councils_hold_are_read_together(importer: Importer, shared_data: Path) -> None:
    for name in ("annex_a/liia_Annex_A.xlsx", "cin_census/liia_cin-2022.xml"):
        seen = importer.put((shared_data / name).read_bytes(), name)["seen"]
        assert seen["council"]
        assert seen["preview"]["kind"] == "list"
        assert seen["problem"] is None
    assert importer.read()["state"] == "done"
    found = importer.client.get(importer.path).get_json()["found"]
    assert [file["file"] for file in found["files"]] == ["annex_a/liia_Annex_A.xlsx", "cin_census/liia_cin-2022.xml"]
    assert found["suggested"] == SOCIAL_CARE
    assert all(event["count"] for event in found["events"])
    assert any(problem["rule"] == "not-in-this-format" for problem in found["problems"])


ROSTER = b"""Child ID,Surname,Forename,Date of birth
101,Abernathy,Nora,03/05/2015
102,Quillfeather,Una,04/06/2016
103,Quillfeather,Uma,04/06/2016
"""
LEGAL = b"""Surname,Initials,Date of birth,Date of application,Date of final order,Order made
Abernathy,N,03/05/2015,10/01/2020,20/08/2020,Care order
Quillfeather,U,04/06/2016,12/02/2020,21/09/2020,Supervision order
"""


def test_a_decision_on_a_doubtful_link_counts_when_the_dataset_is_built_again_and_goes_with_it(
    taking: FlaskClient, home: Path
) -> None:
    linked, name, path = [], None, home / "court.links.csv"
    for decision in ("", "103"):
        importer = Importer(taking, name)
        importer.put(ROSTER, "children.csv")
        importer.put(LEGAL, "legal/2020.csv")
        assert importer.read()["state"] == "done"
        if decision:  # as a person does it, in a spreadsheet
            text = path.read_text(encoding="utf-8-sig").splitlines()
            cells = text[1].split(",")
            cells[text[0].split(",").index("decision")] = decision
            path.write_text("\n".join([text[0], ",".join(cells)]), encoding="utf-8")
            importer.client.patch(f"{importer.path}/files/{importer.put(ROSTER)['id']}", json={})
            importer.read()
        job = importer.build("Court", {"kind": "keep"} if name else SOCIAL_CARE)
        assert job["state"] == "done", job
        name = job["result"]["name"]
        if not decision:
            assert job["result"]["undecided"] == {"rows": 1, "path": str(path)}
            assert "legal/2020.csv" in path.read_text(encoding="utf-8-sig")
        linked.append(json.loads((home / "court" / "match.json").read_text(encoding="utf-8"))["linked"])
    assert linked == [1, 2]
    identity = taking.get("/api/datasets/court").get_json()["id"]
    taking.delete(f"/api/datasets/court?id={identity}")
    assert on_disk(home) == set()


def test_a_file_of_the_same_name_is_kept_beside_the_first_and_only_the_same_content_is_not_taken_twice(
    importer: Importer,
) -> None:
    other = CLEAR.replace(b"Ann", b"Eve")
    first, second, third = (importer.put(data, "Episodes.csv") for data in (CLEAR, other, CLEAR))
    assert [each["name"] for each in (first, second)] == ["Episodes.csv", "Episodes.csv (2)"]
    assert [each["already"] for each in (first, second, third)] == [None, None, "Episodes.csv"]
    assert importer.put(other, "Episodes.csv")["already"] == "Episodes.csv (2)"
    # The same content under another name may be another year's; that is for a person to say.
    assert importer.put(CLEAR, "2016/Episodes.csv")["already"] is None
    importer.client.delete(f"{importer.path}/files/{importer.files()[-1]['id']}")
    assert [each["name"] for each in importer.files()] == ["Episodes.csv", "Episodes.csv (2)"]
    importer.read()
    found = importer.client.get(importer.path).get_json()["found"]
    assert {rows["file"]: rows["read"] for rows in found["files"]} == {"Episodes.csv": 2, "Episodes.csv (2)": 2}
    assert found["children"] == 3


@pytest.mark.parametrize(
    ("inside", "said"), [("a.csv", "zip archive"), ("word/document.xml", "Word document"), ("xl/workbook.xml", "")]
)
def test_an_archive_that_is_no_workbook_is_not_called_one(importer: Importer, inside: str, said: str) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(inside, "<a/>")
    seen = importer.put(data.getvalue(), "letter.docx")["seen"]
    assert said in seen["problem"]["message"]
    assert (seen["label"] is None, seen["why"] is None) == (bool(said), bool(said))


def test_dates_that_are_unsaved_formulas_are_said_to_be_that(importer: Importer, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["child", "event", "date"], ["Ann", "contact", "=DATE(2015,3,4)"], ["Bob", "contact", "=C2"]):
        book.active.append(row)  # written by a program: nobody has worked out the formulas
    book.save(tmp_path / "log.xlsx")
    problem = importer.put((tmp_path / "log.xlsx").read_bytes(), "log.xlsx")["seen"]["problem"]
    assert problem["message"] == "2 cells have formulas, C2 the first, without a saved result: read as blank."
    assert "Open the workbook in Excel, save it" in problem["remedy"]
