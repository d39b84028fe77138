"""A digest on real rows, a real relay and the real workflow; its sources are on paper, its server skips the time between."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.composition.outside import Outside
from activities.library import read_library
from models.addresses import address_hash
from models.approving import ApprovalSubject, Review
from models.business_days import after_business_time
from models.database import client_contacts, draft_desk, runs, seeding
from models.database.draft_desk import Outcome
from models.database.engine import transaction
from models.database.events import Origin
from models.database.intake import Asked
from models.database.outbox import Outbox
from models.database.permission import approvals, consent
from models.database.permission.consent import Address, Proof
from models.database.portal import views
from models.database.portal.links import Visitor
from models.database.reports import connections, opening, settings
from models.database.reports.connections import Account
from models.database.tables.people import Client as Business
from models.database.tables.people import ClientContact
from models.database.wording_marks import note_agency
from models.digests.figures import Period, Unit
from models.digests.sources import SourceName
from models.digests.travelling import DigestOutcome
from models.sealing import KeyRing
from models.settings import Settings
from models.terms import Channel, DecisionChannel, DecisionKind
from starter.relay.announcing import Announcer
from tests.database.fit_to_send import make_fit_to_send
from tests.database.pausing import put
from tests.database.reports.desk import SourceOnPaper
from tests.workflows.model_on_paper import ModelOnPaper
from tests.workflows.observed_run import ObservedRun
from tests.workflows.outside import CrmInMemory, ScriptedChannel

SAM, OWNER = Origin("api", "sales-ops"), Origin("api", "incident-owner")
REVIEWERS = {Review.OWNER: "approver", Review.PRIVACY: "privacy-reviewer"}
PAT, KIM = "pat@acme.example", "kim@acme.example"
ZONE = "America/Denver"
PUBLIC = "https://comms.example.com"


class DigestWorld(ObservedRun):
    """The weekly report of one client, whose Pat and Kim receive it; its period ended the day before yesterday."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        settings: Settings,
        time: WorkflowEnvironment,
        model: ModelOnPaper | None = None,
    ) -> None:
        super().__init__(engine, client)
        self.model = model or ModelOnPaper()
        make_fit_to_send(engine)
        self.time = time
        self.ring = KeyRing(settings.keys.sealing_keys(), settings.keys.sealing_active)
        self.email = ScriptedChannel()
        self.google = SourceOnPaper(SourceName.SEARCH_CONSOLE, "clicks")
        self.books = SourceOnPaper(SourceName.QUICKBOOKS, "revenue", Unit.USD, "paid")
        figures = {SourceName.SEARCH_CONSOLE: self.google, SourceName.QUICKBOOKS: self.books}
        self.outside = Outside({Channel.EMAIL: self.email}, {}, CrmInMemory(), figures=figures, drafter=model)
        self._announcer = Announcer(Outbox(engine), client, settings.temporal.task_queue)
        last = datetime.now(ZoneInfo(ZONE)).date() - timedelta(days=2)
        self.period = Period(first=last - timedelta(days=6), last=last)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"report_digest/{self.run_id}", result_type=DigestOutcome)

    async def start(
        self,
        *contacts: str,
        required: tuple[str, ...] = ("search_console",),
        optional: tuple[str, ...] = ("own",),
        connected: bool = True,
        stopped_before: bool = False,
    ) -> None:
        """Set up client, report, people and sources, and have the digest made; `contacts` receive it."""
        with transaction(self.engine) as session:
            note_agency(session, [PUBLIC], [])
            seeding.seed_staff(session, seeding.DEFAULT_STAFF)
            seeding.add_library(session, read_library(), "engineer", "approver")
            business = Business(key="acme", name="Acme Plumbing", time_zone=ZONE, postal_address="1 Road")
            session.add(business)
            session.flush()
            self.business = business.id
            for email in contacts:
                contact = ClientContact(client_id=business.id, name=email.split("@")[0].title(), email=email)
                contact.receives = ["reports"]
                client_contacts.enter(session, contact, "agreement/1", OWNER)
            project = settings.put_project(session, business, "seo", "Local search")
            terms = {
                "required_sources": list(required), "optional_sources": list(optional), "owner": "sales-ops",
                "escalation_owner": "incident-owner", "approver": "approver", "privacy_reviewer": "privacy-reviewer",
            }  # fmt: skip
            report = settings.put(session, project, "weekly", terms, SAM)
            if connected:
                self._connect(session)
            asked = Asked("sales-ops", uuid4().hex, "body")
            self.run_id = opening.request(session, report, self.period, asked).run_id
            if stopped_before:
                runs.stop(session, self.run_id, OWNER)
        await self.relay()

    async def connect(self) -> None:
        with transaction(self.engine) as session:
            self._connect(session)
        await self.relay()

    def _connect(self, session: Any) -> None:
        given = Account(self.business, SourceName.SEARCH_CONSOLE, "", "sc-domain:acme.example", "token-1")
        connections.connect(session, given, self.ring, SAM, "sales-ops")

    async def until(self, statement: str, wanted: Any) -> None:
        """Wait as other runs do, relaying meanwhile."""
        relaying = asyncio.create_task(self._relay_for_ever())
        try:
            await super().until(statement, wanted)
        finally:
            relaying.cancel()

    async def _relay_for_ever(self) -> None:
        while True:
            await self.relay()
            await asyncio.sleep(0.05)

    async def relay(self) -> None:
        while await self._announcer.deliver_due():
            pass

    async def review(
        self,
        *which: Review,
        decision: DecisionKind = DecisionKind.APPROVE,
        by: Mapping[Review, str] = MappingProxyType({}),
    ) -> None:
        """Let the reviewers decide, once they are asked; `by`: somebody else than usual."""
        people = REVIEWERS | dict(by)
        await self.until_state("awaiting_approval")
        for review in which or tuple(Review):
            with transaction(self.engine) as session:
                asked = approvals.of(session, ApprovalSubject.POST, self._post(session), review)
                assert asked is not None
                origin, shown = Origin("api", people[review]), asked.content_hash
                verdict = approvals.decide(session, asked.id, decision, shown, origin, DecisionChannel.API)
                assert verdict.refusal is None, verdict
            await self.relay()

    async def edit(self, body: str, by: str = "sales-ops") -> Outcome:
        """Let a person replace the wording of the draft, once it is before its reviewers."""
        await self.until_state("awaiting_approval")
        with transaction(self.engine) as session:
            [draft] = draft_desk.listed(session, run_id=self.run_id)
            [newest, *_] = draft_desk.revisions(session, draft["id"])
            origin = Origin("api", by)
            outcome = draft_desk.revise(session, draft["id"], newest.content_hash, newest.subject, body, origin)
        await self.relay()
        return outcome

    async def view(self, email: str = PAT) -> None:
        """Let a person at the client say in the portal that they have read it."""
        with transaction(self.engine) as session:
            contact = session.execute(
                text("SELECT id FROM client_contact WHERE email = :email"), {"email": email}
            ).scalar_one()
            visitor = Visitor(uuid4(), contact, self.business, None, "Acme Plumbing", ZONE)
            views.confirmed(session, visitor, self._post(session))
        await self.relay()

    async def opts_out(self, email: str) -> None:
        hashed = address_hash(str(self.business), Channel.EMAIL, email)
        with transaction(self.engine) as session:
            consent.opt_out(session, Address(self.business, Channel.EMAIL, hashed), Proof("unsubscribe", "recipient"))

    async def pause(self, paused: bool = True) -> None:
        with transaction(self.engine) as session:
            put(session, f"client:{self.business}", paused, "by hand", OWNER, OWNER.actor)
        await self.relay()

    async def stop(self) -> None:
        with transaction(self.engine) as session:
            runs.stop(session, self.run_id, OWNER)
        await self.relay()

    async def roll_back(self) -> None:
        with transaction(self.engine) as session:
            runs.roll_back(session, self.run_id, OWNER)
        await self.relay()

    async def asked_of_model(self, times: int) -> None:
        """Let the model be asked so often, with the waits in between skipped."""
        for number in range(1, times + 1):
            while len(self.model.asked) < number:
                await asyncio.sleep(0.05)
            if number < times:
                await self.skip(minutes=1)

    async def skip(self, **time: float) -> None:
        """Let time pass on the server's clock; the rows keep their own."""
        await self.time.sleep(timedelta(**time))
        await self.relay()

    async def skip_business_days(self, days: int) -> None:
        """Let so many working days of the client pass, and an hour."""
        now = (await self.time.get_current_time()).astimezone(UTC)
        later = after_business_time(now, timedelta(hours=8 * days), ZONE)
        await self.time.sleep(later - now + timedelta(hours=1))
        await self.relay()

    async def forget_the_sent(self) -> None:
        """Let what was sent lie so long ago for the rows as the server's clock has skipped: caps go by the rows' clock."""
        with transaction(self.engine) as session:
            session.execute(text("UPDATE message SET accepted_at = accepted_at - interval '14 days'"))

    async def told(self, *emails: str) -> None:
        """Wait until exactly these people have been told, in whatever order."""
        sent = (
            "SELECT string_agg(address, ' ' ORDER BY address) FROM message WHERE run_id = :run AND state = 'accepted'"
        )
        await self.until(f"{sent} AND step LIKE 'ready:%'", " ".join(sorted(emails)))

    async def outcome(self) -> DigestOutcome:
        """Wait for the end, first in the rows: this server's long polls do not last."""
        await self.until("SELECT closed_at IS NOT NULL FROM run WHERE id = :run", True)
        while (await self.handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            await asyncio.sleep(0.02)
        return DigestOutcome(await self.handle.result())

    def open_tasks(self) -> set[tuple[str, str]]:
        with transaction(self.engine) as session:
            found = session.execute(text("SELECT kind, owner FROM owner_task WHERE closed_at IS NULL")).all()
        return {(row.kind, row.owner) for row in found}

    def visible(self) -> list[str]:
        with transaction(self.engine) as session:
            return list(session.execute(text("SELECT text FROM portal_post")).scalars())

    def _post(self, session: Any) -> UUID:
        post = opening.of_run(session, self.run_id).post_id
        assert post is not None
        return post
