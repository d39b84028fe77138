"""Planning a run: render every message, store it, ask for approval where each run needs one."""

from datetime import timedelta

from temporalio import activity

from activities.approval_notices import NoticeWriter
from activities.declared_undos import OUR_ROWS, has_no_undo
from activities.ports import Enrollments
from activities.rendering import render
from models.copywriting import SequenceStep
from models.enrollment import DraftMessage, Enrollment
from models.errors import UnusableTemplate
from models.identity import content_hash
from models.notices import APPROVAL_NOTICE_STEP
from models.outreach import OutreachPlan, PlannedStep, RunReference
from models.sending import SendStep
from models.terms import ApprovalPolicy


class EnrollingActivities:
    """What a run does once, at its start.

    Args:
        enrollments: leads in sequences.
        writer: writes to approvers.
        send_timeout: how long one sending activity may take; longer than the lease of a claim.
        retry_interval: the first pause before an activity is tried again.
    """

    def __init__(
        self,
        enrollments: Enrollments,
        writer: NoticeWriter,
        send_timeout: timedelta,
        retry_interval: timedelta,
    ) -> None:
        self._enrollments = enrollments
        self._send_timeout = send_timeout
        self._retry_interval = retry_interval
        self._writer = writer

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def prepare(self, reference: RunReference) -> OutreachPlan:
        """Render and store every message of the run; return what the run will do. Safe to repeat.

        Steps for which the lead has no address are left out, so the plan may have no steps.

        Raises:
            UnusableTemplate: a text cannot be rendered for this lead.
            WordingBlocked: a message holds what must not leave.
            KeyReusedWithDifferentContent: the wording of a planned message has changed.
        """
        enrollment = self._enrollments.load(reference.run_id)
        sequence = enrollment.sequence
        drafts = tuple(
            draft(enrollment, position, step)
            for position, step in enumerate(sequence.steps)
            if step.channel in enrollment.recipients
        )
        each_run = self._enrollments.plan(enrollment, drafts) is ApprovalPolicy.RUN
        return OutreachPlan(
            steps=tuple(_planned(step) for step in sequence.steps if step.channel in enrollment.recipients),
            approval_deadline=sequence.approval_deadline if each_run and drafts else None,
            escalate_approval_after=sequence.escalate_approval_after,
            notify_approver=bool(each_run and drafts and enrollment.approver_wants_email),
            repeat_after=sequence.repeat_after,
            send_timeout=self._send_timeout,
            retry_interval=self._retry_interval,
        )

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def write_approval_notice(self, reference: RunReference) -> SendStep:
        """Write the approver a notice with a single-use code; return how to send it.

        Safe to repeat: the notice is written once.
        """
        notice = self._enrollments.notice_for(reference.run_id)
        if notice is not None:
            self._enrollments.plan_notice(notice, *self._writer.written(notice))
        return SendStep(run_id=reference.run_id, step=APPROVAL_NOTICE_STEP)


def _planned(step: SequenceStep) -> PlannedStep:
    return PlannedStep(key=step.key, channel=step.channel, delay=step.delay, response_window=step.response_window)


def draft(enrollment: Enrollment, position: int, step: SequenceStep) -> DraftMessage:
    """Return one step of a run as the message that would leave.

    Raises:
        UnusableTemplate: there is no such template, or it cannot be rendered with these fields.
    """
    template = enrollment.template(step.template, step.version)
    if template is None:
        raise UnusableTemplate(f"there is no template {step.template} v{step.version}")
    wording = render(template, enrollment.fields)
    rendered = content_hash(wording.subject, wording.body)
    each_run = enrollment.sequence.approval is ApprovalPolicy.RUN
    return DraftMessage(
        step=step.key,
        position=position,
        channel=step.channel,
        recipient=enrollment.recipients[step.channel],
        consent_needed=template.consent_needed,
        immediate=enrollment.sequence.immediate and position == 0,
        subject=wording.subject,
        body=wording.body,
        content_hash=rendered,
        approved_hash=rendered if each_run else template.content_hash,
        lifetime=step.lifetime,
    )
