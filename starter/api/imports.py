"""Importing a list, part by part. A caller sends rows as they stand in the file; what they mean is read here."""

import json
from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, StrictBool, StrictInt
from sqlmodel import Session

from models.database.engine import transaction
from models.database.leads import accounts, importing
from models.database.leads.accounts import BelongsToAnotherClient
from models.database.leads.importing import ListRow
from models.database.leads.target import Target, target_of
from models.leads.sources import imported_row
from models.leads.sources.imported_row import RefusedRow
from models.leads.terms import Concern, Way, in_words
from models.plurals import counted
from starter.api.fields import Key, SequenceKey, Strict
from starter.api.scoped import client_named
from starter.callers import Caller, SalesOps
from starter.postal_codes import region_of
from starter.problems import field_problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/imports", tags=["Leads"])
MOST_ROWS = 500


def _as_many_as_columns(headers: list[str]) -> list[str]:
    if len(set(headers)) != len(headers):
        raise ValueError("two columns have the same name")
    return headers


class RowBody(Strict):
    """One row as it stands in the file."""

    line: StrictInt = Field(ge=1, description="Where it begins; the answer names it by this.")
    values: list[Annotated[str, Field(max_length=20_000)]] = Field(max_length=200, description="One for each column.")


class ImportBody(Strict):
    """A part of a list."""

    client: Key
    list_name: Key = Field(examples=["spring-show"], description="The same list is the same source account.")
    sequence: SequenceKey | None = Field(None, description="Needed the first time; kept for the list.")
    columns: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Field(min_length=1, max_length=200),
        AfterValidator(_as_many_as_columns),
    ]
    rows: list[RowBody] = Field(min_length=1, max_length=MOST_ROWS)
    dry_run: StrictBool = Field(False, description="Say what would happen, and change nothing.")


class RowLine(BaseModel):
    """What became of one row."""

    line: int
    state: str = Field(
        description="`accepted`: its run starts; `kept`: stored, nothing proves a permission, nothing is sent; "
        "`duplicate`; `already_imported`; `refused`: nothing was stored."
    )
    reasons: list[str]
    in_words: str
    event_id: UUID | None
    run_id: UUID | None
    itself: str = Field("", description="Of a dry run: a row that says the same of itself is the same row.")
    addresses: list[str] = Field([], description="Of a dry run: rows that share one are of the same person.")


class Imported(BaseModel):
    """What became of a part of a list."""

    rows: list[RowLine]
    counts: dict[str, int]
    ignored_columns: list[str] = Field(description="Nobody knows what they hold; they are kept with the raw row only.")
    dry_run: bool


class _Undone(Exception):
    """Ends the transaction of a dry run."""


@router.post("", summary="Import a part of a list")
def bring(body: ImportBody, caller: SalesOps, uses: Uses) -> Imported:
    """Take rows in. Safe to repeat: a row that is known, by its id or by all it says, is `already_imported`.

    A permission is what a row proves and nothing else; without one the lead is stored and nothing is sent.
    """
    answers: list[Imported] = []
    try:
        with transaction(uses.engine) as session:
            answers.append(_taken(session, body, caller, uses))
            if body.dry_run:
                raise _Undone
    except _Undone:
        pass
    return answers[0]


def _taken(session: Session, body: ImportBody, caller: Caller, uses: Resources) -> Imported:
    target = _target(session, body, caller)
    rows = [_row(body.columns, given) for given in body.rows]
    try:
        done = importing.import_rows(session, uses.ring, target, rows, body.columns, region_of, caller.origin)
    except RefusedRow as refused:
        raise field_problem("columns", str(refused)) from None
    return Imported(
        rows=[
            RowLine(
                line=one.line,
                state=one.state,
                reasons=list(one.reasons),
                in_words=one.in_words,
                event_id=None if body.dry_run else one.event_id,
                run_id=None if body.dry_run else one.run_id,
                itself=one.itself if body.dry_run else "",
                addresses=list(one.addresses) if body.dry_run else [],
            )
            for one in done
        ],
        counts=Counter(one.state for one in done),
        ignored_columns=[header for header in body.columns if imported_row.column(header) is None],
        dry_run=body.dry_run,
    )


def _row(columns: list[str], given: RowBody) -> ListRow:
    if len(given.values) != len(columns):
        raise field_problem(
            "rows", f"line {given.line} has {counted(len(given.values), 'value')} for {len(columns)} columns"
        )
    values = dict(zip(columns, given.values, strict=True))
    return ListRow(given.line, values, json.dumps(values, ensure_ascii=True).encode())


def _target(session: Session, body: ImportBody, caller: Caller) -> Target:
    client = client_named(session, caller, body.client)
    given = {} if body.sequence is None else {"sequence": body.sequence}
    try:
        account, _ = accounts.put(session, Way.IMPORT, body.list_name, client, given, caller.handle)
    except BelongsToAnotherClient:
        raise field_problem("list_name", "a list of this name is another client's; choose another name") from None
    target = target_of(session, account)
    for obstacle in target.obstacles:
        field = "sequence" if obstacle is Concern.NO_SEQUENCE else "client"
        missing = "; name one that exists, see GET /v1/sequences" if obstacle is Concern.NO_SEQUENCE else ""
        raise field_problem(field, "the list starts no sequence" + missing if missing else in_words(obstacle))
    return target
