"""The clock of a simulation's database, which follows the time that the Temporal server skips.

Whatever the service asks of time it asks of `clock_timestamp()`, without naming a schema. In the throw-away database of a
simulation a function of this name is found before PostgreSQL's own: the search path of that database says so, and the schema
`simulation` is made here and nowhere else. No setting of the service leads to it, and a service refuses to start on a
database whose clock is not PostgreSQL's own, see `models.database.safety`.
"""

from datetime import datetime

import psycopg
from psycopg import sql
from sqlalchemy import Engine, text

_CLOCK = """
    CREATE SCHEMA simulation;
    CREATE TABLE simulation.clock (ahead interval NOT NULL);
    INSERT INTO simulation.clock VALUES ('0');
    CREATE FUNCTION simulation.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT pg_catalog.clock_timestamp() + ahead FROM simulation.clock';
"""
_PATH = "ALTER DATABASE {} SET search_path = public, simulation, pg_catalog"
"""Tables are made in `public`; a function of `simulation` comes before PostgreSQL's own of the same name."""
_SET = text("UPDATE simulation.clock SET ahead = CAST(:moment AS timestamptz) - pg_catalog.clock_timestamp()")


def install(database: str) -> None:
    """Give an empty database the clock, before its tables are made, whose defaults then go by it too.

    Args:
        database: its address for libpq. Connections that are open already keep the clock they have.
    """
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(_CLOCK)
        connection.execute(sql.SQL(_PATH).format(sql.Identifier(connection.info.dbname)))


def set_to(engine: Engine, moment: datetime) -> None:
    """Let the clock show a moment (aware), and go on from there."""
    with engine.begin() as connection:
        connection.execute(_SET, {"moment": moment})
