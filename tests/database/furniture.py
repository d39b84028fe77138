"""Rows that many worlds begin with: made once in a database and put back from then on.

To make them anew, each template with its approval, took longer than most tests.
"""

from collections.abc import Callable

from psycopg import sql
from sqlalchemy import Engine

from models.database.tables.all import metadata
from tests.database.emptying import unguarded

_THERE_ANYWAY = {"heartbeat", "ledger_epoch", "sending_rule"}
_COLUMNS = """
SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_schema = %s)
GROUP BY table_name
"""
_kept: dict[tuple[str, str], sql.Composed] = {}
"""By database and what is kept there: how it is put back."""


def made_anew(_: str, make: Callable[[], None]) -> None:
    """Have rows made."""
    make()


def kept_in(engine: Engine) -> Callable[[str, Callable[[], None]], None]:
    """Return what has rows made in a database the first time, and puts them back from then on."""

    def begin_with(what: str, make: Callable[[], None]) -> None:
        how = _kept.get((_where(engine), what))
        if how is not None:
            unguarded(engine).execute(how)
            return
        before = unguarded(engine).execute("SELECT pg_current_xact_id()::xid::text::bigint").fetchall()[0][0]
        make()
        _keep(engine, what, before)

    return begin_with


def _keep(engine: Engine, what: str, since: int) -> None:
    """Keep every row that would not be there anyway and was written by a transaction from `since` on."""
    connection = unguarded(engine)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(what)))
    for table in metadata.tables.keys() - _THERE_ANYWAY:
        rows = sql.SQL("FROM {} WHERE xmin::text::bigint >= {}").format(sql.Identifier(table), since)
        if connection.execute(sql.SQL("SELECT true {} LIMIT 1").format(rows)).fetchone():
            connection.execute(sql.SQL("CREATE TABLE {} AS SELECT * {}").format(sql.Identifier(what, table), rows))
    columns = connection.execute(_COLUMNS, [what]).fetchall()
    _kept[_where(engine), what] = sql.SQL("; ").join(_copy(what, table, names) for table, names in columns)


def _where(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _copy(what: str, table: str, columns: list[str]) -> sql.Composable:
    """Put in the rows of a table, in place of what they were before they were changed."""
    key = [column.name for column in metadata.tables[table].primary_key]
    return sql.SQL(
        "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {kept}); "
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {kept}"
    ).format(
        table=sql.Identifier(table),
        kept=sql.Identifier(what, table),
        key=sql.SQL(", ").join(map(sql.Identifier, key)),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
