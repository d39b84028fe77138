"""What empties a database between two tests, but for what every database starts with: the rules that ship."""

from models.database.tables.all import metadata

_STAYS = {"sending_rule": " WHERE key IS NULL"}
_DELETIONS = "; ".join(f'DELETE FROM "{table}"{_STAYS.get(table, "")}' for table in metadata.tables)
# Without triggers: rows may go in any order, and from tables that only ever grow.
EMPTY = f"SET session_replication_role = replica; {_DELETIONS}".encode()
