from collections.abc import AsyncIterator
from typing import Any

import pytest

from activities.providers.salesforce import Salesforce
from models.errors import CrmRefusal, TryAgain
from models.handoff import CrmRecord, LeadForCrm
from tests.activities.leads import a_lead
from tests.activities.other_ends import SalesforceEnd, other_end


@pytest.fixture(scope="module")
async def program_end(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    async with other_end("salesforce", tmp_path_factory.mktemp("salesforce")) as end:
        yield end


@pytest.fixture
async def end(program_end: SalesforceEnd) -> AsyncIterator[SalesforceEnd]:
    yield program_end
    await program_end.program.control.delete("/faults")


@pytest.fixture
def lead() -> LeadForCrm:
    return a_lead()


async def test_one_token_serves_many_calls_and_is_renewed_once_when_its_session_ends(
    end: SalesforceEnd, lead: LeadForCrm
) -> None:
    crm, before = Salesforce(end.settings()), len(await end.program.log("token"))
    crm.upsert(lead)
    crm.find(lead.key)
    assert len(await end.program.log("token")) == before + 1

    await end.program.control.post("/expire")
    assert crm.find(lead.key) is not None
    assert len(await end.program.log("token")) == before + 2


async def test_a_session_that_ends_again_at_once_is_not_renewed_for_ever(end: SalesforceEnd, lead: LeadForCrm) -> None:
    await end.program.spoil("refuse", operation="upsert_lead", params={"status": 401, "code": "INVALID_SESSION_ID"})

    with pytest.raises(CrmRefusal, match="401 INVALID_SESSION_ID"):
        end.crm.upsert(lead)

    assert await end.program.fired() == [2]


async def test_credentials_that_are_refused_are_no_outage(end: SalesforceEnd, lead: LeadForCrm) -> None:
    with pytest.raises(CrmRefusal, match="400 invalid_client"):
        Salesforce(end.settings("wrong")).upsert(lead)


async def test_a_key_that_several_leads_have_is_refused_and_changes_nothing(
    end: SalesforceEnd, lead: LeadForCrm
) -> None:
    for _ in range(2):
        await end.create(lead.key, firstname="Ada")

    with pytest.raises(CrmRefusal, match="300"):
        end.crm.upsert(lead)

    leads = (await end.program.control.get("/records/Lead")).json()
    assert [found["FirstName"] for found in leads if found.get("Agency_Lead_Id__c") == lead.key] == ["Ada", "Ada"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED"),
        (400, "UNABLE_TO_LOCK_ROW"),
        (503, "SERVER_UNAVAILABLE"),
        (429, None),
        (500, None),
    ],
)
async def test_what_may_pass_is_tried_again(
    end: SalesforceEnd, lead: LeadForCrm, status: int, code: str | None
) -> None:
    await end.program.spoil("refuse", operation="upsert_lead", params={"status": status, "code": code})

    with pytest.raises(TryAgain, match=str(status)):
        end.crm.upsert(lead)


async def test_a_lead_that_cannot_be_marked_gets_no_task_either(end: SalesforceEnd, lead: LeadForCrm) -> None:
    gone = CrmRecord("00Q000000999999AAA", None, {}, {})

    with pytest.raises(CrmRefusal, match="404 NOT_FOUND"):
        end.crm.archive(lead, gone)

    assert [
        task for task in (await end.program.control.get("/records/Task")).json() if task["WhoId"] == gone.contact_id
    ] == []


async def test_a_refusal_says_the_code_and_never_the_text(end: SalesforceEnd, lead: LeadForCrm) -> None:
    params = {"status": 400, "code": "DUPLICATES_DETECTED", "message": f"{lead.first_name} {lead.phone}"}
    await end.program.spoil("refuse", operation="upsert_lead", params=params)

    with pytest.raises(CrmRefusal) as raised:
        end.crm.upsert(lead)

    assert str(raised.value) == "Salesforce answered 400 DUPLICATES_DETECTED"


async def test_a_voided_lead_is_as_if_it_were_not_there_until_it_is_handed_over_again(
    end: SalesforceEnd, lead: LeadForCrm
) -> None:
    first = end.crm.upsert(lead)
    end.crm.archive(lead, first)
    assert end.crm.find(lead.key) is None

    assert end.crm.upsert(lead).contact_id == first.contact_id
    assert end.crm.find(lead.key) is not None
