"""Measures over real rows, and over rows set to known moments."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models.database import runs
from models.database.engine import snapshot, transaction
from models.database.events import Origin
from models.database.measures.computing import Asked, By, Figure, compute
from models.measures.definitions import ENOUGH, MEASURES
from models.review_requests.terms import ReviewOutcome
from models.terms import ApprovalPolicy
from tests.database.measures.conftest import Everything
from tests.database.world import World

NOON = datetime(2026, 11, 2, 19, tzinfo=UTC)
"""Noon in Denver on a Monday; later in London."""


def figures(world: World, key: str, asked: Asked | None = None) -> list[Figure]:
    with snapshot(world.engine) as session:
        return compute(session, MEASURES[key], asked or Asked())


def sent(world: World, number: int, answered_after: timedelta | None) -> UUID:
    """A run of a lead who called at noon, and was answered after some time."""
    phone = f"+1303555{number:04}"
    run = world.run(lead=world.lead(phone=phone))
    world.rows("UPDATE lead SET occurred_at = :noon WHERE phone = :phone", noon=NOON, phone=phone)
    if answered_after is not None:
        world.sent(run, provider_id=f"SM{number:032}")
        world.rows(
            "UPDATE message SET accepted_at = :at, delivery = :delivery WHERE run_id = :run AND accepted_at IS NOT NULL",
            at=NOON + answered_after,
            delivery="delivered" if number % 2 else "undelivered",
            run=run,
        )
    return run


def test_response_time_is_told_of_all_who_waited(world: World) -> None:
    for number in range(ENOUGH):
        sent(world, number, timedelta(minutes=2 * number + 1))
    sent(world, 99, None)

    found = {one.part: one for one in figures(world, "response_time")}

    assert (found["p50"].numerator, found["p50"].denominator) == (10, 11)
    assert found["p50"].value == pytest.approx(600)
    assert found["p90"].value == pytest.approx(60 * 17.2)
    assert found["within_goal"].numerator == 5
    assert found["within_goal"].value == pytest.approx(5 / 11)
    [delivery] = figures(world, "delivery_rate")
    assert delivery == Figure("", "", 5, 10, 0.5)


def test_of_a_few_things_only_the_counts_are_told(world: World) -> None:
    sent(world, 1, timedelta(minutes=1))

    assert figures(world, "delivery_rate") == [Figure("", "", 1, 1, None)]
    assert {one.value for one in figures(world, "response_time")} == {None}


def test_an_opt_out_and_a_reply_count_once_for_whoever_was_written_to(world: World) -> None:
    sent(world, 1, timedelta(minutes=1))
    sent(world, 2, timedelta(minutes=1))

    world.text("STOP", sender="+13035550001")

    assert figures(world, "opt_out_rate") == [Figure("", "", 1, 2, None)]
    assert figures(world, "reply_rate") == [Figure("", "", 1, 2, None)]


def test_a_day_is_that_of_the_client(world: World) -> None:
    sent(world, 1, timedelta(hours=11))
    world.rows("UPDATE client SET time_zone = 'America/Denver'")
    in_denver = figures(world, "delivery_rate", Asked(by=By.DAY))
    world.rows("UPDATE client SET time_zone = 'Europe/London'")
    in_london = figures(world, "delivery_rate", Asked(by=By.DAY))

    assert ([one.group for one in in_denver], [one.group for one in in_london]) == (["2026-11-02"], ["2026-11-03"])
    assert figures(world, "delivery_rate", Asked(by=By.WEEK))[0].group == "2026-11-02"


def test_only_what_falls_into_the_time_counts_and_only_of_the_named_clients(world: World) -> None:
    sent(world, 1, timedelta(0))
    later = NOON + timedelta(seconds=1)

    assert figures(world, "delivery_rate", Asked(begins=NOON, ends=later))
    assert figures(world, "delivery_rate", Asked(begins=later)) == []
    assert figures(world, "delivery_rate", Asked(ends=NOON)) == []
    assert figures(world, "delivery_rate", Asked(clients=[])) == []
    assert [one.group for one in figures(world, "delivery_rate", Asked(by=By.CLIENT))] == ["acme"]
    assert [one.group for one in figures(world, "delivery_rate", Asked(by=By.CHANNEL))] == ["sms"]


def test_an_approval_takes_from_the_request_to_the_decision(world: World) -> None:
    for number in range(ENOUGH - len(world.template_approvals)):
        world.run(ApprovalPolicy.RUN, world.lead(phone=f"+1303555{number:04}"))
    world.rows("UPDATE approval SET requested_at = :noon WHERE subject = 'template'", noon=NOON)
    world.rows("UPDATE decision SET at = :then", then=NOON + timedelta(minutes=5))

    by_channel = {(one.group, one.part): one for one in figures(world, "approval_time", Asked(by=By.CHANNEL))}
    [p50, _] = figures(world, "approval_time")

    assert by_channel["api", "p50"].numerator == len(world.template_approvals)
    assert by_channel["undecided", "p50"].numerator == 0
    assert (p50.numerator, p50.denominator, p50.value) == (len(world.template_approvals), ENOUGH, None)


def test_what_is_approved_by_the_command_that_stores_it_is_no_measure_of_approvers(world: World) -> None:
    world.rows("UPDATE decision SET channel = 'command'")

    assert figures(world, "approval_time") == []


def test_lost_reasons_share_out_what_was_lost(world: World) -> None:
    for number in range(12):
        world.lead(phone=f"+1303555{number:04}")
    world.rows(
        "UPDATE lead SET disposition = CASE WHEN source_lead_id < '3' THEN 'lost:price' ELSE 'lost:hired_other' END"
    )

    found = {one.part: (one.numerator, one.denominator) for one in figures(world, "lost_reason")}

    assert sum(numerator for numerator, _ in found.values()) == 12
    assert {denominator for _, denominator in found.values()} == {12}
    assert set(found) == {"price", "hired_other"}


@pytest.mark.parametrize("key", MEASURES)
def test_every_measure_answers_over_real_rows_however_it_is_grouped(everything: Everything, key: str) -> None:
    for by in By:
        for one in figures(everything.world, key, Asked(by=by)):
            assert 0 <= one.numerator <= one.denominator
            assert one.value is None or one.denominator >= ENOUGH


def test_what_is_to_be_done_is_counted_by_kind_and_owner(everything: Everything) -> None:
    parts = {one.part for one in figures(everything.world, "next_action")}

    assert {f"{task['kind']}/{task['owner']}" for task in everything.world.tasks()} == parts


def test_sources_and_looks_at_reports_are_counted(everything: Everything) -> None:
    assert {one.part for one in figures(everything.world, "source_coverage")} == {"search_console", "quickbooks"}
    assert [(one.part, one.numerator, one.denominator) for one in figures(everything.world, "report_view")] == [
        ("link_hit", 0, 1),
        ("viewed", 0, 1),
        ("viewed_authenticated", 0, 1),
    ]


def test_review_requests_are_told_by_how_they_ended(changeable: Everything) -> None:
    world = changeable.world
    assert figures(world, "review_outcome") == []

    with transaction(world.engine) as session:
        runs.close(session, changeable.asked, ReviewOutcome.EXPIRED, Origin("workflow"))

    assert figures(world, "review_outcome") == [Figure("", "expired", 1, 1, None)]
    assert figures(world, "review_outcome", Asked(by=By.CLIENT)) == [Figure("acme", "expired", 1, 1, None)]
