"""What people read about pauses: why, and what becomes of the work that is held."""

from models.pausing import HeldWork, LiftRule, PauseCode

WHY = {
    PauseCode.BY_HAND: "Paused by a person",
    PauseCode.INCIDENT: "An incident",
    PauseCode.MAINTENANCE: "Maintenance",
    PauseCode.SET_UP: "A provider refuses our account, sender or credentials",
    PauseCode.WEB_HOOK: "What a provider reports cannot be believed",
    PauseCode.IMPORT: "An import looks wrong",
    PauseCode.DELIVERY: "Too much is not delivered",
    PauseCode.PRIVACY: "A message may have gone to the wrong person",
    PauseCode.COMPLIANCE: "A rule may have been broken",
    PauseCode.STALE_SOURCE: "What we know is too old",
    PauseCode.SUSPECTED_DUPLICATE: "Something may have been sent twice",
}
HELD_WORK = {
    HeldWork.EXPIRE: (
        "What became stale is not sent",
        "The time of the pause counts. What is too late by then is not sent and is named; the rest leaves at a limited rate.",
    ),
    HeldWork.CATCH_UP: (
        "Everything leaves afterwards",
        "No message becomes too late because of the pause: all that is held leaves afterwards, at a limited rate. Waits of the "
        "runs go on meanwhile.",
    ),
    HeldWork.FREEZE: (
        "The clock stands still",
        "The time of the pause does not count: neither against a message's deadline nor for what a run waits for. Everything goes "
        "on afterwards where it stopped.",
    ),
}
LIFTS = {
    LiftRule.AT_END: "lifts itself at its end",
    LiftRule.WHEN_FRESH: "lifts itself as soon as the source is read again",
}
FORESEEN: dict[str, str] = {
    "will_send": "will leave",
    "sent": "left",
    "expired": "too late by then",
    "expired_meanwhile": "became too late meanwhile",
    "opted_out": "opted out",
    "no_consent": "without permission",
    "bad_address": "cannot be reached",
    "run_ended": "run has ended",
    "not_approved": "need approval",
    "quiet_hours": "outside hours",
    "paused": "held by another pause",
    "frequency_cap": "over the cap",
    "gives_way": "give way to something more urgent",
    "doubtful_opt_out": "may have opted out",
    "possible_duplicate": "may be a duplicate",
    "wording": "wording must be read",
    "inbound_gap": "held until the web hooks have caught up",
    "ledger_unverified": "held until the ledger is compared",
    "away": "away for now",
    "try_later": "asked to wait by the provider",
    "waiting": "wait for their turn",
}
"""What becomes of messages at a resume; other codes are said by their words."""


def foreseen(what: str) -> str:
    """Return what becomes of a message, as the end of `12 messages …`."""
    return FORESEEN.get(what, what.replace("_", " "))
