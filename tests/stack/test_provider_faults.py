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
        acceptances=0, told=("opted_out",),
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
        delivery=None, told=ASKED_AND_GIVEN, resolved_by="incident-owner",
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
    "sms": (_lead(71, "stack_text", "badly-keyed"), "401/20003", {"status": 401, "code": 20003}),
    "email": (_lead(72, "stack_mail", "badly-enrolled"), "400/SendingPaused", {"code": "SendingPausedException"}),
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
    if answering.done(): await answering
    answering.cancel()
    fired = [await office.fired(standin) for standin in ("twilio", "ses", "hubspot")]
    by_name = {leads[run["id"]].first_name: run for run in runs}
    return Played(by_name, {rule: count for rules in fired for rule, count in rules.items()})


async def _check(scene: Scene, played: Played, lead: Lead, case: Case) -> None:
    step, address = ("text", lead.phone) if case.channel == "sms" else ("mail", lead.email)
    for rule in case.rules(lead):
        assert played.fired[rule["id"]] > 0
    run = await scene.office.run(played.runs[lead.first_name]["id"])
    told, sent = kinds(run), message(run, step)
    calls = await scene.calls(case.channel, address)
    assert len(calls) == case.calls
    assert sum(call["accepted"] for call in calls) == case.acceptances
    assert run["outcome"] == case.ends, told
    found = [sent[name] for name in ("state", "delivery", "failure_class", "reason")]
    assert found == [case.state, case.delivery, case.failure, case.reason], told
    assert set(case.told) <= set(told)
    assert not set(case.untold) & set(told)
    assert told.count("message_accepted") == case.acceptances + (
        case.sequence == "stack_text_then_mail" and case.ends == "no_response"
    )
    if case.delivery == "delivered":
        assert told.count("delivered") == 1
    if case.resolved_by:
        assert [e["actor"] for e in run["timeline"] if e["kind"] == "message_accepted"] == [case.resolved_by]


@pytest.mark.parametrize("what", TOLD_OF_TEXTS)
async def test_a_text_ends_as_promised_and_is_accepted_at_most_once(scene: Scene, played: Played, what: str) -> None:
    await _check(scene, played, *TOLD_OF_TEXTS[what])


@pytest.mark.parametrize("what", TOLD_OF_MAILS)
async def test_an_email_ends_as_promised_and_is_accepted_at_most_once(scene: Scene, played: Played, what: str) -> None:
    await _check(scene, played, *TOLD_OF_MAILS[what])
