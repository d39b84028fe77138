"""What waits for one member of staff, most urgent first: decisions on wording, and tasks that only a person can settle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session, col, select

from models.database import events
from models.database.inbound.poison import POISON
from models.database.incidents.chasing import UPDATE_DUE, UPDATE_OVERDUE, WORDING_REFUSED
from models.database.permission import approval_desk, authority
from models.database.permission.approval_effects import ASK_TO_DECIDE
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.portal.posts import BLOCKED_TASK
from models.database.portal.withdrawing import WITHDRAWN_TASK
from models.database.sending.evidence import CONFLICT_TASK, IN_DOUBT_TASK
from models.database.tables.people import Client, Staff
from models.database.tables.records import OwnerTask
from models.terms import Role
from starter import callers
from starter.callers import Caller
from starter.console.task_subjects import abouts, is_about_an_incident

NEVER = datetime.max.replace(tzinfo=UTC)


class Kind(StrEnum):
    """What kind of thing waits; in the order in which equally pressing ones are shown."""

    MESSAGE = "message"
    OPT_OUT = "opt_out"
    INCIDENT = "incident"
    INBOUND = "inbound"
    APPROVAL = "approval"
    OTHER = "other"


LABELS = {
    Kind.MESSAGE: "Messages in doubt",
    Kind.OPT_OUT: "Doubtful opt-outs",
    Kind.INCIDENT: "Incidents",
    Kind.INBOUND: "Unmatched and set aside",
    Kind.APPROVAL: "Approvals",
    Kind.OTHER: "Other tasks",
}
_KINDS = {
    IN_DOUBT_TASK: Kind.MESSAGE,
    CONFLICT_TASK: Kind.MESSAGE,
    DOUBT_TASK: Kind.OPT_OUT,
    "inbound_unmatched": Kind.INBOUND,
    "inbound_mail_unmatched": Kind.INBOUND,
    "inbound_orphan": Kind.INBOUND,
    f"inbound_{POISON}": Kind.INBOUND,
}
_SETTLED_BY = {
    IN_DOUBT_TASK: callers.INCIDENT_OWNER,
    DOUBT_TASK: callers.SALES_OPS,
    "inbound_unmatched": callers.MAY_READ_INBOUND,
    "inbound_mail_unmatched": callers.MAY_READ_INBOUND,
    f"inbound_{POISON}": callers.MAY_RETRY_INBOUND,
    UPDATE_DUE: callers.INCIDENT_OWNER,
    UPDATE_OVERDUE: callers.INCIDENT_OWNER,
}
"""Who may settle a kind of task whoever its owner is, so that it waits for all of them."""
_TITLES = {
    IN_DOUBT_TASK: "Was this message sent?",
    CONFLICT_TASK: "Two sources disagree about a message",
    DOUBT_TASK: "Is this reply an opt-out?",
    "inbound_unmatched": "A text of somebody unknown",
    "inbound_mail_unmatched": "An email of somebody unknown",
    "inbound_orphan": "A report about something unknown",
    f"inbound_{POISON}": "Something that came in was set aside",
    UPDATE_DUE: "Clients wait for an update of an incident",
    UPDATE_OVERDUE: "An update of an incident is overdue",
    WORDING_REFUSED: "A notice of an incident needs another wording",
    BLOCKED_TASK: "A post for a client must not be seen as it is worded",
    WITHDRAWN_TASK: "A post was withdrawn, because its approval was taken back",
    "answer_reply": "Answer a reply",
    "undo": "Take a step back by hand",
    "ledger_unverified": "The ledger waits for its release",
}
_ASKED = {
    IN_DOUBT_TASK: "The provider's answer was lost. Look the message up there, then say whether it was sent.",
    DOUBT_TASK: "Read the reply, then say whether the person wants no more messages. Until then nothing is sent to them.",
    "inbound_unmatched": "Nobody with this number is known. Read it, then assign it to a lead or a run, or close it.",
    "inbound_mail_unmatched": "Nobody with this address is known. Read it, then assign it to a lead or a run, or close it.",
    UPDATE_DUE: "Clients were promised word by this time. Write the update, or see that what is written is approved.",
    UPDATE_OVERDUE: "The promised time has passed, and clients have heard nothing. Write the update, or have what is written "
    "approved. It closes by itself once they have heard.",
    WORDING_REFUSED: "Clients do not see the last update: its wording was not approved. Write another one.",
    BLOCKED_TASK: "A check has found in it what no client may read. Correct it.",
    WITHDRAWN_TASK: "The client no longer sees it; some may have read it. Correct it, or leave it withdrawn.",
}
"""What to do, where the pages of the console do it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. `due` is when it should be done, if anything says so."""

    kind: Kind
    title: str
    text: str
    client: str
    owner: str
    since: datetime
    due: datetime | None
    href: str
    mine: bool
    about: str = ""
    """Which one it is, where there may be several of the same title."""

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.due is not None and self.due <= datetime.now(UTC)


def waiting_for(session: Session, caller: Caller) -> list[Item]:
    """Return all that waits and that the caller may know of, the most urgent first. `mine` says what waits for them."""
    names = dict(session.exec(select(Client.id, Client.key)).all())
    asked = approval_desk.waiting_rows(session, caller.handle)
    listed = {str(one.id) for one in asked}
    visible = events.open_tasks(session, None, caller.handle, caller.only)
    tasks = [one for one in visible if one.kind not in ASK_TO_DECIDE or one.subject not in listed]
    found = [*_approvals(session, caller, asked), *_tasks(tasks, caller, names, abouts(session, tasks))]
    order = list(Kind)
    return sorted(found, key=lambda one: (one.due or NEVER, order.index(one.kind), one.since))


def title_of(task: OwnerTask) -> str:
    """Return what a task is about, in a few words."""
    spaced = task.kind.replace("_", " ")
    return _TITLES.get(task.kind, f"{spaced[0].upper()}{spaced[1:]}")


def asked_by(task: OwnerTask) -> str:
    """Return what a person is asked to do about a task."""
    return _ASKED.get(task.kind, task.instruction)


def kind_of(task: OwnerTask) -> Kind:
    """Return under which kind a task is listed."""
    return _KINDS.get(task.kind, Kind.INCIDENT if is_about_an_incident(task) else Kind.OTHER)


def _tasks(
    tasks: Iterable[OwnerTask], caller: Caller, names: dict[UUID, str], about: dict[UUID, str]
) -> Iterable[Item]:
    for task in tasks:
        asked_again = task.kind == IN_DOUBT_TASK and "send_again" in task.evidence and caller.may(callers.APPROVER)
        settles = caller.may(_SETTLED_BY.get(task.kind, frozenset[Role]()))
        yield Item(
            kind=kind_of(task),
            title=title_of(task),
            text=str(task.evidence.get("send_again") or asked_by(task)),
            client=names.get(task.client_id, "") if task.client_id else "",
            owner=task.owner,
            since=task.opened_at or NEVER,
            due=task.due_at,
            href=f"/console/tasks/{task.id}",
            mine=task.owner == caller.handle or settles or asked_again,
            about=about.get(task.id, ""),
        )


def _approvals(session: Session, caller: Caller, waiting: Iterable[Row[Any]]) -> Iterable[Item]:
    row = session.exec(select(Staff).where(col(Staff.handle) == caller.handle)).one()
    for asked in waiting:
        side = "Privacy review" if asked.review == "privacy" else "Approval"
        yield Item(
            kind=Kind.APPROVAL,
            title=f"Read and decide: {asked.title or asked.subject}{f' – {asked.whom}' if asked.whom else ''}",
            text=f"{side}, asked for by {asked.requested_by}. Nothing of it is sent before.",
            client=asked.client or "",
            owner=asked.approver,
            since=asked.requested_at,
            due=asked.expires_at,
            href=f"/console/approvals/{asked.id}",
            mine=authority.of_staff(row, asked) is None,
        )
