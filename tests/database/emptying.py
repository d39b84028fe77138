"""Emptying a database, because making a new one takes longer than most tests. What every database starts with stays."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, make_url

from models.database.tables.all import metadata

_SHIPPED = {"sending_rule": " WHERE key IS NULL"}


def empty(database_url: str) -> None:
    """Delete every row but the rules that ship."""
    everything = "; ".join(f'DELETE FROM "{table}"{_SHIPPED.get(table, "")}' for table in metadata.tables)
    with unguarded(database_url) as connection:
        connection.execute(everything.encode())


@contextmanager
def unguarded(database: str | Engine) -> Iterator[psycopg.Connection]:
    """A connection without triggers: rows go in any order, also from tables that only ever grow."""
    url = make_url(database) if isinstance(database, str) else database.url
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
