"""Links, reviews and wording as rows: what counts as a click, which request a review answers, what may not be approved."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from models.approving import Refusal
from models.copywriting import TemplateVersion
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals
from models.database.review_requests import link_uses
from models.database.review_requests.reading import LOST_TASK, ReadReviews
from models.database.review_requests.requests import ReviewRequests
from models.database.seeding import add_library
from models.database.tables.approvals import Approval
from models.database.tables.copywriting import Template
from models.database.tables.records import Event
from models.errors import UnusableTemplate
from models.review_requests.observing import AccessLost, SourceUnavailable
from models.terms import Channel, ConsentKind, DecisionChannel, DecisionKind
from tests.database.fit_to_send import make_fit_to_send
from tests.review_desk import GOOGLE, ReviewDesk

HOUR, PATIENCE = timedelta(hours=1), timedelta(minutes=5)


@pytest.fixture
def desk(engine: Engine) -> ReviewDesk:
    make_fit_to_send(engine)
    made = ReviewDesk(engine)
    made.furnish()
    return made


def test_the_links_of_all_messages_lead_to_the_same_place(desk: ReviewDesk) -> None:
    desk.report()
    desk.sent(desk.run_id)
    desk.sent(desk.run_id, step="reminder_email")

    assert {desk.follow("ask_sms"), desk.follow("reminder_email")} == {"https://g.page/r/acme/review"}


def test_a_click_is_counted_once_a_person_makes_it_and_keeps_nothing_of_them(desk: ReviewDesk) -> None:
    desk.report()
    desk.sent(desk.run_id)
    desk.follow(agent="Googlebot/2.1")
    desk.follow(method="HEAD")
    assert not ReviewRequests(desk.engine).news(desk.run_id).clicked
    desk.follow()

    assert ReviewRequests(desk.engine).news(desk.run_id).clicked
    kept = desk.value("SELECT array_agg(not_counted ORDER BY id) FROM review_link_use")
    assert kept == ["program", "method", None]
    columns = "SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = 'review_link_use'"
    assert set(desk.value(columns)) == {"id", "token", "at", "not_counted"}


def test_whoever_opens_all_links_at_once_is_no_person(desk: ReviewDesk) -> None:
    desk.report()
    desk.sent(desk.run_id)
    desk.sent(desk.run_id, step="reminder_email")
    desk.follow("ask_sms")
    desk.follow("reminder_email")

    assert not ReviewRequests(desk.engine).news(desk.run_id).clicked
    assert desk.value("SELECT count(*) FROM review_link_use WHERE not_counted = 'all_at_once'") == 2


def test_a_link_that_nobody_made_leads_nowhere(desk: ReviewDesk) -> None:
    with transaction(desk.engine) as session:
        assert link_uses.use(session, "A" * 16, "GET", "Mozilla/5.0") is None


def test_a_review_read_twice_is_one_and_a_changed_one_keeps_its_request(desk: ReviewDesk) -> None:
    desk.report()
    desk.sent(desk.run_id)
    assert desk.see(review_id="r1") == 1
    assert desk.see(review_id="r1", stars=1, after=timedelta(minutes=1)) == 1

    assert desk.value("SELECT count(*) FROM review_observed WHERE run_id = :run") == 1
    assert desk.value("SELECT stars FROM review_observed") == 1
    assert len(_events(desk, "review_observed")) == 1


def test_a_second_review_is_not_ascribed_to_a_request_that_has_one(desk: ReviewDesk) -> None:
    desk.report()
    desk.sent(desk.run_id)
    desk.see(review_id="r1")
    desk.see(review_id="r2")

    assert desk.value("SELECT count(*) FROM review_observed WHERE run_id IS NOT NULL") == 1


def test_lost_access_is_a_state_and_a_task_and_both_end_when_it_is_back(desk: ReviewDesk) -> None:
    rows = ReadReviews(desk.engine, HOUR, PATIENCE)
    [location] = rows.due(10)
    assert (location.google_name, location.changed_since) == (GOOGLE, None)
    rows.failed(location.location_id, AccessLost("access_denied"))
    rows.failed(location.location_id, AccessLost("access_denied"))

    assert rows.due(10) == []  # only after a while
    assert desk.value("SELECT read_state FROM review_location") == "auth_lost"
    assert desk.value("SELECT count(*) FROM owner_task WHERE kind = :kind AND closed_at IS NULL", kind=LOST_TASK) == 1
    assert len(_events(desk, "reviews_unreadable")) == 1
    desk.see()
    assert desk.value("SELECT read_state FROM review_location") == "fresh"
    assert desk.value("SELECT count(*) FROM owner_task WHERE kind = :kind AND closed_at IS NULL", kind=LOST_TASK) == 0


def test_a_quota_is_waited_for_as_long_as_google_says(desk: ReviewDesk) -> None:
    rows = ReadReviews(desk.engine, HOUR, PATIENCE)
    desk.see()
    rows.failed(desk.location_id, SourceUnavailable("rate_limited", timedelta(minutes=40)))

    assert desk.value("SELECT read_state FROM review_location") == "stale"
    assert desk.value("SELECT read_again_at > clock_timestamp() + interval '39 min' FROM review_location")


def test_what_was_read_is_read_again_only_from_shortly_before_its_end(desk: ReviewDesk) -> None:
    desk.see(after=-timedelta(days=2))
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE review_location SET read_at = read_at - interval '2 h'"))
    [location] = ReadReviews(desk.engine, HOUR, PATIENCE).due(10)

    assert location.changed_since
    assert desk.value(
        "SELECT read_through - interval '10 min' = :since FROM review_location", since=location.changed_since
    )


def test_wording_that_steers_is_refused_where_it_enters_and_where_it_is_approved(desk: ReviewDesk) -> None:
    body = "If you were happy, review us: {{ review_link }} Reply STOP to opt out."
    steered = TemplateVersion(
        key="ask_sms", version=2, channel=Channel.SMS, consent_needed=ConsentKind.INFORMATIONAL, body=body
    )
    with pytest.raises(UnusableTemplate, match="ask_sms v2"), transaction(desk.engine) as session:
        add_library(session, _Only(steered), "copywriter")
    with transaction(desk.engine) as session:  # past the library, as a restored database might hold it
        row = Template(**steered.model_dump(), content_hash=steered.content_hash, created_by="copywriter")
        session.add(row)
        session.flush()
        approval = approvals.open_for_template(session, row.id, row.content_hash, "approver", "copywriter")
        verdict = approvals.decide(
            session,
            approval.id,
            DecisionKind.APPROVE,
            approval.content_hash,
            Origin("api", "approver"),
            DecisionChannel.API,
        )

    assert verdict.refusal is Refusal.REVIEW_WORDING
    with transaction(desk.engine) as session:
        assert session.exec(select(Approval).where(col(Approval.id) == approval.id)).one()
    assert [event.reason for event in _events(desk, "approval_refused")] == ["review_wording"]


class _Only:
    def __init__(self, template: TemplateVersion) -> None:
        self.templates, self.sequences = (template,), ()


def _events(desk: ReviewDesk, kind: str) -> list[Event]:
    with transaction(desk.engine) as session:
        return list(session.exec(select(Event).where(col(Event.kind) == kind)))
