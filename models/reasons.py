"""Why a message waits or will never leave, as the end of a sentence: for the Temporal UI, the API and the command line."""

from models.sending import HoldReason, NotSentReason

WHY_HELD: dict[HoldReason, str] = {
    HoldReason.PAUSED: "sending is paused",
    HoldReason.DRAINING: "sending was resumed at a limited rate, and its turn is yet to come",
    HoldReason.QUIET_HOURS: "it is outside the allowed hours where the person may be",
    HoldReason.NOT_APPROVED: "its wording is not approved",
    HoldReason.DOUBTFUL_OPT_OUT: "a reply may have been an opt-out and a person must read it",
    HoldReason.POSSIBLE_DUPLICATE: "the same text went to this address within a day and a person must decide",
    HoldReason.AWAY: "the lead has said to be away until then",
    HoldReason.TRY_LATER: "the provider asked to wait",
    HoldReason.INBOUND_GAP: "a reply or an opt-out may have been missed, and the provider's list is not read yet",
    HoldReason.LEDGER_UNVERIFIED: "the ledger was restored or replaced, and a person must compare it with the providers",
    HoldReason.FREQUENCY_CAP: "the person has been written to as often as the rules allow for now",
    HoldReason.GIVES_WAY: "something more urgent is under way to the same person",
    HoldReason.WORDING: "its wording must not leave as it is, and a person must read what was found in it",
}

WHY_NOT_SENT: dict[NotSentReason, str] = {
    NotSentReason.OPTED_OUT: "the person has opted out",
    NotSentReason.NO_CONSENT: "the person's consent does not cover it",
    NotSentReason.BAD_ADDRESS: "the address cannot receive it, as the newest message to it or a look-up showed",
    NotSentReason.EXPIRED: "it became stale before it could leave",
    NotSentReason.RUN_ENDED: "the run ended first",
    NotSentReason.REFUSED: "final refusal",
    NotSentReason.CLOSED_BY_PERSON: "a person found that it had not left and closed it",
    NotSentReason.FOLLOW_UP_OVER: "the enrolment has had all its messages, or has lasted as long as it may",
}
