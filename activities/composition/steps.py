"""The steps of each business process: which activities a workflow may call, made of rows and providers."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session
from temporalio.common import MetricMeter

from activities.asking_for_reviews import ReviewActivities
from activities.composition.approving import approval_notices, notice_writer
from activities.composition.outside import Outside
from activities.composition.resuming import resume_policy
from activities.composition.sending import make_messaging
from activities.composition.taking_back import undoers
from activities.digesting import DigestActivities
from activities.drafting import DraftingActivities
from activities.enrolling import EnrollingActivities
from activities.handing_over import HandoffActivities
from activities.incidents import IncidentActivities
from activities.opening_periods import PeriodActivities
from activities.ports import Principals
from activities.publishing import PublishingActivities
from activities.reading_sources import SourceActivities
from activities.running import RunActivities
from activities.taking_back import TakingBackActivities
from activities.telling_clients import NoticeActivities
from models.connection import key_ring
from models.database.drafting import Drafts
from models.database.enrollments import Enrollments
from models.database.handoffs import Handoffs
from models.database.incidents.notices import PostgresIncidents
from models.database.portal import links
from models.database.portal.links import LinkTo
from models.database.portal.of_workflows import PostsOfWorkflows
from models.database.reports.digest_rows import DigestRows
from models.database.reports.notice_rows import NoticeRows
from models.database.reports.own_source import OwnRows
from models.database.reports.period_rows import PeriodRows
from models.database.reports.source_rows import SourceRows
from models.database.review_requests.requests import ReviewRequests
from models.database.run_control import RunControl
from models.database.undos import Undos
from models.review_requests.links import link_token
from models.settings import Settings

LINK_LASTS = timedelta(days=60)
"""How long a link in a message about a report works."""

Steps = list[Callable[..., Any]]


def of_every_run(
    settings: Settings, engine: Engine, outside: Outside, principals: Principals, meter: MetricMeter
) -> Steps:
    """Look at rows, send, hand over, publish, draft, take back, close."""
    approval_key = settings.keys.approval.get_secret_value().encode()
    running = RunActivities(RunControl(engine, approval_key), principals)
    publishing = PublishingActivities(PostsOfWorkflows(engine))
    return [
        running.look,
        running.settle_signal,
        running.escalate_approval,
        running.close,
        running.note_rollback,
        make_messaging(settings, engine, outside, meter).send,
        DraftingActivities(Drafts(engine), outside.drafter, settings.drafter.tries).draft,
        publishing.look_at_post,
        publishing.publish,
        publishing.withdraw,
        TakingBackActivities(Undos(engine), undoers(engine, outside)).take_back,
    ]


def of_outreach(settings: Settings, engine: Engine, outside: Outside) -> Steps:
    """Plan what a lead gets, and hand whoever answers to the CRM."""
    enrolling = EnrollingActivities(
        Enrollments(engine, approval_notices(settings)),
        notice_writer(settings),
        settings.timers.start_to_close,
        settings.timers.activity_retry,
    )
    return [enrolling.prepare, enrolling.write_approval_notice, handing_over(settings, engine, outside).hand_to_crm]


def handing_over(settings: Settings, engine: Engine, outside: Outside) -> HandoffActivities:
    """Return how leads get into the CRM."""
    return HandoffActivities(Handoffs(engine, settings.crm.stages), outside.crm)


def of_review_requests(settings: Settings, engine: Engine) -> Steps:
    """Ask the customer of a finished job for a review."""
    asking = ReviewActivities(
        ReviewRequests(engine),
        Enrollments(engine, approval_notices(settings)),
        partial(link_token, settings.keys.callback.get_secret_value().encode()),
        settings.public_base_url,
        settings.timers.start_to_close,
        settings.timers.activity_retry,
    )
    return [
        asking.take_turn,
        asking.take_turn_to_remind,
        asking.plan_request,
        asking.look_at_job,
        asking.note_not_asked,
    ]


def portal_links(settings: Settings) -> LinkTo:
    """Return what gives people at a client their links to the portal."""
    key = settings.keys.callback.get_secret_value().encode()

    def link_to(session: Session, contact_id: UUID, post_id: UUID | None) -> str:
        return f"{settings.public_base_url}{links.issue(session, contact_id, post_id, key, LINK_LASTS)}"

    return link_to


def of_report_digests(settings: Settings, engine: Engine, outside: Outside) -> Steps:
    """Close a period, read its sources, draft, publish, tell, and see whether it is read."""
    digesting = DigestActivities(DigestRows(engine))
    return [
        PeriodActivities(PeriodRows(engine)).open_period,
        SourceActivities(SourceRows(engine, key_ring(settings)), outside.figures, OwnRows(engine)).read_sources,
        digesting.look_at_digest,
        digesting.hold_digest,
        digesting.draft_digest,
        digesting.stage_digest,
        digesting.escalate_digest,
        digesting.publish_digest,
        digesting.working_days_after,
        digesting.tell_unread,
        digesting.note_read,
        NoticeActivities(NoticeRows(engine, portal_links(settings))).plan_report_notices,
    ]


def of_incidents(settings: Settings, engine: Engine) -> Steps:
    """Tell clients of an incident by the promised times, and let go what it held."""
    incidents = IncidentActivities(PostgresIncidents(engine, resume_policy(settings), portal_links(settings)))
    return [
        incidents.look_at_incident,
        incidents.compose_notice,
        incidents.stage_notice,
        incidents.write_notices,
        incidents.publish_notice,
        incidents.chase_update,
        incidents.ask_to_resume,
        incidents.resume_incident,
    ]
