"""One lead in one sequence: loaded for planning, and its plan stored."""

from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.approval_nudges import Nudge
from models.approving import ApprovalSubject, AskFor, Review, RiskClass, hash_of_audience
from models.copywriting import SequenceVersion, TemplateVersion
from models.database import runs, wording_of_run
from models.database.engine import transaction
from models.database.permission import approvals
from models.database.permission.approval_notices import ApprovalNotices
from models.database.sending import planning
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.people import Client, Lead, Staff
from models.database.tables.runs import Run
from models.enrollment import DraftMessage, Enrollment, Recipient
from models.notices import APPROVAL_NOTICE_STEP, ApprovalNotice
from models.terms import ApprovalPolicy, Channel, MessageState, RunState
from models.zones import whereabouts

_PLANNED_EXACTLY = text(
    "SELECT approved_hash = content_hash FROM message WHERE run_id = :run AND audience = 'contact' LIMIT 1"
)


class Enrollments:
    """Enrolments on PostgreSQL.

    Args:
        engine: the way to the rows.
        notices: writes to approvers.
    """

    def __init__(self, engine: Engine, notices: ApprovalNotices) -> None:
        self._engine = engine
        self._notices = notices

    def load(self, run_id: UUID) -> Enrollment:
        """Return all that the plan of a run is made of. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            run = runs.existing(session, run_id)
            lead = session.get_one(Lead, run.lead_id)
            client = session.get_one(Client, run.client_id)
            sequence = SequenceVersion.model_validate(session.get_one(Sequence, run.sequence_id).definition)
            return Enrollment(
                run_id=run_id,
                client_id=client.id,
                sequence=sequence,
                approver_wants_email=_wants_email(session, sequence.approver),
                templates=_templates(session, sequence),
                fields=fields_of(client, lead),
                recipients=_recipients(client, lead),
            )

    def plan(self, enrollment: Enrollment, drafts: tuple[DraftMessage, ...]) -> ApprovalPolicy:
        """Store the messages and, if this run needs approval, ask for it. Safe to repeat.

        Returns:
            How its wording is approved: as the sequence says, or for this run if something was found in it that a
            person must approve as it stands.

        Raises:
            KeyReusedWithDifferentContent: a message of this run was planned before with other wording.
            WordingBlocked: a message holds what must not leave. What was found is kept.
        """
        sequence = enrollment.sequence
        policy = self._policy(enrollment, drafts)
        each_run = policy is ApprovalPolicy.RUN
        if each_run:
            drafts = tuple(draft.model_copy(update={"approved_hash": draft.content_hash}) for draft in drafts)
        with transaction(self._engine) as session:
            run = runs.existing(session, enrollment.run_id)
            for draft in drafts:
                state = MessageState.PLANNED if each_run else MessageState.READY
                planning.plan(session, run, draft, state)
            if each_run and drafts:
                wording_of_run.before_asking(session, run, drafts)
                approvals.ask(session, _asked_for(run, sequence, drafts))
            if run.state == RunState.REQUESTED:  # not when a reset plans once more what is long under way
                runs.move(session, run.id, RunState.AWAITING_APPROVAL if each_run else RunState.SENDING)
        return policy

    def _policy(self, enrollment: Enrollment, drafts: tuple[DraftMessage, ...]) -> ApprovalPolicy:
        with transaction(self._engine) as session:
            run = runs.existing(session, enrollment.run_id)
            planned = session.execute(_PLANNED_EXACTLY, {"run": run.id}).scalar_one_or_none()
            if planned is not None:  # what was planned once stays as it was planned
                return ApprovalPolicy.RUN if planned else ApprovalPolicy.TEMPLATE
            found = wording_of_run.examine(session, run, drafts)
        for step, findings in found.items():  # after the commit, so that what was found is kept
            findings.refuse_blocked(f"step {step}")
        return wording_of_run.policy(enrollment.sequence.approval, found)

    def notice_for(self, run_id: UUID) -> ApprovalNotice | None:
        """Return what to write to the approver, with a new code; None if the notice is written or no longer needed."""
        with transaction(self._engine) as session:
            approval = approvals.of_run(session, run_id)
            if approval is None or self._notices.is_planned(session, run_id, APPROVAL_NOTICE_STEP):
                return None
            return self._notices.compose(session, approval, approval.approver, Nudge.NOTICE, APPROVAL_NOTICE_STEP)

    def plan_notice(self, notice: ApprovalNotice, subject: str, body: str) -> None:
        """Store the notice as a message to the approver, sealed. Safe to repeat; the first one stays."""
        with transaction(self._engine) as session:
            self._notices.plan(session, notice, subject, body)


def _asked_for(run: Run, sequence: SequenceVersion, drafts: tuple[DraftMessage, ...]) -> AskFor:
    recipients = tuple(dict.fromkeys(draft.recipient.hash for draft in drafts))
    return AskFor(
        subject=ApprovalSubject.RUN,
        subject_id=run.id,
        client_id=run.client_id,
        run_id=run.id,
        items=[draft.content_hash for draft in drafts],
        audience_hash=hash_of_audience(recipients),
        review=Review.OWNER,
        risk=RiskClass.ROUTINE,
        approver=sequence.approver,
        delegate=sequence.delegate,
        requested_by=run.requested_by,
        last_editor=None,
        within=sequence.approval_deadline,
        recipients=recipients,
    )


def _templates(session: Session, sequence: SequenceVersion) -> tuple[TemplateVersion, ...]:
    wanted = {(step.template, step.version) for step in sequence.steps}
    rows = session.exec(select(Template).where(col(Template.key).in_({key for key, _ in wanted})))
    return tuple(
        TemplateVersion.model_validate(row, from_attributes=True) for row in rows if (row.key, row.version) in wanted
    )


def fields_of(client: Client, lead: Lead) -> dict[str, str]:
    """Return what a text may show of a lead and its client."""
    return {
        "first_name": lead.first_name,
        "service_type": lead.service_type,
        "client_name": client.name,
        "client_phone": client.phone,
        "client_postal_address": client.postal_address,
    }


def _recipients(client: Client, lead: Lead) -> dict[Channel, Recipient]:
    found = {}
    where = whereabouts(lead.phone or None, lead.region, client.time_zone, lead.time_zones)
    for channel, address in ((Channel.SMS, lead.phone), (Channel.EMAIL, lead.email)):
        if not address:
            continue
        hashed = address_hash(str(client.id), channel, address)
        found[channel] = Recipient(address=address, hash=hashed, time_zones=where.zones, places=where.places)
    return found


def _wants_email(session: Session, handle: str) -> bool:
    staff = session.get(Staff, handle)
    return staff is not None and staff.wants_email and bool(staff.email)
