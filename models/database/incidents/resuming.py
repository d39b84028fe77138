"""Letting go what an incident has held: previewed, approved as it was shown, at a limited rate."""

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.approving import ApprovalSubject, AskFor, Review, RiskClass
from models.database import events
from models.database.events import Origin
from models.database.incidents import counts, opening
from models.database.permission import approvals, marks, pauses, previews
from models.database.permission.foreseeing import WILL_SEND
from models.database.permission.previews import Policy, Wish
from models.database.tables.incidents import Incident, IncidentPause
from models.database.tables.pauses import Pause, PausePreview
from models.event_kinds import EventKind
from models.incidents.states import IncidentSeverity
from models.incidents.steering import Approving
from models.plurals import counted
from models.terms import ApprovalState, Role

TIME_TO_DECIDE = timedelta(hours=24)
_APPROVER = text(
    "SELECT handle FROM staff WHERE active AND :role = ANY (roles) AND handle <> :owner ORDER BY handle LIMIT 1"
)
_APPROVING = {
    ApprovalState.WAITING: Approving.WAITING,
    ApprovalState.APPROVED: Approving.APPROVED,
    ApprovalState.REJECTED: Approving.REFUSED,
    ApprovalState.EXPIRED: Approving.REFUSED,
}


def standing(session: Session, incident: Incident) -> Approving:
    """Return how the resume of what an incident holds stands."""
    reviews = approvals.standing(session, ApprovalSubject.RESUME, incident.id)
    return _APPROVING[reviews[Review.OWNER]] if Review.OWNER in reviews else Approving.NOT_ASKED


def ask(
    session: Session,
    incident: Incident,
    run_id: UUID | None,
    policy: Policy,
    origin: Origin,
    per_second: float | None = None,
) -> list[PausePreview]:
    """Preview the resume of every standing pause of an incident, and ask for the approval of exactly that.

    The same counts again are the same request; others supersede it. Whoever asks may not approve.
    """
    shown = [_preview(session, link, policy, per_second, origin) for link in _standing(session, incident.id)]
    if not shown:
        return []
    clients = opening.clients_of(session, incident.id)
    asker = incident.owner if origin.actor == events.SYSTEM else origin.actor
    wanted = AskFor(
        subject=ApprovalSubject.RESUME,
        subject_id=incident.id,
        client_id=clients[0].id if len(clients) == 1 else None,
        run_id=run_id,
        items=[_hash(preview) for preview in shown],
        audience_hash="",
        review=Review.OWNER,
        risk=risk_of(incident),
        approver=session.execute(_APPROVER, {"role": Role.APPROVER, "owner": asker}).scalar() or asker,
        delegate=None,
        requested_by=asker,
        last_editor=None,
        within=TIME_TO_DECIDE,
    )
    approval = approvals.ask(session, wanted)
    facts = opening.facts_of(incident) | {"approval": str(approval.id), "will_send": sum(map(_will_send, shown))}
    events.record(session, EventKind.RESUME_ASKED, origin, opening.about(incident), **facts)
    return shown


def resume(session: Session, incident: Incident, run_id: UUID, policy: Policy, origin: Origin) -> bool:
    """Let go what was approved. If more would leave than was shown, ask again and return False. Safe to repeat."""
    if standing(session, incident) is not Approving.APPROVED:
        return False
    if marks.rests_on_altered(session, ApprovalSubject.RESUME, incident.id):
        return False
    links = [link for link in _standing(session, incident.id) if link.preview_id is not None]
    for link in links:
        pauses.locked(session, link.pause_id)
    approved = {link.pause_id: session.get_one(PausePreview, link.preview_id) for link in links}
    fresh = {link.pause_id: _fresh(session, link, approved[link.pause_id], policy, origin) for link in links}
    if any(_will_send(fresh[pause]) > _will_send(approved[pause]) for pause in approved):
        ask(session, incident, run_id, policy, origin)
        return False
    for pause_id, preview in fresh.items():
        wish = Wish(pause_id, preview.epoch, preview.id, f"incident {incident.id} is over")
        previews.resume(session, wish, policy, origin)
    return True


def asked_for(session: Session, incident_id: UUID) -> list[tuple[str, str]]:
    """Return what an approver of the newest resume decides on: each scope with what its preview has shown."""
    return [
        (session.get_one(Pause, link.pause_id).scope, _in_words(session.get_one(PausePreview, link.preview_id)))
        for link in _standing(session, incident_id)
        if link.preview_id is not None
    ]


def _in_words(preview: PausePreview) -> str:
    counts = {what: count for what, count in preview.counts.items() if what != WILL_SEND}
    others = "".join(f"\n{count} {what.replace('_', ' ')}" for what, count in sorted(counts.items()))
    leaving = counted(_will_send(preview), "message")
    return f"{leaving} will be sent at {preview.per_second:g} per second, each through every check.{others}"


def risk_of(incident: Incident) -> RiskClass:
    """Return how many people must agree to what an incident does."""
    return RiskClass.ROUTINE if incident.severity == IncidentSeverity.MINOR else RiskClass.TWO_PEOPLE


def _standing(session: Session, incident_id: UUID) -> list[IncidentPause]:
    """Return the pauses that still hold, in the order in which scopes are locked."""
    held = {pause.id: pause for pause in counts.pauses_of(session, incident_id) if pause.lifted_at is None}
    query = select(IncidentPause).where(
        col(IncidentPause.incident_id) == incident_id, col(IncidentPause.pause_id).in_(held)
    )
    return sorted(session.exec(query), key=lambda link: opening.in_locking_order(held[link.pause_id].scope))


def _preview(
    session: Session, link: IncidentPause, policy: Policy, per_second: float | None, origin: Origin
) -> PausePreview:
    pause = session.get_one(Pause, link.pause_id)
    shown = previews.show(session, pause, policy.rules, per_second or policy.per_second, origin.actor)
    link.preview_id = shown.row.id
    session.flush()
    return shown.row


def _fresh(
    session: Session, link: IncidentPause, approved: PausePreview, policy: Policy, origin: Origin
) -> PausePreview:
    pause = session.get_one(Pause, link.pause_id)
    return previews.show(session, pause, policy.rules, approved.per_second, origin.actor).row


def _will_send(preview: PausePreview) -> int:
    return preview.counts.get(WILL_SEND, 0)


def _hash(preview: PausePreview) -> str:
    """Return what an approver of a resume approves: which pause in which state, how many messages leave, how fast."""
    shown = f"{preview.pause_id}/{preview.epoch}/{_will_send(preview)}/{preview.per_second}"
    return hashlib.sha256(shown.encode()).hexdigest()
