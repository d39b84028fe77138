"""One client with one location and its finished jobs, as the API, the links and Google tell of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, text
from sqlmodel import Session

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
from models.database.wording_marks import note_agency
from models.review_requests.eligibility import JobState
from models.review_requests.matching import SeenReview
from models.review_requests.observing import LocationToRead
from models.terms import ApprovalPolicy, Channel, ConsentKind, RunKind

PHONE, EMAIL = "+13035550142", "ana@example.com"
NAME = "Zephyrine Quux"
GOOGLE = "accounts/1/locations/2"
DESK = Origin("api", "sales-ops")
BASE_URL = "http://127.0.0.1:8080"
"""Where the links of the tests lead: what `Settings.public_base_url` is if nothing else is said."""
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


_SENT = """
    INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, immediate, consent_needed, subject, body, content_hash, state, lifetime, fence, checks_done,
        gate, accepted_at, delivery)
    SELECT gen_random_uuid(), r.client_id, r.id, r.id || :step, :step, 1, 0, 'contact', 'sms', 'twilio', l.phone, 'h' || r.id,
        '{}', false, 2, '', 'Hello', 'h', 'accepted', interval '1 day', 1, 0, '[]', clock_timestamp() - :ago, 'delivered'
    FROM run r JOIN lead l ON l.id = r.lead_id WHERE r.id = :run
"""
_LINK = """
    INSERT INTO review_link (token, run_id, step, location_id)
    SELECT left(md5(run_id || :step), 16), run_id, :step, location_id FROM job WHERE run_id = :run
"""


class ReviewDesk:
    """One client with one location, its jobs, and the run of the newest one."""

    client_id: UUID
    location_id: UUID
    run_id: UUID

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def furnish(
        self,
        approval: ApprovalPolicy = ApprovalPolicy.TEMPLATE,
        reminded_after: float = 0.4,
        observed_for: float = 0.4,
        **location: Any,
    ) -> None:
        """Store staff, library, client and location."""
        library = ReviewLibrary(approval, timedelta(seconds=reminded_after), timedelta(seconds=observed_for))
        with transaction(self.engine) as session:
            note_agency(session, [BASE_URL], [])
            seeding.seed_staff(session, seeding.DEFAULT_STAFF)
            session.get_one(Staff, "approver").wants_email = False
            seeding.add_library(session, library, "copywriter", "approver")
            business = Business(key="acme", name="Acme Plumbing", phone="+13035550100", postal_address="1 Road")
            session.add(business)
            session.flush()
            self._locate(session, business, **location)

    def settle_at(self, client_id: UUID) -> None:
        """Give a client that is there a location; the library must hold a sequence that asks for reviews."""
        with transaction(self.engine) as session:
            self._locate(session, session.get_one(Business, client_id))

    def _locate(self, session: Session, business: Business, **location: Any) -> None:
        given = {"review_url": "https://g.page/r/acme/review", "google_name": GOOGLE, "time_zone": "America/Denver"}
        row, _ = locations.put(session, business, "downtown", given | location, "sales-ops")
        self.client_id, self.location_id = business.id, row.id

    def report(
        self,
        job_id: str = "job-1",
        phone: str = PHONE,
        email: str = EMAIL,
        consents: ConsentKind | None = ConsentKind.INFORMATIONAL,
        ago: timedelta = timedelta(hours=3),
        state: JobState = JobState.COMPLETED,
        name: str = NAME,
        **more: Any,
    ) -> Taken:
        """Report a job; the newest one reported is the run that is looked at."""
        with transaction(self.engine) as session:
            location = session.get_one(ReviewLocation, self.location_id)
            sequence = intake.sequence_by_key(session, "review_request", None, RunKind.REVIEW_REQUEST)
            assert sequence is not None
            first, _, last = name.partition(" ")
            customer = Lead(client_id=self.client_id, source=jobs.CUSTOMER, source_lead_id=job_id, first_name=first,
                            last_name=last, phone=phone, email=email)  # fmt: skip
            permissions = [Permission(channel, consents, "invoice") for channel in Channel] if consents else []
            report = ReportedJob(job_id, state, now(session) - ago, "field_service", **more)
            asked = Asked("sales-ops", str(uuid4()), "hash")
            taken = jobs.take_in(session, location, report, customer, permissions, sequence, None, asked, DESK)
        self.run_id = taken.run_id
        return taken

    def another(self, number: int) -> UUID:
        """Report a job of another customer; return its run."""
        phone, email = f"+13035550{number:03}", f"c{number}@example.com"
        return self.report(f"job-{number}", phone, email, name=f"C {number}").run_id

    def sent(self, run_id: UUID, ago: timedelta = timedelta(minutes=1), step: str = "ask_sms") -> None:
        """Enter a message of a run as accepted, as the ledger would, with its link."""
        with transaction(self.engine) as session:
            where = {"run": run_id, "step": step, "ago": ago}
            session.execute(text(_SENT), where)
            session.execute(text(_LINK), where)

    def follow(self, step: str = "ask_sms", method: str = "GET", agent: str = "Mozilla/5.0 (iPhone)") -> str | None:
        """Follow the link of a message, as if it had arrived a while ago."""
        token = self.value("SELECT token FROM review_link WHERE run_id = :run AND step = :step", step=step)
        with transaction(self.engine) as session:
            earlier = "UPDATE message SET accepted_at = accepted_at - interval '1 minute' WHERE run_id = :run"
            session.execute(text(earlier), {"run": self.run_id})
            return link_uses.use(session, token, method, agent)

    def see(self, name: str = NAME, stars: int = 5, after: timedelta = timedelta(0), review_id: str = "") -> int:
        """Let a review be read that was left just now, or so long after."""
        with transaction(self.engine) as session:
            at: datetime = now(session) + after
        seen = SeenReview(review_id=review_id or uuid4().hex, reviewer=name, created_at=at, updated_at=at, stars=stars)
        location = LocationToRead(location_id=self.location_id, google_name=GOOGLE)
        return ReadReviews(self.engine, timedelta(hours=1), timedelta(minutes=5)).seen(location, [seen])

    def complain(self) -> None:
        """Open a complaint of the customer, as a reply to another run would."""
        with transaction(self.engine) as session:
            lead = Lead(client_id=self.client_id, source="missed_call", source_lead_id=uuid4().hex, phone=PHONE)
            session.add(lead)
            session.flush()
            about = Subject("incident-owner", self.client_id, None, lead.id)
            events.open_task(session, TaskOrder(COMPLAINT_TASK, str(lead.id), "Answer."), about, DESK)

    def settle(self) -> None:
        """Close it, as its owner does."""
        with transaction(self.engine) as session:
            person = self.value("SELECT subject FROM owner_task WHERE kind = 'complaint' AND closed_at IS NULL")
            events.close_tasks(session, COMPLAINT_TASK, person, DESK)
            complaints.tell_that_it_is_settled(session, COMPLAINT_TASK, person)

    def opt_out(self, channel: Channel, address: str) -> None:
        """Withdraw permission before anything was sent."""
        with transaction(self.engine) as session:
            where = Address(self.client_id, channel, address_hash(str(self.client_id), channel, address))
            consent.opt_out(session, where, Proof("reply", "recipient"))

    def value(self, statement: str, **where: Any) -> Any:
        """Return the one value of a statement; `:run` is the run of the newest job."""
        with transaction(self.engine) as session:
            run = {"run": self.run_id} if hasattr(self, "run_id") else {}
            return session.execute(text(statement), run | where).scalar()
