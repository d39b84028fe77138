"""Every way in which a message can wait or end: how it comes about on real rows, and what its explanation then says.

`T` stands for a moment, `ID` for an id, `N` for the number of a consent event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from models.delivery import Delivery
from models.explaining.checks import CHECKS
from models.failure_classes import FailureClass
from models.provider_answers import lost_answer, ses_answer, twilio_answer
from models.sending import HoldReason, NotSentReason
from models.terms import OutreachOutcome
from tests.database import ways
from tests.database.doubts import escalated
from tests.database.world import World


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


_UNTIL_STALE = ("the workflow", "the clock")
_PASSED = f"It went out because all {len(CHECKS)} checks passed at T"
_IN_DOUBT = "It is in doubt: the answer to call 1 of T was lost (ReadTimeout), so it may or may not have left"
_SM = "SM" + "a" * 32

CASES = (
    # How a message goes out.
    Case(
        "accepted", ways.after(lambda world, run: world.sent(run)),
        f"{_PASSED}; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "No receipt has come yet that it was delivered.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "delivered", ways.failed(Delivery.DELIVERED, FailureClass.UNKNOWN),
        f"{_PASSED}; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "It was delivered at T.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "accepted, and its answer was lost", ways.lost_then_called_back,
        f"{_PASSED}; worker-1 made call 1, and its answer was lost, but a report of the "
        f"provider proved at T that twilio has it as {_SM}. It was delivered at T.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "held and refused before", ways.late,
        "It was held since T (paused). The provider had not taken call 1 (20429), so it was tried again. "
        f"{_PASSED}; worker-1 made call 2, and twilio accepted it at T as {_SM}. "
        "No receipt has come yet that it was delivered.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "sent again", ways.sent_again,
        "Eve asked at T for it to be sent again (the lead waits), ann agreed, and the provider had no trace of call 1. "
        f"{_PASSED}; worker-1 made call 2, and twilio accepted it at T as {_SM}. "
        "No receipt has come yet that it was delivered.",
        next_by=("the lead", "the workflow"),
    ),
    Case(
        "not delivered, and may be repeated", ways.failed(Delivery.UNDELIVERED, FailureClass.TRANSIENT),
        f"{_PASSED}; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
        "It was not delivered at T: a disturbance that may pass, code 30003.",
        ("The disturbance passes. There is one repeat",),
    ),
    Case(
        "not delivered, and the address is dead", ways.failed(Delivery.UNDELIVERED, FailureClass.BAD_CONTACT),
        f"{_PASSED}; worker-1 made call 1, and twilio accepted it at T as {_SM}. "
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
        "paused", ways.held(World.pause), "It waits: this client is paused by sam since T: because; held since T.",
        ("The pause of this client is lifted",), HoldReason.PAUSED, "not paused", _UNTIL_STALE,
    ),
    Case(
        "its turn after a pause is yet to come", ways.held(ways.drained_slowly),
        "It waits: a pause had held it, and what was held leaves at a limited rate; it waits for its turn, which comes at T; "
        "held since T.",
        ("Its turn among those that the pause had held comes.",), HoldReason.DRAINING, "its turn has come",
    ),
    Case(
        "the lead is away", ways.held(ways.away), "It waits: the lead has said to be away until T; held since T.",
        ("The lead is back, or writes before.",), HoldReason.AWAY, "the lead is not away",
    ),
    Case(
        "quiet hours", ways.held(ways.shut),
        "It waits: it was outside the allowed hours where the person may be (LOCAL in America/Denver); allowed from T; "
        "held since T.",
        ("The allowed hours begin, at T.",), HoldReason.QUIET_HOURS, "outside quiet hours",
    ),
    Case(
        "written to as often as the rules allow", ways.held(ways.capped),
        "It waits: the person has been written to as often as the rules allow (3 in 24 hours, 3 allowed, rule 7); "
        "open again at T; held since T.",
        ("Enough time has passed since the person was last written to, at T.",), HoldReason.FREQUENCY_CAP, "within the caps",
    ),
    Case(
        "something more urgent is under way", ways.held(ways.outranked),
        "It waits: a run of kind incident to the same person is open and comes first; held since T.",
        ("The more urgent run to the same person ends.",), HoldReason.GIVES_WAY, "nothing to the person comes first",
        _UNTIL_STALE,
    ),
    Case(
        "the follow-up is over", ways.held(ways.followed_up_enough),
        "It did not go out: the follow-up is over (6 messages in this enrolment, 6 are allowed).",
        ("Nothing brings it back: the enrolment has had all it may have.",), NotSentReason.FOLLOW_UP_OVER,
        "the follow-up is not over",
    ),
    Case(
        "not approved yet", ways.unapproved, "It waits: ann has not decided yet (approval ID) until T.",
        ("This very wording is approved, by ann or another approver.",), HoldReason.NOT_APPROVED, next_by=("ann", "the workflow"),
    ),
    Case(
        "rejected, and its run not yet told", ways.rejected, "It waits: ann rejected it at T (approval ID).",
        ("This very wording is approved, by ann or another approver.",), next_by=("ann", "the workflow"),
    ),
    Case(
        "a doubtful opt-out", ways.held(ways.doubtful),
        "It waits: a reply at T may be an opt-out, and sam must read it; held since T.",
        ("Somebody reads the reply",), HoldReason.DOUBTFUL_OPT_OUT, "no doubtful opt-out", _UNTIL_STALE,
    ),
    Case(
        "its wording must not leave", ways.named_like_a_later_client,
        "It waits: it holds what must not leave (other client in the body); held since T.",
        ("Somebody reads what was found.",), HoldReason.WORDING, "its wording may be read",
        next_by=("sam", "the workflow", "the clock"),
    ),
    Case(
        "the same text within a day", ways.same_text,
        "It waits: the same text went to this address within a day as message ID at T; held since T.",
        ("Somebody finds that it shall leave all the same",), HoldReason.POSSIBLE_DUPLICATE, "not the same text twice a day",
        next_by=("sam", "the workflow", "the clock"),
    ),
    Case(
        "the provider asks to wait", ways.answered(twilio_answer(429, 20429)),
        "It waits: the provider did not take call 1 at T (20429), and it is tried again.",
        ("The provider takes messages again",), HoldReason.TRY_LATER,
    ),
    Case(
        "an outage of the web hooks", ways.held(ways.silent),
        "It waits: what came in between T and T has not been read yet; held since T.",
        ("The web hooks are up",), HoldReason.INBOUND_GAP, "nothing that came in is missing", _UNTIL_STALE,
    ),
    Case(
        "a replaced ledger", ways.held(lambda world: world.rows("UPDATE ledger_epoch SET incarnation = 'another'")),
        "It waits: the ledger was restored or replaced, and nobody has released it yet; held since T.",
        ("Somebody compares the ledger",), HoldReason.LEDGER_UNVERIFIED, "the ledger is whole", _UNTIL_STALE,
    ),
    Case(
        "being sent", ways.after(lambda world, run: world.claimed(run)),
        "It is being sent right now: worker-1 began call 1 at T, and has until T.", next_by=("the reconciler",),
    ),
    Case(
        "in doubt", ways.answered(lost_answer("ReadTimeout")),
        f"{_IN_DOUBT}; the provider is being asked, and nothing is sent again.", next_by=("the reconciler", "eve"),
    ),
    Case(
        "with a person", escalated, f"{_IN_DOUBT}. The provider could not tell, so it is with eve since T.",
        ("Somebody finds out at the provider",), next_by=("eve",),
    ),
    Case(
        "with a person, and one has asked to send it again", ways.asked_by_one,
        f"{_IN_DOUBT}. The provider could not tell, so it is with eve since T.",
        ("Somebody finds out at the provider",), next_by=("a second person", "eve"),
    ),
    Case(
        "to be sent again", ways.ready_again,
        "It is to be sent again and waits for its turn: eve asked at T for it to be sent again (the lead waits), ann agreed, "
        "and the provider had no trace of call 1.",
    ),
    # Why it may never leave.
    Case(
        "opted out before it was asked for", ways.after(lambda world, run: world.opt_out()),
        "It did not go out: the person opted out by a reply at T.",
        ("Only the person can allow it again",), NotSentReason.OPTED_OUT,
    ),
    Case(
        "refused by a provider that knows of an opt-out", ways.answered(twilio_answer(400, 21610)),
        "It did not go out: twilio refused it at T: the person does not want it, code 21610.",
        ("Only the person can allow it again",),
    ),
    Case(
        "more consent needed than was given", ways.without_consent,
        "It did not go out: it needs consent for informational messages, and what stands is for conversational ones.",
        ("The person agrees to informational messages",), NotSentReason.NO_CONSENT, "consent covers it", step="again",
    ),
    Case(
        "an address that was found dead", ways.dead_address,
        "It did not go out: the newest message to this address (message ID) found that it cannot receive sms.",
        ("The lead's address is corrected",), NotSentReason.BAD_ADDRESS, "the address can receive", ("the workflow",),
    ),
    Case(
        "stale", ways.stale,
        "It did not go out: it became stale at T, before it could leave; before that it was held (paused) since T.",
        ("Nothing brings it back.",), NotSentReason.EXPIRED, "still fresh", ("the workflow",),
    ),
    Case(
        "stopped", ways.stopped, "It did not go out: its run ended first: sam had asked for it to stop.",
        ("Nothing brings it back",), NotSentReason.RUN_ENDED, "the run goes on",
    ),
    Case(
        "its run has ended", partial(ways.closed, OutreachOutcome.NO_RESPONSE),
        "It did not go out: its run ended first: every step was taken and nobody answered.",
        ("Nothing brings it back",), next_by=("nobody",),
    ),
    Case(
        "the lead has replied", ways.replied,
        "It did not go out: its run ended first: the lead had replied at T (affirmative).",
        ("Nothing brings it back",), stopped_at="the run goes on", next_by=("the workflow", "sam"), step="again",
    ),
    Case(
        "refused for its wording", ways.answered(ses_answer(400, "MessageRejected")),
        "It did not go out: twilio refused it at T: the wording was refused or filtered, code MessageRejected.",
        ("The wording is changed and approved anew",), NotSentReason.REFUSED, next_by=("the workflow", "sam"),
    ),
    Case(
        "closed by a person", ways.closed_by_person,
        "It did not go out: its answer was lost, and eve found at T that it had not left and closed it.",
        ("Nothing brings it back.",), NotSentReason.CLOSED_BY_PERSON, next_by=("the workflow",),
    ),
)  # fmt: skip
