"""Notices on PostgreSQL: what they are made of, what the portal shows of them, and the messages that carry them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from models.approving import ApprovalSubject
from models.database import drafts, events, runs
from models.database.drafts import NewDraft
from models.database.engine import now, transaction
from models.database.events import Origin
from models.database.incidents import chasing, counts, material, moving, resuming, standing
from models.database.permission import approvals
from models.database.permission.previews import Policy
from models.database.portal import posts, withdrawing
from models.database.portal import wording as proofs
from models.database.portal.links import LinkTo
from models.database.sending import planning
from models.database.tables.incidents import IncidentNotice, IncidentUpdate
from models.drafting import Material
from models.event_kinds import EventKind
from models.incidents.material import NoticeMaterial, Written
from models.incidents.steering import IncidentSituation
from models.incidents.travelling import Chase, NoticeOrder
from models.incidents.words import UpdateKind
from models.portal.posts import InternalNote, PostKind, PostText
from models.portal.standing import WhyNotPublished
from models.terms import MessageState
from models.wording.audiences import Audience
from models.wording.findings import Severity
from models.wording.surroundings import Purpose

WORKFLOW = Origin("workflow")
TIME_TO_DECIDE = timedelta(hours=24)
# What has not left is replaced by newer word: nobody wants to read that a cause is sought once it is found.
_REPLACE = text(
    """
    UPDATE message SET state = 'expired', reason = 'expired', expires_at = clock_timestamp(), next_check_at = NULL
    WHERE run_id = :run AND audience = 'contact' AND state IN ('planned', 'ready') AND step NOT LIKE :current
    RETURNING id, step, channel
    """
)


class PostgresIncidents:
    """What the runs of incidents read and write.

    Args:
        engine: the way to the rows.
        policy: how what is held is judged and let go.
        link_to: issues the link of one person to the portal.
    """

    def __init__(self, engine: Engine, policy: Policy, link_to: LinkTo) -> None:
        self._engine = engine
        self._policy = policy
        self._link_to = link_to

    def look(self, run_id: UUID) -> IncidentSituation:
        """Return how the incident of a run stands for its client; an approver's no is then on its author's list.

        Raises:
            UnknownRecord: there is no such run.
        """
        with transaction(self._engine) as session:
            _note_refusal(session, run_id)
            return standing.look(session, run_id)

    def material(self, order: NoticeOrder) -> NoticeMaterial:
        """Return what one update is made of for the client of a run.

        Raises:
            UnknownRecord: there is no such run or update.
            UnusableTemplate: a template that it takes is not stored.
        """
        with transaction(self._engine) as session:
            return material.of(session, order)

    def portal_links(self, order: NoticeOrder, made_of: NoticeMaterial) -> dict[UUID, str]:
        """Return where each reader of a mail reads more, by contact. Safe to repeat: the same link is given again."""
        with transaction(self._engine) as session:
            return material.portal_links(session, order, made_of, self._link_to)

    def order(self, order: NoticeOrder, material: Material) -> UUID:
        """Order the draft of what the portal will show of an update. Safe to repeat: what was ordered first stays."""
        with transaction(self._engine) as session:
            incident, concerned = standing.of_run(session, order.run_id)
            run = runs.existing(session, order.run_id)
            proven = proofs.is_proven(session, f"incident/{incident.id}")
            audience = Audience(purpose=Purpose.INCIDENT, no_data_lost_is_proven=proven)
            wanted = NewDraft(concerned.client_id, run.id, f"update/{order.number}", run.owner, audience, material)
            return drafts.order(session, wanted)

    def stage(self, order: NoticeOrder, draft_id: UUID) -> None:
        """Keep what the portal will show, as it was drafted, and ask for its approval and its privacy review. Safe to repeat.

        What no client may read is not asked for: its author hears that it takes another wording.
        """
        with transaction(self._engine) as session:
            incident, concerned = standing.of_run(session, order.run_id)
            update = _update(session, incident.id, order.number)
            run = runs.locked(session, order.run_id)
            written = drafts.newest(session, drafts.existing(session, draft_id))
            said = PostText(
                kind=PostKind.INCIDENT_SUMMARY if update.kind == UpdateKind.SUMMARY else PostKind.INCIDENT,
                thread=f"incident/{incident.id}",
                title=written.subject,
                body=written.body,
                as_of=update.at,
            )
            beside = [InternalNote(label="internal", text=update.internal)] if update.internal else []
            author, risk = drafts.editor(written) or update.author, resuming.risk_of(incident)
            staged = posts.stage(
                session,
                run.client_id,
                run.id,
                said,
                order.number,
                author,
                risk,
                TIME_TO_DECIDE,
                beside,
                draft_id=draft_id,
            )
            session.execute(
                insert(IncidentNotice)
                .values(
                    update_id=update.id, client_id=concerned.client_id, run_id=run.id, post_id=staged.post_id,
                    title=said.title, body=said.body, content_hash=staged.content_hash,
                    counts=counts.counts_of(session, incident.id, concerned.client_id).model_dump(),
                )
                .on_conflict_do_nothing()
            )  # fmt: skip
            _replace_older(session, order)
            if posts.standing(session, staged.post_id).worst_finding is Severity.BLOCK:
                _refuse(session, order, "blocked")

    def write(self, order: NoticeOrder, written: Written) -> None:
        """Enter the messages of an update into the ledger, ready to ask the gate. Safe to repeat."""
        with transaction(self._engine) as session:
            notice = _notice(session, order)
            run = runs.locked(session, order.run_id)
            if notice.messages_at is not None or run.closed_at is not None:
                return
            for draft in written.drafts:
                planning.plan(session, run, draft, MessageState.READY)
            notice.messages_at, notice.messages = now(session), len(written.drafts)
            entered = len(written.drafts)
            events.record(
                session, EventKind.NOTICE_WRITTEN, WORKFLOW, runs.subject(run), number=order.number, messages=entered
            )
            self._heard(session, order, has_reached_them=bool(written.drafts))

    def publish(self, order: NoticeOrder) -> None:
        """Show the client an approved update in the portal, or note why it cannot be shown. Safe to repeat."""
        with transaction(self._engine) as session:
            notice = _notice(session, order)
            if notice.post_id is None or notice.published_at is not None:
                return
            publication = posts.publish(session, notice.post_id, WORKFLOW)
            if publication.refusal is None:
                notice.published_at = now(session)
                self._heard(session, order, has_reached_them=True)
            elif publication.refusal in (WhyNotPublished.WORDING_BLOCKED, WhyNotPublished.DECISION_ALTERED):
                _refuse(session, order, "blocked")

    def chase(self, chase: Chase) -> None:
        """Let the owner hear that word is promised soon, or the escalation owner that it is late. Safe to repeat."""
        with transaction(self._engine) as session:
            incident, concerned = standing.of_run(session, chase.run_id)
            if chase.has_passed and concerned.escalated_of != chase.promised:
                concerned.escalated_of = concerned.reminded_of = chase.promised
                chasing.escalate(session, incident, chase.promised, chase.run_id, WORKFLOW)
            elif not chase.has_passed and concerned.reminded_of != chase.promised:
                concerned.reminded_of = chase.promised
                chasing.remind(session, incident, chase.promised, WORKFLOW)

    def ask_to_resume(self, run_id: UUID) -> None:
        """Preview what the pauses of an incident would let go, and ask for the approval of that. Safe to repeat."""
        with transaction(self._engine) as session:
            incident, _ = standing.of_run(session, run_id)
            resuming.ask(session, moving.locked(session, incident.id), run_id, self._policy, WORKFLOW)

    def resume(self, run_id: UUID) -> None:
        """Let go what was approved, or ask again if it has become more; every run of the incident hears of it."""
        with transaction(self._engine) as session:
            incident, _ = standing.of_run(session, run_id)
            if resuming.resume(session, moving.locked(session, incident.id), run_id, self._policy, WORKFLOW):
                moving.announce(session, incident.id)

    def _heard(self, session: Session, order: NoticeOrder, *, has_reached_them: bool) -> None:
        if has_reached_them:
            incident, _ = standing.of_run(session, order.run_id)
            chasing.kept(session, incident, WORKFLOW)


def _note_refusal(session: Session, run_id: UUID) -> None:
    incident, concerned = standing.of_run(session, run_id)
    for told in standing.told_of(session, incident.id, concerned.client_id)[-1:]:
        notice = told.notice
        if notice is None or notice.post_id is None or notice.published_at or notice.not_published:
            continue
        if why := standing.why_refused(posts.standing(session, notice.post_id)):
            _refuse(session, NoticeOrder(run_id=run_id, number=told.update.number), why)


def _refuse(session: Session, order: NoticeOrder, why: str) -> None:
    incident, _ = standing.of_run(session, order.run_id)
    notice = _notice(session, order)
    if notice.not_published:
        return
    notice.not_published = why
    about = runs.subject(runs.existing(session, order.run_id))
    events.record(session, EventKind.NOTICE_REFUSED, WORKFLOW, about, why, number=order.number)
    chasing.refused(session, incident, order.number, why, order.run_id, WORKFLOW)


def _replace_older(session: Session, order: NoticeOrder) -> None:
    """Drop what newer word has overtaken: posts that nobody has approved yet, and messages that have not left."""
    incident, concerned = standing.of_run(session, order.run_id)
    for told in standing.told_of(session, incident.id, concerned.client_id):
        notice = told.notice
        if notice is None or notice.post_id is None or notice.published_at or told.update.number >= order.number:
            continue
        notice.not_published = notice.not_published or "replaced"
        withdrawing.withdraw(session, notice.post_id, WORKFLOW, "replaced")
        approvals.supersede(session, ApprovalSubject.POST, notice.post_id, WORKFLOW)
    gone = session.execute(_REPLACE, {"run": order.run_id, "current": f"update-{order.number}-%"}).all()
    run = runs.existing(session, order.run_id)
    for message in gone:
        about = events.Subject(run.owner, run.client_id, run.id, None, message.id, message.channel)
        events.record(session, EventKind.MESSAGE_NOT_SENT, WORKFLOW, about, "expired", step=message.step)


def _update(session: Session, incident_id: UUID, number: int) -> IncidentUpdate:
    return next(found for found in moving.updates_of(session, incident_id) if found.number == number)


def _notice(session: Session, order: NoticeOrder) -> IncidentNotice:
    incident, concerned = standing.of_run(session, order.run_id)
    update = _update(session, incident.id, order.number)
    found = session.get(IncidentNotice, (update.id, concerned.client_id), with_for_update=True, populate_existing=True)
    assert found is not None, "an update is composed before anything else is done with it"
    return found
