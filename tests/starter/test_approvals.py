from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.approving import Refusal
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approval_codes
from models.terms import DecisionKind
from tests.starter.builders import plan
from tests.starter.conftest import Api

BECAUSE = "reads well"


@pytest.fixture
async def run_id(api: Api) -> UUID:
    run_id = UUID(await api.started(sequence="web_lead", lead={"source": "web_form"}))
    plan(api.engine, run_id)
    return run_id


async def waiting(api: Api) -> dict[str, str]:
    (head,) = (await api.get("/v1/approvals")).json()
    found: dict[str, str] = (await api.get(f"/v1/approvals/{head['id']}", by="approver")).json()
    return found


async def decide(api: Api, approval: dict[str, str], by: str, decision: str = "approve", **changes: str):  # type: ignore[no-untyped-def]
    body = {"decision": decision, "content_hash": approval["content_hash"], "reason": BECAUSE} | changes
    return await api.post(f"/v1/approvals/{approval['id']}/decision", body, by=by)


async def test_an_approver_reads_the_exact_wording(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)

    assert approval["subject_id"] == str(run_id)
    assert approval["requested_by"] == "sales-ops"
    assert "Zephyrine" in approval["wording"][0]["body"]  # type: ignore[index]
    assert "5550123" not in str(approval)
    assert (await api.get(f"/v1/approvals/{approval['id']}", by="engineer")).status_code == 403


async def test_an_approval_releases_the_messages_and_wakes_the_run(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    answer = await decide(api, approval, "approver")

    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "approved"
    assert answer.json()["takes_effect"]
    assert api.value("SELECT state FROM message") == "ready"
    assert api.value("SELECT news FROM outbox") > 1
    assert (await api.get("/v1/approvals")).json() == []


async def test_a_revoked_approval_holds_what_has_not_left(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    await decide(api, approval, "approver")
    answer = await decide(api, approval, "approver-2", "revoke")

    assert answer.json()["state"] == "rejected"
    assert api.value("SELECT state FROM message") == "planned"


@pytest.mark.parametrize(
    ("by", "changes", "status", "refusal"),
    [
        ("sales-ops", {}, 403, Refusal.NOT_AN_APPROVER),
        ("engineer", {}, 403, Refusal.NOT_AN_APPROVER),
        ("approver", {"content_hash": "0" * 64}, 409, Refusal.WORDING_CHANGED),
    ],
)
async def test_a_refused_attempt_is_recorded(
    api: Api, run_id: UUID, by: str, changes: dict[str, str], status: int, refusal: Refusal
) -> None:
    answer = await decide(api, await waiting(api), by, **changes)

    assert answer.status_code == status
    assert answer.json()["detail"] == refusal
    assert api.rows("SELECT actor, source, reason FROM event WHERE kind = 'approval_refused'") == [
        (by, "api", refusal.name.lower())
    ]
    assert api.value("SELECT state FROM message") == "planned"


async def test_nobody_approves_what_they_have_asked_for(api: Api, run_id: UUID) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff SET roles = '{sales_ops,approver}' WHERE handle = 'sales-ops'")
    approval = await waiting(api)
    answer = await decide(api, approval, "sales-ops")

    assert answer.status_code == 403
    assert answer.json()["refusal"] == "own_request"
    assert api.value("SELECT count(*) FROM event WHERE kind = 'approval_refused'") == 1
    assert (await api.post(f"/v1/approvals/{approval['id']}/codes")).status_code == 403


async def test_an_expired_request_is_no_longer_decided_on(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE approval SET expires_at = now() - interval '1 s' WHERE subject = 'run'")

    assert (await decide(api, approval, "approver")).status_code == 409
    assert (await api.post(f"/v1/approvals/{approval['id']}/codes", by="approver")).status_code == 409


async def test_an_unknown_approval_is_not_found_and_recorded(api: Api) -> None:
    nothing = {"id": "00000000-0000-0000-0000-000000000000", "content_hash": "0" * 64}

    assert (await decide(api, nothing, "approver")).status_code == 404
    assert api.value("SELECT reason FROM event WHERE kind = 'approval_refused'") == "unknown_approval"


async def test_a_code_decides_once_in_the_name_of_whoever_asked_for_it(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    answer = await api.post(f"/v1/approvals/{approval['id']}/codes", by="approver-2")

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    code = answer.json()["code"]
    assert code not in str(api.rows("SELECT * FROM approval_code"))
    typed, ui = (run_id, code, DecisionKind.APPROVE, b"approval-key"), Origin("temporal_ui", "temporal_ui")
    with transaction(api.engine) as session:
        assert approval_codes.decide_by_code(session, *typed, ui).refusal is None
        assert approval_codes.decide_by_code(session, *typed, ui).refusal is Refusal.WRONG_CODE
    assert api.rows("SELECT approver, channel FROM decision WHERE channel <> 'command'") == [
        ("approver-2", "temporal_ui")
    ]


async def test_a_decision_on_an_ended_run_says_that_it_changes_nothing(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET state = 'closed', outcome = 'stopped', closed_at = now()")
    answer = await decide(api, approval, "approver")

    assert (answer.status_code, answer.json()["takes_effect"]) == (200, False)
    assert (await api.post(f"/v1/approvals/{approval['id']}/codes", by="approver")).status_code == 409


async def test_a_code_is_not_shown_as_outlasting_its_approval(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE approval SET expires_at = now() + interval '1 h' WHERE subject = 'run'")
    answer = await api.post(f"/v1/approvals/{approval['id']}/codes", by="approver")

    assert datetime.fromisoformat(answer.json()["expires_at"]) == api.value(
        "SELECT expires_at FROM approval WHERE subject = 'run'"
    )


async def test_a_code_lasts_as_long_as_the_settings_say(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    answer = await api.post(f"/v1/approvals/{approval['id']}/codes", by="approver")

    stored = api.value("SELECT expires_at - issued_at FROM approval_code")
    assert abs(stored - timedelta(hours=72)) < timedelta(seconds=5)
    assert answer.json()["expires_at"].endswith("Z")


async def test_whoever_works_for_some_clients_sees_no_approval_of_others(api: Api, run_id: UUID) -> None:
    approval = await waiting(api)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff SET clients = ARRAY[gen_random_uuid()] WHERE handle = 'approver'")

    assert (await api.get("/v1/approvals", by="approver")).json() == []
    assert (await api.get(f"/v1/approvals/{approval['id']}", by="approver")).status_code == 404
    assert (await api.post(f"/v1/approvals/{approval['id']}/codes", by="approver")).status_code == 403
