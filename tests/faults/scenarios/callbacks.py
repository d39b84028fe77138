"""What providers tell of a message comes twice, in the wrong order and late: the most telling news stands, and acts once."""

from typing import Any

from tests.faults.hooks import Hooks, news
from tests.faults.ledger import Standing
from tests.faults.scenario import scenario
from tests.faults.trial import Trial

SPOILED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("callbacks_doubled", {}),
    ("callbacks_reordered", {}),
    ("callbacks_delayed", {"seconds": 1}),
    ("callbacks_late", {"seconds": 2}),
)
REPEATED = ("queued", "sending", "sent", "undelivered", "delivered", "read") * 2
_DELIVERED = "SELECT count(*) = %s FROM message WHERE id::text = ANY(%s) AND delivery = %s"
_CONSUMED = "SELECT count(*) = 0 FROM inbox WHERE state = 'waiting' AND dedupe_key LIKE ANY(%s)"
_EFFECTS = """
    SELECT kind, count(*) FROM event WHERE message_id = ANY(%s::uuid[])
      AND kind IN ('message_accepted', 'delivered', 'delivery_failed') GROUP BY kind ORDER BY kind
"""


@scenario(
    "F24", "News of texts and emails comes twice, in the wrong order and late, and all of it again afterwards.",
    "the most telling news stands; each message is accepted and delivered once",
)  # fmt: skip
async def come_as_they_like(trial: Trial) -> None:
    leads = trial.leads(8) + trial.leads(8, "faults_mail")
    for number, lead in enumerate(leads):
        fault, params = SPOILED[number % len(SPOILED)]
        await trial.inject(lead, fault, times=None, **params)
    await trial.start(*leads)
    messages = await trial.settled(*leads, states={"accepted"})
    await _all_are(trial, messages, "delivered")
    texts, mails = messages[:8], messages[8:]
    async with Hooks(trial.rig.stack) as twilio:
        for text in texts:
            (call,) = trial.calls(text)
            for status in trial.random.sample(REPEATED, len(REPEATED)):
                trial.expect("the web hook answers", await twilio.status(call["token"], news(call, status)), 204)
    trial.injected("callback repeated", len(texts) * len(REPEATED))
    await _all_are(trial, texts, "read")
    await trial.until("all news is taken in", _CONSUMED, [f"{text.provider_message_id}%" for text in texts])
    await _all_are(trial, texts, "read")
    await _all_are(trial, mails, "delivered")
    effects = await trial.rig.ledger.rows(_EFFECTS, [message.id for message in messages])
    trial.expect("effects", effects, [("delivered", len(leads)), ("message_accepted", len(leads))])


async def _all_are(trial: Trial, messages: list[Standing], delivery: str) -> None:
    await trial.until(f"every message is {delivery}", _DELIVERED, len(messages), [one.id for one in messages], delivery)
