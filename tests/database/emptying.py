"""Emptying a database, because making a new one takes longer than most tests. What every database starts with stays."""

from contextlib import suppress

import psycopg
from sqlalchemy import Engine, make_url

from models.database.tables.all import metadata

_SHIPPED = {"sending_rule": " WHERE key IS NULL"}
_lasting: dict[str, psycopg.Connection] = {}


def empty(database_url: str) -> None:
    """Delete every row but the rules that ship."""
    everything = "; ".join(f'DELETE FROM "{table}"{_SHIPPED.get(table, "")}' for table in metadata.tables)
    unguarded(database_url).execute(everything.encode())


def unguarded(database: str | Engine) -> psycopg.Connection:
    """Return a connection without triggers: rows go in any order, also from tables that only ever grow.

    There is one for each database until `leave`: a new one would have to read the catalogue of all tables first.
    """
    address = _address(database)
    with suppress(KeyError, psycopg.OperationalError):  # some tests end every connection
        _lasting[address].execute("SELECT")
        return _lasting[address]
    _lasting[address] = psycopg.connect(address, autocommit=True)
    _lasting[address].execute("SET session_replication_role = replica")
    return _lasting[address]


def leave(database_url: str) -> None:
    """Close the connection to a database that will not be emptied again."""
    unguarded(database_url).close()
    del _lasting[_address(database_url)]


def _address(database: str | Engine) -> str:
    url = make_url(database) if isinstance(database, str) else database.url
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
