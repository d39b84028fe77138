"""Leads that the CRM does not have, as people see them and have them offered again."""

from uuid import UUID, uuid4

import pytest

from models.database.handoffs import Handoffs
from tests.starter.conftest import Api

LIST = "/v1/handoffs/undelivered"


@pytest.fixture
async def given_up(api: Api) -> UUID:
    run_id = UUID(await api.started())
    handoffs = Handoffs(api.engine)
    handoffs.given_to_person(handoffs.prepare(run_id).handoff_id, "HubSpot answered 403 FORBIDDEN")
    return run_id


async def test_a_lead_that_was_given_up_is_listed_and_offered_again_once(api: Api, given_up: UUID) -> None:
    [listed] = (await api.get(LIST)).json()
    assert (listed["run_id"], listed["state"], listed["next_try_at"]) == (str(given_up), "given_to_person", None)
    assert listed["last_error"] == "HubSpot answered 403 FORBIDDEN"

    answers = [(await api.post(f"/v1/runs/{given_up}/hand-over", {})).json()["changed"] for _ in range(2)]

    assert answers == [True, False]
    assert api.value("SELECT state FROM handoff") == "prepared"
    assert api.value("SELECT next_try_at <= clock_timestamp() FROM handoff")
    assert api.value("SELECT actor FROM event WHERE kind = 'handoff_asked_again'") == "sales-ops"


async def test_a_run_that_is_taken_back_is_offered_to_nobody(api: Api, given_up: UUID) -> None:
    path = f"/v1/runs/{given_up}/rollback"
    seen = (await api.get(path)).json()["plan"]
    await api.post(path, {"reason": "entered by mistake", "plan": seen}, by="incident-owner")

    assert (await api.post(f"/v1/runs/{given_up}/hand-over", {})).json() == {"changed": False}


async def test_not_everybody_may_offer_a_lead_again_and_an_unknown_run_is_no_run(api: Api, given_up: UUID) -> None:
    assert (await api.post(f"/v1/runs/{given_up}/hand-over", {}, by="approver")).status_code == 403
    assert (await api.post(f"/v1/runs/{uuid4()}/hand-over", {})).status_code == 404


async def test_a_lead_that_a_person_has_entered_is_off_the_list(api: Api, given_up: UUID) -> None:
    [task] = (await api.get("/v1/tasks")).json()
    await api.post(task["close"], {"note": "entered by hand"})

    assert (await api.get(LIST)).json() == []
