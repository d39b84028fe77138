"""The way of an outbound message: which statuses it will have, when, and which callbacks tell of them.

Source: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks. The first status has
no callback; with a messaging service it is `accepted` or `scheduled`, without one `queued`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from deploy.local.standins.kit.agenda import Entry
from deploy.local.standins.kit.callback_order import Planned, spoiled
from deploy.local.standins.kit.faults import FaultRule
from deploy.local.standins.twilio.errors import TEXTS
from deploy.local.standins.twilio.magic import Fate
from deploy.local.standins.twilio.message import API_VERSION, Message, Step
from deploy.local.standins.twilio.web_hooks import WebHook

WEB_HOOK = "web_hook"
"""The kind of agenda entries made here."""


@dataclass(frozen=True)
class Pace:
    """How fast messages go their way, and what is told of it.

    Attributes:
        step_seconds: time between two statuses.
        told: the statuses that cause a callback.
    """

    step_seconds: float
    told: frozenset[str]


def timeline(fate: Fate, pace: Pace, moment: float, *, with_service: bool, send_at: float | None) -> tuple[Step, ...]:
    """All statuses of a message that is created at `moment` and, if `send_at` is given, queued only then."""
    if send_at is not None:
        first, begin = [Step(moment, "scheduled")], [Step(send_at, "queued")]
    elif with_service:
        first, begin = [Step(moment, "accepted")], [Step(moment + pace.step_seconds, "queued")]
    else:
        first, begin = [], [Step(moment, "queued")]
    way = [*first, *begin]
    for status in fate.statuses:
        code = fate.error_code if status == fate.statuses[-1] else None
        way.append(Step(way[-1].at + pace.step_seconds, status, code))
    return tuple(way)


def status_callbacks(message: Message, steps: Sequence[Step], pace: Pace, faults: Sequence[FaultRule]) -> list[Entry]:
    """The agenda entries that tell of these steps, spoiled by the faults."""
    if message.status_callback is None:
        return []
    told = [Planned(step.at, _params(message, step)) for step in steps if step.status in pace.told]
    return web_hook_entries(message.sid, message.status_callback, spoiled(told, faults))


def web_hook_entries(sid: str, url: str, planned: Sequence[Planned]) -> list[Entry]:
    """One agenda entry per callback. Those of a message follow each other; a twin runs beside, in its own lane."""
    seen: Counter[str] = Counter()
    entries = []
    for each in planned:
        content = f"{each.forged}{sorted(each.payload.items())}"
        lane = sid if not seen[content] else f"{sid}/{seen[content]}"
        seen[content] += 1
        entries.append(Entry(each.due, lane, WEB_HOOK, asdict(WebHook(url, each.payload, each.forged))))
    return entries


def _params(message: Message, step: Step) -> dict[str, str]:
    params = {
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender,
        "MessageSid": message.sid,
        "MessageStatus": step.status,
        "SmsSid": message.sid,
        "SmsStatus": step.status,
        "To": message.recipient,
    }
    if message.messaging_service_sid is not None:
        params["MessagingServiceSid"] = message.messaging_service_sid
    if step.error_code is not None:
        params |= {"ErrorCode": str(step.error_code), "ErrorMessage": TEXTS[step.error_code]}
    if step.status in {"delivered", "undelivered"}:
        params["RawDlrDoneDate"] = datetime.fromtimestamp(step.at, UTC).strftime("%y%m%d%H%M")
    return params
