import asyncio

import pytest
from sqlalchemy import text

from tests.starter.conftest import Api

NOBODY = "00000000-0000-0000-0000-000000000000"
BECAUSE = {"reason": "because"}
REFUSED = [
    ("/v1/outreach", {}, "approver"),
    ("/v1/outreach", {}, "engineer"),
    ("/v1/clients", {}, "approver"),
    ("/v1/consent", {}, "incident-owner"),
    ("/v1/pauses", {}, "sales-ops"),
    (f"/v1/runs/{NOBODY}/pause", BECAUSE, "sales-ops"),
    (f"/v1/runs/{NOBODY}/resume", BECAUSE, "approver"),
    (f"/v1/runs/{NOBODY}/stop", BECAUSE, "engineer"),
    (f"/v1/runs/{NOBODY}/rollback", BECAUSE | {"plan": "0" * 64}, "sales-ops"),
    (f"/v1/approvals/{NOBODY}/codes", None, "incident-owner"),
    (f"/v1/inbox/{NOBODY}/assign", {}, "engineer"),
    (f"/v1/inbox/{NOBODY}/retry", {}, "approver"),
    ("/v1/inbox/retry", {}, "approver"),
    (f"/v1/messages/{NOBODY}/resolution", {"answer": "was_sent"}, "sales-ops"),
]


async def test_every_route_names_who_may_use_it(api: Api) -> None:
    for path, body, role in REFUSED:
        answer = await api.post(path, body, by=role)
        assert answer.status_code == 403, (path, role, answer.text)
        assert "role" in answer.json()["detail"]


async def test_every_v1_route_asks_for_a_key(api: Api) -> None:
    paths = (await api.http.get("/openapi.json")).json()["paths"]
    routes = [(path, method) for path, methods in paths.items() if path.startswith("/v1") for method in methods]
    assert len(routes) > 20
    for path, method in routes:
        filled = path.replace("{", "").replace("}", "")
        for part in ("run_id", "approval_id", "task_id", "message_id", "inbox_id"):
            filled = filled.replace(part, NOBODY)
        answer = await api.http.request(method, filled)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_key_of_somebody_who_left_opens_nothing(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff SET active = false WHERE handle = 'sales-ops'")

    assert (await api.get("/v1/runs")).status_code == 401
    assert (await api.get("/v1/runs", by="not-a-key")).status_code == 401


async def test_answers_are_not_stored_by_browsers_and_proxies(api: Api) -> None:
    answer = await api.get("/v1/runs")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"]
    assert "access-control-allow-origin" not in answer.headers


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Api) -> None:
    answer = await api.http.post("/v1/outreach", content=b"x" * 70_000)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unknown_path_is_a_problem(api: Api) -> None:
    answer = await api.http.get("/v1/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_health_asks_the_database_only_and_tells_what_holds_all_sending(api: Api) -> None:
    while not api.rows("SELECT 1 FROM heartbeat"):  # the web hooks' first sign of life
        await asyncio.sleep(0.01)
    assert (await api.http.get("/health")).json() == {"status": "ok", "held_because": []}

    with api.engine.begin() as connection:
        connection.execute(text("INSERT INTO inbound_gap (began_at, ended_at, found) VALUES (now(), now(), 0)"))

    [held] = (await api.http.get("/health")).json()["held_because"]
    assert "opt-out may have been missed" in held


async def test_the_front_page_leads_to_the_documentation(api: Api) -> None:
    answer = await api.http.get("/", follow_redirects=True)

    assert answer.status_code == 200
    assert "/v1/approvals/{approval_id}/decision" in answer.text
    assert "lead.source_lead_id" in answer.text
    assert "<script" not in answer.text


async def test_what_nobody_foresaw_is_answered_with_a_reference_only(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE client RENAME COLUMN name TO called")
    answer = await api.post("/v1/clients", {"key": "canary", "name": "Canary"})

    assert answer.status_code == 500
    assert answer.json()["reference"] in str([record.__dict__ for record in caplog.records])
    assert "anary" not in answer.text
    assert "anary" not in caplog.text
