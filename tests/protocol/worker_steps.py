"""What the two workers may do next: claim, call, record, or die in between."""

from collections.abc import Iterator
from dataclasses import replace

from models.terms import IN_DOUBT, AttemptOutcome, MessageState
from tests.protocol.designs import Design
from tests.protocol.model import Place, Request, Says, State, Worker, with_evidence
from tests.protocol.steps import Kind, Moves, Step

ACCEPTED, NOT_ACCEPTED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.NOT_ACCEPTED, AttemptOutcome.UNKNOWN


def told(
    state: State, which: int, fence: int, outcome: AttemptOutcome, design: Design, *, may_repeat: bool = False
) -> State:
    """Apply a finding about one attempt, whoever it comes from."""
    message = state.messages[which]
    if not design.late_evidence_counts and message.state not in IN_DOUBT:
        return state
    return state.with_message(which, with_evidence(message, fence, outcome, may_repeat=may_repeat))


def _claims(state: State, design: Design) -> Moves:
    for number, _ in _workers(state, Place.IDLE):
        for which, message in enumerate(state.messages):
            step = Step(Kind.CLAIM, number, which, message.fence + 1)
            if not design.gate_inside_claim:
                if message.may_be_claimed and not state.opted_out:
                    yield replace(step, kind=Kind.LOOK), state.with_worker(number, Worker(Place.LOOKED, which))
            elif state.opted_out and message.state is MessageState.READY:
                yield step, state.with_message(which, replace(message, state=MessageState.SUPPRESSED))
            elif message.may_be_claimed:
                yield step, _claimed(state, number, which)


def _late_claims(state: State, design: Design) -> Moves:
    for number, worker in _workers(state, Place.LOOKED):
        message = state.messages[worker.message]
        step = Step(Kind.CLAIM, number, worker.message, message.fence + 1)
        if message.may_be_claimed:
            claimed = _claimed(state, number, worker.message)
            yield step, replace(claimed, claimed_after_opt_out=state.claimed_after_opt_out or state.opted_out)
        else:
            yield step, state.with_worker(number, Worker())


def _claimed(state: State, number: int, which: int) -> State:
    message = state.messages[which].claimed()
    return state.with_message(which, message).with_worker(number, Worker(Place.CLAIMED, which, message.fence))


def _calls(state: State, design: Design) -> Moves:
    for number, worker in _workers(state, Place.CLAIMED):
        about = (number, worker.message, worker.fence)
        waiting = state.with_worker(number, replace(worker, place=Place.WAITING))
        request = Request(worker.message, worker.fence)
        yield Step(Kind.CALL, *about), replace(waiting, requests=waiting.requests | {request})
        given_back = told(state, worker.message, worker.fence, NOT_ACCEPTED, design, may_repeat=True)
        yield Step(Kind.NO_CONNECTION, *about), given_back.with_worker(number, Worker())


def _repeats(state: State, design: Design) -> Moves:
    if design.one_request_per_attempt:
        return
    for number, worker in _workers(state, Place.WAITING):
        again = Request(worker.message, worker.fence, repeat=1)
        if again not in state.accepted:
            yield Step(Kind.REPEAT, number, *again.about), replace(state, requests=state.requests | {again})


def _reads(state: State, design: Design) -> Moves:
    for number, worker in _workers(state, Place.WAITING):
        about = (worker.message, worker.fence)
        for answer in state.answers:
            if worker.waits_for(answer.request):
                outcome, may_repeat = _classified(answer.says, design)
                recorded = told(state, *about, outcome, design, may_repeat=may_repeat)
                yield Step(Kind.READ, number, *about), recorded.with_worker(number, Worker())


def _losses(state: State, design: Design) -> Moves:
    for number, worker in _workers(state, Place.WAITING):
        about = (worker.message, worker.fence)
        outcome = UNKNOWN if design.lost_answer_is_unknown else ACCEPTED
        yield Step(Kind.LOSE, number, *about), told(state, *about, outcome, design).with_worker(number, Worker())


def _crashes(state: State, design: Design) -> Moves:
    for number, worker in enumerate(state.workers):
        if worker.place is not Place.IDLE and state.crashes_left:
            dead = state.with_worker(number, Worker())
            yield (
                Step(Kind.CRASH, number, worker.message, worker.fence),
                replace(dead, crashes_left=dead.crashes_left - 1),
            )


def _classified(says: Says, design: Design) -> tuple[AttemptOutcome, bool]:
    """Return what an answer proves, and whether the same message may be claimed again."""
    match says:
        case Says.ACCEPTED:
            return ACCEPTED, False
        case Says.REFUSED:
            return NOT_ACCEPTED, False
        case Says.TRY_LATER:
            return NOT_ACCEPTED, True
        case Says.FAILED:
            return (UNKNOWN, False) if design.server_error_is_unknown else (NOT_ACCEPTED, True)


def _workers(state: State, place: Place) -> Iterator[tuple[int, Worker]]:
    return ((number, worker) for number, worker in enumerate(state.workers) if worker.place is place)


WORKER_STEPS = (_claims, _late_claims, _calls, _repeats, _reads, _losses, _crashes)
