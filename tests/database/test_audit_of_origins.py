"""Who a message is, whose word came in, and whose rows are used: each is broken on purpose, and named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from deploy.local.standins.kit.told_log import ToldLog
from models.audit import ProviderRecord, Received, Told, log_files, read_record
from models.database.audit import audit
from models.database.engine import transaction
from models.database.inbound.arrivals import UNREADABLE_KEY, Arrival, store
from models.database.permission import consent
from models.database.permission.consent import ONE_CLICK, Proof
from models.failure_classes import FailureClass
from models.identity import token_hash
from tests.database.world import World

KEY, TOKEN = "SM1|delivered|", "token-of-an-attempt"
STATUS = Arrival("twilio", KEY, "status", b"", token_hash(TOKEN))
TWILIO = frozenset({"twilio"})


def violated(world: World, record: ProviderRecord | None = None) -> dict[str, tuple[str, ...]]:
    return {one.invariant: one.examples for one in audit(world.engine, record).findings if one.bad}


def test_i18_finds_a_message_whose_key_is_made_of_more_than_business_facts(world: World) -> None:
    run = world.run()
    world.rows("UPDATE message SET send_key = send_key || '/1772463600' WHERE step = 'hello'")

    assert violated(world) == {"I18": (str(world.message(run)["id"]),)}


def test_the_one_repeat_of_a_message_is_known_by_business_facts_too(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.rows("UPDATE message SET failure_class = :failed WHERE step = 'hello'", failed=FailureClass.TRANSIENT)
    world.claimed(run, occurrence=2)

    assert violated(world) == {}


def unsubscribed(world: World, evidence: str) -> None:
    with transaction(world.engine) as session:
        consent.opt_out(session, world.address(), Proof(ONE_CLICK, "recipient", evidence))


def test_i19_finds_an_opt_out_by_a_link_that_was_only_followed(world: World) -> None:
    message = world.message(world.run())["id"]
    unsubscribed(world, f"GET message/{message}")

    assert violated(world) == {"I19": (str(message),)}


@pytest.mark.parametrize("used", ["POST ", ""], ids=["pressed", "from before the method was noted"])
def test_an_opt_out_by_the_button_is_in_order(world: World, used: str) -> None:
    unsubscribed(world, f"{used}message/{world.message(world.run())['id']}")

    assert violated(world) == {}


def test_i20_finds_a_callback_that_its_provider_never_sent(world: World) -> None:
    store(world.engine, world.ring, [STATUS])
    other_address = Told("twilio", KEY, token_hash("another"))
    inbox = str(world.one("SELECT id FROM inbox")["id"])

    assert violated(world, ProviderRecord((), tellers=TWILIO)) == {"I20": (inbox,)}
    assert violated(world, ProviderRecord((), told=[other_address], tellers=TWILIO)) == {"I20": (inbox,)}
    assert violated(world, ProviderRecord((), told=[Told("twilio", KEY, token_hash(TOKEN))], tellers=TWILIO)) == {}


def test_i20_names_the_message_that_a_forgery_is_about(world: World) -> None:
    claimed = world.claimed(world.run())
    about = token_hash(claimed.envelope.token)
    store(world.engine, world.ring, [Arrival("twilio", KEY, "status", b"", about)])

    assert violated(world, ProviderRecord((), tellers=TWILIO)) == {"I20": (str(claimed.message_id),)}


def test_what_a_provider_lists_as_received_came_from_it(world: World) -> None:
    world.run()
    world.text("STOP", provider_id="SM7")
    world.text("Hello", provider_id="SM8")

    forged = violated(world, ProviderRecord((), [Received("twilio", "SM7")], tellers=TWILIO))

    assert list(forged) == ["I20"]
    assert (
        violated(world, ProviderRecord((), [Received("twilio", "SM7")], told=[Told("twilio", "SM8")], tellers=TWILIO))
        == {}
    )


def test_what_a_stand_in_notes_is_read_as_it_comes_in(tmp_path: Path) -> None:
    notes = ToldLog(tmp_path, "twilio")
    notes.append("SM1", "delivered", "", token=TOKEN)
    notes.append("SM8")
    notes.close()

    record = read_record(log_files([tmp_path]))

    assert (record.told, record.tellers) == ([Told("twilio", KEY, token_hash(TOKEN)), Told("twilio", "SM8")], TWILIO)


def test_what_came_in_after_the_notes_were_read_is_not_held_against_it(world: World) -> None:
    store(world.engine, world.ring, [STATUS])
    earlier = datetime.now(UTC) - timedelta(minutes=1)

    assert violated(world, ProviderRecord((), tellers=TWILIO, told_until=earlier)) == {}
    assert "I20" in violated(world, ProviderRecord((), tellers=TWILIO, told_until=earlier + timedelta(minutes=2)))


def test_where_nobody_notes_what_is_told_a_forgery_cannot_be_told_from_news(world: World) -> None:
    store(world.engine, world.ring, [STATUS])
    events_alone = ProviderRecord((), tellers=frozenset({"ses"}))

    assert violated(world, events_alone) == {}
    assert "I20" not in {one.invariant for one in audit(world.engine, ProviderRecord(())).findings}


def test_what_could_not_be_read_is_compared_with_nothing(world: World) -> None:
    store(world.engine, world.ring, [Arrival("twilio", f"{UNREADABLE_KEY}abc", "status", b"")])

    assert violated(world, ProviderRecord((), tellers=TWILIO)) == {}


def a_message_of_another(world: World, run: UUID, other: UUID) -> None:
    world.rows("UPDATE message SET client_id = :other WHERE run_id = :run AND step = 'mail'", run=run, other=other)


def a_lead_of_another(world: World, run: UUID, other: UUID) -> None:
    lead = world.lead("Ida", client=other)
    world.rows("UPDATE run SET lead_id = :lead WHERE id = :run", run=run, lead=lead)


def a_reply_to_another(world: World, run: UUID, other: UUID) -> None:
    theirs = world.run(lead=world.lead("Ida", "+13035550177", client=other))
    world.sent(run)
    world.text("How much is it?")
    world.rows(
        "INSERT INTO reply (id, inbox_id, client_id, run_id, channel, body, label, ends_automation) "
        "SELECT gen_random_uuid(), inbox_id, :other, :theirs, channel, body, label, true FROM reply",
        other=other,
        theirs=theirs,
    )


def a_claim_on_a_permission_of_another(world: World, run: UUID, other: UUID) -> None:
    world.sent(run)
    world.rows("UPDATE consent SET client_id = :other WHERE channel = 'sms'", other=other)


@pytest.mark.parametrize(
    "plant", [a_message_of_another, a_lead_of_another, a_reply_to_another, a_claim_on_a_permission_of_another]
)
def test_i21_finds_what_belongs_to_another_client(world: World, plant: Callable[[World, UUID, UUID], None]) -> None:
    run = world.run()
    plant(world, run, world.another_client())

    assert "I21" in violated(world)
    assert violated(world).keys() <= {"I21", "I18"}, "a key names its client, so a message of another has another's key"
