"""What requests and answers about pauses look like."""

from collections import defaultdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import Session

from models.database import whose
from models.database.engine import now
from models.database.permission import pause_standing, pauses
from models.database.permission.pauses import Terms, UnusablePause
from models.database.permission.previews import NotAsShown, Preview
from models.database.sending.in_flight import in_flight
from models.database.tables.pauses import Pause
from models.pausing import CLIENT_SAFE, HeldWork, PauseCode
from starter.api.fields import Handle, Instant, Reason, Strict
from starter.callers import Caller
from starter.problems import Problem
from starter.scope_words import in_words

LONGEST_LIST = 10_000
Rate = Annotated[float | None, Field(gt=0, le=1000, description="Messages per second after the resume.")]
Counts = dict[str, int]


class PauseTerms(Strict):
    """Why, for how long, and what becomes of the work that is held."""

    reason: Reason
    code: PauseCode = PauseCode.BY_HAND
    held_work: HeldWork = Field(
        HeldWork.EXPIRE,
        description="`freeze_clock`: the time counts neither against `not after` nor for waits. `catch_up`: not against "
        "`not after`; waits run on. `expire_late`: it counts; what becomes stale is expired and named.",
    )
    ends_at: Instant | None = Field(
        None, description="When it lifts itself, by the database's clock. Without, it never does."
    )
    owner: Handle | None = Field(None, description="Who answers for it; you, if nobody is named.")


class Effect(BaseModel):
    """What a control came to. Nothing inside its scope is claimed for sending after `effective_at`."""

    effective_at: datetime
    changed: bool = Field(description="False if it was so before.")
    in_flight: list[UUID] = Field(description="Messages claimed before; each ends as accepted or as never sent.")


class PauseEffect(Effect):
    """What a pause or resume came to."""

    id: UUID | None = Field(None, description="Of the pause; for GET /v1/pauses/{id}.")
    scope: str = Field(examples=["client:6f1f6a3e-54c2-5b0e-9d5a-0f6b8c0a7d11"])
    name: str = Field(description="What the scope is called.", examples=["Acme Plumbing"])
    epoch: int | None = Field(None, description="Of the pause; its resume names it.")
    runs: int = Field(0, description="Open runs it found inside its scope.")
    drained_at: datetime | None = Field(None, description="When the last message in flight had ended.")


class FlightView(BaseModel):
    """A message that was claimed before the pause."""

    message: UUID
    run: UUID
    ended: str | None = Field(description="`accepted` or `not_accepted`; null while that is not known.")


class DrainView(BaseModel):
    """How far the work that was held has come, in messages, by what was expected and what became of it."""

    expected: Counts
    came_to: Counts = Field(description="`sent`, or why it did not leave.")
    waiting: int = Field(description="Whose turn is yet to come.")
    done: bool
    last_turn_at: datetime | None


class PausedScope(BaseModel):
    """One pause."""

    id: UUID
    scope: str = Field(examples=["client:6f1f6a3e-54c2-5b0e-9d5a-0f6b8c0a7d11"])
    name: str = Field(description="What the scope is called.", examples=["Acme Plumbing: SMS"])
    epoch: int = Field(description="How often this scope was paused or resumed; a resume names it.")
    code: PauseCode
    reason: str
    client_safe_status: str
    owner: str
    put_by: str
    source: str
    since: datetime
    held_work: HeldWork
    ends_at: datetime | None
    lift_rule: str | None = Field(description="By which rule it lifts itself; null: it never does.")
    evidence: dict[str, Any] = Field(description="What an automatic pause was concluded from.")
    runs: int = Field(description="Open runs it found inside its scope.")
    held: int = Field(description="Messages that are due and held by it now.")
    in_flight: list[FlightView]
    drained_at: datetime | None = Field(description="When the last message in flight had ended.")
    lifted_at: datetime | None
    lifted_by: str | None
    per_second: float | None
    drain: DrainView | None = Field(description="How far what it held has come since its resume.")


class ForeseenView(BaseModel):
    """What would become of one message."""

    message: UUID
    run: UUID
    step: str
    channel: str
    after_seconds: float = Field(0.0, description="Its turn, counted from the resume.")
    until: datetime | None = Field(None, description="Until when it would still be held, if that is known.")


class PreviewView(BaseModel):
    """What a resume would do now."""

    preview: UUID = Field(description="Confirm this one: POST /v1/pauses/{id}/resume.")
    pause: UUID
    epoch: int
    at: datetime
    per_second: float
    seconds: float = Field(description="How long all that will be sent takes to leave.")
    counts: Counts = Field(description="`will_send`, and by reason what would not be sent or still be held.")
    expired_meanwhile: int = Field(description="Became stale while the pause has held.")
    not_due: int = Field(description="Inside the scope, but not due yet; not held by the pause.")
    not_approved: int = Field(description="Inside the scope, waiting for approval; not held by the pause.")
    messages: dict[str, list[ForeseenView]] = Field(description="Those of each count, up to the limit.")


def put_on(session: Session, scope: str, terms: PauseTerms, caller: Caller) -> PauseEffect:
    """Pause a scope."""
    asked = Terms(scope, terms.reason, terms.owner or caller.handle, terms.code, terms.held_work, terms.ends_at)
    try:
        put = pauses.put_on(session, asked, caller.origin)
    except UnusablePause as error:
        raise refused(error) from None
    return effect_of(session, scope, put.pause, changed=put.changed)


def effect_of(session: Session, scope: str, pause: Pause | None, *, changed: bool) -> PauseEffect:
    """Return what a pause or resume came to; `pause` is None if there was nothing to resume."""
    if pause is None or pause.lifted_at is not None:
        effective_at = pause.lifted_at if pause is not None and pause.lifted_at is not None else now(session)
        told = {"id": pause.id, "epoch": pause.epoch} if pause is not None else {}
        flying = in_flight(session, scope)
        return PauseEffect(
            effective_at=effective_at,
            changed=changed,
            in_flight=flying,
            scope=scope,
            name=in_words(session, scope),
            **told,
        )
    stands = pause_standing.of(session, pause)
    assert pause.at is not None
    return PauseEffect(
        id=pause.id,
        scope=scope,
        name=in_words(session, scope),
        epoch=pause.epoch,
        runs=pause.runs,
        effective_at=pause.at,
        changed=changed,
        in_flight=[flight.message_id for flight in stands.in_flight if flight.ended is None],
        drained_at=stands.drained_at,
    )


def view_of(session: Session, pause: Pause, caller: Caller) -> PausedScope:
    """Return a pause as it stands; of one that reaches into every client, with no ids of clients who are not the caller's."""
    stands = pause_standing.of(session, pause, caller.only)
    drain = stands.draining
    is_theirs = caller.clients is None or whose.client_of_scope(session, pause.scope) in caller.clients
    return PausedScope(
        **pause.model_dump(exclude={"at", "paused", "evidence"}),
        name=in_words(session, pause.scope),
        evidence=pause.evidence if is_theirs else {},
        since=pause.at,
        client_safe_status=CLIENT_SAFE[PauseCode(pause.code)],
        held=stands.held,
        in_flight=[FlightView(message=one.message_id, run=one.run_id, ended=one.ended) for one in stands.in_flight],
        drained_at=stands.drained_at,
        drain=drain
        and DrainView(
            expected=drain.expected,
            came_to=drain.came_to,
            waiting=drain.waiting,
            done=drain.waiting == 0,
            last_turn_at=drain.last_turn_at,
        ),
    )


def preview_view(shown: Preview, limit: int) -> PreviewView:
    """Return what a resume would do, with at most `limit` messages of each count."""
    row = shown.row
    messages: dict[str, list[ForeseenView]] = defaultdict(list)
    for one in shown.foreseen:
        if len(messages[one.what]) < limit:
            about = {"message": one.message_id, "run": one.run_id, "step": one.step, "channel": one.channel}
            seen = ForeseenView(**about, after_seconds=one.after.total_seconds(), until=one.until)
            messages[one.what].append(seen)
    for expired in shown.expired_meanwhile[:limit]:
        about = {name: expired[name] for name in ("step", "channel")}
        gone = ForeseenView(message=expired["message_id"], run=expired["run_id"], **about)
        messages["expired_meanwhile"].append(gone)
    return PreviewView(
        preview=row.id,
        pause=row.pause_id,
        epoch=row.epoch,
        at=row.at,
        per_second=row.per_second,
        seconds=row.counts.get("will_send", 0) / row.per_second,
        counts=row.counts,
        expired_meanwhile=len(shown.expired_meanwhile),
        not_due=shown.not_due["not_due"],
        not_approved=shown.not_due["not_approved"],
        messages=messages,
    )


def refused(error: NotAsShown | UnusablePause) -> Problem:
    """Return the answer to what cannot be done as it was asked for."""
    status = HTTPStatus.CONFLICT if isinstance(error, NotAsShown) else HTTPStatus.UNPROCESSABLE_ENTITY
    return Problem(status, str(error))
