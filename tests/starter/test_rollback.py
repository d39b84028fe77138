"""A rollback is seen before it is done, and what was seen is what is done."""

from uuid import UUID, uuid4

import pytest

from models.compensation import UndoEnd, UndoKind
from models.database import undos
from models.database.engine import transaction
from models.database.handoffs import Handoffs
from models.database.run_control import RunControl
from models.database.undos import Undos
from models.outreach import SignalClaim
from models.terms import Control, UndoState
from tests.starter.builders import claimed
from tests.starter.conftest import Api

WHY = "the client wants this lead back"


@pytest.fixture
async def run_id(api: Api) -> UUID:
    """A run that has written, and has handed a lead over that the CRM did not have."""
    run_id = UUID(await api.started())
    has_claimed(api, run_id)
    accepted(api)
    handoffs = Handoffs(api.engine)
    prepared = handoffs.prepare(run_id)
    handoffs.snapshot(prepared.handoff_id, {"before": None})
    handoffs.accepted(prepared.handoff_id, "c1", "d1", {"contact": {}, "deal": {}})
    return run_id


def has_claimed(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    with transaction(api.engine) as session:
        undos.register(session, run_id, f"send:{message_id}", UndoKind.SENT_MESSAGE, str(message_id))


def accepted(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE message SET state = 'accepted', provider_message_id = 'SM1', accepted_at = clock_timestamp(), "
            "lease_until = NULL, next_check_at = NULL WHERE state = 'dispatching'"
        )


def ended(api: Api, run_id: UUID, step: str, end: UndoEnd) -> None:
    rows = Undos(api.engine)
    [undo] = [one for one in rows.to_do(run_id) if one.step == step]
    rows.end(undo, end)


async def test_every_step_is_shown_newest_first_with_what_would_become_of_it(api: Api, run_id: UUID) -> None:
    shown = (await api.get(f"/v1/runs/{run_id}/rollback")).json()

    assert [(one["kind"], one["prospect"]) for one in shown["steps"]] == [
        ("crm_handoff", "archive"),
        ("sent_message", "correct"),
    ]
    assert "cannot be recalled" in shown["steps"][1]["in_words"]
    assert shown["asked_by"] is None
    assert shown["unsent"] == 0
    assert api.value("SELECT roll_back_requested_by FROM run") is None


async def test_what_was_seen_is_what_is_asked_for(api: Api, run_id: UUID) -> None:
    path = f"/v1/runs/{run_id}/rollback"
    seen = (await api.get(path)).json()["plan"]
    wish = {"reason": WHY, "plan": seen}

    first, second = [(await api.post(path, wish, by="incident-owner")).json()["changed"] for _ in range(2)]

    assert (first, second) == (True, False)
    [(facts,)] = api.rows("SELECT facts FROM event WHERE kind = 'roll_back_requested'")
    assert facts["plan"] == seen
    assert [one["prospect"] for one in facts["steps"]] == ["archive", "correct"]
    assert (await api.get(path)).json()["asked_by"] == "incident-owner"


async def test_another_plan_than_the_one_that_was_seen_is_refused(api: Api) -> None:
    run_id = UUID(await api.started())
    path = f"/v1/runs/{run_id}/rollback"
    seen = (await api.get(path)).json()["plan"]
    has_claimed(api, run_id)

    refused = await api.post(path, {"reason": WHY, "plan": seen}, by="incident-owner")

    assert refused.status_code == 409
    assert "look at it again" in refused.json()["detail"]
    assert api.value("SELECT roll_back_requested_by FROM run") is None
    anew = (await api.get(path)).json()
    assert [one["prospect"] for one in anew["steps"]] == ["ask_person"]  # nobody knows yet whether it left
    assert (await api.post(path, {"reason": WHY, "plan": anew["plan"]}, by="incident-owner")).status_code == 200


async def test_the_ends_of_its_steps_are_shown_afterwards(api: Api, run_id: UUID) -> None:
    ended(api, run_id, "handoff", UndoEnd(UndoState.UNDONE, "archived"))
    shown = (await api.get(f"/v1/runs/{run_id}/rollback")).json()["steps"]

    assert (shown[0]["state"], shown[0]["prospect"], shown[0]["reason"]) == ("undone", None, "archived")
    assert shown[0]["in_words"] == "It was taken back."


async def test_a_rollback_can_be_asked_for_after_the_end(api: Api, run_id: UUID) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET closed_at = now(), state = 'closed', outcome = 'replied'")
    path = f"/v1/runs/{run_id}/rollback"
    seen = (await api.get(path)).json()["plan"]

    assert (await api.post(path, {"reason": WHY, "plan": seen}, by="incident-owner")).json()["changed"]


async def test_one_that_is_typed_in_the_temporal_ui_records_the_plan_as_it_was_then(api: Api, run_id: UUID) -> None:
    seen = (await api.get(f"/v1/runs/{run_id}/rollback")).json()["plan"]
    claim = SignalClaim(run_id=run_id, signal="roll_back", control=Control.ROLL_BACK)

    RunControl(api.engine, b"key").settle(claim)

    [(source, facts)] = api.rows("SELECT source, facts FROM event WHERE kind = 'roll_back_requested'")
    assert (source, facts["plan"]) == ("temporal_ui", seen)


async def test_an_unknown_run_has_no_rollback_and_a_plan_is_needed(api: Api, run_id: UUID) -> None:
    unknown = f"/v1/runs/{uuid4()}/rollback"

    assert (await api.get(unknown)).status_code == 404
    wish = {"reason": WHY, "plan": "0" * 64}
    assert (await api.post(unknown, wish, by="incident-owner")).status_code == 404
    assert (await api.post(f"/v1/runs/{run_id}/rollback", {"reason": WHY}, by="incident-owner")).status_code == 422
    assert (await api.post(f"/v1/runs/{run_id}/rollback", wish, by="sales-ops")).status_code == 403


async def test_a_correction_is_asked_for_by_its_wording_and_says_how_to_opt_out(api: Api, run_id: UUID) -> None:
    ended_by = next(one for one in Undos(api.engine).to_do(run_id) if one.kind == "sent_message")
    ended(api, run_id, ended_by.step, UndoEnd(UndoState.NOT_UNDOABLE, "it has left"))
    path, body = f"/v1/runs/{run_id}/corrections", {"wording": [{"channel": "sms", "body": "The visit costs $89."}]}

    made = [await api.post(path, body, **{"Idempotency-Key": "c1"}) for _ in range(2)]
    again = await api.post(path, body, **{"Idempotency-Key": "c2"})
    other = await api.post(path, {"wording": [{"channel": "email", "body": "x"}]}, **{"Idempotency-Key": "c3"})
    odd = await api.post(path, {"wording": [{"channel": "sms", "body": "{{ secret }}"}]}, **{"Idempotency-Key": "c4"})

    assert [answer.status_code for answer in (*made, again, other, odd)] == [202, 202, 409, 422, 422]
    assert made[0].json()["run_id"] == made[1].json()["run_id"]
    assert api.value("SELECT body FROM template WHERE key = 'correction/sms'") == (
        "The visit costs $89. Reply STOP to opt out."
    )
    assert str(api.value("SELECT correction_run_id FROM undo WHERE kind = 'sent_message'")) == made[0].json()["run_id"]
    assert (await api.post(path, body, by="approver", **{"Idempotency-Key": "c5"})).status_code == 403
