"""The faults of the providers: which lead meets which, and what must come of it."""

from dataclasses import dataclass
from typing import Any

from tests.stack.scene import CLIENT, SENDING, Lead

Fault = str | tuple[str, dict[str, Any]]
"""The name of a fault, or name and params."""

AREA_CODES = (303, 212, 415, 512, 617, 206, 305, 702)
ASKED_AND_FOUND = ("message_in_doubt", "message_accepted")
ASKED_AND_GIVEN = ("message_in_doubt", "message_escalated", "task_opened", "task_closed")


@dataclass(frozen=True)
class Case:
    """One fault (or several) at one lead, and what must come of it."""

    what: str
    faults: tuple[Fault, ...]
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

    @property
    def named(self) -> list[tuple[str, dict[str, Any]]]:
        """Every fault with its params."""
        return [(fault, {}) if isinstance(fault, str) else fault for fault in self.faults]

    def address(self, lead: Lead) -> str:
        """Where this channel reaches a lead."""
        return lead.phone if self.channel == "sms" else lead.email

    def rules(self, lead: Lead) -> list[dict[str, Any]]:
        """The fault rules, addressed at this lead."""
        return [
            {
                "id": f"{lead.first_name}-{fault}",
                "match": {"recipient": self.address(lead), "operation": SENDING[self.channel]},
                "fault": fault,
                "params": params,
                "times": None if fault.startswith("callbacks_") else 1,
            }
            for fault, params in self.named
        ]


def _lost(what: str, *faults: Fault, channel: str = "sms") -> Case:
    """Nothing was accepted and nobody can tell: a person closes it as not sent."""
    return Case(
        what, faults, channel=channel, ends="unreachable", state="refused", delivery=None, failure="unknown",
        reason="closed_by_person", acceptances=0, told=ASKED_AND_GIVEN, untold=("message_accepted",),
    )  # fmt: skip


def _found(what: str, *faults: Fault, channel: str = "sms") -> Case:
    """The provider accepted and its own callback tells."""
    by = "twilio" if channel == "sms" else "ses"
    return Case(
        what, faults, channel=channel, told=("message_accepted",), untold=("message_escalated",), resolved_by=by
    )


def _known(what: str, *faults: Fault, channel: str = "sms", **expected: Any) -> Case:
    """The answer was read: there was never a doubt."""
    return Case(what, faults, channel=channel, untold=("message_in_doubt",), **expected)


def _callbacks(channel: str) -> list[Case]:
    return [
        _known("news comes late", ("callbacks_delayed", {"seconds": 2}), channel=channel),
        _known("all news comes twice", "callbacks_doubled", channel=channel),
        _known("news comes in the wrong order", "callbacks_reordered", channel=channel),
        _known("no news comes", "callbacks_dropped", channel=channel, delivery=None),
        _known(
            "only forged news comes", "callbacks_dropped", "callbacks_forged", channel=channel, delivery=None
        ),
        _known(
            "the last news comes after the run has ended", ("callbacks_late", {"seconds": 9}), channel=channel
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

CRM: dict[str, tuple[str, dict[str, Any]]] = {
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
    "sms": (
        _lead(71, "stack_text", "badly-keyed"),
        _known("the key is refused", ("refuse", {"status": 401, "code": 20003}), calls=2),
    ),
    "email": (
        _lead(72, "stack_mail", "badly-paused"),
        _known(
            "sending is paused", ("refuse", {"status": 400, "code": "SendingPausedException"}), channel="email", calls=2
        ),
    ),
}
"""A client of its own for each, because the whole channel of a client is paused."""
