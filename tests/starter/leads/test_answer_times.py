"""How soon a missed call was answered: at the event, in the explanation of the lead, in the figures."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.local.players import callrail
from models.database.engine import transaction
from models.database.leads.answer_times import lately
from tests.starter.builders import claimed
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


async def _missed(door: Open, minutes_ago: float) -> Any:
    here = await door("callrail")
    happened = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    await here.receives(callrail.missed_call(PHONE, start_time=happened.isoformat()))
    return here.event()


def _answered(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE message SET state = 'accepted', accepted_at = clock_timestamp() WHERE id = '{message_id}'"
        )


async def test_an_answer_within_ten_minutes_of_the_call_is_on_time(api: Api, door: Open) -> None:
    event = await _missed(door, 4)
    waiting = (await api.get(f"/v1/lead-events/{event.id}")).json()["answer"]
    _answered(api, event.run_id)

    answer = (await api.get(f"/v1/lead-events/{event.id}")).json()["answer"]
    explained = (await api.get(f"/v1/leads/{event.lead_id}/explanation")).json()["ways_in"][0]["answer"]

    assert (waiting["state"], waiting["target"]) == ("waiting", "PT10M")
    assert (answer["state"], answer["in_words"]) == ("on_time", "answered 4 minutes after the call; the target is 10")
    assert explained == answer


async def test_a_later_answer_is_shown_and_counted_as_late(api: Api, door: Open) -> None:
    event = await _missed(door, 30)
    with transaction(api.engine) as session:
        assert lately(session)._asdict() == {"on_time": 0, "late": 0, "overdue": 1}
    _answered(api, event.run_id)

    [line] = (await api.get("/v1/lead-events")).json()["events"]

    assert line["answer"]["state"] == "late"
    with transaction(api.engine) as session:
        assert lately(session)._asdict() == {"on_time": 0, "late": 1, "overdue": 0}
