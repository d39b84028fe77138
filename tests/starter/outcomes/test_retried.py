"""What a CRM said and could not be taken in takes effect when somebody tries it again, once."""

from typing import Any
from uuid import UUID

from models.connection import key_ring
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound.callbacks import UNREADABLE, set_aside
from models.database.inbound.inbox import store_once
from models.settings import Settings
from tests.starter.outcomes.conftest import SOURCES, Desk


def _aside(desk: Desk, settings: Settings, raw: bytes) -> UUID:
    """Keep what a CRM sent as a release would that could not read it."""
    source = SOURCES[desk.name]
    with transaction(desk.api.engine) as session:
        inbox_id = store_once(session, key_ring(settings), source, "msg_1", "outcome", raw)
        assert inbox_id is not None
        set_aside(session, inbox_id, UNREADABLE, Origin(source, source))
    return inbox_id


async def _retried(desk: Desk, inbox_id: UUID) -> dict[str, Any]:
    answer = await desk.api.post(f"/v1/inbox/{inbox_id}/retry", {}, by="engineer")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_outcome_that_was_set_aside_takes_effect_once_when_it_is_tried_again(
    desk: Desk, settings: Settings
) -> None:
    inbox_id = _aside(desk, settings, desk.booked(1).body)

    assert await _retried(desk, inbox_id) == {"id": str(inbox_id), "tried": True, "state": "done"}
    assert (await _retried(desk, inbox_id))["tried"] is False
    desk.api.consume()

    assert desk.values == [("booked", 48_000, True)]
    assert desk.tasks("inbound_poison") == []
    assert desk.api.value("SELECT state FROM inbox WHERE id = :id", id=inbox_id) == "done"


async def test_what_still_cannot_be_read_stays_set_aside_with_its_task(desk: Desk, settings: Settings) -> None:
    inbox_id = _aside(desk, settings, b"neither this nor that")

    assert await _retried(desk, inbox_id) == {"id": str(inbox_id), "tried": False, "state": "poison"}
    assert len(desk.tasks("inbound_poison")) == 1
    assert desk.api.rows("SELECT 1 FROM event WHERE kind = 'inbound_retried'") == []


async def test_an_outcome_of_a_lead_that_nobody_knows_becomes_a_persons_task(desk: Desk, settings: Settings) -> None:
    desk.lead = UUID(int=7)
    inbox_id = _aside(desk, settings, desk.booked(1).body)

    # A deal of HubSpot's that is not ours is noted: a handoff may be accepted after its booking.
    by_lead = {"tried": True, "state": "orphan"} if desk.name != "hubspot" else {"tried": True, "state": "done"}
    assert await _retried(desk, inbox_id) == {"id": str(inbox_id), **by_lead}
    assert len(desk.tasks("outcome_unmatched")) == (desk.name != "hubspot")
