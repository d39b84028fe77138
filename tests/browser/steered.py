"""What an incident owner and an account manager find: messages that are held for several reasons, digests of every stage."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from activities.digesting import DigestActivities
from activities.drafting import DraftingActivities
from activities.reading_sources import SourceActivities
from models.addresses import address_hash
from models.approving import ApprovalSubject, Review
from models.database import client_contacts
from models.database.drafting import Drafts
from models.database.engine import transaction
from models.database.events import Origin
from models.database.intake import Asked
from models.database.permission import approvals, consent_desk
from models.database.permission.consent import Address, Proof
from models.database.reports import opening, settings
from models.database.reports.digest_rows import DigestRows
from models.database.reports.own_source import OwnRows
from models.database.reports.source_rows import SourceRows
from models.database.tables.people import ClientContact
from models.digests.figures import Period, Unit
from models.digests.periods import Cadence, before, last_closed
from models.digests.sources import SourceName
from models.digests.travelling import ReadOrder, StagedDraft
from models.sealing import KeyRing
from models.terms import Channel, DecisionChannel, DecisionKind
from tests.database.fit_to_send import make_fit_to_send
from tests.database.reports.desk import SourceOnPaper
from tests.openapi.stocked import CLIENT, Stocked

SALES = Origin("api", "sales-ops")
TERMS = {
    "project_name": "Local search", "required_sources": ["search_console"], "optional_sources": ["quickbooks"],
    "owner": "sales-ops", "escalation_owner": "incident-owner", "approver": "approver",
    "privacy_reviewer": "privacy-reviewer",
}  # fmt: skip
REPORT = f"/v1/clients/{CLIENT}/reports/seo/monthly"
SOURCES = f"/v1/clients/{CLIENT}/report-sources"
_BY = {Review.OWNER: "approver", Review.PRIVACY: "privacy-reviewer"}


def hold_for_several_reasons(console: Stocked) -> None:
    """Make what waits due and held: one of them too late, one opted out."""
    make_fit_to_send(console.engine)
    with console.engine.begin() as connection:
        connection.execute(text("UPDATE message SET reason = 'paused' WHERE state = 'ready' AND audience = 'contact'"))
        held = connection.execute(
            text(
                "SELECT id, client_id, address FROM message WHERE state = 'ready' AND reason = 'paused' ORDER BY planned_at"
            )
        ).all()
        late = {"id": held[0].id}
        connection.execute(text("UPDATE message SET expires_at = clock_timestamp() WHERE id = :id"), late)
    with transaction(console.engine) as session:
        hashed = address_hash(str(held[1].client_id), Channel.SMS, held[1].address)
        address = Address(held[1].client_id, Channel.SMS, hashed)
        consent_desk.opt_out(session, address, Proof("by_hand", "sales-ops", "call/1"))


class Digests:
    """The monthly report of the one client, and digests of it."""

    def __init__(self, console: Stocked) -> None:
        self.console, self.engine = console, console.engine
        self.rows = DigestRows(self.engine)
        self.google = SourceOnPaper(SourceName.SEARCH_CONSOLE, "clicks")
        self.books = SourceOnPaper(SourceName.QUICKBOOKS, "revenue", Unit.USD, "paid")
        self.report = UUID(self._put(REPORT, TERMS).json()["id"])
        self._put(
            f"{SOURCES}/search_console", {"account": "sc-domain:acme.example", "refresh_token": "a-refresh-token"}
        )
        self._put(f"{SOURCES}/quickbooks", {"account": "310687", "refresh_token": "a-refresh-token"})
        with transaction(self.engine) as session:
            client = settings.existing(session, self.report).client_id
            pat = ClientContact(
                client_id=client, name="Pat", email="pat@acme.example", receives=["reports", "incidents"]
            )
            self.contact = client_contacts.enter(session, pat, "agreement/1", SALES).id

    def of_every_stage(self) -> None:
        """Make the digests of the newest eight months, so that there is one of each stage."""
        months = [last_closed(Cadence.MONTHLY, "America/Denver", datetime.now(UTC))]
        while len(months) < 7:
            months.append(before(months[-1], Cadence.MONTHLY))
        reviewed, published, chased, unread, viewed, withdrawn = months[1:]
        for month in (withdrawn, viewed, unread, chased, published):
            self.published(month)
        self.decide(withdrawn, Review.PRIVACY, DecisionKind.REVOKE)
        self._sql("UPDATE run SET closed_at = clock_timestamp(), outcome = 'unread' WHERE id = :run", unread)
        self.rows.tell_unread(self.run(chased))
        self._view(viewed)
        self.google.values[published.first] = 140
        self.drafted(reviewed)
        self.request(months[0])

    def request(self, period: Period) -> UUID:
        with transaction(self.engine) as session:
            asked = Asked("sales-ops", uuid4().hex, "body")
            return opening.request(session, settings.existing(session, self.report), period, asked).run_id

    def drafted(self, period: Period) -> UUID:
        run = self.request(period)
        order = ReadOrder(run_id=run, at=datetime.combine(period.last, datetime.min.time(), UTC) + timedelta(days=3))
        sources: Mapping[SourceName, Any] = {SourceName.SEARCH_CONSOLE: self.google, SourceName.QUICKBOOKS: self.books}
        ring = KeyRing({"k1": bytes(32)}, "k1")
        SourceActivities(SourceRows(self.engine, ring), sources, OwnRows(self.engine)).read_sources(order)
        digesting = DigestActivities(self.rows)
        ordered = digesting.draft_digest(order)
        DraftingActivities(Drafts(self.engine), None, tries=1).draft(ordered)
        digesting.stage_digest(StagedDraft(run_id=run, draft_id=ordered.draft_id))
        return run

    def published(self, period: Period) -> UUID:
        run = self.drafted(period)
        for review in Review:
            self.decide(period, review, DecisionKind.APPROVE)
        assert self.rows.publish(run)
        return run

    def decide(self, period: Period, review: Review, decision: DecisionKind) -> None:
        with transaction(self.engine) as session:
            approval = approvals.of(session, ApprovalSubject.POST, self._row(period.first).post_id, review)
            assert approval is not None
            by = Origin("api", _BY[review])
            approvals.decide(session, approval.id, decision, approval.content_hash, by, DecisionChannel.API)

    def run(self, period: Period) -> UUID:
        found: UUID = self._row(period.first).run_id
        return found

    def _view(self, period: Period) -> None:
        look = "INSERT INTO post_view (post_id, version, contact_id, level, discounted, times) SELECT post_id, 1, :contact, "
        self._sql(f"{look} 'viewed', '', 1 FROM report_period WHERE run_id = :run", period)

    def _row(self, starts: date) -> Any:
        with self.engine.connect() as connection:
            query = text("SELECT run_id, post_id FROM report_period WHERE report_id = :report AND starts = :starts")
            return connection.execute(query, {"report": self.report, "starts": starts}).one()

    def _sql(self, statement: str, period: Period) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), {"run": self.run(period), "contact": self.contact})

    def _put(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.console.http.put(path, json=body, headers=self.console.shows("sales-ops"))
        assert answer.is_success, answer.text
        return answer
