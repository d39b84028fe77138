"""The real ledger beside the model: does each of its steps to PostgreSQL and tells how the rows then stand."""

from collections.abc import Callable
from functools import partial

from activities.reconciling import Reconciler
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound.callbacks import apply_report
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery
from models.errors import TryAgain
from models.identity import token_hash
from models.provider_answers import Answer, lost_answer, no_connection, twilio_answer
from models.sending import Claimed, SendStep
from models.terms import AttemptOutcome, EvidenceSource, MessageState
from tests.database.world import World
from tests.protocol.model import Message
from tests.protocol.provider import Provider
from tests.protocol.steps import Kind, Step

SAYS_NO, SAYS_LATER, FAILS = twilio_answer(400, 21211), twilio_answer(429, 20429), twilio_answer(500, 20500)


class Twin:
    """One message of one run, two ledgers for the two workers, one provider."""

    def __init__(self, world: World, number: int) -> None:
        self._world = world
        self._phone = f"+1303556{number:04d}"
        self._run = world.run(lead=world.lead("Lea", self._phone))
        self._ledgers = [world.another_ledger(world.engine, f"worker-{n}") for n in (1, 2)]
        self._provider = Provider()
        self._reconciler = Reconciler(world.reconciliation, {"twilio": self._provider})
        self._claims: dict[int, Claimed] = {}
        self._answers: dict[int, Answer] = {}

    def standing(self) -> Message:
        """Return the message as the model has it."""
        outcomes = [attempt["outcome"] for attempt in self._world.attempts(self._run)]
        row = self._world.message(self._run)
        assert row["fence"] == len(outcomes)
        return Message(MessageState(row["state"]), tuple(o and AttemptOutcome(o) for o in outcomes))

    def do(self, step: Step) -> None:
        """Do one step. A crash is that nothing more is done."""
        worker, fence = step.worker or 0, step.fence
        acts: dict[Kind, Callable[[], object]] = {
            Kind.CLAIM: partial(self._claim, worker),
            Kind.NO_CONNECTION: partial(self._record, worker, fence, no_connection("ConnectError")),
            Kind.CALL: partial(self._call, fence),
            Kind.LOSE: partial(self._record, worker, fence, lost_answer("ReadTimeout")),
            Kind.CRASH: lambda: None,
            Kind.REFUSE: partial(self._answers.__setitem__, fence, SAYS_NO),
            Kind.TRY_LATER: partial(self._answers.__setitem__, fence, SAYS_LATER),
            Kind.FAIL: partial(self._answers.__setitem__, fence, FAILS),
            Kind.ACCEPT: partial(self._accept, fence, fails=False),
            Kind.ACCEPT_AND_FAIL: partial(self._accept, fence, fails=True),
            Kind.LEASE_ENDS: self._end_lease,
            Kind.CALLBACK: partial(self._call_back, fence),
            Kind.LISTED: self._look_up,
            Kind.NOT_LISTED: self._look_up,
            Kind.SAID_SENT: partial(self._person, fence, AttemptOutcome.ACCEPTED),
            Kind.SAID_NOT_SENT: partial(self._person, fence, AttemptOutcome.NOT_ACCEPTED),
            Kind.SENT_AGAIN: partial(self._person, fence, AttemptOutcome.NOT_ACCEPTED, again=True),
            Kind.OPT_OUT: partial(self._world.opt_out, self._phone),
            Kind.EXPIRE: self._expire,
            Kind.RESET: partial(self._world.plan, self._run),
        }
        if step.kind is Kind.READ:
            self._record(worker, fence, self._answers[fence])
        else:
            acts[step.kind]()

    def ask_again(self) -> None:
        """Let both workers ask for a message that may not be claimed."""
        for worker in (0, 1):
            assert not isinstance(self._asked(worker), Claimed)

    def leave(self) -> None:
        """Let no sweep of a later trace find this one's rows."""
        self._set("lease_until = lease_until + interval '1 day', next_check_at = next_check_at + interval '1 day'")

    def _asked(self, worker: int) -> object:
        step = SendStep(run_id=self._run, step="hello")
        try:
            return self._ledgers[worker].claim(step, f"workflow-run-{worker}", activity_attempt=worker + 1)
        except TryAgain:  # a call of it is under way
            return None

    def _claim(self, worker: int) -> None:
        asked = self._asked(worker)
        if isinstance(asked, Claimed):
            self._claims[asked.fence] = asked

    def _record(self, worker: int, fence: int, answer: Answer) -> None:
        self._ledgers[worker].record(self._claims[fence], answer)

    def _call(self, fence: int) -> None:
        self._provider.receive(self._claims[fence].envelope)

    def _accept(self, fence: int, *, fails: bool) -> None:
        provider_id = self._provider.accept(self._claims[fence].envelope.token)
        self._answers[fence] = FAILS if fails else twilio_answer(201, sid=provider_id)

    def _call_back(self, fence: int) -> None:
        token = self._claims[fence].envelope.token
        provider_id = self._provider.accepted_id(token)
        news = Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, "", provider_id, Delivery.SENT)
        with transaction(self._world.engine) as session:
            assert apply_report(session, token_hash(token), news, Origin("twilio"))

    def _person(self, fence: int, outcome: AttemptOutcome, *, again: bool = False) -> None:
        claim = self._claims[fence]
        sent = self._provider.accepted_id(claim.envelope.token) if outcome is AttemptOutcome.ACCEPTED else None
        finding = Finding(EvidenceSource.PERSON, outcome, "person", sent, may_repeat=again)
        with transaction(self._world.engine) as session:
            apply_evidence(session, claim.message_id, fence, finding, Origin("api", "eve"))

    def _end_lease(self) -> None:
        self._set("lease_until = clock_timestamp()")
        self._reconciler.sweep()

    def _look_up(self) -> None:
        """Sweep as if every check but the last had been made."""
        checks = len(self._world.timers.checks)
        self._set(f"next_check_at = clock_timestamp(), checks_done = {checks - 1}")
        self._reconciler.sweep()

    def _expire(self) -> None:
        self._set("expires_at = clock_timestamp()")
        self._claim(0)

    def _set(self, changes: str) -> None:
        self._world.rows(f"UPDATE message SET {changes} WHERE run_id = :run AND step = 'hello'", run=self._run)
