"""A council's reporting database with the tables of the SSD: found, and the needed columns read in portions.

Nothing is ever written: the session is opened read-only where the database knows such a thing, and the only statements
are the driver's look at its catalogue and SELECTs. A password comes from the environment and goes into no message.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from flowmap.eventlog import OptionError, SourceError
from flowmap.sources.ssd.map import SsdMap, TableMap, plain

CONNECT_SECONDS = 30
ANSWER_SECONDS = 300  # a view over a whole case system may take minutes before its first row
PORTION = 50_000  # rows held at a time as Python objects
PASSWORD = "FLOWMAP_DB_PASSWORD"  # noqa: S105 - the name of a variable
URLS = re.compile(r"(?:sqlite|postgres(?:ql)?|mssql|oracle)(?:\+\w+)?:(?://)?|env:[A-Za-z_]\w*$", re.IGNORECASE)
SECRETS = re.compile(r"pass|pwd|secret|token", re.IGNORECASE)
EXAMPLE = "postgresql://reader@server/reporting"

CERTIFICATE = re.compile(r"certificate|\bSSL\b|\bTLS\b", re.IGNORECASE)
PLAIN = (
    pa.types.is_string,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_null,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Product:
    """A kind of database: what it is called, the driver used, the extra that installs it, and how to open it."""

    label: str
    driver: str
    extra: str
    connect: dict[str, Any]


PRODUCTS = {
    "sqlite": Product("SQLite", "sqlite+pysqlite", "", {}),
    "postgresql": Product("PostgreSQL", "postgresql+pg8000", "postgresql", {"timeout": CONNECT_SECONDS}),
    "mssql": Product("SQL Server", "mssql+pyodbc", "sqlserver", {"timeout": CONNECT_SECONDS, "readonly": True}),
    "oracle": Product("Oracle", "oracle+oracledb", "oracle", {"tcp_connect_timeout": CONNECT_SECONDS}),
}
# What the message of a refused connection has in it, in the words of the four drivers.
REFUSED = re.compile(r"password|authenticat|login failed|28P01|28000|ORA-01017|18456|pg_hba", re.IGNORECASE)
NO_DATABASE = re.compile(r"3D000|cannot open database|4060|ORA-1251[24]|ORA-12505", re.IGNORECASE)
FORBIDDEN = re.compile(r"permission denied|42501|ORA-00942|ORA-01031|\b229\b", re.IGNORECASE)


def is_url(text: str) -> bool:
    """Whether a source names a database (a URL of SQLAlchemy, or env:NAME) and not a file."""
    return URLS.match(text) is not None


@dataclass
class Database:
    """An open, read-only connection. `label` names the database in messages, without server, user and password."""

    label: str
    schema: str | None
    connection: sa.Connection
    inspector: sa.Inspector

    @staticmethod
    @contextmanager
    def open(text: str) -> Iterator[Database]:
        """Connect. Raises OptionError and SourceError, within 30 seconds, and closes the connection at the end."""
        url, schema = _understood(text)
        product = PRODUCTS[url.get_backend_name()]
        name = Path(url.database).name if url.database else "the database"
        label = f"{name} ({product.label})"
        engine = _engine(url, product, label)
        try:
            connection = _connected(engine, label)
            with connection:
                yield Database(label, schema, connection, sa.inspect(connection))
        finally:
            engine.dispose()

    def tables(self, known: SsdMap) -> dict[str, tuple[str, str | None]]:
        """Tables and views of the SSD, in the map's order: name -> (its name there, its schema).

        Where no schema is named and the usual one has none, all are searched. Raises OptionError where several have
        them and SourceError where none has.
        """
        found = self._in_schema(known, self.schema)
        if not found and self.schema is None:
            schemas = {s: t for s in self._ask(self.inspector.get_schema_names) if (t := self._in_schema(known, s))}
            if len(schemas) > 1:
                raise OptionError(
                    f"{self.label} has the tables of the SSD in several schemas: {', '.join(sorted(schemas))}.",
                    remedy="Name one at the end of the URL: ?schema=NAME",
                )
            found = next(iter(schemas.values()), {})
        if not any(name in known.tables for name in found):
            where = f" in the schema {self.schema}" if self.schema else ""
            raise SourceError(
                f"There is no table of the Standard Safeguarding Dataset{where} (ssd_person, ssd_contacts, …).",
                file=self.label,
                remedy="Name the schema at the end of the URL (?schema=NAME); may the account read the tables?",
            )
        return {name: found[name] for name in (*known.tables, *known.unread) if name in found}

    def _in_schema(self, known: SsdMap, schema: str | None) -> dict[str, tuple[str, str | None]]:
        names = self._ask(lambda: [*self.inspector.get_table_names(schema), *self.inspector.get_view_names(schema)])
        wanted = {*known.tables, *known.unread}
        return {plain(name): (name, schema) for name in names if plain(name) in wanted}

    def columns(self, where: tuple[str, str | None], spec: TableMap) -> dict[str, pa.ChunkedArray]:
        """The columns of a table that the map needs, by the standard's names; no other is selected."""
        name, schema = where
        there = {plain(c["name"]): c["name"] for c in self._ask(lambda: self.inspector.get_columns(name, schema))}
        wanted = [column for column in spec.needed() if column in there]
        if not wanted:
            return {}
        statement: Any = sa.select(*(sa.column(there[c]) for c in wanted)).select_from(sa.table(name, schema=schema))
        portions = self._ask(lambda: self._portions(statement, len(wanted)), name)
        return {column: _joined([p[i] for p in portions]) for i, column in enumerate(wanted)}

    def _portions(self, statement: Any, width: int) -> list[list[pa.Array]]:
        streamed = self.connection.execution_options(stream_results=True, yield_per=PORTION)
        with streamed.execute(statement) as result:
            found = [[_array(values) for values in zip(*part, strict=True)] for part in result.partitions()]
        return found or [[pa.nulls(0, pa.string()) for _ in range(width)]]

    def _ask(self, do: Callable[[], T], table: str = "the tables") -> T:
        """What the database answers; a SourceError in our words where it does not (its own may quote values)."""
        try:
            return do()
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            said = str(getattr(error, "orig", error))
            forbidden = FORBIDDEN.search(said)
            late = isinstance(error, TimeoutError) or "timed out" in said or "timeout" in said
        if forbidden:
            raise SourceError(
                f"The account may not read {table}.", file=self.label, remedy="Ask for the right to SELECT, no more."
            )
        if late:
            raise SourceError(
                f"{table} gave no answer within {ANSWER_SECONDS // 60} minutes.",
                file=self.label,
                remedy="Try at a quieter time, or export the tables as CSV.",
            )
        raise SourceError(
            f"{table} cannot be read from the database.",
            file=self.label,
            remedy="Look at it with the database's tool.",
        )


def _understood(text: str) -> tuple[URL, str | None]:
    """The URL with its password and without our own `schema`. Raises OptionError; no message repeats the URL."""
    secret = text.startswith(("env:", "ENV:"))
    if secret:
        name = text[4:]
        text = os.environ.get(name, "")
        if not text:
            raise OptionError(f"The environment variable {name} is not set.", remedy=f"Set it to a URL like {EXAMPLE}.")
    try:
        url = make_url(text)
        product = PRODUCTS[("postgresql" if url.drivername == "postgres" else url.get_backend_name()).lower()]
    except (ArgumentError, NoSuchModuleError, KeyError, ValueError):
        raise OptionError("The URL of the database is not understood.", remedy=f"Write it like {EXAMPLE}.") from None
    if not secret and (url.password is not None or any(_is_secret(k, v) for k, v in url.query.items())):
        raise OptionError(
            "The URL holds a password, which would stay in the history of the command line.",
            remedy=f"Leave it out and set {PASSWORD}, or give env:NAME for a URL in the variable NAME.",
        )
    if "+" not in url.drivername:
        url = url.set(drivername=product.driver)
    if url.password is None and url.username is not None and PASSWORD in os.environ:
        url = url.set(password=os.environ[PASSWORD])
    schema = url.query.get("schema")
    return url.difference_update_query(["schema"]), schema if isinstance(schema, str) and schema else None


def _is_secret(key: str, value: str | tuple[str, ...]) -> bool:
    inside = urllib.parse.unquote_plus(" ".join(value) if isinstance(value, tuple) else value)
    return bool(SECRETS.search(key) or (key == "odbc_connect" and SECRETS.search(inside)))


def _engine(url: URL, product: Product, label: str) -> sa.Engine:
    if product.label == "SQLite":
        path = Path(url.database or "")
        if not url.database or not path.is_file():
            raise SourceError("There is no such SQLite database.", file=label, remedy="Check the name and the folder.")
        uri = f"{path.resolve().as_uri()}?mode=ro"
        return sa.create_engine(
            "sqlite+pysqlite://",
            poolclass=sa.NullPool,
            creator=lambda: sqlite3.connect(uri, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False),
        )
    own = url.drivername == product.driver
    try:
        if own and product.label == "SQL Server" and not {"driver", "odbc_connect"} & set(url.query):
            url = url.update_query_dict({"driver": _odbc_driver()})
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=product.connect if own else {})
    except (ImportError, NoSuchModuleError):
        raise OptionError(
            f"The driver for {product.label} is not installed.",
            remedy=f'Install it: pip install "flowmap[{product.extra}]"',
        ) from None
    sa.event.listen(engine, "connect", _patient)
    if product.label == "PostgreSQL":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if product.label == "Oracle":
        sa.event.listen(engine, "begin", lambda c: c.exec_driver_sql("SET TRANSACTION READ ONLY"))
    return engine


def _odbc_driver() -> str:
    import pyodbc  # type: ignore[import-not-found,unused-ignore]

    found = sorted(name for name in pyodbc.drivers() if "SQL Server" in name)
    if not found:
        raise OptionError(
            "There is no ODBC driver for SQL Server on this computer.",
            remedy="Microsoft's “ODBC Driver 18 for SQL Server” is needed; your IT service installs it.",
        )
    return str(found[-1])


def _patient(connection: Any, _: Any) -> None:
    """Wait for answers, but not for ever: each driver has its own word for that."""
    if (socket := getattr(connection, "_usock", None)) is not None:  # pg8000: so far the limit of connecting
        socket.settimeout(ANSWER_SECONDS)
    elif hasattr(connection, "call_timeout"):  # oracledb
        connection.call_timeout = ANSWER_SECONDS * 1000
    elif hasattr(connection, "timeout"):  # pyodbc
        connection.timeout = ANSWER_SECONDS


def _connected(engine: sa.Engine, label: str) -> sa.Connection:
    """A connection, within the limit even where a driver keeps none."""
    answer: list[sa.Connection | Exception] = []

    def connect() -> None:
        try:
            answer.append(engine.connect())
        except Exception as error:  # every driver has errors of its own
            answer.append(error)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 1)
    got = answer[0] if answer else None
    if isinstance(got, sa.Connection):
        return got
    if isinstance(got, OptionError):
        raise got
    said = "" if got is None else f"{getattr(got, 'orig', got)}"
    if REFUSED.search(said):
        raise SourceError(
            "The database refuses the account or its password.",
            file=label,
            remedy=f"Check the name in the URL and the variable {PASSWORD}.",
        )
    if NO_DATABASE.search(said):
        raise SourceError("The server has no such database.", file=label, remedy="Check its name in the URL.")
    if CERTIFICATE.search(said):
        raise SourceError(
            "The server's certificate is not trusted, or it wants a connection without one.",
            file=label,
            remedy="Ask the IT service; docs/formats/ssd.md says how to trust a server.",
        )
    late = f" within {CONNECT_SECONDS} seconds" if got is None or "timed out" in said else ""
    raise SourceError(
        f"The database cannot be reached{late}.",
        file=label,
        remedy="Check server and port in the URL; is it reachable from this computer (VPN, firewall)?",
    )


def _array(values: tuple[Any, ...]) -> pa.Array:
    """A portion of a column as the driver gives it: text, numbers, dates; all else (JSON, UUID, bytes) as text."""
    try:
        found = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        found = None
    if found is None or not any(test(found.type) for test in PLAIN):
        return pa.array([_text(v) for v in values], pa.string())
    if pa.types.is_date(found.type) or pa.types.is_timestamp(found.type):
        return found.cast(pa.timestamp("ms"), safe=False)
    return found


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _joined(portions: list[pa.Array]) -> pa.ChunkedArray:
    """The portions as one column: portions without a value have no type, and mixed ones are text."""
    kinds = {p.type for p in portions if not pa.types.is_null(p.type)}
    kind = next(iter(kinds)) if len(kinds) == 1 else pa.string()
    return pa.chunked_array([p.cast(kind) for p in portions], kind)
