"""What requests and answers about incidents look like."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints
from sqlmodel import Session

from models.database import whose
from models.database.incidents import counts, moving, reading
from models.database.incidents.opening import clients_of
from models.database.tables.incidents import Incident
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import STATUS, Advice, Affected, ReasonForClients
from models.pausing import HeldWork
from starter.api.fields import Handle, Key, OptionalReference, Reason, Strict, printable
from starter.api.scopes import ScopeBody
from starter.callers import Caller

ForClients = Annotated[
    str,
    StringConstraints(max_length=4000, strip_whitespace=True),
    AfterValidator(printable),
    Field(
        description="Free words for clients. They are shown in the portal only, once approved and reviewed; leave them out, and "
        "the approved templates say what is known, at once.",
    ),
]
Internal = Annotated[str, StringConstraints(max_length=8000, strip_whitespace=True), AfterValidator(printable)]
"""For colleagues only."""
Proof = Annotated[
    OptionalReference,
    Field(description="Where the evidence lies that no data were lost. Without it, no client is told so."),
]


class IncidentBody(Strict):
    """What is wrong, for whom, and what it touches."""

    title: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(printable)] = Field(
        "", description="For colleagues only. Needed, unless it is opened from a pause."
    )
    severity: IncidentSeverity
    clients: Annotated[list[Key], Field(max_length=500)] = Field(
        [], description="Whom it concerns. Needed, unless it is opened from a pause: then those inside it."
    )
    touches: Annotated[list[ScopeBody], Field(max_length=50)] | None = Field(
        None,
        description="What to pause. Left out: the scope of the pause it is opened from, else all that goes out "
        "for these clients. An empty list pauses nothing.",
    )
    reason: ReasonForClients = Field(ReasonForClients.LOOKING, description="What clients read instead of the cause.")
    affected: Affected = Affected.FOLLOW_UPS
    calls_affected: bool = Field(False, description="Whether the clients' incoming calls and forms are affected too.")
    advice: Advice = Advice.NOTHING
    began_at: AwareDatetime | None = Field(None, description="Since when clients are affected; now, if left out.")
    held_work: HeldWork = Field(
        HeldWork.EXPIRE, description="What becomes of the work its pauses hold, as for a pause."
    )
    owner: Handle | None = Field(None, description="The incident owner; you, if nobody is named.")
    escalation_owner: Handle | None = Field(None, description="Who hears if a promised time passes.")
    words: ForClients = ""
    note: Internal = ""
    nothing_lost_proof: Proof = ""
    from_pause: UUID | None = Field(
        None, description="The automatic pause from which it is opened; its evidence is kept."
    )
    draft: bool = Field(
        False, description="Only enter it: nothing is paused and no client hears of it until it is moved."
    )


class TellingBody(Strict):
    """What clients are to be told."""

    words: ForClients = ""
    internal: Internal = ""
    nothing_lost_proof: Proof = ""
    next_update_at: AwareDatetime | None = Field(
        None, description="When clients hear again; the cadence of its severity, if left out."
    )


class MoveBody(TellingBody):
    """Where it moves, and what clients are told of it."""

    to: IncidentState
    reason: Annotated[str, StringConstraints(max_length=300)] = Field(
        "", description="Needed to go back to investigating."
    )


class WhyBody(TellingBody):
    """What clients are told, and why."""

    reason: Reason


class NoteBody(Strict):
    """A note for colleagues."""

    text: Annotated[Internal, Field(min_length=1)]


class HeldView(BaseModel):
    """What its pauses hold now. What two of them hold counts once."""

    runs: int
    messages: int = Field(description="That wait for their time, their approval or the resume.")
    due: int = Field(description="Of these, that would leave if nothing held them.")
    in_flight: list[UUID] = Field(description="Claimed before it was opened; each ends as accepted or as never sent.")


class Concerned(BaseModel):
    """A client whom it concerns."""

    client: str
    run: UUID | None = Field(description="The run that tells them; null as long as it is a draft.")


class IncidentLine(BaseModel):
    """One incident."""

    id: UUID
    title: str
    severity: IncidentSeverity
    state: IncidentState
    client_safe_status: str
    owner: str
    escalation_owner: str
    opened_by: str
    began_at: datetime | None
    opened_at: datetime | None
    first_notice_due: datetime | None
    next_update_due: datetime | None
    resolved_at: datetime | None
    summary_due: datetime | None
    clients: list[Concerned]
    touches: list[str]


class IncidentEffect(IncidentLine):
    """What opening or moving it came to."""

    held: HeldView
    pauses: list[UUID] = Field(description="For GET /v1/pauses/{id}.")
    update: int | None = Field(None, description="The number of the newest update.")


class ShownView(BaseModel):
    """One update as one client could read it."""

    client: str
    title: str
    body: str
    state: str = Field(description="`published`, `withdrawn`, `waiting`, or why it is not shown.")
    published_at: datetime | None
    messages: int = Field(description="Entered into the ledger for people at the client.")
    post_id: UUID | None
    run_id: UUID


class EntryView(BaseModel):
    """What colleagues know, beside what clients could read."""

    at: datetime
    what: str
    by: str
    internal: str
    number: int | None
    next_update_at: datetime | None
    shown: list[ShownView]


class IncidentInFull(IncidentEffect):
    """One incident with all that was written and done."""

    reason: ReasonForClients
    affected: Affected
    calls_affected: bool
    advice: Advice
    held_work: HeldWork
    nothing_lost_proof: str
    evidence: dict[str, Any]
    timeline: list[EntryView]


def line_of(session: Session, incident: Incident, caller: Caller) -> IncidentLine:
    """Return one incident as the list shows it: of the clients whom it concerns, those of the caller."""
    return IncidentLine(**_line(session, incident, caller))


def effect_of(session: Session, incident: Incident, caller: Caller) -> IncidentEffect:
    """Return how an incident stands, with what it holds now of the caller's clients."""
    return IncidentEffect(**_effect(session, incident, caller))


def in_full(session: Session, incident: Incident, caller: Caller) -> IncidentInFull:
    """Return an incident with its timeline, without what other clients than the caller's were told."""
    own = {name: getattr(incident, name) for name in _IN_FULL}
    if caller.clients is not None and any(
        client.id not in caller.clients for client in clients_of(session, incident.id)
    ):
        own["evidence"] = {}
    entries = [EntryView(**_fields(entry)) for entry in reading.timeline(session, incident, caller.only)]
    return IncidentInFull(**_effect(session, incident, caller), **own, timeline=entries)


def _line(session: Session, incident: Incident, caller: Caller) -> dict[str, Any]:
    own = {name: getattr(incident, name) for name in IncidentLine.model_fields if name in Incident.model_fields}
    concerned = reading.concerned(session, incident.id, caller.only)
    return own | {
        "touches": [scope for scope in incident.touches if whose.lies_within(session, scope, caller.clients)],
        "clients": [Concerned(client=key, run=run_id) for key, run_id in concerned],
        "client_safe_status": STATUS[ReasonForClients(incident.reason)],
    }


def _effect(session: Session, incident: Incident, caller: Caller) -> dict[str, Any]:
    held = counts.held_now(session, incident.id, caller.only)
    pauses = counts.pauses_of(session, incident.id)
    numbers = [update.number for update in moving.updates_of(session, incident.id)]
    return _line(session, incident, caller) | {
        "held": HeldView(runs=held.runs, messages=held.messages, due=held.due, in_flight=held.in_flight),
        "pauses": [pause.id for pause in pauses if whose.lies_within(session, pause.scope, caller.clients)],
        "update": max(numbers, default=None),
    }


def _fields(entry: reading.Entry) -> dict[str, Any]:
    shown = [ShownView(**{name: getattr(one, name) for name in ShownView.model_fields}) for one in entry.shown]
    return {name: getattr(entry, name) for name in EntryView.model_fields if name != "shown"} | {"shown": shown}


_IN_FULL = ("reason", "affected", "calls_affected", "advice", "held_work", "nothing_lost_proof", "evidence")
