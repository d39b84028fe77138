"""Correcting what cannot be taken back: a run of its own, whose exact wording an approver has to approve.

It passes the gate like anything else. Once a correction has left, the undo of what it corrects says so.
"""

from collections.abc import Sequence as Several
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from models.copywriting import SequenceStep, SequenceVersion, TemplateVersion
from models.database import events, intake, runs
from models.database.engine import transaction
from models.database.intake import Asked
from models.database.locks import lock_scope
from models.database.permission import approvals
from models.database.runs import Started
from models.database.seeding import DEFAULT_APPROVER
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.people import Lead
from models.database.tables.runs import Run
from models.database.undos import TASK, WORKFLOW
from models.errors import CommsError
from models.event_kinds import EventKind
from models.terms import ApprovalPolicy, Channel, ConsentKind, UndoState

KEY = "correction"
"""Of the sequence and the purpose of every correction; its texts are `correction/sms` and `correction/email`."""
AT_ONCE = timedelta(seconds=1)
LISTENS = timedelta(days=1)
_CORRECTABLE = text(
    """
    SELECT u.id, m.channel, m.consent_needed FROM undo u
    JOIN message m ON m.id = CAST(CASE u.kind WHEN 'sent_message' THEN u.about END AS uuid)
    WHERE u.run_id = :run AND u.state = 'not_undoable' ORDER BY u.id FOR UPDATE OF u
    """
)
_CORRECTED_BY = text("UPDATE undo SET correction_run_id = :by WHERE id = ANY (:undos)")
_HAVE_LEFT = text(
    """
    UPDATE undo u SET state = 'correction_sent', ended_at = clock_timestamp()
    FROM message corrected, message correction
    WHERE u.state = 'not_undoable' AND u.correction_run_id = correction.run_id
      AND corrected.id = CAST(u.about AS uuid) AND correction.channel = corrected.channel
      AND correction.state = 'accepted' AND correction.audience = 'contact'
    RETURNING u.run_id, u.step, u.correction_run_id AS by
    """
)
_SOME_ARE_LEFT = text("SELECT EXISTS (SELECT 1 FROM undo WHERE run_id = :run AND state = 'not_undoable')")


class NothingToCorrect(CommsError):
    """There is nothing to correct in this way. The message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a correction says on one channel; it may show the same fields as any template."""

    channel: Channel
    subject: str
    body: str


def ask(session: Session, run_id: UUID, wordings: Several[Wording], asked: Asked) -> Started:
    """Start a run that corrects what a rolled-back run has sent, and ask for approval of its wording.

    Raises:
        UnknownRecord: there is no such run.
        NothingToCorrect: nothing of the run has left by one of the channels, or a correction to this person is open.
        LostRace: another request with the same key was stored first.
    """
    run = runs.existing(session, run_id)
    left = session.execute(_CORRECTABLE, {"run": run_id}).all()
    for wording in wordings:
        if wording.channel not in {row.channel for row in left}:
            raise NothingToCorrect(f"no {wording.channel} of this run is to be corrected; see its rollback")
    if run.lead_id is None:
        raise NothingToCorrect("this run has written to no lead; correct its post in the portal")
    needed = max(ConsentKind(row.consent_needed) for row in left)
    lead = session.get_one(Lead, run.lead_id)
    sequence = _store(session, run, wordings, needed, asked.actor)
    started = intake.request_run(session, lead, sequence, run.owner, asked)
    if started.joined:
        raise NothingToCorrect(f"run {started.run_id} corrects something for this person; wait for its end, or stop it")
    channels = {wording.channel for wording in wordings}
    undos = [row.id for row in left if row.channel in channels]
    session.execute(_CORRECTED_BY, {"by": started.run_id, "undos": undos})
    return started


class Corrections:
    """Corrections on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def settle(self) -> int:
        """Note which corrections have left. Safe to repeat; returns how many steps that has ended."""
        with transaction(self._engine) as session:
            settled = session.execute(_HAVE_LEFT).all()
            for row in settled:
                about = runs.subject(runs.existing(session, row.run_id))
                facts = {"step": row.step, "by": str(row.by)}
                events.record(session, EventKind.UNDONE, WORKFLOW, about, UndoState.CORRECTION_SENT, **facts)
            for run_id in {row.run_id for row in settled}:
                if not session.execute(_SOME_ARE_LEFT, {"run": run_id}).scalar_one():
                    events.close_tasks(session, TASK, str(run_id), WORKFLOW)
        return len(settled)


def _store(session: Session, run: Run, wordings: Several[Wording], needed: ConsentKind, author: str) -> Sequence:
    lock_scope(session, "seeding")
    newest = session.exec(select(func.max(col(Sequence.version))).where(col(Sequence.key) == KEY)).one()
    version = (newest or 0) + 1
    for template in (template_of(wording, needed, version) for wording in wordings):
        session.add(Template(**template.model_dump(), content_hash=template.content_hash, created_by=author))
    made = SequenceVersion(
        key=KEY,
        version=version,
        title=f"Correction of run {run.id}",
        approval=ApprovalPolicy.RUN,
        owner=run.owner,
        escalation_owner=run.escalation_owner,
        approver=_approver(session, run),
        follow_up_rule="Written by hand, sent once; a reply goes to a person.",
        steps=tuple(_step(wording, version, wording is wordings[-1]) for wording in wordings),
    )
    definition = made.model_dump(mode="json")
    row = Sequence(key=KEY, version=version, title=made.title, definition=definition, created_by=author)
    session.add(row)
    session.flush()
    return row


def _approver(session: Session, run: Run) -> str:
    """Return who approves: whoever approved the wording that is corrected."""
    asked = approvals.of_run(session, run.id)
    if asked is not None:
        return asked.approver
    if run.sequence_id is not None:
        return SequenceVersion.model_validate(session.get_one(Sequence, run.sequence_id).definition).approver
    return DEFAULT_APPROVER


def template_of(wording: Wording, needed: ConsentKind, version: int) -> TemplateVersion:
    """Return the text of a correction as a template version."""
    return TemplateVersion(
        key=f"{KEY}/{wording.channel}",
        version=version,
        channel=wording.channel,
        consent_needed=needed,
        subject=wording.subject,
        body=wording.body,
    )


def _step(wording: Wording, version: int, is_last: bool) -> SequenceStep:
    window = LISTENS if is_last else AT_ONCE
    return SequenceStep(
        key=wording.channel,
        channel=wording.channel,
        template=f"{KEY}/{wording.channel}",
        version=version,
        response_window=window,
    )
