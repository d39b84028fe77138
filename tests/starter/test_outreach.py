import asyncio
import json

import pytest

from tests.starter.builders import an_order
from tests.starter.conftest import Api

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_start_is_accepted_and_announced_in_one_transaction(api: Api) -> None:
    answer = await api.start(an_order(), traceparent=TRACE)

    assert answer.status_code == 202
    run_id = answer.json()["run_id"]
    assert answer.json()["workflow_id"] == f"outreach/{run_id}"
    assert answer.json()["state"] == "requested"
    trace = TRACE.split("-")[1]  # the span is the request's own where tracing is on
    run = api.rows("SELECT owner, escalation_owner, requested_by, state, split_part(trace_parent, '-', 2) FROM run")
    assert run == [("sales-ops", "incident-owner", "sales-ops", "requested", trace)]
    assert api.rows("SELECT run_id::text, purpose FROM outbox") == [(run_id, "start")]
    assert api.rows("SELECT phone, region FROM lead") == [("+13035550123", "CO")]


async def test_the_same_key_and_body_get_the_same_answer(api: Api) -> None:
    first, second = await api.start(an_order()), await api.start(an_order())

    assert first.json() == second.json()
    assert second.status_code == 202
    assert api.value("SELECT count(*) FROM run") == 1


async def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    await api.start(an_order())
    answer = await api.start(an_order(lead={"first_name": "Otto"}))

    assert answer.status_code == 422
    assert "new key" in answer.json()["detail"]
    assert api.value("SELECT count(*) FROM run") == 1


async def test_twenty_requests_at_once_with_one_key_start_one_run(api: Api) -> None:
    answers = await asyncio.gather(*(api.start(an_order()) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert api.value("SELECT count(*) FROM run") == 1
    assert api.value("SELECT count(*) FROM consent") == 1


async def test_requests_at_once_with_one_key_and_other_bodies_start_one_run(api: Api) -> None:
    bodies = [an_order(lead={"first_name": f"Otto {n}"}) for n in range(6)]
    answers = await asyncio.gather(*(api.start(body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [202, 422, 422, 422, 422, 422]
    assert api.value("SELECT count(*) FROM run") == 1


async def test_a_key_belongs_to_whoever_used_it(api: Api) -> None:
    assert (await api.http.post("/v1/outreach", json=an_order())).status_code == 401
    assert (await api.post("/v1/outreach", an_order())).status_code == 422


async def test_a_missed_call_may_be_answered_by_text_only(api: Api) -> None:
    await api.started(lead={"email": "zeph@example.com"})

    assert api.rows("SELECT channel, kind, source, status FROM consent") == [("sms", 1, "missed_call", "granted")]


async def test_a_web_form_may_be_answered_on_every_channel_it_gives(api: Api) -> None:
    await api.started(sequence="web_lead", lead={"source": "web_form", "email": "Zeph@Example.com"})

    assert api.rows("SELECT channel, source FROM consent ORDER BY channel") == [
        ("email", "web_form"),
        ("sms", "web_form"),
    ]
    assert api.value("SELECT email FROM lead") == "zeph@example.com"


async def test_a_list_import_permits_nothing_by_itself(api: Api) -> None:
    proof = {
        "channel": "sms",
        "kind": "promotional",
        "source": "web_form",
        "wording_version": "v2",
        "evidence": "form/9",
    }
    await api.started(lead={"source": "import", "source_lead_id": "a"})
    assert api.value("SELECT count(*) FROM consent") == 0

    await api.started(lead={"source": "import", "source_lead_id": "b", "phone": "+13035550124"}, consent=[proof])
    assert api.rows("SELECT kind, wording_version, evidence, actor FROM consent") == [(3, "v2", "form/9", "sales-ops")]


async def test_a_client_that_lacks_what_the_texts_show_is_completed_first(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE client SET phone = '', postal_address = ' '")
    answer = await api.start(an_order())

    assert answer.status_code == 422
    assert "its messages show its phone and postal address" in answer.json()["detail"]
    assert api.value("SELECT count(*) FROM lead") == 0


async def test_a_start_cannot_undo_an_opt_out(api: Api) -> None:
    given = {"channel": "sms", "kind": "promotional", "source": "documented_opt_in"}
    answer = await api.start(an_order(consent=[given]))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "consent.source"


async def test_the_same_lead_again_is_completed_not_doubled(api: Api) -> None:
    await api.started()
    await api.start(an_order(lead={"first_name": "", "email": "zeph@example.com"}), key="again")

    assert api.rows("SELECT first_name, email FROM lead") == [("Zephyrine", "zeph@example.com")]
    assert api.value("SELECT count(*) FROM run") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lead": {"phone": "0118 999 CANARY"}}, "lead.phone"),
        ({"lead": {"email": "canary at example"}}, "lead.email"),
        ({"lead": {"phone": ""}}, "lead"),
        ({"lead": {"occurred_at": "2026-11-20T18:00:00"}}, "lead.occurred_at"),
        ({"lead": {"occurred_at": "canary"}}, "lead.occurred_at"),
        ({"lead": {"source": "canary"}}, "lead.source"),
        ({"lead": {"nickname": "canary"}}, "lead.nickname"),
        ({"lead": {"first_name": "can\x00ary"}}, "lead.first_name"),
        ({"lead": {"first_name": "\ud800canary"}}, "lead.first_name"),
        ({"client": "canary"}, "client"),
        ({"sequence": "canary"}, "sequence"),
        ({"version": 7}, "sequence"),
        ({"owner": "canary"}, "owner"),
        ({"canary@example.com": 1}, "…"),
        ({"consent": [{"channel": "sms", "kind": "canary", "source": "x"}]}, "consent.0.kind"),
    ],
)
async def test_bad_input_names_the_field_and_never_the_value(api: Api, changes: dict[str, object], field: str) -> None:
    content = json.dumps(an_order(**changes)).encode()
    headers = api.shows("sales-ops") | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await api.http.post("/v1/outreach", content=content, headers=headers)

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert "canary" not in answer.text.lower()
    assert api.value("SELECT count(*) FROM lead") == 0
