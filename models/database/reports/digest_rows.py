"""One digest on PostgreSQL: what it is made of, its two reviews, its post on the portal, and whether it is read."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from models.approving import Review, RiskClass
from models.database import drafts, events, runs
from models.database.drafts import NewDraft
from models.database.engine import now, transaction
from models.database.events import Origin, TaskOrder
from models.database.portal import posts
from models.database.reports import caveats_said, figures, opening, settings
from models.database.reports.source_rows import LOOK_BACK
from models.database.tables.people import Client
from models.database.tables.reports import Report, ReportPeriod
from models.digests.composing import DigestFacts
from models.digests.figures import Period
from models.digests.periods import Cadence, before
from models.digests.travelling import DigestSituation, PeriodState
from models.drafting import Material
from models.event_kinds import EventKind
from models.portal.posts import PostKind, PostText
from models.terms import ApprovalState, RunState
from models.wording.audiences import Audience
from models.wording.surroundings import Purpose

WORKFLOW = Origin("workflow")
HELD_TASK, OVERDUE_TASK, UNREAD_TASK = "digest_held", "digest_review_overdue", "report_unread"
REVIEW_WITHIN = timedelta(days=5)
"""How long the reviewers may take; afterwards the digest ends unpublished."""
_HELD = (
    "This report cannot be made: a source that it needs is missing altogether. See how its sources stand with `comms reports "
    "sources CLIENT`, connect what is missing, and it goes on by itself; or stop the run, or make the source optional."
)
_OVERDUE = (
    "Nobody has decided on this report. Review it, or have somebody else review it; it ends unpublished otherwise."
)
_UNREAD = "Nobody at the client has read this report, and they were reminded. Call them, then close this task."
_VIEWED = text(
    """
    SELECT min(first_at) FROM post_view
    WHERE post_id = :post AND discounted = '' AND level IN ('viewed', 'viewed_authenticated')
    """
)
_REFUSED = (ApprovalState.REJECTED, ApprovalState.EXPIRED)


class DigestRows:
    """Implements what the activities need of a digest.

    Args:
        engine: the way to the rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def look(self, run_id: UUID) -> DigestSituation:
        """Return how the digest stands. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            zone = session.get_one(Client, row.client_id).time_zone
            if row.post_id is None:
                return DigestSituation(state=PeriodState(row.state), zone=zone)
            post = posts.standing(session, row.post_id)
            reviews = (post.owner_approval, post.privacy_review)
            return DigestSituation(
                state=PeriodState(row.state),
                zone=zone,
                approved=all(review is ApprovalState.APPROVED for review in reviews),
                refused=any(review in _REFUSED for review in reviews),
                first_viewed_at=session.execute(_VIEWED, {"post": row.post_id}).scalar_one(),
            )

    def hold(self, run_id: UUID, *, held: bool) -> None:
        """Note that a source is missing without which there is no digest, or no longer; its owner is told. Safe to repeat."""
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            if not held:
                events.close_tasks(session, HELD_TASK, str(run_id), WORKFLOW)
                return
            about = runs.subject(runs.existing(session, run_id))
            row.state = PeriodState.HELD
            if events.open_task(session, TaskOrder(HELD_TASK, str(run_id), _HELD), about, WORKFLOW):
                events.record(session, EventKind.DIGEST_HELD, WORKFLOW, about, starts=row.starts.isoformat())

    def facts(self, run_id: UUID, at: datetime) -> DigestFacts:
        """Return what the digest is made of, by the calendar of a moment (aware). Safe to repeat."""
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            report = settings.existing(session, row.report_id)
            client = session.get_one(Client, row.client_id)
            period, last = Period(first=row.starts, last=row.ends), _before(report, row)
            today = at.astimezone(ZoneInfo(client.time_zone)).date()
            earlier = [last, *figures.shown_periods(session, report.id, row.starts, LOOK_BACK)]
            changed = figures.find_restated(session, run_id, client.id, report.id, list(dict.fromkeys(earlier)))
            return DigestFacts(
                client_name=client.name,
                zone=client.time_zone,
                period=period,
                before=last,
                figures=figures.of_period(session, report.id, period.first),
                earlier=figures.of_period(session, report.id, last.first),
                caveats=tuple(dict.fromkeys(one.said for one in caveats_said.of_digest(session, report, row, today))),
                restated=tuple(changed),
            )

    def order(self, run_id: UUID, material: Material) -> UUID:
        """Order the draft of the digest. The same material again is the same draft; what has changed since is another one."""
        with transaction(self._engine) as session:
            run = runs.existing(session, run_id)
            key, audience = f"digest/{material.hash}", Audience(purpose=Purpose.REPORT)
            return drafts.order(session, NewDraft(run.client_id, run_id, key, run.owner, audience, material))

    def stage(self, run_id: UUID, draft_id: UUID) -> str:
        """Put a written draft before its owner and the privacy reviewer. Safe to repeat; other wording voids what was approved.

        Returns the classes of what nobody may be asked to approve, empty if both were asked.
        """
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            run = runs.existing(session, run_id)
            report = settings.existing(session, row.report_id)
            draft = drafts.existing(session, draft_id)
            written = drafts.newest(session, draft)
            shown = Material.model_validate(draft.material).figures
            wording = PostText(
                kind=PostKind.REPORT,
                thread=f"report/{report.cadence}/{row.starts}",
                title=written.subject,
                body=written.body,
                as_of=max((figure.as_of for figure in shown), default=now(session)),
                figures=shown,
            )
            reviewers = {Review.OWNER: report.approver, Review.PRIVACY: report.privacy_reviewer}
            staged = posts.stage(
                session,
                row.client_id,
                run_id,
                wording,
                1,
                drafts.editor(written) or run.requested_by,
                RiskClass.ROUTINE,
                REVIEW_WITHIN,
                reviewers=reviewers,
                draft_id=draft_id,
            )
            if row.post_id is None:
                events.record(session, EventKind.DIGEST_DRAFTED, WORKFLOW, runs.subject(run), post=str(staged.post_id))
            row.post_id, row.state = staged.post_id, PeriodState.DRAFTED
            runs.move(session, run_id, RunState.AWAITING_APPROVAL)
            return staged.blocked_by

    def publish(self, run_id: UUID) -> bool:
        """Let the client see the digest. Safe to repeat. Returns False if a review or its wording does not allow it."""
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            if row.post_id is None or not posts.publish(session, row.post_id, WORKFLOW).is_published:
                return False
            report = settings.existing(session, row.report_id)
            earlier = figures.shown_periods(session, report.id, row.starts, LOOK_BACK)
            shown = dict.fromkeys([Period(first=row.starts, last=row.ends), _before(report, row), *earlier])
            told = figures.note_shown(session, run_id, report.id, list(shown))
            row.state, row.published_at = PeriodState.PUBLISHED, row.published_at or now(session)
            runs.move(session, run_id, RunState.SENDING)
            if told:
                about = runs.subject(runs.existing(session, run_id))
                events.record(session, EventKind.FIGURES_RESTATED, WORKFLOW, about, count=told)
            return True

    def escalate(self, run_id: UUID) -> None:
        """Tell the escalation owner that the reviewers have not decided. Safe to repeat."""
        self._ask(run_id, TaskOrder(OVERDUE_TASK, str(run_id), _OVERDUE), EventKind.APPROVAL_ESCALATED, escalated=True)

    def tell_unread(self, run_id: UUID) -> None:
        """Give the account manager the task to ask the client, unless there is nothing left to read. Safe to repeat."""
        with transaction(self._engine) as session:
            if not opening.is_shown(session, opening.of_run(session, run_id)):
                return
        self._ask(run_id, TaskOrder(UNREAD_TASK, str(run_id), _UNREAD), EventKind.REPORT_UNREAD, escalated=False)

    def note_read(self, run_id: UUID) -> None:
        """Close that task: somebody has read it after all. Safe to repeat."""
        with transaction(self._engine) as session:
            events.close_tasks(session, UNREAD_TASK, str(run_id), WORKFLOW)

    def _ask(self, run_id: UUID, order: TaskOrder, kind: EventKind, *, escalated: bool) -> None:
        with transaction(self._engine) as session:
            run = runs.existing(session, run_id)
            about = runs.subject(run, run.escalation_owner if escalated else run.owner)
            if events.open_task(session, order, about, WORKFLOW):
                events.record(session, kind, WORKFLOW, about)


def _before(report: Report, row: ReportPeriod) -> Period:
    return before(Period(first=row.starts, last=row.ends), Cadence(report.cadence))
