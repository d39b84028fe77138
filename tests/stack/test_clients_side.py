"""Digests and incidents on a whole stack, through HTTP only; and what a client must not see is nowhere they look."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from models.database import drafts
from models.database.drafts import NewDraft, Text
from models.database.engine import make_engine, transaction
from models.database.events import Origin
from models.drafting import DraftSource
from models.settings import DatabaseSettings
from models.wording.audiences import Audience
from models.wording.surroundings import Purpose
from tests.stack.browser import Browser
from tests.stack.clients_side import ClientsSide, Portal
from tests.stack.personal_data import files, found, histories
from tests.stack.scene import Lead, Scene, until

pytestmark = pytest.mark.timeout(240)

REALM, SITE = "310688", "sc-domain:canary-property.example"
LEAD = Lead("Canaryjane", "+13035550161", "stack_text", "canary-roofing", "Canarysmith", "a canarywood gutter")
STRANGER, WROTE = "+13035550162", "the canary of an unknown sender sings"
CANARIES = {
    "customer in the books": "Canarycustomer Lane", "invoice": "canary memo of an invoice", "source's error": SITE,
    "report note": "a canary in the note of a report", "draft": "a canary in a draft", "web hook": "canary-hook-77",
    "incident's title": "Canary title of an incident", "incident note": "a canary in the note of an incident",
    "internal half of an update": "a canary beside an update", "provider's error": "a canary in the error of a provider",
    "proof": "ledger/canary-proof", "stranger": WROTE, "stranger's number": STRANGER,
    "first name": LEAD.first_name, "last name": LEAD.last_name, "number": LEAD.phone, "address": LEAD.email,
    "wish": LEAD.service_type,
}  # fmt: skip
DAY = (datetime.now(UTC) - timedelta(days=30)).date()
"""In a week that is over for so long that nothing of it is waited for."""
ALL_CLEAR = "No data were lost."


@dataclass
class Told:
    """How both stories ended, and everything that anybody at the client could see meanwhile."""

    digest: dict[str, Any] = field(default_factory=dict)
    incident: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    approvals: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def look(self, when: str, shown: dict[str, str]) -> None:
        self.seen |= {f"{where} {when}": text for where, text in shown.items()}


@pytest.fixture(scope="module")
async def side(scene: Scene) -> ClientsSide:
    """The client; the texts that reports and incidents need ship with the project, approved."""
    made = ClientsSide(scene, LEAD.client, "Canary Roofing")
    await made.enter()
    return made


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
async def report_id(side: ClientsSide, http: httpx.AsyncClient) -> str:
    """A weekly report whose books are read and whose other source refuses us."""
    urls, ask = side.scene.stack.urls, side.scene.office.ask
    sale = {"Id": "1", "TxnDate": str(DAY), "TotalAmt": 1250.5, "CurrencyRef": {"value": "USD"}}
    sale |= {"CustomerRef": {"name": CANARIES["customer in the books"]}, "PrivateNote": CANARIES["invoice"]}
    books = {"refresh_token": "books-token-1", "Invoice": [sale]}
    (await http.put(f"{urls['quickbooks']}/_standin/companies/{REALM}", json=books)).raise_for_status()
    another = f"{urls['search_console']}/_standin/properties/sc-domain:another.example"
    (await http.put(another, json={"refresh_token": "search-token-1"})).raise_for_status()
    sources = f"/v1/clients/{side.key}/report-sources"
    await ask("sales-ops", "PUT", f"{sources}/quickbooks", {"account": REALM, "refresh_token": "books-token-1"})
    await ask("sales-ops", "PUT", f"{sources}/search_console", {"account": SITE, "refresh_token": "search-token-1"})
    hook = {"kind": "Invoice", "id": CANARIES["web hook"], "operation": "Update"}
    told = await http.post(f"{urls['quickbooks']}/_standin/companies/{REALM}/changes", json=hook)
    assert told.json() == {"status": 200}
    terms = {
        "required_sources": ["quickbooks"], "optional_sources": ["search_console"], "owner": "sales-ops",
        "escalation_owner": "incident-owner", "approver": "approver", "privacy_reviewer": "privacy-reviewer",
    }  # fmt: skip
    report = await ask("sales-ops", "PUT", f"/v1/clients/{side.key}/reports/seo/weekly", terms)
    note = {"body": CANARIES["report note"]}
    await ask("sales-ops", "POST", f"/v1/reports/{report['id']}/notes", note)
    return str(report["id"])


@pytest.fixture(scope="module")
async def told(side: ClientsSide, http: httpx.AsyncClient, report_id: str) -> Told:
    """A digest and an incident of one client, from the request to their ends."""
    told = Told()
    await _digest(side, http, report_id, told)
    await _incident(side, http, told)
    told.seen |= {f"mail {number}": text for number, text in enumerate(await side.mails(5))}
    return told


async def _digest(side: ClientsSide, http: httpx.AsyncClient, report_id: str, told: Told) -> None:
    wish = {"report_id": report_id, "period": str(DAY)}
    run_id = (await side.order("sales-ops", "/v1/report-digests", wish))["run_id"]
    _draft(side.scene, run_id)
    await side.publish()
    portal = Portal.of_mail(http, (await side.mails(1))[0])
    told.look("after the digest", await portal.shown())
    digest = await side.scene.office.ask("sales-ops", "GET", f"/v1/report-digests/{run_id}")
    await portal.confirm(digest["post_id"])
    told.digest = digest | await side.closed(run_id)


async def _incident(side: ClientsSide, http: httpx.AsyncClient, told: Told) -> None:
    office, canary = side.scene.office, CANARIES
    told.held = await _opened(side, note=canary["incident note"])
    path, run_id = f"/v1/incidents/{told.held['id']}", told.held["clients"][0]["run"]
    refused = {"match": {"recipient": LEAD.phone, "operation": "create_message"}, "fault": "refuse", "times": 1}
    error = {"status": 400, "code": 21211, "message": canary["provider's error"]}
    await office.inject("twilio", {"id": "canary", **refused, "params": error})
    lead_run = await office.start(LEAD.order())
    assert await office.reply(STRANGER, WROTE) == 200
    await side.mails(2)
    await side.publish()
    beside = {
        "internal": canary["internal half of an update"],
        "words": "A setting was most likely wrong. We put it right.",
    }
    await office.ask("incident-owner", "POST", f"{path}/updates", beside)
    told.approvals = await side.publish()
    await side.mails(3)
    await office.ask("incident-owner", "POST", f"{path}/resolve", {"nothing_lost_proof": canary["proof"]})
    await side.mails(4)
    await side.publish()
    await side.approve("resume")
    await office.ask("incident-owner", "POST", f"{path}/summary", {"words": f"A setting was wrong. {ALL_CLEAR}"})
    await side.publish()
    portal = Portal.of_mail(http, (await side.mails(5))[-1])
    told.incident = await side.closed(run_id)
    told.look("after the incident", await portal.shown())
    await side.closed(lead_run)


async def _opened(side: ClientsSide, **more: str) -> dict[str, Any]:
    asked = {"title": CANARIES["incident's title"], "severity": "minor", "clients": [side.key]}
    return await side.order("incident-owner", "/v1/incidents", asked | more)


def _draft(scene: Scene, run_id: str) -> None:
    """Enter a draft beside a run: nobody reviews it, so nobody outside may read it."""
    engine = make_engine(DatabaseSettings(url=SecretStr(scene.stack.environment["COMMS_DATABASE__URL"])))
    try:
        with transaction(engine) as session:
            [(client_id,)] = scene.rows("SELECT client_id FROM run WHERE id = %s", run_id)
            audience = Audience(purpose=Purpose.REPORT)
            wanted = NewDraft(client_id, UUID(run_id), "commentary", "sales-ops", audience)
            first = Text("", CANARIES["draft"], DraftSource.PERSON, "sales-ops")
            drafts.store(session, wanted, first, Origin("api", "sales-ops"))
    finally:
        engine.dispose()


def test_a_digest_is_read_from_the_books_reviewed_twice_published_and_read(told: Told) -> None:
    assert told.digest["outcome"] == "viewed"
    page = next(text for where, text in told.seen.items() if re.match(r"post .* after the digest", where))
    assert "$1,250.50" in page
    assert "QuickBooks" in page
    [post] = json.loads(told.seen["feed after the digest"])["posts"]
    assert {figure["source"] for figure in post["figures"]} == {"QuickBooks"}


def test_an_incident_is_told_of_resumed_and_summed_up(told: Told, scene: Scene) -> None:
    assert told.incident["outcome"] == "summarised"
    assert told.held["held"]["messages"] == 0
    posts = json.loads(told.seen["feed after the incident"])["posts"]
    assert any(ALL_CLEAR in post["text"] for post in posts if post["kind"] == "incident_summary")
    shown = scene.rows("SELECT count(*) FROM pause WHERE source = 'incident' AND lifted_at IS NULL")
    assert shown == [(0,)]


def test_who_reviews_a_post_is_shown_what_was_found_in_it(told: Told) -> None:
    assert {one["review"] for one in told.approvals} == {"owner", "privacy"}
    for one in told.approvals:
        assert ("guess", "needs_approval") in {(found["kind"], found["severity"]) for found in one["findings"]}


def test_no_canary_is_in_a_page_of_the_portal_its_feed_or_a_mail_to_the_client(told: Told) -> None:
    seen = {where: text.lower() for where, text in told.seen.items()}
    assert len(seen) >= 11
    assert found(seen, CANARIES.values()) == []


async def test_no_canary_is_in_a_history_or_a_log(told: Told, scene: Scene) -> None:
    where = files(scene.stack.state) | await histories(scene)
    assert {f"report_digest/{told.digest['run_id']}", f"incident_notice/{told.incident['id']}"} <= where.keys()
    assert found(where, CANARIES.values()) == []


async def test_a_rollback_of_each_ends_with_one_outcome_for_each_step(told: Told, side: ClientsSide) -> None:
    digest = await side.rolled_back(told.digest["run_id"])
    incident = await side.rolled_back(told.incident["id"])

    assert digest == {"portal_post": "undone", "sent_message": "not_undoable"}
    assert incident == digest | {"pause": "nothing_to_undo"}
    portal = Portal.of_mail(side.scene.office._http["api"], (await side.mails(1))[0])
    assert json.loads((await portal.shown())["feed"])["posts"] == []


async def test_each_is_steered_by_what_is_typed_in_the_temporal_ui(
    side: ClientsSide, told: Told, report_id: str
) -> None:
    earlier = {"report_id": report_id, "period": str(DAY - timedelta(days=7))}
    digest = (await side.order("sales-ops", "/v1/report-digests", earlier))["run_id"]
    incident = (await _opened(side))["clients"][0]["run"]
    async with Browser(side.scene.stack.urls["temporal-ui"], "approver", side.scene.password_of("approver")) as browser:
        for workflow in (f"report_digest/{digest}", f"incident_notice/{incident}"):

            async def has_begun(workflow: str = workflow) -> bool:
                return bool((await browser.attributes(workflow)).get("State"))

            await until(has_begun)
            await browser.signal(workflow, "pause")
            await browser.signal(workflow, "resume", "")
        await browser.signal(f"report_digest/{digest}", "stop", None)
        await browser.signal(f"incident_notice/{incident}", "roll_back", None)

    ended = [await side.closed(digest), await side.closed(incident)]
    assert [run["outcome"] for run in ended] == ["stopped", "rolled_back"]
    for run, last in zip(ended, ("stop_requested", "roll_back_requested"), strict=True):
        typed = {event["kind"] for event in run["timeline"] if event["source"] == "temporal_ui"}
        assert {"paused", "resumed", last} <= typed
    assert "registered" not in (await side.ends(incident)).values()
