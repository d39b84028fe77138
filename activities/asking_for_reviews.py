"""Asking a customer for a review: whom, when, with which words, and how the job stands meanwhile."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from temporalio import activity

from activities.declared_undos import OUR_ROWS, has_no_undo
from activities.enrolling import draft
from activities.ports import Enrollments
from models.copywriting import SequenceStep
from models.errors import UnusableTemplate
from models.outreach import RunReference
from models.review_requests.links import review_link
from models.review_requests.planning import Part, choose, part_of
from models.review_requests.travelling import JobNews, NotAskedBecause, PlannedAsk, ReviewPlan, Turn
from models.review_requests.wording import FIELD, refusals
from models.terms import ApprovalPolicy, Channel


class ReviewRequests(Protocol):
    """Finished jobs and their customers. See `models.database.review_requests.requests`."""

    def take_turn(self, run_id: UUID) -> Turn:
        """Say from when the customer may be asked, and keep that place of the day."""
        ...

    def take_turn_to_remind(self, run_id: UUID) -> Turn:
        """Say from when the customer may be reminded, and keep that place of the day."""
        ...

    def news(self, run_id: UUID) -> JobNews:
        """Return how the job stands."""
        ...

    def permitted(self, run_id: UUID) -> tuple[Channel, ...]:
        """Return the channels through which the customer may be asked."""
        ...

    def thanks(self, run_id: UUID) -> bool:
        """Return whether those who have left a review are thanked."""
        ...

    def keep_links(self, run_id: UUID, tokens: Mapping[str, str]) -> None:
        """Keep the link of each step, by its token."""
        ...

    def refuse(self, run_id: UUID, reason: str) -> None:
        """Keep why the customer is not asked, or no further."""
        ...


class ReviewActivities:
    """Short reads and writes of our own rows.

    Args:
        requests: finished jobs.
        enrollments: what texts are made of, and where they are stored.
        token_of: returns the token of the link in one step of a run; always the same one.
        public_base_url: where that link leads.
        send_timeout: how long one sending activity may take; longer than the lease of a claim.
        retry_interval: the first pause before an activity is tried again.
    """

    def __init__(
        self,
        requests: ReviewRequests,
        enrollments: Enrollments,
        token_of: Callable[[UUID, str], str],
        public_base_url: str,
        send_timeout: timedelta,
        retry_interval: timedelta,
    ) -> None:
        self._requests = requests
        self._enrollments = enrollments
        self._token_of = token_of
        self._public_base_url = public_base_url
        self._send_timeout = send_timeout
        self._retry_interval = retry_interval

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def take_turn(self, reference: RunReference) -> Turn:
        """Judge whether the customer is asked, and from when on. Safe to repeat; asked again before the request leaves."""
        return self._requests.take_turn(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def take_turn_to_remind(self, reference: RunReference) -> Turn:
        """Say from when the customer may be reminded. Safe to repeat; asked again before the reminder leaves."""
        return self._requests.take_turn_to_remind(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def look_at_job(self, reference: RunReference) -> JobNews:
        """Return what the rows say about the job and what came of the request. Safe to repeat."""
        return self._requests.news(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def note_not_asked(self, because: NotAskedBecause) -> None:
        """Keep with the job why its customer is not asked, or no further. Safe to repeat; the first reason stays."""
        self._requests.refuse(because.run_id, because.reason)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def plan_request(self, reference: RunReference) -> ReviewPlan:
        """Render and store what this customer may get; return what the run will do. Safe to repeat.

        Raises:
            UnusableTemplate: a text cannot be rendered for this customer, or must not be used to ask for a review.
            KeyReusedWithDifferentContent: the wording of a planned message has changed.
        """
        run_id = reference.run_id
        enrollment = self._enrollments.load(run_id)
        sequence = enrollment.sequence
        permitted = [channel for channel in self._requests.permitted(run_id) if channel in enrollment.recipients]
        chosen = choose(sequence, permitted, self._requests.thanks(run_id))
        tokens = {step.key: self._token_of(run_id, step.key) for step in chosen.steps if _asks(step)}
        self._requests.keep_links(run_id, tokens)
        drafts = []
        for position, step in enumerate(chosen.steps):
            template = enrollment.template(step.template, step.version)
            if template and (why := refusals(template.subject, template.body, asks=_asks(step))):
                raise UnusableTemplate(f"template {template.key} v{template.version}: {why[0]}")
            shown = {FIELD: review_link(self._public_base_url, tokens[step.key])} if step.key in tokens else {}
            drafts.append(draft(enrollment.model_copy(update={"fields": enrollment.fields | shown}), position, step))
        self._enrollments.plan(enrollment, tuple(drafts))
        each_run = sequence.approval is ApprovalPolicy.RUN and bool(drafts)
        return ReviewPlan(
            ask=_planned(chosen.ask),
            reminder=_planned(chosen.reminder),
            thanks=_planned(chosen.thanks),
            approval_deadline=sequence.approval_deadline if each_run else None,
            escalate_approval_after=sequence.escalate_approval_after,
            notify_approver=each_run and enrollment.approver_wants_email,
            observed_for=max(
                (step.response_window for step in (chosen.ask, chosen.reminder) if step), default=timedelta(0)
            ),
            send_timeout=self._send_timeout,
            retry_interval=self._retry_interval,
        )


def _asks(step: SequenceStep) -> bool:
    return part_of(step.key) is not Part.THANKS


def _planned(step: SequenceStep | None) -> PlannedAsk | None:
    if step is None:
        return None
    return PlannedAsk(key=step.key, channel=step.channel, delay=step.delay)
