"""Every way in which a message can wait or end: how it comes about on real rows, and what its explanation then says.

`T` stands for a moment, `ID` for an id, `N` for the number of a consent event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.permission import consent
from models.database.permission.consent import Proof
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.runs import close
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.provider_answers import Answer, lost_answer, ses_answer, twilio_answer
from models.quiet_hours import WindowDecision
from models.sending import HoldReason, NotSentReason
from models.terms import ApprovalPolicy, AttemptOutcome, ConsentKind, DecisionKind, EvidenceSource, OutreachOutcome
from tests.database.doubts import agreed, ask, escalated, in_doubt, sweep
from tests.database.findings import SID, callback, find
from tests.database.outage import come_back, fall_silent
from tests.database.world import HERE, World

MORNING = datetime(2030, 1, 7, 16, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One way. `begin` returns the run whose message `step` is explained; `changes` are the first words of each remedy."""

    name: str
    begin: Callable[[World], UUID]
    answer: str
    changes: tuple[str, ...] = ()
    reason: HoldReason | NotSentReason | None = None
    stopped_at: str | None = None
    next_by: tuple[str, ...] = ("the workflow",)
    step: str = "hello"


def _held(act: Callable[[World], object]) -> Callable[[World], UUID]:
    """After `act` the message is asked for."""

    def begin(world: World) -> UUID:
        run = world.run()
        act(world)
        world.claim(run)
        return run

    return begin


def _after(act: Callable[[World, UUID], object]) -> Callable[[World], UUID]:
    def begin(world: World) -> UUID:
        run = world.run()
        act(world, run)
        return run

    return begin


def _answered(answer: Answer) -> Callable[[World], UUID]:
    return _after(lambda world, run: world.ledger.record(world.claimed(run), answer))


def _shut(world: World) -> None:
    zones = ("America/Denver",)
    world.hours = WindowDecision(allowed=False, zones=zones, shut_in=zones, next_allowed=MORNING)


def _silent(world: World) -> None:
    fall_silent(world)
    come_back(world)


def _unapproved(world: World) -> UUID:
    return world.run(ApprovalPolicy.RUN)


def _rejected(world: World) -> UUID:
    run = world.run(ApprovalPolicy.RUN)
    world.decide(run, DecisionKind.REJECT)
    return run


def _same_text(world: World) -> UUID:
    first, twice = world.run(), world.run()
    world.sent(first)
    world.claim(twice)
    return twice


def _without_consent(world: World) -> UUID:
    world.plan(run := world.request())
    world.grant(ConsentKind.CONVERSATIONAL)
    world.claim(run, "again")
    return run


def _dead_address(world: World) -> UUID:
    first, later = world.run(), world.run()
    claim = world.sent(first)
    find(world, claim.message_id, 1, callback(SID, Delivery.UNDELIVERED, FailureClass.BAD_CONTACT))
    world.claim(later)
    return later


def _stale(world: World) -> UUID:
    run = world.run()
    world.pause()
    world.claim(run)
    world.rows("UPDATE message SET expires_at = clock_timestamp() WHERE run_id = :run AND step = 'hello'", run=run)
    world.pause(paused=False)
    world.claim(run)
    return run


def _closed(outcome: OutreachOutcome, world: World) -> UUID:
    run = world.run()
    with transaction(world.engine) as session:
        close(session, run, outcome, HERE)
    return run


def _stopped(world: World) -> UUID:
    run = world.run()
    world.stop(run)
    world.claim(run)
    return run


def _replied(world: World) -> UUID:
    run = world.run()
    world.sent(run)
    world.text("yes")
    world.claim(run, "again")
    return run


def _lost_then_called_back(world: World) -> UUID:
    run = in_doubt(world)
    find(world, world.message(run)["id"], 1, callback(SID, Delivery.DELIVERED))
    return run


def _closed_by_person(world: World) -> UUID:
    run = escalated(world)
    finding = Finding(EvidenceSource.PERSON, AttemptOutcome.NOT_ACCEPTED, "person_not_sent")
    with transaction(world.engine) as session:
        apply_evidence(session, world.message(run)["id"], 1, finding, Origin("api", "eve"))
    return run


def _late(world: World) -> UUID:
    run = world.run()
    world.pause()
    world.claim(run)
    world.pause(paused=False)
    world.ledger.record(world.claimed(run), twilio_answer(429, 20429))
    world.sent(run)
    return run


def _asked_by_one(world: World) -> UUID:
    ask(world, run := escalated(world), "eve")
    return run


def _doubtful(world: World) -> None:
    address = world.address()
    with transaction(world.engine) as session:
        consent.hold(session, address, Proof("reply", "recipient", "inbox/1"))
        order = TaskOrder(DOUBT_TASK, address.hash, "Read it.")
        events.open_task(session, order, Subject("sam", world.client), HERE)


def _sent_again(world: World) -> UUID:
    run = agreed(world)
    sweep(world)
    world.sent(run)
    return run


def _ready_again(world: World) -> UUID:
    run = agreed(world)
    sweep(world)
    return run


def _failed(delivery: Delivery, failure: FailureClass) -> Callable[[World], UUID]:
    def begin(world: World) -> UUID:
        run = world.run()
        find(world, world.sent(run).message_id, 1, callback(SID, delivery, failure))
        return run

    return begin


_UNTIL_STALE = ("the workflow", "the clock")
_IN_DOUBT = "It is in doubt: the answer to call 1 of T was lost (ReadTimeout), so it may or may not have left"
_SM = "SM" + "a" * 32

CASES = (
    # How a message goes out.
    Case(
        "accepted", _after(lambda world, run: world.sent(run)),
        f"It went out because all 12 checks passed at T; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "No receipt has come yet that it was delivered.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "delivered", _failed(Delivery.DELIVERED, FailureClass.UNKNOWN),
        f"It went out because all 12 checks passed at T; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "It was delivered at T.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "accepted, and its answer was lost", _lost_then_called_back,
        "It went out because all 12 checks passed at T; worker-1 made call 1, and its answer was lost, but a report of the "
        f"provider proved at T that twilio has it as {_SM}. It was delivered at T.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "held and refused before", _late,
        "It was held since T (paused). The provider had not taken call 1 (20429), so it was tried again. "
        f"It went out because all 12 checks passed at T; worker-1 made call 2, and twilio accepted it at T as {_SM}. "
        "No receipt has come yet that it was delivered.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "sent again", _sent_again,
        "Eve asked at T for it to be sent again (the lead waits), ann agreed, and the provider had no trace of call 1. "
        f"It went out because all 12 checks passed at T; worker-1 made call 2, and twilio accepted it at T as {_SM}. "
        "No receipt has come yet that it was delivered.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "not delivered, and may be repeated", _failed(Delivery.UNDELIVERED, FailureClass.TRANSIENT),
        f"It went out because all 12 checks passed at T; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "It was not delivered at T: a disturbance that may pass, code 30003.",
        ("The disturbance passes. There is one repeat",),
    ),
    Case(
        "not delivered, and the address is dead", _failed(Delivery.UNDELIVERED, FailureClass.BAD_CONTACT),
        f"It went out because all 12 checks passed at T; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "It was not delivered at T: the address cannot receive it, code 30003.",
        ("The lead's address is corrected",),
    ),
    # What it may wait for.
    Case(
        "not asked for yet", World.run,
        "It has not gone out yet: the gate has not been asked about it, because its turn has not come.",
        next_by=("the workflow",),
    ),
    Case(
        "paused", _held(World.pause), "It waits: this client is paused by sam since T: because; held since T.",
        ("The pause of this client is lifted",), HoldReason.PAUSED, "not paused", _UNTIL_STALE,
    ),
    Case(
        "quiet hours", _held(_shut),
        "It waits: it was outside the allowed hours where the person may be (LOCAL in America/Denver); allowed from T; "
        "held since T.",
        ("The allowed hours begin, at T.",), HoldReason.QUIET_HOURS, "outside quiet hours",
    ),
    Case(
        "not approved yet", _unapproved, "It waits: ann has not decided yet (approval ID) until T.",
        ("This very wording is approved, by ann or another approver.",), HoldReason.NOT_APPROVED, next_by=("ann", "the workflow"),
    ),
    Case(
        "rejected, and its run not yet told", _rejected, "It waits: ann rejected it at T (approval ID).",
        ("This very wording is approved, by ann or another approver.",), next_by=("ann", "the workflow"),
    ),
    Case(
        "a doubtful opt-out", _held(_doubtful),
        "It waits: a reply at T may be an opt-out, and sam must read it; held since T.",
        ("Somebody reads the reply",), HoldReason.DOUBTFUL_OPT_OUT, "no doubtful opt-out", _UNTIL_STALE,
    ),
    Case(
        "the same text within a day", _same_text,
        "It waits: the same text went to this address within a day as message ID at T; held since T.",
        ("Somebody finds that it shall leave all the same",), HoldReason.POSSIBLE_DUPLICATE, "not the same text twice a day",
        next_by=("sam", "the workflow", "the clock"),
    ),
    Case(
        "the provider asks to wait", _answered(twilio_answer(429, 20429)),
        "It waits: the provider did not take call 1 at T (20429), and it is tried again.",
        ("The provider takes messages again",), HoldReason.TRY_LATER,
    ),
    Case(
        "an outage of the web hooks", _held(_silent),
        "It waits: what came in between T and T has not been read yet; held since T.",
        ("The web hooks are up",), HoldReason.INBOUND_GAP, "nothing that came in is missing", _UNTIL_STALE,
    ),
    Case(
        "a replaced ledger", _held(lambda world: world.rows("UPDATE ledger_epoch SET incarnation = 'another'")),
        "It waits: the ledger was restored or replaced, and nobody has released it yet; held since T.",
        ("Somebody compares the ledger",), HoldReason.LEDGER_UNVERIFIED, "the ledger is whole", _UNTIL_STALE,
    ),
    Case(
        "being sent", _after(lambda world, run: world.claimed(run)),
        "It is being sent right now: worker-1 began call 1 at T, and has until T.", next_by=("the reconciler",),
    ),
    Case(
        "in doubt", _answered(lost_answer("ReadTimeout")),
        f"{_IN_DOUBT}; the provider is being asked, and nothing is sent again.", next_by=("the reconciler", "eve"),
    ),
    Case(
        "with a person", escalated, f"{_IN_DOUBT}. The provider could not tell, so it is with eve since T.",
        ("Somebody finds out at the provider",), next_by=("eve",),
    ),
    Case(
        "with a person, and one has asked to send it again", _asked_by_one,
        f"{_IN_DOUBT}. The provider could not tell, so it is with eve since T.",
        ("Somebody finds out at the provider",), next_by=("a second person", "eve"),
    ),
    Case(
        "to be sent again", _ready_again,
        "It is to be sent again and waits for its turn: eve asked at T for it to be sent again (the lead waits), ann agreed, "
        "and the provider had no trace of call 1.",
    ),
    # Why it may never leave.
    Case(
        "opted out before it was asked for", _after(lambda world, run: world.opt_out()),
        "It did not go out: the person opted out by a reply at T.",
        ("Only the person can allow it again",), NotSentReason.OPTED_OUT,
    ),
    Case(
        "refused by a provider that knows of an opt-out", _answered(twilio_answer(400, 21610)),
        "It did not go out: twilio refused it at T: the person does not want it, code 21610.",
        ("Only the person can allow it again",),
    ),
    Case(
        "more consent needed than was given", _without_consent,
        "It did not go out: it needs consent for informational messages, and what stands is for conversational ones.",
        ("The person agrees to informational messages",), NotSentReason.NO_CONSENT, "consent covers it", step="again",
    ),
    Case(
        "an address that was found dead", _dead_address,
        "It did not go out: the newest message to this address (message ID) found that it cannot receive sms.",
        ("The lead's address is corrected",), NotSentReason.BAD_ADDRESS, "the address can receive", ("the workflow",),
    ),
    Case(
        "stale", _stale,
        "It did not go out: it became stale at T, before it could leave; before that it was held (paused) since T.",
        ("Nothing brings it back.",), NotSentReason.EXPIRED, "still fresh", ("the workflow",),
    ),
    Case(
        "stopped", _stopped, "It did not go out: its run ended first: sam had asked for it to stop.",
        ("Nothing brings it back",), NotSentReason.RUN_ENDED, "the run goes on",
    ),
    Case(
        "its run has ended", partial(_closed, OutreachOutcome.NO_RESPONSE),
        "It did not go out: its run ended first: every step was taken and nobody answered.",
        ("Nothing brings it back",), next_by=("nobody",),
    ),
    Case(
        "the lead has replied", _replied,
        "It did not go out: its run ended first: the lead had replied at T (affirmative).",
        ("Nothing brings it back",), stopped_at="the run goes on", next_by=("the workflow", "sam"), step="again",
    ),
    Case(
        "refused for its wording", _answered(ses_answer(400, "MessageRejected")),
        "It did not go out: twilio refused it at T: the wording was refused or filtered, code MessageRejected.",
        ("The wording is changed and approved anew",), NotSentReason.REFUSED, next_by=("the workflow", "sam"),
    ),
    Case(
        "closed by a person", _closed_by_person,
        "It did not go out: its answer was lost, and eve found at T that it had not left and closed it.",
        ("Nothing brings it back.",), NotSentReason.CLOSED_BY_PERSON, next_by=("the workflow",),
    ),
)  # fmt: skip
