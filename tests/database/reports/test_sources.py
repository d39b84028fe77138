"""Reading the sources of a digest: what is kept, how each stands, and what the gate says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.database import outcomes
from models.database.engine import transaction
from models.database.outcomes import Statement
from models.database.reports import figures
from models.digests.freshness import Readiness
from models.digests.sources import SourceName
from models.errors import AccessLost, SourceRefusal, TryAgain
from models.outcomes.told import EvidenceKind, LeadOutcome, ToldOutcome
from tests.database.reports.desk import LATE, OCTOBER, ReportDesk

GOOGLE, BOOKS = SourceName.SEARCH_CONSOLE, SourceName.QUICKBOOKS


def test_all_that_is_wanted_is_read_with_the_period_before(desk: ReportDesk) -> None:
    desk.connect(GOOGLE)
    desk.connect(BOOKS)
    gate = desk.read(desk.request().run_id)

    assert gate.readiness is Readiness.BUILD
    assert [period.first for period in desk.google.read_periods] == [OCTOBER.first, date(2026, 9, 1)]
    with transaction(desk.engine) as session:
        found = figures.of_period(session, desk.report, OCTOBER.first)
    assert {figure.key for figure in found} >= {"clicks", "revenue", "leads", "messages", "booked"}
    assert desk.standing(GOOGLE)["status"] == "fresh"
    assert desk.standing(GOOGLE)["coverage"] == 1


def test_a_source_that_is_behind_is_waited_for_until_the_latest_day(desk: ReportDesk) -> None:
    desk.connect(GOOGLE)
    desk.connect(BOOKS)
    desk.google.complete_through = date(2026, 10, 29)
    run = desk.request().run_id

    assert desk.read(run).readiness is Readiness.WAIT
    assert desk.standing(GOOGLE)["status"] == "lagging"
    assert desk.read(run, LATE).readiness is Readiness.BUILD_WITH_CAVEATS
    assert desk.standing(GOOGLE)["status"] == "stale"
    assert round(desk.standing(GOOGLE)["coverage"], 2) == 0.94


def test_a_required_source_that_nobody_connected_holds_the_digest(desk: ReportDesk) -> None:
    desk.connect(BOOKS)
    assert desk.read(desk.request().run_id).readiness is Readiness.HOLD
    assert desk.standing(GOOGLE)["status"] == "not_connected"


def test_a_source_that_does_not_answer_keeps_no_other_from_being_read_and_is_asked_soon(desk: ReportDesk) -> None:
    desk.connect(GOOGLE)
    desk.connect(BOOKS)
    desk.google.fails = TryAgain("Search Console answered 503", timedelta(minutes=2))
    gate = desk.read(desk.request().run_id)

    assert gate.readiness is Readiness.WAIT
    assert gate.look_again_after == timedelta(minutes=2)
    assert desk.standing(GOOGLE)["problem"] == "Search Console answered 503"
    assert desk.standing(BOOKS)["status"] == "fresh"
    assert desk.world.rows("SELECT * FROM owner_task") == []


def test_lost_access_becomes_the_owners_task_which_a_new_connection_closes(desk: ReportDesk) -> None:
    connection = desk.connect(GOOGLE)
    desk.google.fails = AccessLost("invalid_grant")
    run = desk.request().run_id

    assert desk.read(run).readiness is Readiness.WAIT
    desk.read(run)
    [task] = desk.world.rows("SELECT * FROM owner_task")
    assert (task["kind"], task["owner"], task["subject"]) == ("source_access_lost", "sam", str(connection))
    assert desk.standing(GOOGLE)["status"] == "auth_lost"
    assert desk.read(run, LATE).readiness is Readiness.HOLD

    desk.google.fails = None
    assert desk.connect(GOOGLE, "second") == connection
    assert desk.world.one("SELECT closed_by FROM owner_task")["closed_by"] == "sam"
    assert desk.read(run, LATE).readiness is Readiness.BUILD_WITH_CAVEATS
    assert desk.google.shown_tokens[-1] == "second"


def test_what_was_read_before_access_was_lost_still_counts(desk: ReportDesk) -> None:
    desk.connect(GOOGLE)
    desk.connect(BOOKS)
    run = desk.request().run_id
    desk.read(run)
    desk.google.fails = AccessLost("invalid_grant")

    assert desk.read(run, LATE).readiness is Readiness.BUILD_WITH_CAVEATS


def test_a_refusal_for_good_is_a_task_and_no_reason_to_ask_again_at_once(desk: ReportDesk) -> None:
    desk.connect(BOOKS)
    desk.books.fails = SourceRefusal("QuickBooks currency_not_supported")
    gate = desk.read(desk.request().run_id)

    assert gate.look_again_after == timedelta(hours=6)
    task = desk.world.one("SELECT kind, evidence FROM owner_task")
    assert task["kind"] == "source_refused"
    assert task["evidence"]["code"] == "QuickBooks currency_not_supported"


def test_a_new_refresh_token_is_kept_before_anything_is_read(desk: ReportDesk) -> None:
    desk.connect(BOOKS)
    desk.books.next_token = "rotated"
    run = desk.request().run_id
    desk.read(run)
    desk.books.next_token = None
    desk.read(run)

    assert desk.books.shown_tokens == ["first", "rotated"]
    stored = desk.world.one("SELECT sealed_token FROM source_connection WHERE source = 'quickbooks'")
    assert b"rotated" not in bytes(stored["sealed_token"])


def test_a_disconnected_account_is_read_no_more_and_its_token_is_gone(desk: ReportDesk) -> None:
    connection = desk.connect(BOOKS)
    assert desk.disconnect(connection)
    assert not desk.disconnect(connection)

    desk.read(desk.request().run_id)
    assert desk.books.shown_tokens == []
    stored = desk.world.one("SELECT sealed_token FROM source_connection")
    assert bytes(stored["sealed_token"]) == b""


def test_two_locations_are_two_figures_that_say_which(desk: ReportDesk) -> None:
    desk.connect(GOOGLE, location="denver", account="a")
    desk.connect(GOOGLE, location="boulder", account="b")
    desk.read(desk.request().run_id)

    with transaction(desk.engine) as session:
        labels = [figure.label for figure in figures.of_period(session, desk.report, OCTOBER.first)]
    assert {"Clicks (denver)", "Clicks (boulder)"} <= set(labels)


def test_a_figure_that_stays_is_one_row_and_one_that_changes_is_another(desk: ReportDesk) -> None:
    desk.connect(GOOGLE)
    run = desk.request().run_id
    desk.read(run)
    desk.read(run)
    desk.google.values[OCTOBER.first] = 130
    desk.read(run)

    stored = desk.world.rows(
        "SELECT value FROM report_figure WHERE key = 'clicks' AND starts = :starts ORDER BY id", starts=OCTOBER.first
    )
    assert [row["value"] for row in stored] == [100, 130]


@pytest.mark.parametrize("days", [1, 40])
def test_our_own_rows_are_counted_by_the_calendar_of_the_client(desk: ReportDesk, days: int) -> None:
    lead = desk.world.lead()
    moment = "2026-10-31T23:30-06:00" if days == 1 else "2026-11-01T00:30-06:00"
    desk.world.rows("UPDATE lead SET received_at = CAST(:at AS timestamptz) WHERE id = :lead", at=moment, lead=lead)
    told = ToldOutcome(LeadOutcome.BOOKED, datetime(2026, 11, 2, tzinfo=UTC), EvidenceKind.INVOICE, "INV-1", None)
    with transaction(desk.engine) as session:
        outcomes.record(session, lead, told, Statement("crm_hubspot", "hubspot", "event 1"))
    desk.read(desk.request().run_id)

    with transaction(desk.engine) as session:
        found = {figure.key: figure.value for figure in figures.of_period(session, desk.report, OCTOBER.first)}
    assert found["leads"] == found["booked"] == (1 if days == 1 else 0)


def test_a_lead_that_only_calls_itself_booked_is_not_counted_as_booked(desk: ReportDesk) -> None:
    lead = desk.world.lead()
    desk.world.rows(
        "UPDATE lead SET received_at = '2026-10-05T12:00Z', disposition = 'booked' WHERE id = :lead", lead=lead
    )
    desk.read(desk.request().run_id)

    with transaction(desk.engine) as session:
        found = {figure.key: figure.value for figure in figures.of_period(session, desk.report, OCTOBER.first)}
    assert [found["leads"], found["booked"]] == [1, 0]


def test_a_pause_and_an_outage_in_the_period_are_said_by_their_days(desk: ReportDesk) -> None:
    desk.world.rows(
        "INSERT INTO pause (id, scope, code, owner, put_by, source, held_work, epoch, at, lifted_at, reason, evidence, runs) "
        "VALUES (gen_random_uuid(), :scope, 'manual', 'eve', 'eve', 'api', 'catch_up', 1, "
        "'2026-10-04T20:00Z', '2026-10-06T18:00Z', '', '{}', 0)",
        scope=f"client:{desk.world.client}",
    )
    desk.world.rows(
        "INSERT INTO inbound_gap (began_at, ended_at, found) VALUES ('2026-10-10T10:00Z', '2026-10-10T10:20Z', 0)"
    )
    desk.world.rows(
        "INSERT INTO inbound_gap (began_at, ended_at, found) VALUES ('2026-10-12T10:00Z', '2026-10-12T14:00Z', 0)"
    )
    desk.read(run := desk.request().run_id)

    said = desk.world.one("SELECT caveats FROM report_period WHERE run_id = :run", run=run)["caveats"]["own"]
    assert [one["sentence"] for one in said] == [
        "Automatic messages were paused from Oct 4, 2026 to Oct 6, 2026.",
        "Calls from Oct 12, 2026 to Oct 12, 2026 were not tracked.",
    ]
