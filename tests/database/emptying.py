"""Emptying a database, because making a new one takes longer than most tests."""

import psycopg
from sqlalchemy import make_url

from models.database.tables.all import metadata


def empty(database_url: str) -> None:
    """Delete every row. Without triggers: rows may go in any order, and from tables that only ever grow."""
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    everything = "; ".join(f'DELETE FROM "{table}"' for table in metadata.tables)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"SET session_replication_role = replica; {everything}".encode())
