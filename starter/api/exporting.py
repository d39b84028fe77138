"""Exports: rows as a file, streamed, and a line in the log of who took what and how many rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import events
from models.database.engine import snapshot, transaction
from models.database.events import Subject
from models.event_kinds import EventKind
from models.tabular import Rows, columns_of, csv_chunks, parquet_chunks
from starter.callers import Caller


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    PARQUET = "parquet"


_MEDIA_TYPE = {Format.CSV: "text/csv; charset=utf-8", Format.PARQUET: "application/vnd.apache.parquet"}
_WRITERS = {Format.CSV: csv_chunks, Format.PARQUET: parquet_chunks}
Read = Callable[[Session], Iterable[Sequence[Mapping[Any, Any]]]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What is exported, by whom, and of which client if it is one."""

    name: str
    caller: Caller
    client_id: UUID | None


def export(engine: Engine, taken: Taken, written: Format, row: type[BaseModel], read: Read) -> StreamingResponse:
    """Answer with a file of rows as they are at one moment. The log says how many left, also if the reader goes away."""
    chunks = _noted(engine, taken, written, columns_of(row), read)
    name = f'attachment; filename="{taken.name}.{written}"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(chunks, media_type=_MEDIA_TYPE[written], headers=headers)


def _noted(engine: Engine, taken: Taken, written: Format, columns: Mapping[str, type], read: Read) -> Iterator[bytes]:
    count, is_whole = _Count(), False
    try:
        with snapshot(engine) as session:
            yield from _WRITERS[written](columns, count.of(read(session)))
        is_whole = True
    finally:
        about = Subject(taken.caller.handle, taken.client_id)
        facts = {"rows": count.rows, "format": written.value, "whole": is_whole}
        with transaction(engine) as session:
            events.record(session, EventKind.EXPORTED, taken.caller.origin, about, taken.name, **facts)


class _Count:
    """How many rows have passed."""

    def __init__(self) -> None:
        self.rows = 0

    def of(self, rows: Rows) -> Iterator[Sequence[Mapping[Any, Any]]]:
        for some in rows:
            self.rows += len(some)
            yield some
