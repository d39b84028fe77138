"""Every fault of every provider, each addressed at one lead: how it ends, and how often the provider accepted."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.local.demo.answering_doubts import answer_doubts
from tests.stack.fault_cases import CRM, HANDED_OVER, REFUSED_SET_UP, TOLD_OF_MAILS, TOLD_OF_TEXTS, Case
from tests.stack.scene import CLIENT, STANDINS, Lead, Run, Scene, kinds, message, until

pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True)
class Played:
    """How all of it ended: the runs by the lead's first name, and which fault rules fired how often."""

    runs: dict[str, Run]
    fired: dict[str, int]


@pytest.fixture(scope="module")
async def played(scene: Scene) -> Played:
    """All leads at once, each with their faults; what is in doubt at the end, a person answers from the record."""
    office, leads = scene.office, dict[str, Lead]()

    async def enter(lead: Lead, standin: str, rules: list[dict[str, Any]]) -> None:
        for rule in rules:
            await office.inject(standin, rule | {"params": _addressed(scene, standin, rule["params"])})
        leads[await office.start(lead.order())] = lead

    async def answer(lead: Lead) -> None:
        async def has_it() -> bool:
            query = "SELECT 1 FROM message WHERE address = %s AND state = 'accepted'"
            return bool(await asyncio.to_thread(scene.rows, query, lead.phone))

        await until(has_it, 60)
        await office.reply(lead.phone, "Yes, please call me")

    async with asyncio.TaskGroup() as people:
        answering = people.create_task(answer_doubts(office, leads, Console(quiet=True)))
        async with asyncio.TaskGroup() as group:
            for lead, case in chain(TOLD_OF_TEXTS.values(), TOLD_OF_MAILS.values()):
                group.create_task(enter(lead, STANDINS[case.channel], case.rules(lead)))
            for what, lead in HANDED_OVER.items():
                fault, params = CRM[what]
                match = {"recipient": lead.phone, "operation": "upsert_contacts"}
                rule = {
                    "id": f"{lead.first_name}-{fault}",
                    "match": match,
                    "fault": fault,
                    "params": params,
                    "times": 1,
                }
                group.create_task(enter(lead, "hubspot", [rule]))
                group.create_task(answer(lead))
        runs = await scene.until_closed(list(leads), 45)
        answering.cancel()
    fired = [await office.fired(standin) for standin in ("twilio", "ses", "hubspot")]
    by_name = {leads[run["id"]].first_name: run for run in runs}
    return Played(by_name, {rule: count for rules in fired for rule, count in rules.items()})


@pytest.mark.parametrize("what", TOLD_OF_TEXTS)
async def test_a_text_ends_as_promised_and_is_accepted_at_most_once(scene: Scene, played: Played, what: str) -> None:
    await _check(scene, played, *TOLD_OF_TEXTS[what])


@pytest.mark.parametrize("what", TOLD_OF_MAILS)
async def test_an_email_ends_as_promised_and_is_accepted_at_most_once(scene: Scene, played: Played, what: str) -> None:
    await _check(scene, played, *TOLD_OF_MAILS[what])


async def test_after_a_refused_number_an_email_is_sent_but_after_an_opt_out_none(scene: Scene, played: Played) -> None:
    no_number, _ = TOLD_OF_TEXTS["the number is none"]
    opted_out, _ = TOLD_OF_TEXTS["the provider knows of an opt-out"]
    assert len(await scene.calls("email", no_number.email)) == 1
    assert await scene.calls("email", opted_out.email) == []
    revoked = """
        SELECT c.source FROM consent c JOIN message m USING (client_id, channel, address_hash)
        WHERE m.address = %s AND c.status = 'revoked'
    """
    assert scene.rows(revoked, opted_out.phone) == [("twilio_21610",)]


@pytest.mark.parametrize("told", [TOLD_OF_TEXTS, TOLD_OF_MAILS], ids=["text", "email"])
async def test_news_that_comes_after_the_end_of_a_run_still_counts(
    scene: Scene, played: Played, told: dict[str, tuple[Lead, Case]]
) -> None:
    lead, _ = told["the last news comes after the run has ended"]
    run = await scene.office.run(played.runs[lead.first_name]["id"])
    (delivered,) = (event for event in run["timeline"] if event["kind"] == "delivered")
    assert datetime.fromisoformat(delivered["at"]) > datetime.fromisoformat(run["closed_at"])


async def test_forged_news_is_refused_and_recorded_and_changes_nothing(scene: Scene, played: Played) -> None:
    lead, _ = TOLD_OF_TEXTS["only forged news comes"]
    (call,) = await scene.calls("sms", lead.phone)
    lie = {"MessageSid": call["provider_id"], "MessageStatus": "undelivered", "ErrorCode": "30005"}
    async with httpx.AsyncClient(base_url=scene.stack.urls["api"]) as anybody:
        for headers in ({}, {"X-Twilio-Signature": "bm8gc2lnbmF0dXJlIGF0IGFsbA=="}):
            answer = await anybody.post(f"/webhooks/twilio/status/{call['token']}", data=lie, headers=headers)
            assert answer.status_code == 403
    assert message(await scene.office.run(played.runs[lead.first_name]["id"]), "text")["delivery"] is None
    refused = scene.rows(
        "SELECT DISTINCT source, client_id, facts::text LIKE '%%55501%%' FROM event WHERE kind = 'web_hook_refused'"
    )
    assert sorted(refused) == [("ses", None, False), ("twilio", None, False)]


@pytest.mark.parametrize("what", HANDED_OVER)
async def test_a_lead_is_handed_over_once_whatever_the_crm_does(scene: Scene, played: Played, what: str) -> None:
    lead = HANDED_OVER[what]
    run = played.runs[lead.first_name]
    assert played.fired[f"{lead.first_name}-{CRM[what][0]}"] == 1
    assert (run["outcome"], kinds(run).count("handed_over")) == ("replied", 1)
    for kind, about in (("contacts", {"propertyName": "phone", "value": lead.phone}), ("deals", _deal_of(run))):
        assert await _in_crm(scene, kind, about | {"operator": "EQ"}) == 1


@pytest.mark.parametrize("channel", REFUSED_SET_UP)
async def test_a_refused_set_up_pauses_the_channel_of_that_client_until_it_is_put_right(
    scene: Scene, played: Played, channel: str
) -> None:
    lead, case = REFUSED_SET_UP[channel]
    await scene.office.ask("sales-ops", "POST", "/v1/clients", {**CLIENT, "key": lead.client})
    for rule in case.rules(lead):
        await scene.office.inject(STANDINS[channel], rule)
    run_id = await scene.office.start(lead.order())

    async def is_held() -> bool:
        messages = (await scene.office.run(run_id))["messages"]
        return bool(messages) and messages[0]["reason"] == "paused"

    await until(is_held)
    run = await scene.office.run(run_id)
    assert [(task["kind"], task["owner"]) for task in run["open_tasks"]] == [("send_failed_config", "sales-ops")]
    held = await scene.office.ask("engineer", "GET", "/v1/pauses")
    [paused] = [line for line in held if line["code"] == "set_up"]
    assert paused["scope"].rpartition(":")[2] == channel

    await scene.office.resume(paused["id"])
    (run,) = await scene.until_closed([run_id])
    assert [call["accepted"] for call in await scene.calls(channel, case.address(lead))] == [False, True]
    assert (run["outcome"], run["messages"][0]["state"]) == ("no_response", "accepted")


async def test_every_invariant_holds_after_all_of_it(scene: Scene, played: Played) -> None:
    report = scene.audited()
    assert report.is_clean, [finding for finding in report.findings if finding.bad]
    assert (report.totals.duplicates, report.totals.lost, report.totals.unexplained) == (0, 0, 0)
    cases = [case for _, case in (*TOLD_OF_TEXTS.values(), *TOLD_OF_MAILS.values())]
    fired = {fault for case in cases for fault, _ in case.named if not fault.startswith("callbacks_")}
    assert fired == set(report.faults)


async def _check(scene: Scene, played: Played, lead: Lead, case: Case) -> None:
    assert all(played.fired[rule["id"]] > 0 for rule in case.rules(lead))
    run = await scene.office.run(played.runs[lead.first_name]["id"])
    told, sent = kinds(run), message(run, "text" if case.channel == "sms" else "mail")
    calls = await scene.calls(case.channel, case.address(lead))
    assert (len(calls), sum(call["accepted"] for call in calls)) == (case.calls, case.acceptances)
    assert run["outcome"] == case.ends, told
    found = [sent[name] for name in ("state", "delivery", "failure_class", "reason")]
    assert found == [case.state, case.delivery, case.failure, case.reason], told
    assert set(case.told) <= set(told)
    assert not set(case.untold) & set(told)
    about = [event for event in run["timeline"] if event["message_id"] == sent["id"]]
    accepted_by = [event["source"] for event in about if event["kind"] == "message_accepted"]
    assert len(accepted_by) == case.acceptances
    assert case.resolved_by in (None, *accepted_by)
    assert [e["kind"] for e in about].count("delivered") == (case.delivery == "delivered")


def _addressed(scene: Scene, standin: str, params: dict[str, Any]) -> dict[str, Any]:
    """Make a redirect lead back to the same place, where whoever follows it would be let in."""
    if "location" not in params:
        return params
    path = params["location"].format(account=scene.stack.environment["COMMS_TWILIO__ACCOUNT_SID"])
    return {"location": f"{scene.stack.urls[standin]}{path}"}


def _deal_of(run: Run) -> dict[str, Any]:
    return {"propertyName": "agency_lead_id", "value": run["lead_id"]}


async def _in_crm(scene: Scene, kind: str, condition: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {scene.stack.site.secrets.crm_token}"}
    async with httpx.AsyncClient(base_url=scene.stack.urls["hubspot"], headers=headers) as crm:
        asked = {"filterGroups": [{"filters": [condition]}]}
        answer = await crm.post(f"/crm/v3/objects/{kind}/search", json=asked)
        return int(answer.json()["total"])
