"""A small world on real rows: one client, its staff, its texts, two sequences, and runs for its leads."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from activities.approval_notices import NoticeWriter
from activities.enrolling import EnrollingActivities
from models.addresses import address_hash
from models.approving import Verdict
from models.copywriting import TemplateVersion
from models.database import runs
from models.database.doubts.reconciliation import Reconciliation
from models.database.engine import transaction
from models.database.enrollments import Enrollments
from models.database.events import Origin
from models.database.inbound.inbox import InboundText, receive_text
from models.database.locks import scope_key
from models.database.permission import approvals, consent
from models.database.permission.approval_notices import ApprovalNotices
from models.database.permission.consent import Address, OptOut, Proof
from models.database.run_control import RunControl
from models.database.sending.ledger import PostgresLedger
from models.database.sending.rows import Row
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.people import Client, Lead, Staff
from models.database.tables.runs import Run
from models.frequency import CapHit
from models.outreach import OutreachPlan, RunReference
from models.patience_settings import TimerSettings
from models.provider_answers import Answer, AnswerKind
from models.quiet_hours import WindowDecision
from models.sealing import KeyRing
from models.sending import Claimed, SendResult, SendStep
from models.sending_hours import SendingDecision
from models.terms import (
    ApprovalPolicy,
    Channel,
    ConsentKind,
    DecisionChannel,
    DecisionKind,
    PauseScope,
    Role,
    RunKind,
    RunState,
)
from tests.database import furniture
from tests.database.fit_to_send import make_fit_to_send
from tests.database.pausing import put
from tests.database.rows import Rows
from tests.database.texts import TEXTS, sequence

PHONE, EMAIL = "+13035550123", "lead@customer.example"
HERE = Origin("api", "sam")
APPROVER = Origin("api", "ann")
OPEN = WindowDecision(allowed=True, zones=("America/Denver",))
KEY = b"only-for-tests"


def accepted(provider_id: str = "SM" + "a" * 32) -> Answer:
    """Return a provider's yes."""
    return Answer(kind=AnswerKind.ACCEPTED, provider_id=provider_id)


class World(Rows):
    """One client, `ann` who approves, `sam` who asks; every template is approved unless `approved` is False.

    With `kept`, its first rows stay in the database for the next world there, which then begins sooner.
    """

    def __init__(self, engine: Engine, *, approved: bool = True, kept: bool = False) -> None:
        super().__init__(engine)
        self.timers = TimerSettings()
        self.ring = KeyRing({"k1": bytes(32)}, "k1")
        self.hours = OPEN
        self.hours_at: dict[str, WindowDecision] = {}
        self.cap: CapHit | None = None
        self.gives_way_to: str | None = None
        self.ledger = self.another_ledger(engine)
        self.control = RunControl(engine, KEY)
        self.reconciliation = Reconciliation(engine, self.timers)
        self.enrollments = Enrollments(engine, ApprovalNotices(self.ring, KEY, timedelta(hours=1), timedelta(hours=1)))
        make_fit_to_send(engine)
        self.begin_with = furniture.kept_in(engine) if kept else furniture.made_anew
        self.begin_with("furniture", partial(self._furnish, approved))
        self.client: UUID = self.one("SELECT id FROM client")["id"]
        asked = "SELECT a.id FROM approval a JOIN template t ON t.id = a.subject_id WHERE t.key = :key"
        self.template_approvals = [self.one(asked, key=template.key)["id"] for template in TEXTS]
        self._sequences = {policy: self._sequence(policy) for policy in ApprovalPolicy}

    def another_ledger(self, engine: Engine, worker: str = "worker-1") -> PostgresLedger:
        """Return the ledger as one more worker uses it."""
        return PostgresLedger(engine, self.timers, KEY, self.ring, self.when, lambda row: None, worker)

    def when(self, session: Session, row: Row) -> SendingDecision:
        """Decide as this world is set, whatever the rules say: on a message's hour as for its place, else for all."""
        hours = next((self.hours_at[place] for place in row["places"] if place in self.hours_at), self.hours)
        return SendingDecision(hours, self.cap, self.gives_way_to)

    def another_client(self) -> UUID:
        """Store a second client."""
        added: UUID = self._add(Client(id=UUID(int=1), key="b", name="B", time_zone="America/Denver"))
        return added

    def lead(self, first_name: str = "Lea", phone: str = PHONE, client: UUID | None = None) -> UUID:
        """Store a lead that has both addresses."""
        owner = client or self.client
        number = self.one("SELECT count(*) AS n FROM lead")["n"]
        lead = Lead(client_id=owner, source="web_form", source_lead_id=str(number), first_name=first_name)
        lead.phone, lead.email = phone, EMAIL
        added: UUID = self._add(lead)
        return added

    def request(self, policy: ApprovalPolicy = ApprovalPolicy.TEMPLATE, lead: UUID | None = None) -> UUID:
        """Store a run without planning it."""
        lead = lead or self.lead()
        with transaction(self.engine) as session:
            run = Run(
                kind=RunKind.OUTREACH,
                client_id=session.get_one(Lead, lead).client_id,
                lead_id=lead,
                sequence_id=self._sequences[policy],
                owner="sam",
                escalation_owner="eve",
                requested_by="sam",
                rollback_path=runs.ROLLBACK_PATH,
                state=RunState.REQUESTED,
            )
            return runs.request(session, run, "sam", f"key of {lead} {policy}", "body")

    def plan(self, run: UUID) -> OutreachPlan:
        """Plan a run as its workflow does."""
        enrolling = EnrollingActivities(
            self.enrollments,
            NoticeWriter("http://api.example", "http://ui.example/{}".format),
            timedelta(seconds=60),
            timedelta(seconds=2),
        )
        return enrolling.prepare(RunReference(run_id=run))

    def run(self, policy: ApprovalPolicy = ApprovalPolicy.TEMPLATE, lead: UUID | None = None) -> UUID:
        """Return a planned run whose lead has agreed to informational messages on both addresses."""
        lead = lead or self.lead()
        self.plan(run := self.request(policy, lead))
        phone = self.one("SELECT phone FROM lead WHERE id = :id", id=lead)["phone"]
        for channel, where in ((Channel.SMS, phone), (Channel.EMAIL, EMAIL)):
            self.grant(ConsentKind.INFORMATIONAL, channel, where)
        return run

    def claim(self, run: UUID, step: str = "hello", occurrence: int = 1) -> Claimed | SendResult:
        """Ask the ledger for the right to one call."""
        return self.ledger.claim(SendStep(run_id=run, step=step, occurrence=occurrence), "workflow-run", 1)

    def claimed(self, run: UUID, step: str = "hello", occurrence: int = 1) -> Claimed:
        """Claim a message whose gate is open."""
        claim = self.claim(run, step, occurrence)
        assert isinstance(claim, Claimed), claim
        return claim

    def sent(self, run: UUID, step: str = "hello", provider_id: str = "SM" + "a" * 32) -> Claimed:
        """Claim a message and record that the provider has it."""
        claim = self.claimed(run, step)
        self.ledger.record(claim, accepted(provider_id))
        return claim

    def address(self, channel: Channel = Channel.SMS, where: str = PHONE, client: UUID | None = None) -> Address:
        """Return an address as consent knows it."""
        owner = client or self.client
        return Address(owner, channel, address_hash(str(owner), channel, where))

    def grant(
        self, kind: ConsentKind, channel: Channel = Channel.SMS, where: str = PHONE, source: str = "form"
    ) -> None:
        """Add a permission."""
        with transaction(self.engine) as session:
            consent.grant(session, self.address(channel, where), kind, Proof(source, "sam"))

    def opt_out(self, where: str = PHONE) -> OptOut:
        """Withdraw permission for a phone number."""
        with transaction(self.engine) as session:
            return consent.opt_out(session, self.address(where=where), Proof("reply", "recipient"))

    def text(self, body: str, sender: str = PHONE, provider_id: str | None = None) -> bool:
        """Let an SMS come in."""
        provider_id = provider_id or f"SM{len(self.rows('SELECT id FROM inbox'))}"
        message = InboundText(provider_id, sender, body, None, b"raw")
        with transaction(self.engine) as session:
            return receive_text(session, self.ring, message)

    def pause(self, scope: PauseScope = PauseScope.CLIENT, paused: bool = True, run: UUID | None = None) -> int | None:
        """Pause or resume a scope; its epoch, or None if nothing changed."""
        with transaction(self.engine) as session:
            return put(session, self.scope(scope, run), paused, "because", HERE, HERE.actor)

    def scope(self, scope: PauseScope = PauseScope.CLIENT, run: UUID | None = None) -> str:
        """Return the name of a scope that holds every first text of this world, or only that of a run."""
        names = {PauseScope.KIND: RunKind.OUTREACH.value, PauseScope.PROVIDER: "twilio"}
        if scope is PauseScope.SEQUENCE:
            names[scope] = sequence(ApprovalPolicy.TEMPLATE).key
        return scope_key(scope, self.client, Channel.SMS, run, names.get(scope))

    def stop(self, run: UUID) -> runs.Change:
        """Ask a run to end."""
        with transaction(self.engine) as session:
            return runs.stop(session, run, HERE)

    def decide(
        self,
        run: UUID,
        decision: DecisionKind = DecisionKind.APPROVE,
        by: Origin = APPROVER,
        wording: str | None = None,
    ) -> Verdict:
        """Decide on a run's wording through the API's path."""
        with transaction(self.engine) as session:
            approval = approvals.of_run(session, run)
            assert approval is not None
            shown = wording or approval.content_hash
            return approvals.decide(session, approval.id, decision, shown, by, DecisionChannel.API)

    def _add(self, row: Any) -> Any:
        with transaction(self.engine) as session:
            session.add(row)
            session.flush()
            return row.handle if isinstance(row, Staff) else row.id

    def _furnish(self, approved: bool) -> None:
        self._add(Client(key="acme", name="Acme Plumbing", phone="+13035550100"))
        self._add(Staff(handle="ann", email="ann@example.com", roles=[Role.APPROVER], wants_email=True))
        self._add(Staff(handle="bob", email="bob@example.com", roles=[Role.APPROVER]))
        self._add(Staff(handle="sam", roles=[Role.SALES_OPS]))
        for template in TEXTS:
            self._template(template, approved)
        for policy in ApprovalPolicy:
            version = sequence(policy)
            definition = version.model_dump(mode="json")
            self._add(
                Sequence(key=version.key, version=1, title=version.title, definition=definition, created_by="sam")
            )

    def _template(self, template: TemplateVersion, approved: bool) -> None:
        stored = self._add(Template(**template.model_dump(), content_hash=template.content_hash, created_by="sam"))
        with transaction(self.engine) as session:
            asked = approvals.open_for_template(session, stored, template.content_hash, "ann", "sam")
            if approved:
                hashed = asked.content_hash
                approvals.decide(session, asked.id, DecisionKind.APPROVE, hashed, APPROVER, DecisionChannel.API)

    def _sequence(self, policy: ApprovalPolicy) -> UUID:
        found: UUID = self.one("SELECT id FROM sequence WHERE key = :key", key=sequence(policy).key)["id"]
        return found
