"""Exports of outputs and measures: the same rows as a file, defused, typed, and noted in the log."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
from pydantic import BaseModel
from sqlalchemy import Engine, text

from models.tabular import columns_of, csv_chunks, parquet_chunks
from tests.starter import test_comms_api
from tests.starter.conftest import Api
from tests.starter.test_comms_api import MISSED_CALL, Desk

database_url, desk = test_comms_api.database_url, test_comms_api.desk
AT = datetime(2026, 11, 21, 18, tzinfo=UTC)


class Cell(BaseModel):
    words: str | None
    number: int
    at: datetime


def test_what_a_spreadsheet_would_run_is_defused_and_numbers_stay_numbers() -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "plain", 'a "quoted", one']
    rows = [{"words": words, "number": -1, "at": AT} for words in dangerous]

    written = b"".join(csv_chunks(columns_of(Cell), [rows])).decode()
    found = list(csv.DictReader(io.StringIO(written, newline="")))

    assert [line["words"] for line in found] == [f"'{words}" for words in dangerous[:6]] + dangerous[6:]
    assert {line["number"] for line in found} == {"-1"}
    assert {line["at"] for line in found} == {"2026-11-21T18:00:00+00:00"}


def test_parquet_is_written_in_pieces_with_types_and_moments_in_utc() -> None:
    pieces: list[list[dict[str, object]]] = [
        [{"words": None, "number": 1, "at": AT}],
        [{"words": "=1", "number": 2, "at": AT}],
    ]
    chunks = list(parquet_chunks(columns_of(Cell), pieces))
    table = pyarrow.parquet.read_table(io.BytesIO(b"".join(chunks)))

    assert len(chunks) == 3
    assert table.schema.types == [pyarrow.string(), pyarrow.int64(), pyarrow.timestamp("us", "UTC")]
    assert table.to_pylist() == [row for some in pieces for row in some]
    assert columns_of(Cell) == {"words": str, "number": int, "at": datetime}


async def test_an_export_holds_the_rows_of_the_output_and_is_noted(api: Api) -> None:
    run = await api.started()
    page = (await api.get("/v1/outputs/delivery_status", every_run=True)).json()["rows"]
    as_csv = await api.get("/v1/outputs/delivery_status/export", every_run=True)
    as_parquet = await api.get(
        "/v1/outputs/delivery_status/export", every_run=True, format="parquet", client="acme-plumbing"
    )
    table = pyarrow.parquet.read_table(io.BytesIO(as_parquet.content))

    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert [line["id"] for line in csv.DictReader(io.StringIO(as_csv.text))] == [row["id"] for row in page] == [run]
    assert table.to_pylist()[0]["at"] == datetime.fromisoformat(page[0]["at"])
    assert table.schema.field("is_recorded").type == pyarrow.bool_()
    noted = api.rows("SELECT actor, reason, facts, client_id FROM event WHERE kind = 'exported' ORDER BY id")
    assert [(row.actor, row.reason, row.facts["rows"], row.facts["format"], row.facts["whole"]) for row in noted] == [
        ("sales-ops", "delivery_status", 1, "csv", True),
        ("sales-ops", "delivery_status", 1, "parquet", True),
    ]
    assert [row.client_id is None for row in noted] == [True, False]


async def test_whoever_may_not_read_a_client_may_not_export_it(api: Api) -> None:
    await api.started()
    with api.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET clients = ARRAY[gen_random_uuid()] WHERE handle = 'approver'"))
    refused = await api.get("/v1/outputs/delivery_status/export", by="approver", client="acme-plumbing")
    empty = await api.get("/v1/outputs/approval_state/export", by="approver")

    assert refused.status_code == 403
    assert len(empty.text.splitlines()) == 1
    assert (await api.get("/v1/outputs/secrets/export")).status_code == 422
    assert api.value("SELECT count(*) FROM event WHERE kind = 'exported'") == 1


def test_the_shell_writes_a_file_and_keeps_none_that_was_refused(desk: Desk, engine: Engine, tmp_path: Path) -> None:
    desk.started(*MISSED_CALL)
    approvals, measure, none = tmp_path / "a.csv", tmp_path / "m.parquet", tmp_path / "none.csv"

    assert desk.comms("export", "approval_state", "--out", str(approvals)).exit_code == 0
    assert (
        desk.comms("export", "response_time", "--format", "parquet", "--by", "day", "--out", str(measure)).exit_code
        == 0
    )
    refused = desk.comms("export", "owner_task", "--client", "nobody", "--out", str(none))
    unknown = desk.comms("export", "secrets", "--out", str(none))

    assert len(approvals.read_text().splitlines()) > 1
    assert set(pyarrow.parquet.read_table(measure).column("part").to_pylist()) == {"p50", "p90", "within_goal"}
    assert (refused.exit_code, unknown.exit_code) == (1, 1)
    assert "there is no client" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "m.parquet"]
