"""Reports as a test sets them up, and sources that say what they are told to."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from activities.digesting import DigestActivities
from activities.drafting import DraftingActivities
from activities.reading_sources import SourceActivities
from models.approving import ApprovalSubject, Review, Verdict
from models.database.drafting import Drafts
from models.database.engine import transaction
from models.database.events import Origin
from models.database.intake import Asked
from models.database.permission import approvals
from models.database.reports import connections, opening, settings
from models.database.reports.connections import Account
from models.database.reports.digest_rows import DigestRows
from models.database.reports.own_source import OwnRows
from models.database.reports.source_rows import SourceRows
from models.database.runs import Started
from models.database.sending.rows import Row
from models.database.tables.people import Client, Staff
from models.digests.caveats import Caveat
from models.digests.figures import Figure, Period, Unit
from models.digests.sources import Access, AskedPeriod, Connection, Reading, SourceName
from models.digests.travelling import GateReading, ReadOrder, StagedDraft
from models.terms import DecisionChannel, DecisionKind, Role
from tests.database.world import World

SAM = Origin("api", "sam")
OCTOBER = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
NOVEMBER = Period(first=date(2026, 11, 1), last=date(2026, 11, 30))
SOON = datetime(2026, 11, 3, 18, tzinfo=UTC)
"""Two days after October has ended in Denver."""
LATE = datetime(2026, 11, 5, 18, tzinfo=UTC)
"""The latest day of a digest of October."""


class SourceOnPaper:
    """Says what it is told to; an error is raised."""

    def __init__(self, source: SourceName, key: str, unit: Unit = Unit.COUNT, basis: str = "") -> None:
        self.source, self.key, self.unit, self.basis = source, key, unit, basis
        self.values: dict[date, int] = {}
        self.complete_through: date | None = None
        self.caveats: tuple[Caveat, ...] = ()
        self.fails: Exception | None = None
        self.next_token: str | None = None
        self.shown_tokens: list[str] = []
        self.read_periods: list[Period] = []

    def authorise(self, connection: Connection) -> Access:
        self.shown_tokens.append(connection.refresh_token)
        if self.fails is not None:
            raise self.fails
        return Access(token="t", refresh_token=self.next_token or connection.refresh_token)

    def read(self, access: Access, connection: Connection, asked: AskedPeriod) -> Reading:
        self.read_periods.append(asked.period)
        now = datetime.now(UTC)
        figure = Figure(
            key=self.key, label=self.key.capitalize(), value=Decimal(self.values.get(asked.period.first, 100)),
            unit=self.unit, source=self.source, period=asked.period, as_of=now, basis=self.basis,
        )  # fmt: skip
        through = self.complete_through or asked.period.last
        return Reading(figures=(figure,), complete_through=through, caveats=self.caveats, synced_at=now)


class ReportDesk:
    """The monthly report of `acme`, which needs Search Console, and QuickBooks if there is one."""

    def __init__(self, world: World) -> None:
        self.world, self.engine = world, world.engine
        self.google = SourceOnPaper(SourceName.SEARCH_CONSOLE, "clicks")
        self.books = SourceOnPaper(SourceName.QUICKBOOKS, "revenue", Unit.USD, "paid")
        self.rows = DigestRows(self.engine)
        with transaction(self.engine) as session:
            session.add(Staff(handle="priya", email="priya@example.com", roles=[Role.PRIVACY_REVIEWER]))
            client = session.get_one(Client, world.client)
            client.time_zone = "America/Denver"
            project = settings.put_project(session, client, "seo", "Local search")
            self.report = settings.put(session, project, "monthly", self.terms(), SAM).id

    def terms(self, **changes: Any) -> dict[str, Any]:
        return {
            "required_sources": ["search_console", "own"], "optional_sources": ["quickbooks"], "owner": "sam",
            "escalation_owner": "eve", "approver": "ann", "privacy_reviewer": "priya", "active": True,
        } | changes  # fmt: skip

    def connect(self, source: SourceName, token: str = "first", location: str = "", account: str = "1") -> UUID:
        with transaction(self.engine) as session:
            given = Account(self.world.client, source, location, account, token)
            return connections.connect(session, given, self.world.ring, SAM, "sam").id

    def disconnect(self, connection: UUID) -> bool:
        with transaction(self.engine) as session:
            return connections.disconnect(session, connection, SAM, "sam")

    def request(self, period: Period = OCTOBER, key: str = "k", by: str = "sam") -> Started:
        with transaction(self.engine) as session:
            report = settings.existing(session, self.report)
            return opening.request(session, report, period, Asked(by, key, "body"))

    def scheduled(self, at: datetime = SOON) -> UUID | None:
        with transaction(self.engine) as session:
            started = opening.open_for_schedule(session, self.report, at)
            return started.run_id if started else None

    def read(self, run: UUID, at: datetime = SOON) -> GateReading:
        sources: Mapping[SourceName, Any] = {
            SourceName.SEARCH_CONSOLE: self.google,
            SourceName.QUICKBOOKS: self.books,
        }
        reading = SourceActivities(SourceRows(self.engine, self.world.ring), sources, OwnRows(self.engine))
        return reading.read_sources(ReadOrder(run_id=run, at=at))

    def drafted(self, run: UUID, at: datetime = SOON) -> Row:
        """Read the sources, draft, and return the post's newest version."""
        self.read(run, at)
        digesting = DigestActivities(self.rows)
        ordered = digesting.draft_digest(ReadOrder(run_id=run, at=at))
        DraftingActivities(Drafts(self.engine), None, tries=1).draft(ordered)
        digesting.stage_digest(StagedDraft(run_id=run, draft_id=ordered.draft_id))
        return self.version(run)

    def version(self, run: UUID) -> Row:
        return self.world.one(
            "SELECT v.* FROM post_version v JOIN post p ON p.id = v.post_id AND p.version = v.version WHERE p.run_id = :run",
            run=run,
        )

    def review(self, run: UUID, which: Review, decision: DecisionKind = DecisionKind.APPROVE) -> Verdict:
        by = {Review.OWNER: "ann", Review.PRIVACY: "priya"}[which]
        with transaction(self.engine) as session:
            row = opening.of_run(session, run)
            approval = approvals.of(session, ApprovalSubject.POST, row.post_id or UUID(int=0), which)
            assert approval is not None
            origin = Origin("api", by)
            return approvals.decide(session, approval.id, decision, approval.content_hash, origin, DecisionChannel.API)

    def published(self, run: UUID, at: datetime = SOON) -> Row:
        """Draft, have it reviewed and publish it; return what the client sees."""
        self.drafted(run, at)
        for which in Review:
            assert self.review(run, which).refusal is None
        assert self.rows.publish(run)
        return self.world.one("SELECT s.* FROM portal_post s JOIN post p ON p.id = s.id WHERE p.run_id = :run", run=run)

    def standing(self, source: SourceName) -> Any:
        return self.world.one("SELECT * FROM source_state WHERE source = :source", source=source.value)
