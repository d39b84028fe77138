"""What a person says became of a lead, and what follows."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.database import runs
from models.database.engine import transaction
from models.database.events import Origin
from models.settings import Settings
from models.terms import OutreachOutcome
from tests.starter.conftest import OpenApi
from tests.starter.outcomes.conftest import Desk

INVOICE = {"kind": "invoice", "id": "INV-2231"}
PAID = {"basis": "paid", "currency": "USD", "amount_minor": 48_000}


@pytest.fixture
async def desk(open_api: OpenApi, settings: Settings, open_desk: Any) -> AsyncIterator[Desk]:
    async with open_api(settings) as api:
        yield await open_desk(api, "hubspot")


async def test_a_booking_is_kept_with_who_said_so_and_shown(desk: Desk) -> None:
    said = await desk.says(outcome="booked", evidence=INVOICE, value=PAID)

    assert said.status_code == 200, said.text
    shown = (await desk.api.get(f"/v1/leads/{desk.lead}/outcomes", by="engineer")).json()
    assert shown == said.json()
    assert shown["disposition"] == "booked"
    current = shown["current"]
    assert (current["said_by"], current["source"], current["evidence_id"]) == ("sales-ops", "api", "INV-2231")
    assert (current["basis"], current["currency"], current["amount_minor"]) == ("paid", "USD", 48_000)


async def test_the_same_request_again_adds_nothing_and_a_later_one_replaces_it(desk: Desk) -> None:
    quoted = PAID | {"basis": "quoted", "amount_minor": 50_000}
    for _ in range(2):
        await desk.says("k1", outcome="booked", evidence=INVOICE, value=quoted)
    await desk.says("k2", outcome="booked", evidence=INVOICE, value=PAID)

    assert desk.api.value("SELECT count(*) FROM outcome") == 2  # both are kept
    assert desk.values == [("booked", 48_000, True)]


@pytest.mark.parametrize(
    "half",
    [
        {"outcome": "lost", "evidence": INVOICE},
        {"outcome": "booked", "evidence": INVOICE, "lost_reason": "price"},
        {"outcome": "lost", "evidence": INVOICE, "lost_reason": "price", "value": PAID},
        {"outcome": "booked"},
        {"outcome": "booked", "evidence": {"kind": "invoice", "id": "call 303 555 0123"}},
        {"outcome": "booked", "evidence": INVOICE, "value": PAID | {"currency": "usd"}},
        {"outcome": "booked", "evidence": INVOICE, "value": PAID | {"amount_minor": -1}},
        {"outcome": "won", "evidence": INVOICE},
    ],
)
async def test_half_of_a_statement_is_refused(desk: Desk, half: dict[str, Any]) -> None:
    assert (await desk.says(**half)).status_code == 422
    assert desk.api.rows("SELECT 1 FROM outcome") == []


async def test_not_everybody_may_say_it_and_an_unknown_lead_is_none(desk: Desk) -> None:
    assert (await desk.says(by="approver", outcome="booked", evidence=INVOICE)).status_code == 403
    desk.lead = uuid4()
    assert (await desk.says(outcome="booked", evidence=INVOICE)).status_code == 404


async def test_the_end_of_a_run_does_not_overrule_what_was_said(desk: Desk) -> None:
    await desk.says(outcome="booked", evidence=INVOICE)
    with transaction(desk.api.engine) as session:
        runs.close(session, desk.run, OutreachOutcome.NO_RESPONSE, Origin("workflow"))
    assert desk.disposition == "booked"

    await desk.says("k2", outcome="open", evidence=INVOICE)
    assert desk.disposition == "replied"


async def test_one_invoice_for_two_leads_is_a_task_and_its_money_counts_once(desk: Desk) -> None:
    await desk.says(outcome="booked", evidence=INVOICE, value=PAID)
    other = UUID(await desk.api.started(lead={"source_lead_id": "2", "phone": "(303) 555-0188"}))
    desk.lead = desk.api.value("SELECT lead_id FROM run WHERE id = :id", id=other)
    await desk.says("k2", outcome="booked", evidence=INVOICE, value=PAID)

    assert sorted(desk.values) == [("booked", 48_000, False), ("booked", 48_000, True)]
    [task] = desk.tasks("outcome_evidence_shared")
    assert task.evidence["evidence"] == "INV-2231"


async def test_a_person_who_changes_their_mind_contradicts_nobody(desk: Desk) -> None:
    await desk.says("k1", outcome="lost", lost_reason="no_response", evidence={"kind": "staff", "id": "call"})
    await desk.says("k2", outcome="booked", evidence=INVOICE, value=PAID)

    assert desk.tasks("outcome_contradiction") == []
    assert desk.disposition == "booked"
