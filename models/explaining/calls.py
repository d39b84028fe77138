"""The calls of a message and what was said about them, in the order of time. Pure."""

from models.explaining.answers import Moment
from models.explaining.known import Known
from models.explaining.phrases import Row, sentence, words
from models.reconciling import Trace
from models.terms import AttemptOutcome, EvidenceSource

_SAYS: dict[EvidenceSource, str] = {
    EvidenceSource.ANSWER: "the provider's answer",
    EvidenceSource.CALLBACK: "a report of the provider",
    EvidenceSource.LIST: "the provider's list",
    EvidenceSource.CHECK: "a look-up",
    EvidenceSource.LEASE: "the end of the time for the call",
    EvidenceSource.PERSON: "a person",
}
_OUTCOMES: dict[AttemptOutcome | None, str] = {
    AttemptOutcome.ACCEPTED: "the provider has accepted it",
    AttemptOutcome.NOT_ACCEPTED: "the provider has not accepted it",
    AttemptOutcome.UNKNOWN: "its answer was lost",
    None: "nobody has reported yet",
}


def of_message(known: Known) -> list[Moment]:
    """Return what happened, oldest first."""
    found = [Moment(at=call["started_at"], in_words=_call(call)) for call in known.attempts]
    found += [Moment(at=said["at"], in_words=_said(said)) for said in known.evidence]
    return sorted(found, key=lambda moment: moment.at)


def _call(call: Row) -> str:
    outcome = AttemptOutcome(call["outcome"]) if call["outcome"] else None
    return sentence(f"call {call['fence']} by {call['worker']} began; {_OUTCOMES[outcome]}{_code(call['reason'])}")


def _said(said: Row) -> str:
    source = EvidenceSource(said["source"])
    if source is EvidenceSource.CHECK:
        seen = Trace(said["kind"]).in_words if said["kind"] in set(Trace) else words(said["kind"])
        return sentence(f"a look for call {said['fence']}: {seen}")
    more = said["reason"] if said["reason"] != said["kind"] else None
    return sentence(f"{_SAYS[source]} says “{words(said['kind'])}” of call {said['fence']}{_code(more)}")


def _code(reason: str | None) -> str:
    return f" ({reason})" if reason else ""
