"""Emptying a database, because making a new one takes longer than most tests. What every database starts with stays."""

import psycopg
from sqlalchemy import make_url

from models.database.tables.all import metadata

_SHIPPED = {"sending_rule": " WHERE key IS NULL"}


def empty(database_url: str) -> None:
    """Delete every row but the rules that ship. Without triggers: in any order, and from tables that only ever grow."""
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    everything = "; ".join(f'DELETE FROM "{table}"{_SHIPPED.get(table, "")}' for table in metadata.tables)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"SET session_replication_role = replica; {everything}".encode())
