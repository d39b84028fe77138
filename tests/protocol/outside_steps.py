"""What the provider, time, evidence, people and the recipient may do next."""

from collections.abc import Iterator
from dataclasses import replace

from models.terms import AttemptOutcome, MessageState
from tests.protocol.designs import Design
from tests.protocol.model import MOST_FENCES, Answer, Message, Request, Says, State
from tests.protocol.steps import Kind, Moves, Step
from tests.protocol.worker_steps import told

ACCEPTED, NOT_ACCEPTED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.NOT_ACCEPTED, AttemptOutcome.UNKNOWN


def _provider(state: State, design: Design) -> Moves:
    for request in state.requests:
        arrived = replace(state, requests=state.requests - {request})
        taken = replace(arrived, accepted=state.accepted | {request})
        about = (None, *request.about)
        yield Step(Kind.ACCEPT, *about), _answered(taken, request, Says.ACCEPTED)
        yield Step(Kind.REFUSE, *about), _answered(arrived, request, Says.REFUSED)
        yield Step(Kind.TRY_LATER, *about), _answered(arrived, request, Says.TRY_LATER)
        yield Step(Kind.FAIL, *about), _answered(arrived, request, Says.FAILED)
        yield Step(Kind.ACCEPT_AND_FAIL, *about), _answered(taken, request, Says.FAILED)


def _leases(state: State, design: Design) -> Moves:
    for about in _messages_in(state, MessageState.DISPATCHING):
        outcome = UNKNOWN if design.ended_lease_is_unknown else NOT_ACCEPTED
        yield Step(Kind.LEASE_ENDS, None, *about), told(state, *about, outcome, design, may_repeat=True)


def _callbacks(state: State, design: Design) -> Moves:
    for request in state.accepted:
        yield Step(Kind.CALLBACK, None, *request.about), told(state, *request.about, ACCEPTED, design)


def _listings(state: State, design: Design) -> Moves:
    for which, fence in _messages_in(state, MessageState.UNKNOWN):
        about = (which, fence)
        if state.provider_has(which):
            yield Step(Kind.LISTED, None, *about), told(state, *about, ACCEPTED, design)
        if not state.provider_has(which) or not design.list_is_complete:
            yield Step(Kind.NOT_LISTED, None, *about), _after_absence(state, which, design)


def _after_absence(state: State, which: int, design: Design) -> State:
    message = state.messages[which]
    if design.absence_resends and message.fence < MOST_FENCES:
        if design.absence_waits and not state.is_quiet(which):
            return state
        return told(state, which, message.fence, NOT_ACCEPTED, design, may_repeat=True)
    return state.with_message(which, replace(message, state=MessageState.ESCALATED)) if design.escalates else state


def _people(state: State, design: Design) -> Moves:
    for which, fence in _messages_in(state, MessageState.ESCALATED):
        about = (which, fence)
        if state.provider_has(which):
            yield Step(Kind.SAID_SENT, None, *about), told(state, *about, ACCEPTED, design)
        else:
            yield Step(Kind.SAID_NOT_SENT, None, *about), told(state, *about, NOT_ACCEPTED, design)
        waited = state.is_quiet(which) or not design.people_wait
        absent = not state.provider_has(which) or not design.people_look
        if design.people_resend and waited and absent and fence < MOST_FENCES:
            again = told(state, *about, NOT_ACCEPTED, design, may_repeat=True)
            yield Step(Kind.SENT_AGAIN, None, *about), again


def _opt_out(state: State, design: Design) -> Moves:
    suppressed = tuple(
        replace(m, state=MessageState.SUPPRESSED) if m.state is MessageState.READY else m for m in state.messages
    )
    yield Step(Kind.OPT_OUT), replace(state, messages=suppressed, opted_out=True)


def _expiry(state: State, design: Design) -> Moves:
    for which, message in enumerate(state.messages):
        if message.state is MessageState.READY and not state.opted_out:
            expired = replace(message, state=MessageState.EXPIRED)
            yield Step(Kind.EXPIRE, None, which, message.fence), state.with_message(which, expired)


def _resets(state: State, design: Design) -> Moves:
    if state.resets_left:
        # The insert of a message whose key is there already changes nothing.
        messages = (*state.messages, Message()) if design.key_names_the_run else state.messages
        yield Step(Kind.RESET), replace(state, messages=messages, resets_left=state.resets_left - 1)


def _messages_in(state: State, wanted: MessageState) -> Iterator[tuple[int, int]]:
    """Return the number and the newest fence of each message that is in a state."""
    return ((which, message.fence) for which, message in enumerate(state.messages) if message.state is wanted)


def _answered(state: State, request: Request, says: Says) -> State:
    if not any(worker.waits_for(request) for worker in state.workers):
        return state
    return replace(state, answers=state.answers | {Answer(request, says)})


OUTSIDE_STEPS = (_provider, _leases, _callbacks, _listings, _people, _opt_out, _expiry, _resets)
