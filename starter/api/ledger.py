"""Whether the ledger is whole; after a restore: comparing it with the providers, and letting sending go on."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.database.engine import now, transaction
from models.database.recovery import inquiries, ledger_epoch
from models.database.recovery.ledger_epoch import NotReleasable, hold_if_replaced
from models.database.tables.recovery import Inquiry
from starter.api.fields import Instant, Strict
from starter.callers import Anybody, MayRecover
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/ledger", tags=["Recovery"])


class ReconciliationBody(Strict):
    """From when on rows may be missing."""

    since: Annotated[Instant, Field(description="The moment of the backup, or somewhat earlier. With an offset.")]


class Report(BaseModel):
    """What a reconciliation has found. Counts are of this reconciliation unless they say otherwise."""

    read: int = Field(description="Messages in the provider's list of what was sent.")
    bound: int = Field(description="Messages that turned out to have left, and are now recorded as sent.")
    foreign_new: int = Field(description="Messages of the provider that no row explains, found now.")
    foreign_known: int = Field(description="All of those since the moment asked about.")
    to_person: int = Field(
        description="Waiting messages that may have left; each is a task, and held until it is closed."
    )
    inbound: int = Field(description="Received texts that were missing and are taken in now.")
    workflows_without_rows: list[str] | None = Field(
        description="Runs whose workflow runs but whose rows are lost. Null if the workflow server did not answer."
    )


class Reconciliation(BaseModel):
    """One reconciliation, carried out by the worker."""

    id: UUID
    since: datetime | None
    asked_by: str
    asked_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    read: int = Field(description="How many of the provider's messages have been read so far.")
    waits_for: str | None = Field(description="A code of what stands in the way now; it is tried again all the time.")
    report: Report | None


class Ledger(BaseModel):
    """How the ledger stands. `held_since` null means that it holds nothing back."""

    held_since: datetime | None
    reason: str = Field(description="`replaced`, `epoch_raised` or `missing`; empty if it is not held.")
    epoch: int
    epoch_of_settings: int
    incarnation_fits: bool = Field(description="Whether this is the database that was released, not a copy of it.")
    released_by: str
    since: datetime = Field(description="Since when it stands so.")
    last_line_at: datetime | None = Field(
        description="While held: the newest line of its log from before the hold. A backup was taken then or later."
    )
    reconciliation: Reconciliation | None = Field(description="The newest one.")


@router.get("", summary="Is the ledger whole?")
def read(caller: Anybody, uses: Uses) -> Ledger:
    """Return how the ledger stands, with the newest reconciliation."""
    with transaction(uses.engine) as session:
        return _ledger(session, uses)


@router.post("/reconciliation", status_code=HTTPStatus.ACCEPTED, summary="Compare the ledger with the providers")
def reconcile(body: ReconciliationBody, caller: MayRecover, uses: Uses) -> Reconciliation:
    """Ask the worker to compare. Safe to repeat, at any time; sending is held until what came in has been read again."""
    caller.refuse_unless_for_all()
    with transaction(uses.engine) as session:
        if body.since >= now(session):
            raise field_problem("since", "must lie in the past")
        return _reconciliation(inquiries.ask(session, body.since, caller.handle))


@router.get("/reconciliation/{inquiry_id}", summary="How a reconciliation stands")
def progress(inquiry_id: UUID, caller: Anybody, uses: Uses) -> Reconciliation:
    """Return its progress, and its report once it has finished."""
    with transaction(uses.engine) as session:
        return _reconciliation(inquiries.existing(session, inquiry_id))


@router.post("/release", summary="Let sending go on")
def release(caller: MayRecover, uses: Uses) -> Ledger:
    """Release the ledger after a reconciliation; every message then passes every check again. Again, it changes nothing."""
    caller.refuse_unless_for_all()
    epoch = uses.settings.database.epoch
    hold_if_replaced(uses.engine, epoch, caller.origin)
    with transaction(uses.engine) as session:
        try:
            ledger_epoch.release(session, epoch, caller.origin)
        except NotReleasable as why:
            raise Problem(HTTPStatus.CONFLICT, str(why)) from None
        return _ledger(session, uses)


def _ledger(session: Session, uses: Resources) -> Ledger:
    found = ledger_epoch.standing(session)
    newest = inquiries.newest(session)
    return Ledger(
        held_since=found.held_since,
        reason=found.reason if found.held_since else "",
        epoch=found.epoch,
        epoch_of_settings=uses.settings.database.epoch,
        incarnation_fits=found.incarnation_fits,
        released_by=found.released_by,
        since=found.at,
        last_line_at=found.last_line_at,
        reconciliation=_reconciliation(newest) if newest else None,
    )


def _reconciliation(inquiry: Inquiry) -> Reconciliation:
    facts: dict[str, Any] = inquiry.model_dump(
        include=set(Reconciliation.model_fields) - {"read", "waits_for", "report"}
    )
    report = Report(**inquiry.report) if inquiry.finished_at else None
    return Reconciliation(**facts, read=inquiry.done, waits_for=inquiry.error or None, report=report)
