"""Requests that no provider and no person has made: refused or without effect, and recorded."""

from uuid import uuid4

from tests.faults.hooks import Hooks, news
from tests.faults.ledger import Standing
from tests.faults.scenario import scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead

_REFUSED = "SELECT count(*) >= %s FROM event WHERE kind = 'web_hook_refused' AND source = %s"
_TASK = "SELECT count(*) > 0 FROM owner_task WHERE kind = %s AND subject = %s"
_ORPHAN = """
    SELECT count(*) = 1 FROM inbox i JOIN owner_task t ON t.subject = i.id::text
    WHERE i.state = 'orphan' AND t.kind = 'inbound_orphan' AND i.dedupe_key LIKE %s
"""
_STORED = "SELECT count(*) FROM inbox WHERE dedupe_key LIKE %s"
_OPT_OUTS = """
    SELECT count(*) FROM consent c JOIN message m USING (client_id, channel, address_hash)
    WHERE m.id::text = %s AND c.status = 'revoked'
"""


@scenario(
    "F25", "Callbacks are forged: unsigned, signed for another token, and signed by Twilio for a message that is not theirs.",
    "403, or a task; the messages are what they were",
)  # fmt: skip
async def lies_about_texts(trial: Trial) -> None:
    leads = await _without_news(trial, trial.leads(3))
    await trial.start(*leads)
    mine, other, _ = messages = await trial.settled(*leads, states={"accepted"})
    (call,), (others,) = trial.calls(mine), trial.calls(other)
    lie = news(call, "undelivered", ErrorCode="30005")
    unknown = news({"provider_id": f"SM{uuid4().hex}"}, "delivered")
    async with Hooks(trial.rig.stack) as anybody:
        forged = [
            await anybody.status(call["token"], lie, signed_for=None),
            await anybody.status(call["token"], lie, {"X-Twilio-Signature": "bm8gc2lnbmF0dXJl"}, signed_for=None),
            await anybody.status(call["token"], lie, signed_for=others["token"]),
        ]
        trial.expect("answers to what is forged", forged, [403] * 3)
        signed = [
            await anybody.status("nobodys-token-000000000", unknown),
            await anybody.status(call["token"], news(others, "undelivered", ErrorCode="30005")),
        ]
        trial.expect("answers to what is signed", signed, [204] * 2)
    trial.injected("forged callback", 5)
    await trial.until("the forgeries are recorded", _REFUSED, 1, "twilio")
    await trial.until("an unknown token is a task", _ORPHAN, f"{unknown['MessageSid']}%")
    await trial.until("the contradiction is a task", _TASK, "conflicting_evidence", mine.id)
    await _unchanged(trial, leads, messages)


@scenario(
    "F25b", "A callback is replayed under changed I-Twilio-Idempotency-Token headers.", "stored once, takes effect once"
)
async def replays_under_other_names(trial: Trial) -> None:
    (lead,) = await _without_news(trial, trial.leads(1))
    await trial.start(lead)
    (message,) = await trial.settled(lead, states={"accepted"})
    (call,) = trial.calls(message)
    async with Hooks(trial.rig.stack) as twilio:
        for _ in range(5):
            name = {"I-Twilio-Idempotency-Token": str(uuid4())}
            trial.expect("the web hook answers", await twilio.status(call["token"], news(call, "sent"), name), 204)
    trial.injected("callback replayed", 5)
    taken = "SELECT count(*) = 1 FROM evidence WHERE message_id::text = %s AND kind = 'sent'"
    await trial.until("it is taken in once", taken, message.id)
    stored = await trial.rig.ledger.rows(_STORED, f"{call['provider_id']}%")
    trial.expect("how often it is stored", stored, [(1,)])


@scenario("F25c", "A mail filter follows the unsubscribe link.", "only the button of a person opts out")
async def follows_links(trial: Trial) -> None:
    (lead,) = trial.leads(1, "faults_mail")
    await trial.start(lead)
    (mail,) = await trial.settled(lead, states={"accepted"})
    async with Hooks(trial.rig.stack) as anybody:
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            await anybody.unsubscribe(method, mail.id)
            trial.expect(f"opt-outs after {method}", await trial.rig.ledger.rows(_OPT_OUTS, mail.id), [(0,)])
        trial.injected("link followed by a filter", 4)
        trial.expect("the button answers", await anybody.unsubscribe("POST", mail.id), 200)
    trial.expect("opt-outs after the button", await trial.rig.ledger.rows(_OPT_OUTS, mail.id), [(1,)])


@scenario("F25d", "Forged SNS envelopes lie in the queue of SES events.", "no effect; recorded")
async def lies_about_mails(trial: Trial) -> None:
    leads = await _without_news(trial, trial.leads(3, "faults_mail"))
    for lead in leads:
        await trial.inject(lead, "callbacks_forged", times=None)
    await trial.start(*leads)
    messages = await trial.settled(*leads, states={"accepted"})
    await trial.until("the forgeries are recorded", _REFUSED, len(leads), "ses")
    await _unchanged(trial, leads, messages)


async def _without_news(trial: Trial, leads: list[Lead]) -> list[Lead]:
    """Keep the provider from telling anything of what is sent to these leads."""
    for lead in leads:
        await trial.inject(lead, "callbacks_dropped", times=None)
    return leads


async def _unchanged(trial: Trial, leads: list[Lead], before: list[Standing]) -> None:
    for was, now in zip(before, await trial.settled(*leads), strict=True):
        trial.expect(
            "the message",
            (now.state, now.delivery, now.provider_message_id),
            (was.state, None, was.provider_message_id),
        )
        trial.expect("requests and acceptances", (len(trial.calls(now)), trial.acceptances(now)), (1, 1))
