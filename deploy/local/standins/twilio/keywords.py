"""The words Twilio acts upon by itself, and what it replies.

Source: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out. Only the whole message counts, in any case:
"STOP please" is an ordinary message.
"""

from enum import StrEnum


class OptOutType(StrEnum):
    """How Twilio names the three kinds in the web hook's `OptOutType`."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


WORDS = (
    dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), OptOutType.STOP)
    | dict.fromkeys(("START", "YES", "UNSTOP"), OptOutType.START)
    | dict.fromkeys(("HELP", "INFO"), OptOutType.HELP)
)

REPLIES = {
    OptOutType.STOP: "You have successfully been unsubscribed. You will not receive any more messages "
    "from this number. Reply START to resubscribe.",
    OptOutType.START: "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    OptOutType.HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def opt_out_type(body: str) -> OptOutType | None:
    """Which kind of word the message is, or None for an ordinary message."""
    return WORDS.get(body.strip().upper())
