"""Rows as CSV or Parquet, some at a time, so that no export is ever whole in memory."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel

Rows = Iterable[Sequence[Mapping[Any, Any]]]
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def columns_of(model: type[BaseModel]) -> dict[str, type]:
    """Return the columns of a row and the type of each; whatever may be missing has the type of what it is if it is there."""
    return {name: _plain(field.annotation) for name, field in model.model_fields.items()}


def csv_chunks(columns: Mapping[str, type], rows: Rows) -> Iterator[bytes]:
    """Return UTF-8 CSV (RFC 4180) with a header, moments in UTC.

    A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV Injection,
    https://owasp.org/www-community/attacks/CSV_Injection). Numbers, which may begin with a minus, stay numbers.
    """
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(columns)
    for some in rows:
        writer.writerows([_cell(row[name]) for name in columns] for row in some)
        yield _taken(made)
    yield _taken(made)


def parquet_chunks(columns: Mapping[str, type], rows: Rows) -> Iterator[bytes]:
    """Return a Parquet file; moments are microseconds in UTC, ids are text."""
    # Costs a tenth of a second and some 60 MB; most processes never write one.
    import pyarrow
    import pyarrow.parquet

    kinds = {
        bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64(), datetime: pyarrow.timestamp("us", "UTC"),
        date: pyarrow.date32(),
    }  # fmt: skip
    schema = pyarrow.schema([(name, kinds.get(kind, pyarrow.string())) for name, kind in columns.items()])
    made = _Passing()
    with pyarrow.parquet.ParquetWriter(made, schema, compression="zstd") as writer:
        for some in rows:
            table = pyarrow.Table.from_pylist([{name: _value(row[name]) for name in columns} for row in some], schema)
            writer.write_table(table)
            yield made.taken()
    yield made.taken()


class _Passing(io.RawIOBase):
    """A file that is only ever written to, and keeps only what nobody has taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, given: Any) -> int:
        some = bytes(given)
        self._waiting += some
        self._written += len(some)
        return len(some)

    def tell(self) -> int:
        return self._written

    def close(self) -> None:
        """Stays open for the last of it."""

    def taken(self) -> bytes:
        some = bytes(self._waiting)
        self._waiting.clear()
        return some


def _plain(annotation: Any) -> type:
    """Return the type behind `X | None` and `Annotated[X, …]`; an id or a closed list is text."""
    inner = [one for one in get_args(annotation) if isinstance(one, type) and one is not type(None)]
    kind = inner[0] if inner else annotation
    return kind if kind in {bool, int, float, datetime, date} else str


def _value(value: Any) -> Any:
    return str(value) if isinstance(value, str | UUID) else value


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA):
        return f"'{value}"
    return value


def _taken(made: io.StringIO) -> bytes:
    some = made.getvalue().encode()
    made.seek(0)
    made.truncate()
    return some
