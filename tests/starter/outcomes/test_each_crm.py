"""What is particular to one CRM."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.players import disposition, hubspot_deals, salesforce_outbound
from deploy.local.players.request import Sent
from models.crm_settings import CrmProvider, CrmSettings
from models.database.handoffs import Handoffs
from models.settings import Settings
from starter.webhooks.crm_signatures import hubspot_signature
from tests.starter.conftest import PUBLIC, OpenApi
from tests.starter.outcomes.conftest import DEAL, NOW, SECRETS, Desk, crm_settings


@pytest.fixture
async def hubspot(open_api: OpenApi, settings: Settings, open_desk: Any) -> AsyncIterator[Desk]:
    async with open_api(settings.model_copy(update={"crm": crm_settings("hubspot")})) as api:
        yield await open_desk(api, "hubspot")


@pytest.fixture
async def salesforce(open_api: OpenApi, settings: Settings, open_desk: Any) -> AsyncIterator[Desk]:
    async with open_api(settings.model_copy(update={"crm": crm_settings("salesforce")})) as api:
        yield await open_desk(api, "salesforce")


@pytest.fixture
async def web_hook(open_api: OpenApi, settings: Settings, open_desk: Any) -> AsyncIterator[Desk]:
    async with open_api(settings.model_copy(update={"crm": crm_settings("web_hook")})) as api:
        yield await open_desk(api, "web_hook")


def _changes(*told: tuple[str, str, float], deal: str = DEAL, signed_at: float | None = None) -> Any:
    changes = [hubspot_deals.change(deal, name, value, NOW + at) for name, value, at in told]
    return hubspot_deals.sent(changes, SECRETS["hubspot"], PUBLIC, signed_at)


def test_the_signature_of_hubspot_covers_method_address_body_and_moment() -> None:
    signed = hubspot_signature("secret", "https://api.example.com/webhooks/crm/hubspot", b"[]", "1700000000000")

    assert signed == "A9nTSYKGME/e0lrIrUSzsJnNIAiZ5buXTGTL9nmOXW0="


async def test_a_hubspot_request_older_than_five_minutes_is_refused(hubspot: Desk) -> None:
    late = _changes(("dealstage", "closedwon", 1), signed_at=time.time() - 301)

    assert (await hubspot.takes(late)).status_code == 403
    assert (await hubspot.takes(late, **{"X-HubSpot-Request-Timestamp": "soon"})).status_code == 403
    assert hubspot.api.rows("SELECT 1 FROM outcome") == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_changes_of_a_deal_in_any_order_lead_to_the_same_outcome(hubspot: Desk, order: tuple[int, ...]) -> None:
    told = [("dealstage", "closedlost", 1.0), ("dealstage", "closedwon", 2.0), ("amount", "250", 3.0)]
    for one in order:
        await hubspot.takes_well(_changes(told[one]))

    assert hubspot.values == [("booked", 25_000, True)]
    assert hubspot.disposition == "booked"
    assert hubspot.api.value("SELECT value FROM deal_property WHERE name = 'dealstage'") == "closedwon"


async def test_a_deal_on_its_way_says_nothing_and_one_that_is_reopened_does(hubspot: Desk) -> None:
    await hubspot.takes_well(_changes(("dealstage", "appointmentscheduled", 1)))
    assert hubspot.api.rows("SELECT 1 FROM outcome") == []
    await hubspot.takes_well(_changes(("dealstage", "closedwon", 2)))
    await hubspot.takes_well(_changes(("dealstage", "contractsent", 3)))

    assert [row[0] for row in hubspot.api.rows("SELECT outcome FROM outcome ORDER BY id")] == ["booked", "open"]
    assert hubspot.disposition == "replied"


async def test_a_deal_that_was_won_before_we_knew_that_it_is_ours_is_not_lost(hubspot: Desk) -> None:
    await hubspot.takes_well(_changes(("dealstage", "closedwon", 1), deal="99"))
    assert hubspot.api.rows("SELECT 1 FROM outcome") == []
    run = UUID(await hubspot.api.started(lead={"source_lead_id": "2", "phone": "(303) 555-0188"}))
    handoffs = Handoffs(hubspot.api.engine, CrmSettings().stages)

    handoffs.accepted(handoffs.prepare(run).handoff_id, "c2", "99", {})

    [(lead, outcome)] = hubspot.api.rows("SELECT lead_id, outcome FROM outcome")
    assert (lead, outcome) == (hubspot.api.value("SELECT lead_id FROM run WHERE id = :id", id=run), "booked")


async def test_what_is_no_list_of_events_is_kept_and_others_subscriptions_are_passed_over(hubspot: Desk) -> None:
    merge = hubspot_deals.change(DEAL, "dealstage", "closedwon", NOW) | {"subscriptionType": "deal.merge"}
    await hubspot.takes_well(hubspot_deals.sent([merge], SECRETS["hubspot"], PUBLIC))
    broken: Any = {"no": "list"}
    await hubspot.takes_well(hubspot_deals.sent(broken, SECRETS["hubspot"], PUBLIC))

    assert hubspot.api.rows("SELECT 1 FROM outcome") == []
    assert len(hubspot.tasks("inbound_poison")) == 1


async def test_salesforce_gets_the_acknowledgement_it_waits_for(salesforce: Desk) -> None:
    answer = await salesforce.takes(salesforce.booked(1))

    assert answer.headers["content-type"].startswith("text/xml")
    assert "<Ack>true</Ack>" in answer.text


async def test_a_message_of_another_organisation_is_refused(salesforce: Desk) -> None:
    record = salesforce_outbound.record(str(salesforce.lead), NOW, IsClosed="true", IsWon="true")

    for other in ("00D000000000000AAA", "", "0"):
        assert (await salesforce.takes(salesforce_outbound.sent(record, organisation=other))).status_code == 403
    assert (await salesforce.takes(salesforce_outbound.sent(record, organisation="00D5g000001abcd"))).status_code == 200


async def test_a_message_that_cannot_be_read_is_kept_for_a_person_and_not_refused(salesforce: Desk) -> None:
    for body in (b"<not xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe", b"<a/>"):
        answer = await salesforce.takes(Sent(body))
        assert answer.status_code == 200

    assert salesforce.api.value("SELECT count(*) FROM inbox WHERE state = 'poison'") == 4
    assert len(salesforce.tasks("inbound_poison")) == 4


async def test_of_several_records_each_counts_and_an_unknown_lead_is_a_task(salesforce: Desk) -> None:
    ours = salesforce_outbound.record(str(salesforce.lead), NOW, IsClosed="true", IsWon="true", Amount="10")
    for key in (str(uuid4()), "", "not-an-id"):
        foreign = salesforce_outbound.record(key, NOW, "006x", IsClosed="true", IsWon="true")
        await salesforce.takes_well(salesforce_outbound.sent(ours, foreign))

    assert salesforce.api.value("SELECT count(*) FROM outcome") == 1  # the same notification each time
    assert len(salesforce.tasks("outcome_unmatched")) == 3


async def test_a_web_hook_that_says_half_of_something_is_kept_for_a_person(web_hook: Desk) -> None:
    deal = {"kind": "invoice", "id": "INV-1"}
    half: list[dict[str, Any]] = [
        {"outcome": "lost", "evidence": deal},
        {"outcome": "booked"},
        {"outcome": "lost", "evidence": deal, "lost_reason": "price", "value": {"basis": "paid", "currency": "USD"}},
        {"outcome": "booked", "evidence": deal, "lost_reason": "price"},
        {"outcome": "booked", "evidence": deal, "invented": 1},
    ]
    for number, outcome in enumerate(half):
        event = disposition.told(str(web_hook.lead), NOW, **outcome)
        await web_hook.takes_well(disposition.sent(event, SECRETS["web_hook"], f"half-{number}"))

    assert web_hook.api.rows("SELECT 1 FROM outcome") == []
    assert len(web_hook.tasks("inbound_poison")) == len(half)


async def test_a_moment_that_is_still_to_come_counts_as_now(web_hook: Desk) -> None:
    evidence = {"kind": "invoice", "id": "INV-1"}
    event = disposition.told(str(web_hook.lead), time.time() + 10**6, outcome="booked", evidence=evidence)
    await web_hook.takes_well(disposition.sent(event, SECRETS["web_hook"], "m1"))
    await web_hook.says(outcome="lost", lost_reason="price", evidence={"kind": "staff", "id": "call"})

    assert web_hook.disposition == "lost:price"


def test_inbound_secrets_that_cannot_work_are_refused_at_start() -> None:
    web = {
        "provider": CrmProvider.WEB_HOOK,
        "base_url": "https://x.example/l",
        "signing_secrets": [SECRETS["web_hook"]],
    }
    sales = {
        "provider": CrmProvider.SALESFORCE,
        "base_url": "https://x.example",
        "client_id": "c",
        "client_secret": "s",
    }
    for given, word in (
        (web | {"inbound_secrets": ["short"]}, "whsec_"),
        (sales | {"inbound_secrets": ["short"]}, "22 characters"),
        (sales | {"inbound_secrets": ["x" * 22]}, "organisation_id"),
    ):
        with pytest.raises(ValueError, match=word):
            CrmSettings.model_validate(given)
    assert json.loads(CrmSettings.model_validate(web).model_dump_json())
