"""Every fault of every provider, each addressed at one lead: how it ends, and how often the provider accepted."""

import asyncio
from dataclasses import dataclass
from itertools import chain
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.local.demo.answering_doubts import answer_doubts
from tests.stack.scene import CLIENT, STANDINS, Lead, Run, Scene, kinds, message, until

pytestmark = pytest.mark.timeout(180)

AREA_CODES = (303, 212, 415, 512, 617, 206, 305, 702)
ASKED_AND_FOUND = ("message_in_doubt", "message_accepted")
ASKED_AND_GIVEN = ("message_in_doubt", "message_escalated", "task_opened", "task_closed")


@dataclass(frozen=True)
class Case:
    """One fault (or several) at one lead, and what must come of it."""

    what: str
    faults: tuple[str | tuple[str, dict[str, Any]], ...]
    ends: str = "no_response"
    state: str = "accepted"
    delivery: str | None = "delivered"
    failure: str | None = None
    reason: str | None = None
    calls: int = 1
    acceptances: int = 1
    told: tuple[str, ...] = ()
    """Kinds of events that the run's timeline holds."""
    untold: tuple[str, ...] = ()
    """Kinds of events that it does not hold."""
    resolved_by: str | None = None
    """Who found out that the message was accepted."""
    sequence: str | None = None
    channel: str = "sms"

    def rules(self, lead: Lead) -> list[dict[str, Any]]:
        """The fault rules, addressed at this lead."""
        address, operation = (lead.phone, "create_message") if self.channel == "sms" else (lead.email, "send_email")
        named = [(fault, dict[str, Any]()) if isinstance(fault, str) else fault for fault in self.faults]
        return [
            {
                "id": f"{lead.first_name}-{fault}",
                "match": {"recipient": address, "operation": operation},
                "fault": fault,
                "params": params,
                "times": None if fault.startswith("callbacks_") else 1,
            }
            for fault, params in named
        ]


def _lost(what: str, *faults: str | tuple[str, dict[str, Any]], channel: str = "sms") -> Case:
    """Nothing was accepted and nobody can tell: a person closes it as not sent."""
    return Case(
        what, faults, channel=channel, ends="unreachable", state="refused", delivery=None, failure="unknown",
        reason="closed_by_person", acceptances=0, told=ASKED_AND_GIVEN, untold=("message_accepted",),
    )  # fmt: skip


def _found(what: str, *faults: str | tuple[str, dict[str, Any]], channel: str = "sms") -> Case:
    """The provider accepted and its own callback tells."""
    by = "twilio" if channel == "sms" else "ses"
    return Case(
        what, faults, channel=channel, told=("message_accepted",), untold=("message_escalated",), resolved_by=by
    )


def _known(what: str, *faults: str | tuple[str, dict[str, Any]], channel: str = "sms", **expected: Any) -> Case:
    """The answer was read: there was never a doubt."""
    return Case(what, faults, channel=channel, untold=("message_in_doubt",), **expected)


def _callbacks(channel: str) -> list[Case]:
    return [
        _known("news comes late", ("callbacks_delayed", {"seconds": 2}), channel=channel),
        _known("all news comes twice", "callbacks_doubled", channel=channel),
        _known("news comes in the wrong order", "callbacks_reordered", channel=channel),
        _known("no news comes", "callbacks_dropped", channel=channel, delivery=None),
        _known(
            "only forged news comes", "callbacks_dropped", "callbacks_forged", channel=channel, delivery=None,
            ends="no_response",
        ),
        _known(
            "the last news comes after the run has ended", ("callbacks_late", {"seconds": 6}), channel=channel
        ),
        _known(
            "news comes late, twice and in the wrong order", "callbacks_doubled", "callbacks_reordered",
            ("callbacks_delayed", {"seconds": 1}), channel=channel,
        ),
    ]  # fmt: skip


TEXTS = [
    _known(
        "the number is none", ("refuse", {"status": 400, "code": 21211}), sequence="stack_text_then_mail",
        state="refused", delivery=None, failure="bad_contact", reason="refused", acceptances=0,
    ),
    _known(
        "the provider knows of an opt-out", ("refuse", {"status": 400, "code": 21610}), ends="opted_out",
        sequence="stack_text_then_mail", state="refused", delivery=None, failure="suppressed", reason="refused",
        acceptances=0,
    ),
    _known("asked to come back later", ("rate_limit", {"retry_after": 1}), calls=2, told=("message_refused",)),
    _lost("an error before it was accepted", "error_before"),
    _lost("the connection breaks before it was accepted", "reset_before"),
    _lost("sent somewhere else", ("redirect", {"location": "/2010-04-01/Accounts/{account}/Messages.json"})),
    _found("an error after it was accepted", "error_after"),
    _found("no answer after it was accepted", ("accept_then_hang", {"seconds": 4})),
    _found("the connection breaks after it was accepted", "accept_then_reset"),
    _found("half an answer", "half_answer"),
    _found("an answer that is not JSON", "garbage"),
    _known("a slow answer", ("slow", {"seconds": 0.7})),
    Case(
        "an error after it was accepted, and no news", ("error_after", "callbacks_dropped"), delivery=None,
        told=ASKED_AND_FOUND, untold=("message_escalated",), resolved_by="reconciler",
    ),
    Case(
        "no answer after it was accepted, and late news", 
        (("accept_then_hang", {"seconds": 4}), ("callbacks_delayed", {"seconds": 30})), delivery=None,
        told=ASKED_AND_FOUND, untold=("message_escalated",), resolved_by="reconciler",
    ),
    *_callbacks("sms"),
]  # fmt: skip

MAILS = [
    _known(
        "the wording is refused", ("refuse", {"status": 400, "code": "MessageRejected"}), channel="email",
        ends="unreachable", state="refused", delivery=None, failure="content", reason="refused", acceptances=0,
        told=("task_opened",),
    ),
    _known("asked to come back later", "rate_limit", channel="email", calls=2, told=("message_refused",)),
    _lost("an error before it was accepted", "error_before", channel="email"),
    _lost("the connection breaks before it was accepted", "reset_before", channel="email"),
    _lost("sent somewhere else", ("redirect", {"location": "/v2/email/outbound-emails"}), channel="email"),
    _found("an error after it was accepted", "error_after", channel="email"),
    _found("no answer after it was accepted", ("accept_then_hang", {"seconds": 4}), channel="email"),
    _found("the connection breaks after it was accepted", "accept_then_reset", channel="email"),
    _found("half an answer", "half_answer", channel="email"),
    _found("an answer that is not JSON", "garbage", channel="email"),
    _known("a slow answer", ("slow", {"seconds": 0.7}), channel="email"),
    Case(
        "an error after it was accepted, and no news", ("error_after", "callbacks_dropped"), channel="email",
        delivery=None, told=ASKED_AND_GIVEN, resolved_by="api",
    ),
    *_callbacks("email"),
]  # fmt: skip

CRM = {
    "asked to come back later": ("rate_limit", {"retry_after": 1}),
    "an error before the contact was written": ("error_before", {}),
    "an error after the contact was written": ("error_after", {}),
    "no answer after the contact was written": ("accept_then_hang", {"seconds": 4}),
    "the connection breaks after the contact was written": ("accept_then_reset", {}),
    "an answer that is not JSON": ("garbage", {}),
}


def _lead(number: int, sequence: str, client: str = CLIENT["key"]) -> Lead:
    phone = f"+1{AREA_CODES[number % len(AREA_CODES)]}55501{number:02d}"
    return Lead(f"Fault{number:02d}", phone, sequence, client)


TOLD_OF_TEXTS = {case.what: (_lead(n, case.sequence or "stack_text"), case) for n, case in enumerate(TEXTS, 1)}
TOLD_OF_MAILS = {case.what: (_lead(n, "stack_mail"), case) for n, case in enumerate(MAILS, 31)}
HANDED_OVER = {what: _lead(n, "stack_answered") for n, what in enumerate(CRM, 61)}
REFUSED_SET_UP = {
    "sms": (_lead(71, "stack_text", "badly-keyed"), {"status": 401, "code": 20003}),
    "email": (_lead(72, "stack_mail", "badly-enrolled"), {"status": 400, "code": "SendingPausedException"}),
}


@dataclass(frozen=True)
class Played:
    """How all of it ended: the runs by the lead's first name, and which fault rules fired how often."""

    runs: dict[str, Run]
    fired: dict[str, int]


@pytest.fixture(scope="module")
async def played(scene: Scene) -> Played:
    """All leads at once, each with their faults; what is in doubt at the end, a person answers from the record."""
    office, leads = scene.office, dict[str, Lead]()
    answering = asyncio.create_task(answer_doubts(office, leads, Console(quiet=True)))

    async def enter(lead: Lead, standin: str, rules: list[dict[str, Any]]) -> None:
        for rule in rules:
            if "location" in rule["params"]:
                account = scene.stack.environment["COMMS_TWILIO__ACCOUNT_SID"]
                path = rule["params"]["location"].format(account=account)
                rule["params"]["location"] = f"{scene.stack.urls[standin]}{path}"
            await office.inject(standin, rule)
        leads[await office.start(lead.order())] = lead

    async def answer(lead: Lead) -> None:
        async def has_it() -> bool:
            query = "SELECT 1 FROM message WHERE address = %s AND state = 'accepted'"
            return bool(await asyncio.to_thread(scene.rows, query, lead.phone))

        await until(has_it, 60)
        await office.reply(lead.phone, "Yes, please call me")

    async with asyncio.TaskGroup() as group:
        for lead, case in chain(TOLD_OF_TEXTS.values(), TOLD_OF_MAILS.values()):
            group.create_task(enter(lead, STANDINS[case.channel], case.rules(lead)))
        for what, lead in HANDED_OVER.items():
            fault, params = CRM[what]
            match = {"recipient": lead.phone, "operation": "upsert_contacts"}
            rule = {"id": f"{lead.first_name}-{fault}", "match": match, "fault": fault, "params": params, "times": 1}
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
    revoked = "SELECT source FROM consent WHERE status = 'revoked' AND address_hash IN (SELECT address_hash FROM message WHERE address = %s)"
    assert scene.rows(revoked, opted_out.phone) == [("twilio_21610",)]


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
    lead, params = REFUSED_SET_UP[channel]
    await scene.office.ask("sales-ops", "POST", "/v1/clients", {**CLIENT, "key": lead.client})
    refusals = Case("", (("refuse", params),), channel=channel)
    for rule in refusals.rules(lead):
        await scene.office.inject(STANDINS[channel], rule)
    run_id = await scene.office.start(lead.order())

    async def is_held() -> bool:
        messages = (await scene.office.run(run_id))["messages"]
        return bool(messages) and messages[0]["reason"] == "paused"

    await until(is_held)
    run = await scene.office.run(run_id)
    assert [(task["kind"], task["owner"]) for task in run["open_tasks"]] == [("send_failed_config", "sales-ops")]
    paused = [line["scope"] for line in await scene.office.ask("engineer", "GET", "/v1/pauses")]
    assert [scope.rpartition(":")[2] for scope in paused] == [channel]

    resume = {"scope": "channel", "client": lead.client, "channel": channel, "paused": False, "reason": "put right"}
    await scene.office.ask("incident-owner", "POST", "/v1/pauses", resume)
    (run,) = await scene.until_closed([run_id])
    address = lead.phone if channel == "sms" else lead.email
    assert [call["accepted"] for call in await scene.calls(channel, address)] == [False, True]
    assert (run["outcome"], run["messages"][0]["state"]) == ("no_response", "accepted")


async def test_every_invariant_holds_after_all_of_it(scene: Scene, played: Played) -> None:
    report = scene.audited()
    assert report.is_clean, [finding for finding in report.findings if finding.bad]
    assert (report.totals.duplicates, report.totals.lost, report.totals.unexplained) == (0, 0, 0)
    request_faults = {fault for _, case in (*TOLD_OF_TEXTS.values(), *TOLD_OF_MAILS.values()) for fault in _names(case)}
    assert {fault for fault in request_faults if not fault.startswith("callbacks_")} == set(report.faults)


async def _check(scene: Scene, played: Played, lead: Lead, case: Case) -> None:
    step, address = ("text", lead.phone) if case.channel == "sms" else ("mail", lead.email)
    assert all(played.fired[rule["id"]] > 0 for rule in case.rules(lead))
    run = await scene.office.run(played.runs[lead.first_name]["id"])
    told, sent = kinds(run), message(run, step)
    calls = await scene.calls(case.channel, address)
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


def _names(case: Case) -> list[str]:
    return [fault if isinstance(fault, str) else fault[0] for fault in case.faults]


def _deal_of(run: Run) -> dict[str, Any]:
    return {"propertyName": "agency_lead_id", "value": run["lead_id"]}


async def _in_crm(scene: Scene, kind: str, condition: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {scene.stack.site.secrets.crm_token}"}
    async with httpx.AsyncClient(base_url=scene.stack.urls["hubspot"], headers=headers) as crm:
        asked = {"filterGroups": [{"filters": [condition]}]}
        answer = await crm.post(f"/crm/v3/objects/{kind}/search", json=asked)
        return int(answer.json()["total"])
