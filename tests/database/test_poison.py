"""What cannot be taken in is set aside, keeps nothing else waiting, and is tried again when somebody asks for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import OperationalError

from activities.backfilling import Backfiller
from models.crm_settings import CrmSettings
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound import poison
from models.database.inbound.arrivals import Arrival, store
from models.database.inbound.backfills import Backfills
from models.database.inbound.consuming import WaitingReports
from models.database.inbound.poison import Retried
from models.database.inbound.takers import Means
from models.errors import UnknownRecord
from models.receiving import Received
from models.sending import Claimed, Held, HoldReason, NotSent
from tests.database.outage import come_back, fall_silent
from tests.database.test_consuming import a_status, consume
from tests.database.trouble import DEADLOCK, DISK_FULL, OF_THE_ROW, refusing
from tests.database.world import KEY, PHONE, World

ENGINEER = Origin("api", "engineer")
MEANS = Means(KEY, CrmSettings().stages, "USD")
OTHER = "+13035550188"


class GivenList:
    def __init__(self, received: Sequence[Received]) -> None:
        self._received = received

    def received_since(self, since: datetime) -> Sequence[Received]:
        return self._received


def received(world: World, *texts: tuple[str, str]) -> list[Received]:
    """Texts as the list has them: sender and body, the newest first."""
    at = world.one("SELECT clock_timestamp() AS at")["at"]
    return [
        Received(sid, sender, body, urlencode({"MessageSid": sid, "From": sender, "Body": body}).encode(), at)
        for sid, (sender, body) in ((f"SM{number}", text) for number, text in enumerate(texts))
    ]


def reader(world: World, *texts: tuple[str, str]) -> Backfiller:
    return Backfiller(Backfills(world.engine, world.ring, world.timers), GivenList(received(world, *texts)))


def retry(world: World, inbox_id: UUID) -> Retried:
    with transaction(world.engine) as session:
        return poison.retry(session, world.ring, MEANS, inbox_id, ENGINEER)


@contextmanager
def poisonous(world: World, body: str = "poison") -> Iterator[None]:
    """Let one text fail as a mistake of ours would make it fail, at the reply."""
    with refusing(world, "INSERT ON reply", OF_THE_ROW, f"NEW.body = '{body}'"):
        yield


def set_aside(world: World, body: str = "poison") -> UUID:
    with poisonous(world, body):
        assert reader(world, (PHONE, body)).sweep() == 1
    found: UUID = world.one("SELECT id FROM inbox WHERE state = 'poison'")["id"]
    return found


def test_one_text_that_cannot_be_taken_in_does_not_hold_all_sending(world: World) -> None:
    run = world.run()
    opted_out, other = world.run(lead=world.lead("Max", OTHER)), world.run(lead=world.lead("Ina", "+13035550177"))
    fall_silent(world)
    come_back(world)

    with poisonous(world):
        assert reader(world, (OTHER, "STOP"), (PHONE, "poison"), (PHONE, "poison")).sweep() == 3

    assert world.rows("SELECT id FROM inbound_gap WHERE closed_at IS NULL") == []
    assert isinstance(world.claim(opted_out), NotSent)
    assert isinstance(world.claim(other), Claimed)
    # What nobody has read may be an opt-out, so its sender waits for a person.
    assert world.claim(run) == Held(message_id=world.message(run)["id"], reason=HoldReason.DOUBTFUL_OPT_OUT)
    assert {task["owner"] for task in world.tasks("inbound_poison")} == {"engineer"}
    [kept, _] = world.rows("SELECT * FROM inbox WHERE state = 'poison'")
    assert b"poison" in world.ring.open(kept["sealed_with"], bytes(kept["sealed_body"]))
    assert len(world.tasks("inbound_poison")) == 2


def test_a_text_that_was_set_aside_is_not_read_from_the_list_again(world: World) -> None:
    world.run()
    with poisonous(world):
        assert reader(world, (PHONE, "poison")).sweep() == 1
        assert reader(world, (PHONE, "poison")).sweep() == 0


@pytest.mark.parametrize("trouble", [DISK_FULL, DEADLOCK])
def test_a_database_in_trouble_is_no_fault_of_the_text_and_the_outage_stays_open(world: World, trouble: str) -> None:
    run = world.run()
    fall_silent(world)
    come_back(world)

    with refusing(world, "INSERT ON reply", trouble), pytest.raises(OperationalError):
        reader(world, (PHONE, "STOP")).sweep()

    assert world.rows("SELECT id FROM inbox") == []
    assert isinstance(world.claim(run), Held)
    assert reader(world, (PHONE, "STOP")).sweep() == 1
    assert isinstance(world.claim(run), NotSent)


def test_a_sender_that_cannot_even_be_held_is_an_engineers_task_all_the_same(world: World) -> None:
    world.run()
    with refusing(world, "INSERT ON consent", OF_THE_ROW):
        assert reader(world, (PHONE, "STOP")).sweep() == 1

    assert [task["owner"] for task in world.tasks("inbound_poison")] == ["engineer"]


def test_a_text_is_tried_again_with_all_its_effect(world: World) -> None:
    run = world.run()
    inbox_id = set_aside(world, "STOP")

    assert retry(world, inbox_id) == Retried(inbox_id, True, "waiting")
    assert retry(world, inbox_id) == Retried(inbox_id, False, "waiting")

    assert isinstance(world.claim(run), NotSent)
    assert world.control.look(run).reply == "opt_out"
    assert world.tasks() == []
    [again] = world.events("inbound_retried")
    assert (again["actor"], again["reason"], again["facts"]) == ("engineer", "sms", {"inbox": str(inbox_id)})


def test_a_text_that_still_cannot_be_taken_in_stays_as_it_is(world: World) -> None:
    world.run()
    inbox_id = set_aside(world)

    with poisonous(world), pytest.raises(Exception, match="refused"):
        retry(world, inbox_id)

    assert len(world.tasks("inbound_poison")) == 1
    assert world.events("inbound_retried") == []
    assert world.one("SELECT state FROM inbox")["state"] == "poison"


def test_a_start_word_that_was_set_aside_does_not_lift_an_opt_out(world: World) -> None:
    run = world.run()
    inbox_id = set_aside(world, "START")
    world.text("STOP")

    assert retry(world, inbox_id).state == "done"

    assert isinstance(world.claim(run), NotSent)
    assert len(world.tasks("outdated_start")) == 1


def test_a_text_that_does_not_say_who_wrote_it_stays_set_aside(world: World) -> None:
    store(world.engine, world.ring, [Arrival("twilio", "unreadable|1", "sms", b"Body=hello")])
    world.rows("UPDATE inbox SET state = 'poison'")
    inbox_id = world.one("SELECT id FROM inbox")["id"]

    assert retry(world, inbox_id) == Retried(inbox_id, False, "poison")


def test_a_report_is_tried_again_by_the_relay(world: World) -> None:
    run = world.run()
    store(world.engine, world.ring, [a_status(world.claimed(run), "delivered")])
    inbox_id = world.one("UPDATE inbox SET state = 'poison', tries = 6 RETURNING id")["id"]
    waiting = WaitingReports(world.engine, world.ring)
    assert waiting.due() == []

    assert retry(world, inbox_id) == Retried(inbox_id, True, "waiting")

    assert consume(waiting) == [True]
    assert world.message(run)["delivery"] == "delivered"


def test_what_is_not_there_cannot_be_tried_again(world: World) -> None:
    with pytest.raises(UnknownRecord):
        retry(world, uuid4())


def test_everything_set_aside_is_found_oldest_first_and_none_twice(world: World) -> None:
    for number in range(3):
        store(world.engine, world.ring, [Arrival("twilio", str(number), "status", b"")])
    ids = [row["id"] for row in world.rows("SELECT id FROM inbox ORDER BY received_at")]
    world.rows("UPDATE inbox SET state = 'poison'")

    with transaction(world.engine) as session:
        assert poison.next_poison(session, None) == ids
        assert poison.next_poison(session, ids[0]) == ids[1:]
        assert poison.next_poison(session, ids[2]) == []
