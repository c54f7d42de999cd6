"""Case records written as SSDA903 returns and read back: what the format carries comes back as it was."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from flowmap.casework import kinds
from flowmap.casework.kinds import Casework
from flowmap.export.ssda903 import COLUMNS, write
from flowmap.sources import ReadOptions, ssda903
from flowmap.sources.head import look
from flowmap.sources.options import silent

Tables = dict[str, pa.Table]
Record = dict[str, Any]
FORMS = ("csv", "xml")
CARRIED = {
    "care": ("end", "reason", "need"),
    "legal_status": ("end", "status"),
    "placement": ("end", "type", "provider"),
    "adoption": ("reversed",),
    "person": ("birth", "sex", "ethnicity"),
}


def day(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def ms(text: str) -> int:
    return int(np.datetime64(text, "ms").astype(np.int64))


def tables(**given_: list[Record]) -> Tables:
    """Tables of kinds from records as dicts, with row numbers."""
    made = {}
    for kind, records in given_.items():
        names = dict.fromkeys(name for record in records for name in record)
        columns: dict[str, Any] = {
            name: pa.array([r.get(name) for r in records], kinds.KINDS[kind].schema().field(name).type)
            for name in names
        }
        made[kind] = kinds.table(kind, {**columns, "row": list(range(1, len(records) + 1))})
    return made


def read(paths: list[Path]) -> list[Casework]:
    """The files as case records, with one start a period over the years."""
    found = []
    for path in paths:
        head = look(path)
        assert ssda903.sniff(head), path
        found.append(ssda903.records(head, ReadOptions(), silent))
    ssda903.align(found)
    return found


def stacked(found: list[Casework], kind: str) -> dict[tuple[Any, ...], Record]:
    """By child and day what the files together say: the later file decides, and a blank never wins."""
    when = kinds.KINDS[kind].when
    by_key: dict[tuple[Any, ...], Record] = {}
    for casework in sorted((c for c in found if kind in c.tables), key=lambda c: c.as_of):
        for row in casework.tables[kind].to_pylist():
            kept = by_key.setdefault((row["child"], row[when] if when else None), {})
            kept.update({name: v for name, v in row.items() if v is not None or name not in kept})
    return by_key


def carried(records: dict[tuple[Any, ...], Record], kind: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {key: tuple(record[name] for name in CARRIED[kind]) for key, record in records.items()}


def as_given(made: Tables, kind: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    whole = Casework("given", "given", made, None, 0)  # type: ignore[arg-type]
    return carried(stacked([whole], kind), kind)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CHILD = tables(
    person=[
        {"child": "7", "birth": day("2010-03-02"), "sex": "F", "ethnicity": "WBRI"},
        {"child": "8", "birth": day("2000-05-01"), "sex": "M", "ethnicity": "AOTH", "uasc": True},
    ],
    care=[
        {"child": "7", "start": day("2013-06-03"), "end": day("2014-12-20"), "reason": "E4A", "need": "N1"},
        {"child": "8", "start": day("2015-01-09"), "need": "N8"},
    ],
    legal_status=[
        {"child": "7", "start": day("2013-06-03"), "end": day("2013-09-01"), "status": "V2"},
        {"child": "7", "start": day("2013-09-01"), "end": day("2014-07-01"), "status": "C1"},
        {"child": "7", "start": day("2014-07-01"), "end": day("2014-12-20"), "status": "C2"},
        {"child": "8", "start": day("2015-01-09"), "status": "V2"},
    ],
    placement=[
        {"child": "7", "start": day("2013-06-03"), "end": day("2014-02-01"), "type": "U1", "provider": "PR1"},
        {"child": "7", "start": day("2014-02-01"), "end": day("2014-07-01"), "type": "U4", "provider": "PR1"},
        {"child": "7", "start": day("2014-07-01"), "end": day("2014-12-20"), "type": "U4", "provider": "PR1"},
        {"child": "8", "start": day("2015-01-09"), "type": "K2", "provider": "PR4"},
    ],
    adoption=[{"child": "7", "decision": day("2014-03-05"), "reversed": day("2014-06-06")}],
)


def test_each_year_has_the_episodes_that_were_open_in_it(tmp_path):
    write(CHILD, tmp_path, ms("2015-03-31"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["903_2014", "903_2015"]
    wanted = ["CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC"]
    year = {y: [[r[n] for n in wanted] for r in lines(tmp_path / f"903_{y}" / "Episodes.csv")] for y in (2014, 2015)}
    assert year[2014] == [
        ["7", "03/06/2013", "S", "V2", "U1", "01/09/2013", "X1"],
        ["7", "01/09/2013", "L", "C1", "U1", "01/02/2014", "X1"],
        ["7", "01/02/2014", "P", "C1", "U4", "", ""],
    ]
    assert year[2015] == [
        ["7", "01/02/2014", "P", "C1", "U4", "01/07/2014", "X1"],
        ["7", "01/07/2014", "B", "C2", "U4", "20/12/2014", "E4A"],
        ["8", "09/01/2015", "S", "V2", "K2", "", ""],
    ]


def test_a_set_has_every_list_with_its_header(tmp_path):
    files = write(CHILD, tmp_path, ms("2015-03-31"))
    assert len(files) == 2 * len(COLUMNS)
    for path in files:
        raw = path.read_bytes()
        assert raw.startswith((",".join(COLUMNS[path.stem]) + "\r\n").encode())
        assert b"\n" not in raw.replace(b"\r\n", b"")
    folder = tmp_path / "903_2015"
    assert lines(folder / "Header.csv")[0] == {
        "CHILD": "7",
        "SEX": "2",
        "DOB": "02/03/2010",
        "ETHNIC": "WBRI",
        "UPN": "",
        "MOTHER": "0",
        "MC_DOB": "",
    }
    assert lines(folder / "UASC.csv") == [{"CHILD": "8", "SEX": "1", "DOB": "01/05/2000", "DUC": "01/05/2018"}]
    assert lines(folder / "PlacedAdoption.csv")[0]["DATE_PLACED_CEASED"] == "06/06/2014"
    assert lines(tmp_path / "903_2014" / "PlacedAdoption.csv")[0]["DATE_PLACED_CEASED"] == ""


def test_the_columns_are_those_of_the_published_return(shared_data):
    """As the schema of the 2024 return lists them (it has SWEpisodes under another name)."""
    yaml = pytest.importorskip("yaml")
    schema = yaml.safe_load((shared_data / "ssda903" / "liia_SSDA903_schema_2024.yml").read_text())["column_map"]
    for name, columns in schema.items():
        ours = COLUMNS["SWEpisodes" if name == "SocialWorker" else name]
        assert sorted(ours) == sorted(columns), name


def test_the_samples_headers_are_ours(shared_data):
    for path in sorted((shared_data / "ssda903").glob("d2i_fake_*.csv")):
        header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert sorted(header) in [sorted(columns) for columns in COLUMNS.values()], path.name


def test_the_xml_has_the_structure_of_the_return(tmp_path):
    files = write(CHILD, tmp_path, ms("2015-03-31"), form="xml")
    assert [p.name for p in files] == ["903_2014.xml", "903_2015.xml"]
    root = etree.parse(files[1]).getroot()
    assert root.tag == "EXPSSDA903"
    assert [child.findtext("HEADER/CHILDID") for child in root] == ["7", "8"]
    assert [e.findtext("DECOM") for e in root[0].findall("EPISODE")] == ["01/02/2014", "01/07/2014"]
    assert root[0].findtext("HEADER/AD_PLACED/DATE_PLACED") == "05/03/2014"
    assert root[1].findtext("HEADER/UASC") == "1"
    assert root[0].findtext("EPISODE/PL_POST") == ""


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_read_back(tmp_path, form):
    found = read(write(CHILD, tmp_path, ms("2015-03-31"), form=form))
    for kind in CARRIED:
        assert carried(stacked(found, kind), kind) == as_given(CHILD, kind), kind
    assert {c for c, r in stacked(found, "person").items() if r["uasc"]} == {("8", None)}
    assert all(c.report.rows_dropped == 0 for c in found)


def test_what_the_records_do_not_say_is_filled_or_left_blank(tmp_path):
    bare = tables(care=[{"child": "1", "start": day("2014-05-01"), "end": day("2014-06-01")}])
    write(bare, tmp_path / "filled", ms("2015-03-31"))
    write(bare, tmp_path / "blank", ms("2015-03-31"), fill=False)
    names = ("LS", "CIN", "PLACE", "PLACE_PROVIDER", "REC", "HOME_POST", "PL_POST", "URN")
    (filled,) = lines(tmp_path / "filled" / "903_2015" / "Episodes.csv")
    (blank,) = lines(tmp_path / "blank" / "903_2015" / "Episodes.csv")
    assert [filled[n] for n in names] == ["V2", "N1", "U6", "PR1", "E8", "", "", ""]
    assert [blank[n] for n in names] == [""] * 8


def test_nothing_after_the_last_day_is_written(tmp_path):
    future = tables(
        care=[
            {"child": "1", "start": day("2014-05-01"), "end": day("2014-11-01"), "reason": "E4A"},
            {"child": "2", "start": day("2014-10-01")},
        ]
    )
    write(future, tmp_path, ms("2014-09-30"))
    (row,) = lines(tmp_path / "903_2015" / "Episodes.csv")
    assert (row["CHILD"], row["DEC"], row["REC"]) == ("1", "", "")


def test_no_care_no_return(tmp_path):
    assert write(tables(care=[{"child": "1", "start": day("2020-05-01")}]), tmp_path, ms("2015-03-31")) == []
    assert write({}, tmp_path, ms("2015-03-31")) == []


def test_identifiers_are_safe_in_csv_and_xml(tmp_path):
    odd = tables(care=[{"child": 'a<&,"é', "start": day("2014-05-01")}])
    for form in FORMS:
        found = read(write(odd, tmp_path, ms("2015-03-31"), form=form))
        assert list(stacked(found, "care")) == [('a<&,"é', day("2014-05-01"))]


# Any small authority: children with periods of care, in each of which statuses and placements follow one another.

FIRST, LAST = datetime(2012, 1, 1), datetime(2015, 3, 31)


@st.composite
def authorities(draw: st.DrawFn) -> Tables:
    made: dict[str, list[Record]] = {"care": [], "legal_status": [], "placement": []}
    for child in ["1", "B2", "03"][: draw(st.integers(1, 3))]:
        start = FIRST + timedelta(days=draw(st.integers(0, 900)))
        for _ in range(draw(st.integers(1, 3))):
            end = start + timedelta(days=draw(st.integers(0, 700)))
            open_ = end > LAST
            care = {"child": child, "start": start, "need": draw(st.sampled_from(["N1", "N4"]))}
            if not open_:
                care |= {"end": end, "reason": draw(st.sampled_from(["E4A", "E11"]))}
            made["care"].append(care)
            _follow(draw, made["legal_status"], care, {"status": ["V2", "C1", "C2"]}, repeat=False)
            _follow(draw, made["placement"], care, {"type": ["U1", "U4"], "provider": ["PR1", "PR4"]}, repeat=True)
            start = end + timedelta(days=draw(st.integers(1, 200)))
            if open_ or start > LAST:
                break
    return tables(**made)


def _follow(draw: st.DrawFn, into: list[Record], care: Record, codes: dict[str, list[str]], *, repeat: bool) -> None:
    """Records from the start of care to its end, one after the other; of equal ones in a row only where `repeat`."""
    length = ((care.get("end") or LAST) - care["start"]).days
    cuts = sorted(draw(st.sets(st.integers(1, length - 1), max_size=3))) if length > 1 else []
    starts = [care["start"] + timedelta(days=d) for d in (0, *cuts)]
    records: list[Record] = []
    for start in starts:
        record = {name: draw(st.sampled_from(values)) for name, values in codes.items()}
        if records and not repeat and all(records[-1][name] == record[name] for name in codes):
            continue
        if records:
            records[-1]["end"] = start
        records.append({"child": care["child"], "start": start, **record})
    if "end" in care:
        records[-1]["end"] = care["end"]
    into.extend(records)


@given(authorities(), st.sampled_from(FORMS))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_authority_comes_back_as_it_was(tmp_path_factory, made, form):
    files = write(made, tmp_path_factory.mktemp("returns"), ms("2015-03-31"), form=form, fill=False)
    found = read([path for path in files if form == "xml" or path.stem == "Episodes"])
    for kind in made:
        assert carried(stacked(found, kind), kind) == as_given(made, kind), kind
    assert all(c.report.rows_dropped == 0 for c in found)
    problems = {p.rule for c in found for p in c.report.problems}
    assert problems <= {"column-left-out", "start-from-another-year"}
