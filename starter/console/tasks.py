"""One task of the list: its evidence, and the answers that a person can give."""

import logging
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from models.database.doubts import resending
from models.database.engine import transaction
from models.database.inbound import inbox_desk
from models.database.inbound.callbacks import UNKNOWN_SENDER
from models.database.inbound.inbox_desk import Opened
from models.database.inbound.poison import POISON
from models.database.incidents.chasing import UPDATE_DUE, UPDATE_OVERDUE, WORDING_REFUSED
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.portal.posts import BLOCKED_TASK
from models.database.portal.withdrawing import WITHDRAWN_TASK
from models.database.sending.evidence import IN_DOUBT_TASK
from models.database.tables.incidents import Incident
from models.database.tables.ledger import Message, Resend
from models.database.tables.people import Client
from models.database.tables.records import OwnerTask
from models.errors import UnknownRecord
from models.sealing import UnreadableSeal
from starter import callers
from starter.api import consent, inbox, messages, tasks
from starter.api.consent import ConsentEventBody
from starter.api.fields import Reason
from starter.api.inbox import AssignBody
from starter.api.messages import ResolutionBody
from starter.api.task_lines import resolved_by
from starter.api.tasks import CloseBody
from starter.callers import Caller
from starter.console.forms import back
from starter.console.frame import page
from starter.console.incident_words import SUMMARY, UPDATE
from starter.console.navigation import HOME
from starter.console.routing import console_router
from starter.console.task_subjects import abouts, is_about_an_incident
from starter.console.visiting import Anybody, MayReadInbound, MayResolve, MayRetryInbound, SalesOps
from starter.console.waiting import asked_by, title_of
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses
from starter.words import stands

log = logging.getLogger(__name__)
router = console_router()
HERE = "/console/tasks/{task_id}"
_NOT_FACTS = frozenset(
    {"in_words", "consequence", "candidates", "checked", "timeline", "send_again", "expires_at", "note"}
)
_WRITE_ONE = frozenset({UPDATE_DUE, UPDATE_OVERDUE, WORDING_REFUSED})
_TEXTS: TypeAdapter[str] = TypeAdapter(Reason)


@router.get(HERE)
def show(task_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show one task with its evidence and the answers that this person may give."""
    with transaction(uses.engine) as session:
        task = _existing(session, task_id)
        client = session.get(Client, task.client_id) if task.client_id else None
        message = session.get(Message, task.message_id or UUID(task.subject)) if task.kind == IN_DOUBT_TASK else None
        wish = resending.open_wish(session, message) if message else None
        came_in = _came_in(session, uses, task, visit.caller)
        return page(
            "task.html.jinja",
            visit,
            task=task,
            title=title_of(task),
            asked=asked_by(task),
            reads=visit.caller.may(callers.READ_REPLIES),
            client=client.name if client else "",
            message=message,
            about=abouts(session, [task]).get(task.id, ""),
            ways=_ways(session, task, visit.caller),
            agreed=wish is not None and wish.confirmed_by is not None,
            stands=stands(message.model_dump()) if message else "",
            came_in=came_in,
            facts={name: value for name, value in task.evidence.items() if name not in _NOT_FACTS},
            answers=_answers(task, came_in, wish, visit.caller),
            resolved_by=resolved_by(task),
        )


@router.post(f"{HERE}/close")
def close(task_id: UUID, visit: Anybody, uses: Uses, note: Annotated[str, Form()] = "") -> Response:
    """Say that a task is done."""
    _check(uses, task_id)
    tasks.close(task_id, CloseBody(note=_impersonal("note", note)), visit.caller, uses)
    return back(HOME, "The task is closed.")


@router.post(f"{HERE}/message")
def answer(
    task_id: UUID,
    visit: MayResolve,
    uses: Uses,
    answer: Annotated[Literal["was_sent", "not_sent", "send_again"], Form()],
    provider_message_id: Annotated[str, Form(pattern=r"^\s*[A-Za-z0-9._-]{0,128}\s*$")] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Say what became of a message in doubt, or ask for it to be sent again."""
    task = _check(uses, task_id, IN_DOUBT_TASK)
    body = ResolutionBody(
        answer=answer,
        provider_message_id=provider_message_id.strip() or None,
        reason=_impersonal("reason", reason) if reason.strip() else None,
    )
    standing = messages.resolve(UUID(task.subject), body, visit.caller, uses)
    return back(f"/console/tasks/{task_id}" if answer == "send_again" else HOME, standing.in_words)


@router.post(f"{HERE}/consent")
def decide(
    task_id: UUID, visit: SalesOps, uses: Uses, status: Annotated[Literal["revoked", "released"], Form()]
) -> Response:
    """Say whether a reply was an opt-out."""
    _check(uses, task_id, DOUBT_TASK)
    consent.record(ConsentEventBody(task=task_id, status=status), visit.caller, uses)
    if status == "revoked":
        return back(HOME, "The opt-out is recorded: nothing more is sent to this address.")
    return back(HOME, "The address is free again: what was held for it goes on.")


@router.post(f"{HERE}/retry")
def retry(task_id: UUID, visit: MayRetryInbound, uses: Uses) -> Response:
    """Try again what was set aside."""
    found = inbox.retry(_inbox_of(_check(uses, task_id)), visit.caller, uses)
    if found.state == POISON:
        return back(f"/console/tasks/{task_id}", "It still cannot be taken in; it stays set aside. The log says why.")
    return back(HOME, "It is being taken in.")


@router.post(f"{HERE}/assign")
def assign(
    task_id: UUID,
    visit: MayReadInbound,
    uses: Uses,
    run_id: Annotated[str, Form()] = "",
    lead_id: Annotated[str, Form()] = "",
) -> Response:
    """Take a text or an email in as the reply of a run or a lead."""
    task = _check(uses, task_id)
    try:
        body = AssignBody.model_validate({"run_id": run_id.strip() or None, "lead_id": lead_id.strip() or None})
    except ValidationError:
        raise field_problem("run_id", "give the id of the run or that of the lead, one of both") from None
    inbox.assign(_inbox_of(task), body, visit.caller, uses)
    return back(HOME, "It is taken in as their reply.")


def _existing(session: Session, task_id: UUID) -> OwnerTask:
    task = session.get(OwnerTask, task_id)
    if task is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no task {task_id}")
    return task


def _check(uses: Resources, task_id: UUID, kind: str | None = None) -> OwnerTask:
    with transaction(uses.engine) as session:
        task = _existing(session, task_id)
    if kind is not None and task.kind != kind:
        raise Problem(HTTPStatus.CONFLICT, "this task is about something else")
    return task


def _came_in(session: Session, uses: Resources, task: OwnerTask, caller: Caller) -> Opened | None:
    """Return the reply or request that a task is about, for those who may read it."""
    if "inbox" not in task.evidence or not caller.may(callers.MAY_READ_INBOUND):
        return None
    try:
        return inbox_desk.open_inbound(session, uses.ring, UUID(str(task.evidence["inbox"])))
    except (UnreadableSeal, UnknownRecord):
        log.warning("what came in cannot be opened for its task", extra={"task": str(task.id)})
        return None


def _ways(session: Session, task: OwnerTask, caller: Caller) -> list[tuple[str, str]]:
    """Return where the console does what a task asks for, the foremost first: words and addresses."""
    if task.kind in (BLOCKED_TASK, WITHDRAWN_TASK):
        return [("See and correct the post", f"/console/posts/{task.subject}")]
    if not is_about_an_incident(task):
        return []
    here = f"/console/incidents/{task.subject}"
    ways = [("See the incident", here)]
    incident = session.get(Incident, UUID(task.subject))
    if task.kind not in _WRITE_ONE or task.closed_at or incident is None or not caller.may(callers.INCIDENT_OWNER):
        return ways
    step = SUMMARY if incident.resolved_at else UPDATE
    return [(step.button, f"{here}/tell?step={step.key}"), *ways]


def _answers(task: OwnerTask, came_in: Opened | None, wish: Resend | None, caller: Caller) -> set[str]:
    """Return which forms are shown: those whose answer would be taken."""
    if task.closed_at is not None:
        return set()
    in_doubt = task.kind == IN_DOUBT_TASK
    second = wish is not None and wish.confirmed_by is None and wish.asked_by != caller.handle
    nobody_known = came_in is not None and came_in.state == UNKNOWN_SENDER.state and bool(came_in.text or came_in.mail)
    offered: dict[str, Any] = {
        "message": in_doubt and caller.may(callers.INCIDENT_OWNER),
        "ask": in_doubt and wish is None and caller.may(callers.INCIDENT_OWNER),
        "agree": in_doubt and second and caller.may(callers.MAY_RESOLVE),
        "consent": task.kind == DOUBT_TASK and caller.may(callers.SALES_OPS),
        "retry": task.kind == f"inbound_{POISON}" and caller.may(callers.MAY_RETRY_INBOUND),
        "assign": nobody_known,
        "close": resolved_by(task) is None and (task.owner == caller.handle or caller.may(callers.MAY_STOP)),
    }
    return {name for name, is_offered in offered.items() if is_offered}


def _inbox_of(task: OwnerTask) -> UUID:
    if "inbox" not in task.evidence:
        raise Problem(HTTPStatus.CONFLICT, "this task is about nothing that came in")
    return UUID(str(task.evidence["inbox"]))


def _impersonal(field: str, given: str) -> str:
    try:
        return _TEXTS.validate_python(given)
    except ValidationError as invalid:
        said = str(invalid.errors()[0]["msg"]).removeprefix("Value error, ")
        raise field_problem(field, said) from None
