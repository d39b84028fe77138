"""A database that refuses to write, as it does in trouble or because of what is to be written."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.database.world import World

OF_THE_ROW, DISK_FULL, DEADLOCK = "22000", "53100", "40P01"
"""Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html."""


@contextmanager
def refusing(world: World, what: str, sqlstate: str, when: str = "true") -> Iterator[None]:
    """Let everything fail, until the end of the block, that inserts or changes (`what`: `INSERT ON reply`) what `when` fits."""
    world.rows(
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION 'refused' USING ERRCODE = '{sqlstate}'; END $$"
    )
    world.rows(f"CREATE TRIGGER refuse BEFORE {what} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse()")
    try:
        yield
    finally:
        world.rows("DROP FUNCTION refuse CASCADE")
