"""A database with the tables of the SSD: read, never written, and no password anywhere."""

from __future__ import annotations

import io
import logging
import socket
import sqlite3
import traceback
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from flowmap.eventlog import FlowmapError, OptionError, SourceError
from flowmap.export import ssd as written
from flowmap.sources import ReadOptions, ssd
from flowmap.sources.options import silent
from flowmap.sources.ssd import database as ssd_database
from flowmap.sources.ssd.database import Database
from tests import caserecords
from tests.caserecords import assert_carried, day, made
from tests.export.test_ssd_written import CARRIED, LOST
from tests.postgres_server import PASSWORD, Server, started

READER, READERS_PASSWORD = "reader", "b4ttery-staple/@:"
TABLES = {
    "person": made("person", child=["A", "B"], sex=["F", "M"], birth=[day("2015-03-04"), None]),
    "contact": made("contact", child=["A", "B"], date=[day("2024-01-02 09:30"), day("2024-02-03")], ref=["c1", "c2"]),
    "referral": made("referral", child=["A"], date=[day("2024-01-03")], nfa=[False], ref=["r1"]),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL with a schema `reporting` that an account without other rights may read."""
    with started() as running:
        if isinstance(running, str):
            pytest.skip(running)
        engine = sa.create_engine(running.url(), poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA reporting")
        written.write_database(TABLES, running.url(), "reporting")
        with engine.begin() as connection:
            secret = READERS_PASSWORD.replace("'", "''")
            connection.exec_driver_sql(f"CREATE ROLE {READER} LOGIN PASSWORD '{secret}'")
            connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA reporting TO {READER}")
            connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO {READER}")
            connection.exec_driver_sql(f"GRANT CREATE ON DATABASE postgres TO {READER}")
        yield running


def of_its_own(server: Server, name: str, *schemas: str) -> str:
    """The URL of a database with these schemas, made where it is not there."""
    engine = sa.create_engine(server.url(), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.exec_driver_sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'").first():  # noqa: S608
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = sa.create_engine(server.url(database=name), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for schema in schemas:
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {READER}")
    return server.url(database=name)


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMAP_DB_PASSWORD", READERS_PASSWORD)


@pytest.mark.usefixtures("password")
def test_postgres_is_read_by_an_account_that_may_only_read(server: Server) -> None:
    url = server.url(READER, None).replace("+pg8000", "")
    found = ssd.records_of_url(f"{url}?schema=reporting", ReadOptions(), silent)
    assert_carried(TABLES, found.tables, LOST)
    assert (found.report.rows_read, found.report.rows_dropped) == (5, 0)
    assert found.file == "postgres (PostgreSQL)"


@pytest.mark.usefixtures("password")
def test_the_one_schema_with_the_tables_is_found_without_being_named(server: Server) -> None:
    found = ssd.records_of_url(server.url(READER, None), ReadOptions(), silent)
    assert found.tables["contact"].num_rows == 2


@pytest.mark.usefixtures("password")
def test_postgres_refuses_to_write_on_our_connection(server: Server) -> None:
    with Database.open(server.url(READER, None)) as database:
        with pytest.raises(sa.exc.SQLAlchemyError, match="read-only"):
            database.connection.exec_driver_sql("CREATE SCHEMA mine")
        database.connection.rollback()


def test_columns_of_any_type_are_read(server: Server) -> None:
    """As a council may have built them: numbers as ids, JSON as JSON, dates with a zone, UUIDs, blanks of char."""
    url = of_its_own(server, "types", "public")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS ssd_contacts")
        connection.exec_driver_sql(
            "CREATE TABLE ssd_contacts (cont_contact_id uuid, cont_person_id numeric, cont_contact_date timestamptz, "
            "cont_contact_source_code char(9), cont_contact_outcome_json jsonb)"
        )
        connection.exec_driver_sql(
            "INSERT INTO ssd_contacts VALUES ('00000000-0000-0000-0000-000000000001', 17, '2024-01-02 09:30+00', '1A', "
            "'{\"NEW_REFERRAL_FLAG\": \"Y\"}'), (NULL, 18, '9999-12-31 00:00+00', NULL, '[1]'), "
            "(NULL, 19, NULL, '6', NULL)"
        )
        connection.exec_driver_sql("CREATE OR REPLACE VIEW ssd_disability AS SELECT 17 AS disa_person_id, true AS x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL", url)
        found = ssd.records_of_url("env:COUNCIL", ReadOptions(), silent)
    assert found.tables["contact"].drop_columns(["place", "team"]).to_pylist() == [
        {
            "child": "17",
            "date": day("2024-01-02 09:30"),
            "source": "1A",
            "outcome": "referral",
            "ref": "00000000-0000-0000-0000-000000000001",
            "row": 1,
        }
    ]
    assert found.tables["person"].column("child").to_pylist() == ["17"]
    assert {p.rule: p.count for p in found.report.problems if p.action == "dropped"} == {
        "implausible-date": 1,
        "missing-date": 1,
    }


@settings(max_examples=3, deadline=None)
@given(tables=caserecords.tables(CARRIED))
def test_round_trip_in_postgres(server: Server, tables: dict[str, pa.Table]) -> None:
    url = of_its_own(server, "trip", "public")
    written.write_database(tables, url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL", url)
        found = ssd.records_of_url("env:COUNCIL", ReadOptions(), silent)
    assert_carried(tables, found.tables, LOST)


def test_a_wrong_password_is_said_without_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMAP_DB_PASSWORD", "wr0ng-secret")
    with pytest.raises(SourceError, match="refuses the account or its password"):
        ssd.records_of_url(server.url(READER, None), ReadOptions(), silent)


@pytest.mark.usefixtures("password")
def test_a_database_that_is_not_there(server: Server) -> None:
    with pytest.raises(SourceError, match="no such database"):
        ssd.records_of_url(server.url(READER, None, "elsewhere"), ReadOptions(), silent)


@pytest.mark.usefixtures("password")
def test_a_table_that_may_not_be_read_is_named(server: Server) -> None:
    written.write_database(TABLES, of_its_own(server, "closed", "private"), "private")
    url = f"{server.url(READER, None, 'closed')}?schema=private"
    with pytest.raises(SourceError, match=r"may not read ssd_person"):
        ssd.records_of_url(url, ReadOptions(), silent)


def test_two_schemas_with_the_tables_are_asked_for(server: Server) -> None:
    url = of_its_own(server, "double", "one", "two")
    for schema in ("one", "two"):
        written.write_database(TABLES, url, schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL", url)
        with pytest.raises(OptionError, match=r"several schemas: one, two"):
            ssd.records_of_url("env:COUNCIL", ReadOptions(), silent)


def test_sqlite_is_opened_read_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'council.db'}"
    written.write_database(TABLES, url)
    with Database.open(url) as database, pytest.raises(sa.exc.OperationalError, match="readonly"):
        database.connection.exec_driver_sql("CREATE TABLE mine (a)")


def test_only_needed_columns_are_selected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'council.db'}"
    written.write_database(TABLES, url)
    asked: list[str] = []
    true = sqlite3.connect

    def watched(*args: object, **more: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = true(*args, **more)  # type: ignore[call-overload]
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(ssd_database.sqlite3, "connect", watched)
    ssd.records_of_url(url, ReadOptions(), silent)
    text = " ".join(asked)
    assert "pers_sex" in text
    for private in ("pers_upn", "pers_common_child_id", "worker", "postcode", "comments", "personal_advisor", "urn"):
        assert private not in text, private


def test_bytes_and_mixed_values_are_text(tmp_path: Path) -> None:
    path = tmp_path / "mixed.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE ssd_contacts (cont_contact_id, cont_person_id, cont_contact_date)")
        rows = [(1, b"A\xff", "2024-01-02"), ("x", 2.0, 45293), (b"", "C", 20240104), (None, None, b"\x00")]
        connection.executemany("INSERT INTO ssd_contacts VALUES (?, ?, ?)", rows)
    found = ssd.records_of_url(f"sqlite:///{path}", ReadOptions(), silent)
    assert found.tables["contact"].column("date").to_pylist() == [
        day("2024-01-02"),
        day("2024-01-02"),
        day("2024-01-04"),
    ]
    assert (found.report.rows_read, found.report.rows_dropped) == (4, 1)


def test_a_database_without_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE ledger (a)")
    with pytest.raises(SourceError, match="no table of the Standard Safeguarding Dataset"):
        ssd.records_of_url(f"sqlite:///{path}", ReadOptions(), silent)


def test_views_and_dates_as_text_are_read(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE c (id INTEGER, person INTEGER, day TEXT)")
        connection.execute("INSERT INTO c VALUES (1, 17, '03/04/2024'), (2, 18, '25/04/2024')")
        connection.execute(
            "CREATE VIEW SSD_CONTACTS AS SELECT id AS CONT_CONTACT_ID, person AS CONT_PERSON_ID, "
            "day AS CONT_CONTACT_DATE FROM c"
        )
    found = ssd.records_of_url(f"sqlite:///{path}", ReadOptions(), silent).tables["contact"]
    assert found.column("child").to_pylist() == ["17", "18"]
    assert found.column("date").to_pylist() == [day("2024-04-03"), day("2024-04-25")]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://reader:hunter2@server/db", "holds a password"),
        ("postgresql://server/db?password=hunter2", "holds a password"),
        ("mssql+pyodbc:///?odbc_connect=DRIVER%3DODBC%3BPWD%3Dhunter2", "holds a password"),
        ("postgresql://reader:hunter2@[::1/db", "not understood"),
        ("oracle://reader@server/?service_name=x", "driver for Oracle is not installed"),
        ("mssql://server/db", "driver for SQL Server is not installed"),
        ("env:NOT_THERE", "NOT_THERE is not set"),
        ("sqlite:///not/there.db", "no such SQLite database"),
    ],
)
def test_urls_that_cannot_be_used(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyodbc", None)
    monkeypatch.setitem(__import__("sys").modules, "oracledb", None)
    assert ssd.is_url(url)
    with pytest.raises(FlowmapError, match=said) as error:
        ssd.records_of_url(url, ReadOptions(), silent)
    assert error.value.remedy


def test_files_are_no_urls() -> None:
    for name in ("contacts.csv", "C:\\data\\contacts.csv", "/data/x:y.csv", "https://example.org/x.csv", "env:"):
        assert not ssd.is_url(name), name


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssd_database, "CONNECT_SECONDS", -0.5)  # half a second
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"postgresql://reader@127.0.0.1:{deaf.getsockname()[1]}/db"
        with pytest.raises(SourceError, match="cannot be reached within"):
            ssd.records_of_url(url, ReadOptions(), silent)


def test_no_server_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be reached"):
        ssd.records_of_url(f"postgresql://reader@127.0.0.1:{port}/db", ReadOptions(), silent)


def test_no_password_in_any_message_log_or_traceback(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every way to fail and one to succeed, with all that is printed, logged, raised and kept."""
    secrets = [READERS_PASSWORD, "wr0ng-secret", "hunter2", PASSWORD]
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    said: list[str] = []
    quoted = sa.URL.create("postgresql", READER, READERS_PASSWORD, "127.0.0.1", server.port, "postgres")
    monkeypatch.setenv("GOOD", f"{quoted.render_as_string(hide_password=False)}?schema=reporting")
    monkeypatch.setenv("BAD", f"postgresql://{READER}:wr0ng-secret@127.0.0.1:{server.port}/postgres")
    monkeypatch.setenv("WRONG_BASE", server.url(database="elsewhere"))
    monkeypatch.setenv("NOWHERE", "postgresql://reader:hunter2@127.0.0.1:1/db")
    monkeypatch.setenv("BROKEN", "postgresql://reader:hunter2@[::1/db")
    urls = ["GOOD", "BAD", "WRONG_BASE", "NOWHERE", "BROKEN"]
    try:
        for url in [*(f"env:{name}" for name in urls), "postgresql://reader:hunter2@127.0.0.1/db"]:
            try:
                said.append(repr(ssd.records_of_url(url, ReadOptions(), silent)))
            except FlowmapError as error:
                said += [str(error), repr(error), "".join(traceback.format_exception(error))]
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(logging.WARNING)
    text = "\n".join([*said, log.getvalue(), *capfd.readouterr()])
    assert "ssd_contacts" in text
    assert text.count("remedy") + text.count("SourceError") >= 3
    for secret in secrets:
        assert secret not in text
