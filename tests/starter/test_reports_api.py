"""Reports over HTTP: set up, connected, made, read; and QuickBooks telling of changes."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.local.standins.quickbooks.web_hooks import body_of, signature
from models.connection import key_ring
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound.callbacks import UNREADABLE, set_aside
from models.database.inbound.inbox import store_once
from models.provider_settings import QuickBooksSettings
from models.settings import Settings
from tests.starter.conftest import Api, OpenApi

REPORT = "/v1/clients/acme-plumbing/reports/seo/monthly"
SOURCES = "/v1/clients/acme-plumbing/report-sources"
TERMS = {
    "project_name": "Local search", "required_sources": ["search_console"], "optional_sources": ["own"],
    "owner": "sales-ops", "escalation_owner": "incident-owner", "approver": "approver",
    "privacy_reviewer": "privacy-reviewer",
}  # fmt: skip


async def _put(api: Api, path: str, body: dict[str, Any], by: str = "sales-ops") -> Any:
    return await api.http.put(path, json=body, headers=api.shows(by))


async def _report(api: Api) -> str:
    answer = await _put(api, REPORT, TERMS)
    assert answer.status_code in (200, 201), answer.text
    identity: str = answer.json()["id"]
    return identity


async def _make(api: Api, key: str = "k", **body: Any) -> Any:
    return await api.post("/v1/report-digests", body, **{"Idempotency-Key": key})


async def test_a_report_is_set_up_once_and_changed_afterwards(api: Api) -> None:
    first = await _put(api, REPORT, TERMS)
    again = await _put(api, REPORT, TERMS | {"active": False})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert again.json()["active"] is False
    assert first.json()["time_zone"] == api.value("SELECT time_zone FROM client WHERE key = 'acme-plumbing'")
    assert len((await api.get("/v1/reports", client="acme-plumbing")).json()) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"privacy_reviewer": "approver"}, "two people review a report"),
        ({"approver": "sales-ops"}, "with the role approver"),
        ({"owner": "nobody"}, "no active member of staff"),
        ({"optional_sources": ["search_console"]}, "either required or optional"),
        ({"required_sources": ["facebook"]}, "required_sources"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_do(api: Api, changes: dict[str, Any], says: str) -> None:
    answer = await _put(api, REPORT, TERMS | changes)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


async def test_a_digest_is_asked_for_once_whoever_asks(api: Api) -> None:
    report = await _report(api)
    first, same = await _make(api, report_id=report), await _make(api, report_id=report)
    joined = await _make(api, "k2", report_id=report)
    other = await _make(api, report_id=report, period="2026-01-15")

    assert (first.status_code, first.json()["workflow_id"][:14]) == (202, "report_digest/")
    assert same.json() == first.json()
    assert (joined.status_code, joined.json()["run_id"]) == (200, first.json()["run_id"])
    assert other.status_code == 422
    assert "new key" in other.json()["detail"]


async def test_twelve_at_once_are_one_digest(api: Api) -> None:
    report = await _report(api)
    answers = await asyncio.gather(*(_make(api, f"k{n}", report_id=report) for n in range(12)))

    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
    assert api.value("SELECT count(*) FROM run WHERE kind = 'report_digest'") == 1


async def test_a_period_that_is_not_over_is_refused(api: Api) -> None:
    report = await _report(api)
    today = datetime.now(UTC).date()
    answer = await _make(api, report_id=report, period=(today + timedelta(days=2)).isoformat())
    assert answer.status_code == 422
    assert "a digest is made of what is over" in answer.json()["detail"]


async def test_a_digest_shows_what_it_rests_on_and_its_run_is_explained(api: Api) -> None:
    report = await _report(api)
    run = (await _make(api, report_id=report)).json()["run_id"]
    shown = (await api.get(f"/v1/report-digests/{run}")).json()
    [period] = (await api.get(f"/v1/reports/{report}/periods")).json()

    assert (shown["state"], shown["client"]) == ("closed", "acme-plumbing")
    assert (period["run_id"], period["state"]) == (run, "closed")
    assert (await api.get(f"/v1/reports/{report}/periods/{period['starts']}/figures")).json() == []
    assert (await api.get(f"/v1/reports/{report}/restatements")).json() == []
    assert (await api.get(f"/v1/runs/{run}")).json()["state"] == "requested"


async def test_what_the_freshness_gate_says_of_a_source_stands_with_its_digest(api: Api) -> None:
    report = await _report(api)
    body = {"account": "sc-domain:acme.example", "refresh_token": "1//secret-token"}
    await _put(api, f"{SOURCES}/search_console", body)
    await api.http.delete(f"{SOURCES}/search_console", headers=api.shows("sales-ops"))
    run = (await _make(api, report_id=report)).json()["run_id"]

    shown = (await api.get(f"/v1/report-digests/{run}")).json()

    said = "Google Search Console could not be read for this period, so its figures are left out."
    assert said in shown["caveats"]
    [source] = shown["sources"]
    assert (source["source"], source["status"], source["caveats"]) == ("search_console", "not_connected", [said])


async def test_a_source_is_connected_shown_without_its_token_and_disconnected(api: Api) -> None:
    body = {"account": "sc-domain:acme.example", "refresh_token": "1//secret-token"}
    assert (await _put(api, f"{SOURCES}/search_console", body)).status_code == 204
    [shown] = (await api.get(SOURCES)).json()

    assert (shown["account"], shown["status"]) == ("sc-domain:acme.example", "lagging")
    assert "secret-token" not in json.dumps(shown)
    assert b"secret-token" not in bytes(api.value("SELECT sealed_token FROM source_connection"))
    gone = await api.http.delete(f"{SOURCES}/search_console", headers=api.shows("sales-ops"))
    assert gone.status_code == 204
    assert (await api.get(SOURCES)).json()[0]["status"] == "not_connected"
    assert bytes(api.value("SELECT sealed_token FROM source_connection")) == b""


@pytest.mark.parametrize("account", ["acme.example", "9130", ""])
async def test_what_is_no_account_of_a_source_is_refused(api: Api, account: str) -> None:
    answer = await _put(api, f"{SOURCES}/search_console", {"account": account, "refresh_token": "1//secret-token"})
    assert answer.status_code == 422
    assert "secret-token" not in answer.text


async def test_only_sales_ops_sets_up_and_anybody_reads(api: Api) -> None:
    assert (await _put(api, REPORT, TERMS, by="engineer")).status_code == 403
    assert (await api.get("/v1/reports", by="engineer")).status_code == 200


async def test_a_note_is_kept_for_colleagues(api: Api) -> None:
    report = await _report(api)
    added = await api.post(f"/v1/reports/{report}/notes", {"body": "They moved office in October."})
    assert added.status_code == 201
    [note] = (await api.get(f"/v1/reports/{report}/notes")).json()
    assert (note["author"], note["body"]) == ("sales-ops", "They moved office in October.")


@pytest.fixture
async def told(open_api: OpenApi, settings: Settings) -> AsyncIterator[Api]:
    """An application that knows a verifier token, with the books of acme connected."""
    verifiers = QuickBooksSettings(verifier_tokens=[SecretStr("newer"), SecretStr("verifier")])
    async with open_api(settings.model_copy(update={"quickbooks": verifiers})) as api:
        body = {"account": "310687", "refresh_token": "a-refresh-token"}
        assert (await _put(api, f"{SOURCES}/quickbooks", body)).status_code == 204
        yield api


async def _tell(api: Api, raw: bytes, signed: str) -> int:
    headers = {"intuit-signature": signed, "Content-Type": "application/json"}
    return (await api.http.post("/webhooks/quickbooks", content=raw, headers=headers)).status_code


def _changed(api: Api) -> Any:
    return api.value("SELECT changed_at FROM source_state WHERE source = 'quickbooks'")


def test_the_signature_is_the_one_that_intuit_describes() -> None:
    assert signature("verifier", b'{"a":1}') == "dgQRJSqDHmB7uXBRprMquDYc4x9Sf+1q/ebUT0swqbg="


@pytest.mark.parametrize("cloud_events", [False, True])
async def test_both_shapes_of_a_change_are_noted_once(told: Api, cloud_events: bool) -> None:
    connected = _changed(told)
    raw = body_of("310687", "Invoice", "95", "Update", cloud_events=cloud_events)
    assert await _tell(told, raw, signature("verifier", raw)) == 200
    first = _changed(told)
    assert await _tell(told, raw, signature("verifier", raw)) == 200

    assert connected < first == _changed(told)
    assert told.value("SELECT count(*) FROM inbox WHERE source = 'quickbooks' AND state = 'done'") == 1


async def test_a_forged_change_is_refused_and_nothing_of_it_is_kept(told: Api) -> None:
    raw = body_of("310687", "Invoice", "95", "Update", cloud_events=True)
    hexadecimal = hmac.new(b"verifier", raw, hashlib.sha256).hexdigest()
    for forged in ("", "x", hexadecimal, signature("another", raw), base64.b64encode(b"0" * 32).decode()):
        assert await _tell(told, raw, forged) == 403
    assert await _tell(told, raw + b" ", signature("verifier", raw)) == 403
    assert told.value("SELECT count(*) FROM inbox WHERE source = 'quickbooks'") == 0


async def test_a_signed_request_that_cannot_be_read_is_kept_for_an_engineer(told: Api) -> None:
    for raw in (b"not json", b"[]", b'{"eventNotifications": [{"realmId": 7}]}'):
        assert await _tell(told, raw, signature("newer", raw)) == 200
    assert told.value("SELECT count(*) FROM inbox WHERE source = 'quickbooks' AND state = 'poison'") == 3
    assert told.value("SELECT count(*) FROM owner_task WHERE kind = 'inbound_poison'") == 3


async def test_a_change_that_was_set_aside_is_noted_when_it_is_tried_again(told: Api, settings: Settings) -> None:
    before = _changed(told)
    raw = body_of("310687", "Invoice", "95", "Update", cloud_events=True)
    with transaction(told.engine) as session:
        inbox_id = store_once(session, key_ring(settings), "quickbooks", "unreadable|1", "figures", raw)
        assert inbox_id is not None
        set_aside(session, inbox_id, UNREADABLE, Origin("quickbooks", "quickbooks"))
    retried = await told.post(f"/v1/inbox/{inbox_id}/retry", {}, by="engineer")

    assert retried.json() == {"id": str(inbox_id), "tried": True, "state": "done"}
    assert before < _changed(told)
    told.consume()
    assert told.value("SELECT state FROM inbox WHERE id = :id", id=inbox_id) == "done"


async def test_a_change_in_books_of_nobody_we_know_changes_nothing(told: Api) -> None:
    connected = _changed(told)
    raw = body_of("999", "Invoice", "95", "Update", cloud_events=False)
    assert await _tell(told, raw, signature("verifier", raw)) == 200
    assert _changed(told) == connected


async def test_without_a_verifier_token_every_web_hook_is_refused(api: Api) -> None:
    raw = body_of("310687", "Invoice", "95", "Update", cloud_events=True)
    assert await _tell(api, raw, signature("", raw)) == 403
