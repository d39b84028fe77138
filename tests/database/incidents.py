"""Incidents as a test wants them: opened, told and resolved as the activities of a run do it, on real rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from activities.drafting import DraftingActivities
from activities.incidents import IncidentActivities
from activities.library import read_library
from models.approving import ApprovalSubject, Review
from models.database import client_contacts
from models.database.drafting import Drafts
from models.database.engine import transaction
from models.database.events import Origin
from models.database.incidents import moving, opening
from models.database.incidents.moving import Telling
from models.database.incidents.notices import PostgresIncidents
from models.database.incidents.opening import Opening
from models.database.locks import scope_key
from models.database.permission import approvals
from models.database.permission.previews import Policy
from models.database.portal import links
from models.database.seeding import add_library
from models.database.sending.facts import Rules
from models.database.tables.approvals import Approval
from models.database.tables.people import Client, ClientContact, Staff
from models.database.wording_marks import note_agency
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.steering import Act, IncidentSituation
from models.incidents.travelling import Chase, DraftedNotice, NoticeOrder
from models.incidents.words import Advice, Affected, ReasonForClients
from models.outreach import RunReference
from models.pausing import HeldWork
from models.terms import DecisionChannel, DecisionKind, PauseScope, Role
from tests.database.world import World

OWNER = Origin("api", "olga")
PAT = "pat@acme.example"
PUBLIC = "https://comms.example.com"
PAT_PHONE = "+13035550177"


def link_to(session: Session, contact_id: UUID, post_id: UUID | None) -> str:
    return PUBLIC + links.issue(session, contact_id, post_id, b"k" * 32, timedelta(days=60))


def compose(engine: Engine, activities: IncidentActivities, order: NoticeOrder) -> None:
    """Compose an update, have it drafted without a model, and put it before its reviewers."""
    ordered = activities.compose_notice(order)
    DraftingActivities(Drafts(engine), None, tries=1).draft(ordered)
    activities.stage_notice(DraftedNotice(run_id=order.run_id, number=order.number, draft_id=ordered.draft_id))


class Incidents:
    """Incidents of a world's one client, whose Pat is told of them. `olga` owns them, `ann` and `bob` approve."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rules = Rules(world.when, world.timers.inbound_silence, 1)
        self.rows = PostgresIncidents(world.engine, Policy(self.rules, 10.0, timedelta(minutes=15)), link_to)
        self.activities = IncidentActivities(self.rows)
        world.begin_with("furniture of incidents", self._furnish)

    def _furnish(self) -> None:
        with transaction(self.world.engine) as session:
            note_agency(session, [PUBLIC], [])
            session.add(Staff(handle="olga", roles=[Role.INCIDENT_OWNER]))
            session.add(Staff(handle="eve", roles=[Role.INCIDENT_OWNER]))
            session.add(Staff(handle="pia", roles=[Role.PRIVACY_REVIEWER]))
            session.add(Staff(handle="quinn", roles=[Role.PRIVACY_REVIEWER]))
            session.flush()
            add_library(session, read_library(), "olga", approve_as="ann")
            contact = ClientContact(
                client_id=self.world.client, name="Pat", email=PAT, phone=PAT_PHONE, receives=["incidents"]
            )
            client_contacts.enter(session, contact, "agreement/1", OWNER)

    def open(self, severity: IncidentSeverity = IncidentSeverity.MINOR, **changes: Any) -> UUID:
        """Open an incident that touches the client, unless something else is said."""
        with transaction(self.world.engine) as session:
            incident = opening.draft(session, self.asked(session, severity, **changes), OWNER)
            opening.open_up(session, incident, IncidentState.INVESTIGATING, OWNER)
            return incident.id

    def asked(self, session: Any, severity: IncidentSeverity = IncidentSeverity.MINOR, **changes: Any) -> Opening:
        given: dict[str, Any] = {
            "key": f"key {changes}", "body_hash": "hash", "title": "Twilio is down", "severity": severity,
            "reason": ReasonForClients.PROVIDER_DOWN, "affected": Affected.FOLLOW_UPS, "advice": Advice.CALL_NEW_LEADS,
            "calls_affected": False, "clients": [session.get_one(Client, self.world.client)],
            "touches": [scope_key(PauseScope.CLIENT, self.world.client)], "held_work": HeldWork.EXPIRE, "owner": "olga",
            "escalation_owner": "eve",
        }  # fmt: skip
        return Opening(**given | changes)

    def run(self, incident: UUID) -> UUID:
        run_id: UUID = self.world.one("SELECT run_id FROM incident_client WHERE incident_id = :id", id=incident)[
            "run_id"
        ]
        return run_id

    def look(self, incident: UUID) -> IncidentSituation:
        return self.rows.look(self.run(incident))

    def do(self, incident: UUID, *acts: Act) -> None:
        """Do what the run of an incident does, with its newest update."""
        reference = RunReference(run_id=self.run(incident))
        for act in acts:
            newest = self.look(incident).newest
            order = NoticeOrder(run_id=reference.run_id, number=newest.number if newest else 0)
            match act:
                case Act.COMPOSE:
                    compose(self.world.engine, self.activities, order)
                case Act.WRITE:
                    self.activities.write_notices(order)
                case Act.PUBLISH:
                    self.activities.publish_notice(order)
                case Act.ASK_TO_RESUME:
                    self.activities.ask_to_resume(reference)
                case Act.RESUME:
                    self.activities.resume_incident(reference)

    def move(self, incident: UUID, to: IncidentState, reason: str = "", **telling: Any) -> None:
        with transaction(self.world.engine) as session:
            moving.move(session, moving.locked(session, incident), to, Telling(**telling), reason, OWNER)

    def summarise(self, incident: UUID, words: str = "A setting was wrong. We put it right.") -> None:
        with transaction(self.world.engine) as session:
            moving.summarise(session, moving.locked(session, incident), Telling(words), OWNER)

    def update(self, incident: UUID, **telling: Any) -> int:
        with transaction(self.world.engine) as session:
            return moving.update(session, moving.locked(session, incident), Telling(**telling), OWNER)

    def decide(
        self, subject: ApprovalSubject, about: UUID, decision: DecisionKind = DecisionKind.APPROVE,
        people: tuple[str, ...] = ("ann", "bob", "pia", "quinn"),
    ) -> None:  # fmt: skip
        """Let everybody who may decide on everything that is asked of a subject."""
        for review, handles in ((Review.OWNER, people[:2]), (Review.PRIVACY, people[2:])):
            for handle in handles:
                with transaction(self.world.engine) as session:
                    approval = approvals.of(session, subject, about, review)
                    if approval is not None:
                        decided(session, approval, decision, handle)

    def chase(self, incident: UUID, *, has_passed: bool) -> None:
        promised = self.look(incident).promised
        assert promised is not None
        self.activities.chase_update(Chase(run_id=self.run(incident), promised=promised, has_passed=has_passed))

    def approve_post(self, incident: UUID, decision: DecisionKind = DecisionKind.APPROVE) -> None:
        post = self.world.one("SELECT post_id FROM incident_notice ORDER BY composed_at DESC LIMIT 1")["post_id"]
        self.decide(ApprovalSubject.POST, post, decision)


def decided(session: Any, approval: Approval, decision: DecisionKind, handle: str) -> None:
    """Decide on an approval as it was shown."""
    approvals.decide(
        session, approval.id, decision, approval.content_hash, Origin("api", handle), DecisionChannel.API,
        audience_hash=approval.audience_hash,
    )  # fmt: skip
