"""The handoff of a lead to the CRM.

Prepare, call, record: the undo is committed before the CRM is called, so that a call whose answer was lost can still be
taken back.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.compensation import UndoKind
from models.database import events, runs, undelivered, undos
from models.database.engine import now, transaction
from models.database.events import TaskOrder
from models.database.inbound import crm_reports
from models.database.locks import lock_scope, scope_key
from models.database.tables.handoffs import Handoff
from models.database.tables.inbound import Reply
from models.database.tables.people import Client, Lead
from models.database.tables.runs import Run
from models.database.undelivered import CRM, FAILED_TASK
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.handoff import HANDOFF_STEP, LeadForCrm, PreparedHandoff
from models.outcomes.hubspot import Stages
from models.terms import PauseScope, RunState


class Handoffs:
    """Handoffs on PostgreSQL.

    Args:
        engine: the way to the rows.
        stages: what the stages of the CRM's deals mean: a deal may be won before we know that it is ours.
    """

    def __init__(self, engine: Engine, stages: Stages | None = None) -> None:
        self._engine = engine
        self._stages = stages

    def prepare(self, run_id: UUID) -> PreparedHandoff:
        """Register the undo and note the handoff. Safe to repeat; the second time it returns what the first has stored.

        After a rollback was asked for it is void from the start: what that has shown of itself stays all there is to do.
        """
        with transaction(self._engine) as session:
            handoff = session.exec(select(Handoff).where(col(Handoff.run_id) == run_id)).first()
            if handoff is None:
                lock_scope(session, scope_key(PauseScope.RUN, run_id=run_id))
                run = runs.existing(session, run_id)
                state = "prepared" if run.roll_back_requested_by is None else "voided"
                handoff = Handoff(run_id=run_id, client_id=run.client_id, lead_id=_lead_of(run), state=state)
                session.add(handoff)
                session.flush()
                if state == "prepared":
                    undos.register(session, run_id, HANDOFF_STEP, UndoKind.CRM_HANDOFF, str(handoff.id))
            runs.move(session, run_id, RunState.HANDING_OVER)
            return _prepared(session, handoff)

    def snapshot(self, handoff_id: UUID, found: dict[str, Any]) -> None:
        """Keep what the CRM held before our first write. Later calls do not replace it."""
        with transaction(self._engine) as session:
            handoff = session.get_one(Handoff, handoff_id, with_for_update=True)
            if not handoff.snapshot:
                handoff.snapshot = found

    def accepted(self, handoff_id: UUID, contact_id: str, deal_id: str, written: dict[str, Any]) -> None:
        """Record that the CRM has the lead, and what was written there."""
        with transaction(self._engine) as session:
            handoff = session.get_one(Handoff, handoff_id, with_for_update=True)
            if handoff.state == "accepted":
                return
            if handoff.state == "voided":  # while the call was under way; what it wrote is found again by our key
                about = runs.subject(runs.existing(session, handoff.run_id))
                order = TaskOrder("undo", f"{handoff.run_id}/{HANDOFF_STEP}", _TAKE_BACK, {"deal": deal_id})
                events.open_task(session, order, about, CRM)
                return
            handoff.state, handoff.accepted_at = "accepted", now(session)
            handoff.contact_id, handoff.deal_id = contact_id, deal_id
            handoff.next_try_at = None
            handoff.snapshot = {**handoff.snapshot, "written": written}
            about = runs.subject(runs.existing(session, handoff.run_id))
            events.record(session, EventKind.HANDED_OVER, CRM, about, deal=deal_id)
            events.close_tasks(session, FAILED_TASK, str(handoff.run_id), CRM)
            if deal_id and self._stages is not None:
                session.flush()
                crm_reports.tell_of_deal(session, deal_id, self._stages)

    def given_to_person(self, handoff_id: UUID, reason: str) -> None:
        """Record that the CRM does not get the lead by itself; a person enters it or has it offered again."""
        with transaction(self._engine) as session:
            handoff = session.get_one(Handoff, handoff_id, with_for_update=True)
            if handoff.state == "prepared":
                undelivered.give_to_person(session, handoff, reason)

    def postponed(self, handoff_id: UUID, reason: str, wait: timedelta) -> None:
        """Record a call that the CRM did not answer, and when the next one is due."""
        with transaction(self._engine) as session:
            undelivered.postpone(session, session.get_one(Handoff, handoff_id), reason, wait)

    def due(self, limit: int = 20) -> list[PreparedHandoff]:
        """Return handoffs to offer now; other workers leave them alone for two minutes."""
        with transaction(self._engine) as session:
            taken = undelivered.take_due(session, limit)
            return [_prepared(session, session.get_one(Handoff, handoff_id)) for handoff_id in taken]

    def switch_off(self, reason: str) -> None:
        """Offer the CRM nothing more until a person has closed the task about it."""
        with transaction(self._engine) as session:
            undelivered.switch_off(session, reason)

    def is_switched_off(self) -> bool:
        """Return whether nothing is to be offered to the CRM."""
        with transaction(self._engine) as session:
            return undelivered.is_switched_off(session)

    def of_run(self, run_id: UUID) -> PreparedHandoff | None:
        """Return the handoff of a run as stored, or None."""
        with transaction(self._engine) as session:
            handoff = session.exec(select(Handoff).where(col(Handoff.run_id) == run_id)).first()
            return _prepared(session, handoff) if handoff else None


_TAKE_BACK = "The CRM record was changed after our hand-over. Take back by hand what is still ours."


def _prepared(session: Session, handoff: Handoff) -> PreparedHandoff:
    run = runs.existing(session, handoff.run_id)
    lead, client = session.get_one(Lead, handoff.lead_id), session.get_one(Client, handoff.client_id)
    label = session.exec(select(Reply.label).where(col(Reply.run_id) == handoff.run_id)).first() or ""
    described = LeadForCrm(
        key=str(lead.id),
        handoff_id=str(handoff.id),
        prepared_at=handoff.prepared_at or now(session),
        first_name=lead.first_name,
        last_name=lead.last_name,
        phone=lead.phone,
        email=lead.email,
        client_name=client.name,
        service_type=lead.service_type,
        reply_label=label,
        owner=run.owner,
    )
    return PreparedHandoff(handoff.id, described, handoff.state, dict(handoff.snapshot), handoff.tries)


def _lead_of(run: Run) -> UUID:
    if run.lead_id is None:
        raise UnknownRecord(f"run {run.id} has no lead")
    return run.lead_id
