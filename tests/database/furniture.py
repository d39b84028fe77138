"""The rows that every world begins with: made once in a database and put back from then on.

To make them anew, each template with its approval, took longer than most tests.
"""

from psycopg import sql
from sqlalchemy import Engine

from models.database.tables.all import metadata
from tests.database.emptying import unguarded

_KEPT = "furniture"
_THERE_ANYWAY = {"heartbeat", "ledger_epoch", "sending_rule"}
_COLUMNS = """
SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_schema = %s)
GROUP BY table_name
"""


def keep(engine: Engine) -> None:
    """Keep every row that there is now and would not be there anyway."""
    with unguarded(engine) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_KEPT)))
        for table in metadata.tables.keys() - _THERE_ANYWAY:
            kept = sql.Identifier(_KEPT, table)
            if connection.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone() is None:
                continue
            connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, sql.Identifier(table)))


def put_back(engine: Engine) -> bool:
    """Put back what was kept; False if nothing was."""
    with unguarded(engine) as connection:
        tables = connection.execute(_COLUMNS, [_KEPT]).fetchall()
        if tables:
            connection.execute(sql.SQL("; ").join(_copy(table, columns) for table, columns in tables))
        return bool(tables)


def _copy(table: str, columns: list[str]) -> sql.Composable:
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
        sql.Identifier(table), named, named, sql.Identifier(_KEPT, table)
    )
