"""How the stand-in answers: well, or in one of the ways in which models go wrong."""

import json
from enum import StrEnum
from typing import Any

TOO_MUCH = 100_000


class Manner(StrEnum):
    """What its next answers are like."""

    GOOD = "good"
    REFUSAL = "refusal"
    CUT_SHORT = "cut_short"
    TOO_LONG = "too_long"
    NOT_JSON = "not_json"
    OTHER_FIELDS = "other_fields"
    OWN_NUMBER = "own_number"
    UNKNOWN_SLOT = "unknown_slot"
    SECRET = "secret"
    LINK = "link"
    CLAIM = "claim"
    SAYING = "saying"


def choice(manner: Manner, text: dict[str, str], saying: str) -> dict[str, Any]:
    """Return the one choice of an answer.

    Args:
        manner: which.
        text: subject and body that were given.
        saying: what a `saying` puts into the body.
    """
    added = {
        Manner.TOO_LONG: "word " * TOO_MUCH,
        Manner.OWN_NUMBER: "Calls rose by 312%.",
        Manner.UNKNOWN_SLOT: "Calls rose to {{ made_up }}.",
        Manner.SECRET: "Log in with sk_live_" + "a1B2c3D4e5F6g7H8i9J0k1L2",
        Manner.LINK: "See https://evil.example.net/login now.",
        Manner.CLAIM: "We guarantee more calls.",
        Manner.SAYING: saying,
    }.get(manner, "Here is what you asked for.")
    written = json.dumps({"subject": text.get("subject", ""), "body": f"{added}\n\n{text.get('body', '')}"})
    content = {Manner.NOT_JSON: "Sure! Here it is:", Manner.OTHER_FIELDS: '{"text": "Hello"}'}.get(manner, written)
    if manner is Manner.REFUSAL:
        message = {"role": "assistant", "content": None, "refusal": "I'm sorry, I cannot assist with that request."}
    else:
        message = {"role": "assistant", "content": content, "refusal": None}
    ended = "length" if manner is Manner.CUT_SHORT else "stop"
    return {"index": 0, "message": message, "logprobs": None, "finish_reason": ended}
