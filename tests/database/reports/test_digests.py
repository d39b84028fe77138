"""From figures to a post: what a client reads, and that nothing else gets there."""

from datetime import UTC, date, datetime

import pytest

from models.approving import Review
from models.database.engine import transaction
from models.database.reports import periods_listed, settings
from models.database.tables.reports import ReportNote
from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import Period
from models.digests.sources import SourceName
from models.digests.travelling import PeriodState
from models.errors import AccessLost
from models.terms import DecisionKind
from tests.database.reports.desk import LATE, NOVEMBER, OCTOBER, SAM, ReportDesk

GOOGLE, BOOKS = SourceName.SEARCH_CONSOLE, SourceName.QUICKBOOKS
IN_DECEMBER = datetime(2026, 12, 3, 18, tzinfo=UTC)


@pytest.fixture
def connected(desk: ReportDesk) -> ReportDesk:
    desk.connect(GOOGLE)
    desk.connect(BOOKS)
    return desk


def test_a_draft_is_seen_by_nobody_outside_until_both_reviews_are_given(connected: ReportDesk) -> None:
    run = connected.request().run_id
    draft = connected.drafted(run)

    assert draft["title"] == "Acme Plumbing: report from Oct 1, 2026 to Oct 31, 2026"
    assert not connected.rows.publish(run)
    connected.review(run, Review.PRIVACY)
    assert not connected.rows.look(run).approved
    assert not connected.rows.publish(run)
    connected.review(run, Review.OWNER)
    assert connected.rows.look(run).approved
    assert connected.rows.publish(run)
    assert connected.rows.look(run).state is PeriodState.PUBLISHED
    assert len(connected.world.rows("SELECT id FROM portal_post")) == 1


def test_the_reviewers_of_the_report_are_asked_first(connected: ReportDesk) -> None:
    connected.drafted(connected.request().run_id)
    asked = connected.world.rows("SELECT review, approver FROM approval WHERE subject = 'post' ORDER BY review")
    assert [(row["review"], row["approver"]) for row in asked] == [("owner", "ann"), ("privacy", "priya")]


def test_drafting_again_asks_nobody_again_and_a_changed_figure_voids_what_was_approved(connected: ReportDesk) -> None:
    run = connected.request().run_id
    connected.drafted(run)
    connected.review(run, Review.OWNER)
    connected.google.values[OCTOBER.first] = 555
    connected.drafted(run)

    assert connected.version(run)["version"] == 2
    assert not connected.rows.look(run).approved
    connected.review(run, Review.OWNER)
    connected.review(run, Review.PRIVACY)
    assert connected.rows.look(run).approved


def test_a_rejection_is_an_end(connected: ReportDesk) -> None:
    run = connected.request().run_id
    connected.drafted(run)
    connected.review(run, Review.PRIVACY, DecisionKind.REJECT)
    assert connected.rows.look(run).refused


def test_what_the_sources_lack_is_said_in_coded_sentences(connected: ReportDesk) -> None:
    connected.google.complete_through = date(2026, 10, 29)
    connected.books.fails = AccessLost("invalid_grant")
    body = connected.drafted(connected.request().run_id, LATE)["body"]

    assert "- Search Console data runs to Oct 29, 2026. Figures after that date are not included." in body
    assert "- QuickBooks could not be read for this period, so its figures are left out." in body


def test_what_a_source_says_of_itself_is_said(connected: ReportDesk) -> None:
    connected.google.caveats = (Caveat(code=CaveatCode.GSC_ANON_QUERIES),)
    assert "Google hides rare searches" in connected.drafted(connected.request().run_id)["body"]


def test_a_late_change_is_told_in_the_next_digest_and_only_there(connected: ReportDesk) -> None:
    connected.google.values = {date(2026, 9, 1): 80, OCTOBER.first: 100, NOVEMBER.first: 150}
    first = connected.published(connected.request().run_id)
    assert "Clicks: 100 (before: 80, +25%)" in first["text"]
    assert "changed from" not in first["text"]

    connected.google.values[OCTOBER.first] = 120
    run = connected.request(NOVEMBER, key="k2").run_id
    second = connected.published(run, IN_DECEMBER)
    told = "Clicks for Oct 1, 2026 to Oct 31, 2026 changed from 100 to 120 because its source changed it."
    assert told in second["text"]
    assert "Clicks: 150 (before: 120, +25%)" in second["text"]
    [change] = connected.world.rows("SELECT * FROM restatement")
    assert (change["told_by"], change["told_at"] is not None) == (run, True)
    assert connected.world.rows("SELECT reason FROM event WHERE kind = 'figures_restated'") != []

    december = Period(first=date(2026, 12, 1), last=date(2026, 12, 31))
    third = connected.drafted(connected.request(december, "k3").run_id, datetime(2027, 1, 4, 18, tzinfo=UTC))
    assert "changed from" not in third["body"]


def test_a_change_that_no_digest_has_told_is_told_by_the_next_one_that_is_published(connected: ReportDesk) -> None:
    connected.google.values = {OCTOBER.first: 100, NOVEMBER.first: 150}
    connected.published(connected.request().run_id)
    connected.google.values[OCTOBER.first] = 120
    run = connected.request(NOVEMBER, key="k2").run_id
    connected.drafted(run, IN_DECEMBER)

    [change] = connected.world.rows("SELECT * FROM restatement")
    assert change["told_at"] is None


def test_nothing_that_a_colleague_noted_gets_into_a_digest(connected: ReportDesk) -> None:
    canary = "canary-7f3a the owner is behind with the invoice"
    with transaction(connected.engine) as session:
        settings.note(session, ReportNote(report_id=connected.report, author="sam", body=canary), SAM)
    shown = connected.published(connected.request().run_id)
    everything = (
        f"{shown} {connected.world.rows('SELECT * FROM post_version')} {connected.world.rows('SELECT * FROM event')}"
    )
    assert "canary-7f3a" not in everything


def test_a_held_digest_tells_its_owner_once_and_the_task_goes_when_it_goes_on(connected: ReportDesk) -> None:
    run = connected.request().run_id
    connected.rows.hold(run, held=True)
    connected.rows.hold(run, held=True)
    [task] = connected.world.rows("SELECT * FROM owner_task")
    assert (task["kind"], task["owner"]) == ("digest_held", "sam")

    connected.drafted(run)
    assert connected.world.one("SELECT closed_at FROM owner_task")["closed_at"] is not None


def test_a_digest_whose_approval_is_taken_back_is_withdrawn_and_may_be_made_again(connected: ReportDesk) -> None:
    run = connected.request().run_id
    connected.published(run)
    connected.review(run, Review.PRIVACY, DecisionKind.REVOKE)

    assert connected.world.rows("SELECT id FROM portal_post") == []
    connected.rows.tell_unread(run)
    assert connected.world.tasks("report_unread") == [], "nobody is asked to read what is not shown"
    with transaction(connected.engine) as session:
        [line] = periods_listed.newest(session, connected.report, 5)
    assert line.state == PeriodState.WITHDRAWN
    connected.world.rows("UPDATE run SET closed_at = clock_timestamp() WHERE id = :run", run=run)
    assert not connected.request(key="again").joined
