"""What every CRM must bring about: an outcome is never lost and never counted twice, in whatever order it comes."""

from deploy.local.players.request import Sent
from tests.starter.outcomes.conftest import SOURCES, Desk


async def test_a_booking_counts_with_its_value_and_evidence_and_ends_the_run(desk: Desk) -> None:
    await desk.takes_well(desk.booked(10))

    [row] = desk.api.rows("SELECT outcome, basis, currency, amount_minor, evidence_kind, source, said_by FROM outcome")
    assert tuple(row) == ("booked", "quoted", "USD", 48_000, "crm_deal", SOURCES[desk.name], SOURCES[desk.name])
    assert desk.disposition == "booked"
    assert desk.values == [("booked", 48_000, True)]
    assert desk.api.value("SELECT stop_requested_by FROM run") == SOURCES[desk.name]
    assert desk.api.value(
        "SELECT count(*) FROM inbox WHERE kind = 'outcome' AND inbox.id = ANY (SELECT inbox_id FROM outcome)"
    )


async def test_a_loss_has_one_of_our_reasons(desk: Desk) -> None:
    await desk.takes_well(desk.lost(10))

    assert desk.disposition == "lost:price"
    assert desk.api.value("SELECT reason FROM event WHERE kind = 'outcome_recorded'") == "lost:price"


async def test_the_same_web_hook_again_changes_nothing(desk: Desk) -> None:
    sent = desk.booked(10)
    for _ in range(3):
        await desk.takes_well(sent)

    assert desk.api.value("SELECT count(*) FROM outcome") == 1
    assert desk.api.value("SELECT count(*) FROM event WHERE kind = 'outcome_recorded'") == 1


async def test_what_happened_last_counts_whatever_comes_last(desk: Desk) -> None:
    late = desk.booked(10)
    await desk.takes_well(desk.lost(20))
    await desk.takes_well(late)

    assert desk.disposition == "lost:price"
    assert [value[0] for value in desk.values] == ["lost"]
    assert desk.tasks("outcome_contradiction") == []  # one source that changed its mind


async def test_a_booking_whose_value_changes_is_counted_once_with_the_last_value(desk: Desk) -> None:
    for at, amount in ((10, "480"), (30, "520.5"), (20, "500")):
        await desk.takes_well(desk.booked(at, amount))

    assert desk.values == [("booked", 52_050, True)]


async def test_what_is_forged_old_or_for_another_address_is_refused_and_leaves_nothing(desk: Desk) -> None:
    good = desk.booked(10)
    answers = [
        await desk.takes(Sent(good.body.replace(b"480", b"999"), good.headers)) if desk.name != "salesforce" else None,
        await desk.takes(Sent(good.body)) if desk.name != "salesforce" else None,
        await desk.takes(good, desk.path + "x"),
        await desk.takes(
            good, "/webhooks/crm/salesforce/guess" if desk.name != "salesforce" else "/webhooks/crm/hubspot"
        ),
    ]

    assert {answer.status_code for answer in answers if answer is not None} <= {403, 404}
    assert desk.api.rows("SELECT 1 FROM inbox") == []
    assert desk.api.rows("SELECT 1 FROM outcome") == []


async def test_a_person_and_the_crm_that_contradict_each_other_are_a_task_and_the_latest_counts(desk: Desk) -> None:
    said = await desk.says(outcome="lost", lost_reason="price", evidence={"kind": "staff", "id": "call"})
    assert said.status_code == 200, said.text
    await desk.takes_well(desk.booked(10))  # an hour before

    assert desk.disposition == "lost:price"
    [task] = desk.tasks("outcome_contradiction")
    assert task.evidence["sources"] == sorted(("api", SOURCES[desk.name]))
    assert task.evidence["how"] == "one says booked, the other lost"
