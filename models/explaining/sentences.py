"""The first sentence about a message: why it went out, why not, or what it waits for. Pure."""

from collections.abc import Callable, Sequence

from models.delivery import Delivery
from models.explaining.answers import CheckLine, Verdict
from models.explaining.checks import BY_NAME, CHECKS
from models.explaining.known import Known
from models.explaining.phrases import Row, at, listed, people_of_opt_out, sentence, words
from models.explaining.run_sentences import ended_by
from models.failure_classes import FailureClass
from models.sending import HoldReason, NotSentReason
from models.terms import IN_DOUBT, AttemptOutcome, EvidenceSource, MessageState

_PROOF = {
    EvidenceSource.CALLBACK: "a report of the provider proved",
    EvidenceSource.LIST: "the provider's list proved",
    EvidenceSource.PERSON: "a person found",
}
FAILED = {
    FailureClass.SUPPRESSED: "the person does not want it",
    FailureClass.BAD_CONTACT: "the address cannot receive it",
    FailureClass.BLOCKED: "a carrier or the recipient blocks our number",
    FailureClass.SOFT_BOUNCE: "the mailbox did not take it for now",
    FailureClass.TRANSIENT: "a disturbance that may pass",
    FailureClass.CONFIG: "our account or sender at the provider is at fault",
    FailureClass.CONTENT: "the wording was refused or filtered",
    FailureClass.BUG: "the request itself was wrong",
    FailureClass.UNKNOWN: "nobody has classified the provider's code yet",
}
"""What a failure means, as the end of a sentence."""


def question(known: Known) -> str:
    """Return what is asked about a message in this state."""
    if known.state is MessageState.ACCEPTED:
        return "Why did this go out?"
    return "Why did this not go out?" if known.never_because else "Why has this not gone out yet?"


def answer(known: Known) -> str:
    """Return the answer, as one or a few sentences."""
    match known.state:
        case MessageState.ACCEPTED:
            return _went_out(known)
        case MessageState.DISPATCHING:
            call = known.newest_call
            by = (
                f"{call['worker']} began call {call['fence']} at {at(call['started_at'])}"
                if call
                else "a call has begun"
            )
            return f"It is being sent right now: {by}, and has until {at(known.message['lease_until'])}."
        case MessageState.UNKNOWN | MessageState.ESCALATED:
            return _in_doubt(known)
    if never := known.never_because:
        return f"It did not go out: {NEVER[never](known)}."
    if held := known.held_because:
        return f"It waits: {_holds(known, held)}."
    if known.is_to_be_sent_again and known.resend:
        return f"It is to be sent again and waits for its turn: {_two_people(known.resend)}."
    return "It has not gone out yet: the gate has not been asked about it, because its turn has not come."


def asked_now(known: Known, lines: Sequence[CheckLine]) -> str:
    """Return what the gate would say now."""
    stopped = [line for line in lines if line.verdict is Verdict.STOPPED]
    if known.state in IN_DOUBT:
        begin = "Were it to be sent again now"
    elif known.state is MessageState.PLANNED:
        begin = "Were its wording approved and it asked now"
        stopped = [line for line in stopped if line.rule != "this wording is approved"]
    else:
        begin = "Asked now"
    if not stopped:
        return f"{begin}, it would pass every check."
    first, *rest = (line.in_words.rstrip(".") for line in stopped)
    return f"{begin}, it would be stopped: {_lower(first)}{''.join(f'; and then: {_lower(line)}' for line in rest)}."


def failure_in_words(failure: str) -> str:
    """Return what a class of failures means."""
    return FAILED[FailureClass(failure)]


def _went_out(known: Known) -> str:
    message, call = known.message, known.accepted_call
    passed = (
        f"all {_asked(known)} checks passed at {at(known.asked_at)}" if known.asked_at else "every check had passed"
    )
    under = f" as {message['provider_message_id']}" if message["provider_message_id"] else ""
    by = f"{call['worker']} made call {call['fence']}" if call else "a call was made"
    proof = known.proof_of(call["fence"]) if call else None
    if proof in _PROOF:
        proved = f"{_PROOF[proof]} at {at(message['accepted_at'])} that {message['provider']} has it{under}"
        told = f"its answer was lost, but {proved}"
    else:
        told = f"{message['provider']} accepted it at {at(message['accepted_at'])}{under}"
    return f"{_before(known)}It went out because {passed}; {by}, and {told}. {_delivered(known)}"


def _before(known: Known) -> str:
    """Return what kept it from going out earlier, as sentences before the answer."""
    call, resend = known.accepted_call, known.resend
    if resend and resend["result"] == "sent_again" and call and call["fence"] > resend["fence"]:
        return f"{sentence(_two_people(resend))} "
    said = ""
    if held := known.event("message_held"):
        said += f"It was held since {at(held['at'])} ({words(held['reason'])}). "
    if refused := [row for row in known.attempts if row["outcome"] == AttemptOutcome.NOT_ACCEPTED]:
        calls = listed([f"call {row['fence']} ({words(row['reason'] or 'no reason given')})" for row in refused])
        said += f"The provider had not taken {calls}, so it was tried again. "
    return said


def _asked(known: Known) -> int:
    return len(known.message["gate"]) or len(CHECKS)


def _delivered(known: Known) -> str:
    message = known.message
    if message["failure_class"]:
        event = known.event("delivery_failed")
        code = f", code {event['reason']}" if event and event["reason"] else ""
        when = f" at {at(event['at'])}" if event else ""
        return f"It was not delivered{when}: {failure_in_words(message['failure_class'])}{code}."
    if message["delivery"] and Delivery(message["delivery"]).is_arrival:
        event = known.event("delivered")
        when = f" at {at(event['at'])}" if event else ""
        return f"It was delivered{when}."
    return "No receipt has come yet that it was delivered."


def _in_doubt(known: Known) -> str:
    call = known.newest_call
    which = f"call {call['fence']} of {at(call['started_at'])}" if call else "its call"
    why = f" ({words(call['reason'])})" if call and call["reason"] else ""
    lost = f"It is in doubt: the answer to {which} was lost{why}, so it may or may not have left"
    if known.state is MessageState.UNKNOWN:
        return f"{lost}; the provider is being asked, and nothing is sent again."
    task = known.task("message_in_doubt")
    owner = task["owner"] if task else known.run.row["escalation_owner"]
    return f"{lost}. The provider could not tell, so it is with {owner} since {at(known.message['escalated_at'])}."


def _holds(known: Known, held: HoldReason) -> str:
    if held is HoldReason.TRY_LATER:
        call = known.newest_call
        code = f" ({words(call['reason'])})" if call and call["reason"] else ""
        when = f"at {at(call['ended_at'])}" if call else "before"
        return f"the provider did not take call {call['fence'] if call else 1} {when}{code}, and it is tried again"
    [rule] = [rule for rule in CHECKS if rule.reason is held]
    approval = known.run.approval
    if known.state is MessageState.PLANNED and approval:  # the gate is not asked before somebody has decided
        return rule.stopped({"approval_id": approval["id"], **approval})
    said = rule.stopped(known.seen.get(rule.name, {}))
    event = known.event("message_held", held)
    return f"{said}; held since {at(event['at'])}" if event else said


def _stopped_at(reason: NotSentReason) -> Callable[[Known], str]:
    [rule] = [rule for rule in CHECKS if rule.reason is reason]
    return lambda known: BY_NAME[rule.name].stopped(known.seen.get(rule.name, {}))


def _opted_out(known: Known) -> str:
    return people_of_opt_out(known.opt_out) if known.opt_out else "the person has opted out"


def _expired(known: Known) -> str:
    held = known.event("message_held")
    before = f"; before that it was held ({words(held['reason'])}) since {at(held['at'])}" if held else ""
    return f"it became stale at {at(known.message['expires_at'])}, before it could leave{before}"


def _run_ended(known: Known) -> str:
    return f"its run ended first: {ended_by(known.run)}"


def _refused(known: Known) -> str:
    call, failure = known.newest_call, known.message["failure_class"] or FailureClass.UNKNOWN
    code = f", code {call['reason']}" if call and call["reason"] else ""
    when = f" at {at(call['ended_at'])}" if call else ""
    return f"{known.message['provider']} refused it{when}: {failure_in_words(failure)}{code}"


def _closed_by_person(known: Known) -> str:
    task = known.task("message_in_doubt")
    who = task["closed_by"] if task and task["closed_by"] else "a person"
    when = f" at {at(task['closed_at'])}" if task and task["closed_at"] else ""
    return f"its answer was lost, and {who} found{when} that it had not left and closed it"


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _two_people(resend: Row) -> str:
    return (
        f"{resend['asked_by']} asked at {at(resend['asked_at'])} for it to be sent again ({resend['reason']}), "
        f"{resend['confirmed_by']} agreed, and the provider had no trace of call {resend['fence']}"
    )


NEVER: dict[NotSentReason, Callable[[Known], str]] = {
    NotSentReason.OPTED_OUT: _opted_out,
    NotSentReason.NO_CONSENT: _stopped_at(NotSentReason.NO_CONSENT),
    NotSentReason.BAD_ADDRESS: _stopped_at(NotSentReason.BAD_ADDRESS),
    NotSentReason.EXPIRED: _expired,
    NotSentReason.RUN_ENDED: _run_ended,
    NotSentReason.FOLLOW_UP_OVER: _stopped_at(NotSentReason.FOLLOW_UP_OVER),
    NotSentReason.REFUSED: _refused,
    NotSentReason.CLOSED_BY_PERSON: _closed_by_person,
}
"""Why a message will never leave, as the end of a sentence."""
