"""A finished job and its one request, on the real workflow, activities, rows and relay; only the providers follow a script."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session, col, select
from temporalio.client import WorkflowHandle

from models.addresses import address_hash
from models.copywriting import SequenceStep, SequenceVersion, TemplateVersion
from models.database import events, intake, seeding
from models.database.engine import now, transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.inbound import complaints
from models.database.inbound.complaints import COMPLAINT_TASK
from models.database.intake import Asked, Permission
from models.database.permission import consent
from models.database.permission.consent import Address, Proof
from models.database.review_requests import jobs, link_uses, locations
from models.database.review_requests.jobs import ReportedJob, Taken
from models.database.review_requests.reading import ReadReviews
from models.database.tables.people import Client as Business
from models.database.tables.people import Lead, Staff
from models.database.tables.review_requests import ReviewLocation
from models.review_requests.eligibility import JobState
from models.review_requests.matching import SeenReview
from models.review_requests.observing import LocationToRead
from models.review_requests.terms import ReviewOutcome
from models.terms import ApprovalPolicy, Channel, ConsentKind, RunKind
from tests.workflows.world import EMAIL, PHONE, World

NAME = "Zephyrine Quux"
GOOGLE = "accounts/1/locations/2"
DESK = Origin("api", "sales-ops")
_TEXTS = {
    "ask_sms": "Review us: {{ review_link }} Reply STOP to opt out.",
    "reminder_sms": "A review helps: {{ review_link }} Reply STOP to opt out.",
    "thanks_sms": "Thank you. Reply STOP to opt out.",
    "ask_email": "Review us: {{ review_link }}. Unsubscribe below. {{ client_postal_address }}",
    "reminder_email": "A review helps: {{ review_link }}. Unsubscribe below. {{ client_postal_address }}",
    "thanks_email": "Thank you. Unsubscribe below. {{ client_postal_address }}",
}


class ReviewLibrary:
    """One sequence with a text for every part and channel."""

    def __init__(self, approval: ApprovalPolicy, reminded_after: timedelta, observed_for: timedelta) -> None:
        self.templates = tuple(
            TemplateVersion(
                key=name, version=1, channel=_channel(name), consent_needed=ConsentKind.INFORMATIONAL,
                subject="Your job" if _channel(name) is Channel.EMAIL else "", body=body,
            )
            for name, body in _TEXTS.items()
        )  # fmt: skip
        steps = tuple(
            SequenceStep(
                key=name, channel=_channel(name), template=name, version=1, response_window=observed_for,
                delay=reminded_after if name.startswith("reminder") else timedelta(0),
            )
            for name in _TEXTS
        )  # fmt: skip
        self.sequences = (
            SequenceVersion(
                key="review_request", version=1, title="Review request", kind=RunKind.REVIEW_REQUEST, approval=approval,
                owner="sales-ops", escalation_owner="incident-owner", approver="approver", steps=steps,
            ),
        )  # fmt: skip


def _channel(name: str) -> Channel:
    return Channel(name.rpartition("_")[2])


class ReviewWorld(World):
    """One client with one location, its jobs, and the newest request."""

    client_id: UUID
    location_id: UUID

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"review_request/{self.run_id}", result_type=ReviewOutcome)

    def furnish(
        self,
        approval: ApprovalPolicy = ApprovalPolicy.TEMPLATE,
        reminded_after: float = 0.4,
        observed_for: float = 0.4,
        approver_wants_email: bool = False,
        **location: Any,
    ) -> None:
        """Store staff, library, client and location."""
        library = ReviewLibrary(approval, timedelta(seconds=reminded_after), timedelta(seconds=observed_for))
        with transaction(self.engine) as session:
            seeding.seed_staff(session, seeding.DEFAULT_STAFF)
            session.get_one(Staff, "approver").wants_email = approver_wants_email
            seeding.add_library(session, library, "copywriter", "approver")
            business = Business(key="acme", name="Acme Plumbing", phone="+13035550100", postal_address="1 Road")
            session.add(business)
            session.flush()
            given = {"review_url": "https://g.page/r/acme/review", "google_name": GOOGLE, "time_zone": "America/Denver"}
            row, _ = locations.put(session, business, "downtown", given | location, "sales-ops")
            self.client_id, self.location_id = business.id, row.id

    async def finish(
        self,
        job_id: str = "job-1",
        phone: str = PHONE,
        email: str = EMAIL,
        consents: ConsentKind | None = ConsentKind.INFORMATIONAL,
        ago: timedelta = timedelta(hours=3),
        state: JobState = JobState.COMPLETED,
        starts: bool = True,
        **more: Any,
    ) -> Taken:
        """Report a job; the newest one reported is the run that is looked at."""
        with transaction(self.engine) as session:
            location = session.get_one(ReviewLocation, self.location_id)
            sequence = intake.sequence_by_key(session, "review_request", None, RunKind.REVIEW_REQUEST)
            assert sequence is not None
            first, _, last = NAME.partition(" ")
            customer = Lead(client_id=self.client_id, source=jobs.CUSTOMER, source_lead_id=job_id, first_name=first,
                            last_name=last, phone=phone, email=email)  # fmt: skip
            permissions = [Permission(channel, consents, "invoice") for channel in Channel] if consents else []
            report = ReportedJob(job_id, state, now(session) - ago, "field_service", **more)
            asked = Asked("sales-ops", str(uuid4()), "hash")
            taken = jobs.take_in(session, location, report, customer, permissions, sequence, None, asked, DESK)
        self.run_id = taken.run_id
        if starts:
            await self.relay()
        return taken

    async def change(self, state: JobState, job_id: str = "job-1") -> None:
        """Tell that the job stands otherwise."""
        await self.finish(job_id, state=state)

    async def use_link(
        self, step: str = "ask_sms", method: str = "GET", agent: str = "Mozilla/5.0 (iPhone)"
    ) -> str | None:
        """Follow the link of a message, as if it had arrived a while ago."""
        token = self.scalar_of("SELECT token FROM review_link WHERE run_id = :run AND step = :step", step=step)
        with transaction(self.engine) as session:
            earlier = "UPDATE message SET accepted_at = accepted_at - interval '1 minute' WHERE run_id = :run"
            session.execute(text(earlier), {"run": self.run_id})
            target = link_uses.use(session, token, method, agent)
        await self.relay()
        return target

    async def review(self, name: str = NAME, stars: int = 5, after: float = 0.0) -> None:
        """Let a review be read that was left just now."""
        with transaction(self.engine) as session:
            at: datetime = now(session) + timedelta(seconds=after)
        seen = SeenReview(review_id=uuid4().hex, reviewer=name, created_at=at, updated_at=at, stars=stars)
        location = LocationToRead(location_id=self.location_id, google_name=GOOGLE)
        ReadReviews(self.engine, timedelta(hours=1), timedelta(minutes=5)).seen(location, [seen])
        await self.relay()

    def complain(self) -> None:
        """Open a complaint of the customer, as a reply to another run would."""
        with transaction(self.engine) as session:
            lead = session.exec(select(Lead).where(col(Lead.client_id) == self.client_id)).first()
            lead_id = lead.id if lead else self._known_before(session)
            about = Subject("incident-owner", self.client_id, None, lead_id)
            events.open_task(session, TaskOrder(COMPLAINT_TASK, str(lead_id), "Answer."), about, DESK)

    def _known_before(self, session: Session) -> UUID:
        lead = Lead(client_id=self.client_id, source="missed_call", source_lead_id="call", phone=PHONE, email=EMAIL)
        session.add(lead)
        session.flush()
        return lead.id

    async def settle_complaint(self) -> None:
        """Close it, as its owner does."""
        with transaction(self.engine) as session:
            subject = self.scalar("SELECT subject FROM owner_task WHERE kind = 'complaint' AND closed_at IS NULL")
            events.close_tasks(session, COMPLAINT_TASK, subject, DESK)
            complaints.tell_that_it_is_settled(session, COMPLAINT_TASK, subject)
        await self.relay()

    def opt_out(self, channel: Channel, address: str) -> None:
        """Withdraw permission before anything was sent."""
        with transaction(self.engine) as session:
            where = Address(self.client_id, channel, address_hash(str(self.client_id), channel, address))
            consent.opt_out(session, where, Proof("reply", "recipient"))

    def scalar_of(self, statement: str, **where: Any) -> Any:
        """Return the one value of a statement with more parameters than the run."""
        with transaction(self.engine) as session:
            return session.execute(text(statement), {"run": self.run_id} | where).scalar()

    async def ending(self) -> ReviewOutcome:
        """Wait for the end, relaying meanwhile."""
        result = asyncio.ensure_future(self.handle.result())
        while not result.done():
            await self.relay()
            await asyncio.wait([result], timeout=0.05)
        return ReviewOutcome(await result)
