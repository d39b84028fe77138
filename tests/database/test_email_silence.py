"""An email whose answer was lost: no list shows it, so its events must tell, and their absence only counts if others come."""

from datetime import timedelta
from uuid import UUID

from activities.reconciling import Swept
from models.database.doubts import event_silence
from models.delivery import Delivery
from models.provider_answers import lost_answer
from models.reconciling import Trace
from models.sending import InDoubt
from models.terms import AttemptOutcome, EvidenceSource
from tests.database.doubts import sweep
from tests.database.findings import callback, find
from tests.database.world import World

EARLIER, LATER = "0100-earlier", "0100-later"


def _lost_mail(world: World, name: str = "Lea") -> UUID:
    run = world.run(lead=world.lead(name))
    world.ledger.record(world.claimed(run, "mail"), lost_answer("ReadTimeout"))
    world.make_due(run)
    return run


def _reported_mail(world: World, provider_id: str) -> None:
    run = world.run(lead=world.lead("Max"))
    claim = world.sent(run, "mail", provider_id)
    find(world, claim.message_id, claim.fence, callback(provider_id, Delivery.DELIVERED))


def _wait(world: World, run: UUID, time: timedelta) -> Swept:
    world.passes(run, time)
    return sweep(world)


def test_an_email_waits_an_hour_for_its_events_and_then_for_a_person(world: World) -> None:
    run = _lost_mail(world)
    assert sweep(world) == Swept()
    due = world.one("SELECT next_check_at - lease_until AS after FROM message WHERE state = 'unknown'")["after"]
    assert due == timedelta(hours=1)

    assert _wait(world, run, timedelta(minutes=59)) == Swept()
    assert _wait(world, run, timedelta(minutes=2)) == Swept(given_to_person=1)
    assert isinstance(world.claim(run, "mail"), InDoubt)


def test_an_email_that_gets_stale_is_a_persons_before(world: World) -> None:
    run = _lost_mail(world)
    sweep(world)
    world.rows("UPDATE message SET expires_at = clock_timestamp() + interval '5 minutes' WHERE state = 'unknown'")
    world.make_due(run)

    assert sweep(world) == Swept(given_to_person=1)


def test_silence_about_one_email_counts_once_a_later_one_is_heard_of(world: World) -> None:
    run = _lost_mail(world)
    _reported_mail(world, LATER)
    _wait(world, run, timedelta(hours=2))

    [task] = world.tasks("message_in_doubt")
    assert task["evidence"]["seen"] == Trace.NO_EVENT
    assert "events of later emails have arrived, none of this one" in task["instruction"]
    assert world.tasks("email_events_missing") == []


def test_silence_about_all_later_emails_may_be_that_of_a_broken_pipeline(world: World) -> None:
    _reported_mail(world, EARLIER)  # says nothing about what came after it
    world.passes(world.one("SELECT run_id FROM message WHERE state = 'accepted'")["run_id"], timedelta(hours=3))
    runs = [_lost_mail(world), _lost_mail(world, "Ina")]
    world.sent(world.run(lead=world.lead("Tom")), "mail", LATER)  # answered, but no event came
    for run in runs:
        world.passes(run, timedelta(hours=2))
    assert sweep(world) == Swept(given_to_person=2)

    assert {task["evidence"]["seen"] for task in world.tasks("message_in_doubt")} == {Trace.NO_EVENTS}
    assert "the event pipeline itself may be down" in world.tasks("message_in_doubt")[0]["instruction"]
    [task] = world.tasks("email_events_missing")
    assert (task["owner"], task["subject"]) == ("engineer", "ses")


def test_the_next_event_closes_the_engineers_task(world: World) -> None:
    run = _lost_mail(world)
    _wait(world, run, timedelta(hours=2))
    sweep(world)
    assert len(world.tasks("email_events_missing")) == 1

    _reported_mail(world, LATER)
    sweep(world)

    assert world.tasks("email_events_missing") == []
    assert len(world.tasks("message_in_doubt")) == 1


def test_an_event_with_the_token_resolves_it_even_when_a_person_has_it(world: World) -> None:
    run = _lost_mail(world)
    _wait(world, run, timedelta(hours=2))
    message = world.message(run, "mail")

    find(world, message["id"], message["fence"], callback("0100-late", Delivery.SENT))

    resolved = world.message(run, "mail")
    assert (resolved["state"], resolved["provider_message_id"]) == ("accepted", "0100-late")
    assert world.tasks("message_in_doubt") == []
    said = world.rows("SELECT source, kind FROM evidence WHERE message_id = :id ORDER BY id", id=message["id"])
    assert [tuple(row.values()) for row in said][-2:] == [
        (EvidenceSource.CHECK, Trace.NO_EVENTS), (EvidenceSource.CALLBACK, Delivery.SENT),
    ]  # fmt: skip
    assert world.attempts(run)[0]["outcome"] == AttemptOutcome.ACCEPTED


_MANY = """
    INSERT INTO evidence (message_id, fence, source, kind, reason, at)
    SELECT m.id, 1, CASE n % 2 WHEN 0 THEN 'callback' ELSE 'answer' END, 'sent', '', clock_timestamp() - make_interval(secs => n)
    FROM message m, generate_series(1, 40000) n WHERE m.run_id = :run AND m.step = 'mail'
"""


def test_the_newest_event_is_found_without_reading_all_of_them(world: World) -> None:
    run = _lost_mail(world)
    world.rows(_MANY, run=run)
    world.rows("ANALYZE evidence")
    message = world.message(run, "mail")
    for query, values in (
        (event_silence.LATER_ONE_REPORTED, {"id": message["id"], "fence": 1}),
        (event_silence.BROKEN, {"kind": event_silence.TASK}),
    ):
        plan = "\n".join(row["QUERY PLAN"] for row in world.rows(f"EXPLAIN {query.text}", **values))
        assert "reported_by_callback" in plan, plan
        assert "Seq Scan on evidence" not in plan, plan
