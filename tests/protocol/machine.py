"""The send protocol on real rows, in any order of steps: two workers, a provider, evidence and people.

A claim that is never stepped again is a worker that died; one that is stepped late is a worker that was frozen. The
database's clock is not moved: leases and checks are set back instead.
"""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, consumes, invariant, multiple, precondition, rule

from activities.reconciling import Reconciler
from models.audit import ProviderRecord
from models.database.audit import audit
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound.callbacks import apply_report
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery
from models.errors import TryAgain
from models.failure_classes import FailureClass
from models.identity import token_hash
from models.provider_answers import Answer, lost_answer, no_connection, twilio_answer
from models.sending import Claimed, SendStep
from models.terms import AttemptOutcome, EvidenceSource
from tests.protocol.circumstances import STEPS, Circumstances, mostly
from tests.protocol.provider import Provider
from tests.protocol.second_sends import PEOPLE, SecondSends

ALWAYS = ("I1", "I2", "I3", "I4", "I5", "I6", "I10", "I11", "I12", "I13", "I15", "I16")
"""What must hold after every step; the other invariants are about what is left over at the end."""
ANSWERS = {
    "bad number": twilio_answer(400, 21211),
    "said STOP": twilio_answer(400, 21610),
    "not set up": twilio_answer(401, 20003),
    "try later": twilio_answer(429, 20429),
    "server error": twilio_answer(500, 20500),
}
DELIVERIES = [
    *((delivery, None) for delivery in (Delivery.QUEUED, Delivery.SENT, Delivery.DELIVERED)),
    *((Delivery.UNDELIVERED, failure) for failure in (None, FailureClass.BAD_CONTACT, FailureClass.SUPPRESSED)),
    (Delivery.FAILED, FailureClass.TRANSIENT),
]
News = tuple[Delivery, FailureClass | None]


class SendProtocol(SecondSends):
    """Every way in which messages of a few runs may come to their ends."""

    reached: ClassVar[set[str]] = set()
    """The states that some example has left a message in, and what has come of wishes to send one again."""
    claimed, waiting, arrived, accepted = Bundle("claimed"), Bundle("waiting"), Bundle("arrived"), Bundle("accepted")

    def __init__(self) -> None:
        super().__init__()
        self.provider = Provider()
        self.ledgers = [self.world.another_ledger(self.world.engine, f"worker-{n}") for n in (1, 2)]
        self.reconciler = Reconciler(self.world.reconciliation, {"twilio": self.provider})
        self.began = False
        self.said: dict[str, Answer] = {}
        self.may_arrive = {}

    @rule(
        target=claimed,
        run=Circumstances.runs,
        step=st.sampled_from(STEPS),
        worker=st.integers(0, 1),
        reset=st.booleans(),
    )
    def claim(self, run: UUID, step: str, worker: int, reset: bool) -> Claimed | MultipleResults[Claimed]:
        if reset:  # the workflow starts anew: it plans, then comes to this step again
            self.world.plan(run)
        try:
            asked = self.ledgers[worker].claim(SendStep(run_id=run, step=step), f"workflow-run-{worker}", worker + 1)
        except TryAgain:  # a call of it is under way
            return multiple()
        if not isinstance(asked, Claimed):
            return multiple()
        assert not self.must_not_leave(run, step)
        self.may_arrive[asked.envelope.token] = asked.message_id
        self.began = True
        return asked

    @rule(
        targets=(waiting, arrived),
        claim=consumes(claimed),
        how=mostly("calls", "freezes", "dies", "no line"),
    )
    def call(self, claim: Claimed, how: str) -> Claimed | MultipleResults[Claimed]:
        """A worker looks once more and calls; or was frozen after that look; or dies; or gets no connection."""
        looks_open = how == "calls" and self.ledgers[0].may_still_leave(claim)
        if looks_open or how == "freezes":
            self.provider.receive(claim.envelope)
            return claim
        del self.may_arrive[claim.envelope.token]
        if how != "dies":
            self._record(claim, no_connection("ConnectError"))
        return multiple()

    @rule(targets=(waiting, arrived), run=Circumstances.runs, step=st.sampled_from(STEPS))
    def send(self, run: UUID, step: str) -> Claimed | MultipleResults[Claimed]:
        """The usual: claim and call at once."""
        claim = self.claim(run, step, worker=0, reset=False)
        return self.call(claim, "calls") if isinstance(claim, Claimed) else multiple()

    @rule(
        target=accepted,
        run=Circumstances.runs,
        step=st.sampled_from(STEPS),
        request=st.sampled_from(["arrives", "is lost", "is held"]),
        again=st.booleans(),
    )
    def send_into_silence(self, run: UUID, step: str, request: str, again: bool) -> Claimed | MultipleResults[Claimed]:
        """Nobody answers, and up to the last look the list shows nothing. Then people may want it sent again."""
        claim = self.send(run, step)
        if not isinstance(claim, Claimed):
            return claim
        token = claim.envelope.token
        self._record(claim, lost_answer("ReadTimeout"))
        self.time_passes(run, "last check")
        if request != "is held":
            del self.may_arrive[token]
        if request == "arrives":
            self.provider.accept(token)
        if again:
            self.wish(PEOPLE, waits=True, looks=True)
        return claim if request == "arrives" else multiple()

    @rule(
        target=accepted,
        claim=consumes(arrived),
        answer=st.sampled_from(["yes", "yes", "yes", "server error", *ANSWERS]),
        accepts=st.booleans(),
    )
    def answer(self, claim: Claimed, answer: str, accepts: bool) -> Claimed | MultipleResults[Claimed]:
        """The provider decides. Only its yes and its server errors may mean that it has accepted."""
        token = claim.envelope.token
        del self.may_arrive[token]
        if answer == "yes" or (answer == "server error" and accepts):
            provider_id = self.provider.accept(token)
            self.said[token] = ANSWERS.get(answer, twilio_answer(201, sid=provider_id))
            return claim
        self.said[token] = ANSWERS[answer]
        return multiple()

    @rule(claim=consumes(waiting), hears=mostly(True, False))
    def record(self, claim: Claimed, hears: bool) -> None:
        """The worker records the answer, or that there was none."""
        answer = self.said.get(claim.envelope.token) if hears else None
        self._record(claim, answer or lost_answer("ReadTimeout"))

    @precondition(lambda self: self.began)
    @rule(run=Circumstances.runs, what=st.sampled_from(["lease", "check", "last check"]))
    def time_passes(self, run: UUID, what: str) -> None:
        """A lease is over, or what is unknown is looked up."""
        if what == "lease":
            changes, where = "lease_until = clock_timestamp()", "dispatching"
        else:
            done = len(self.world.timers.checks) - 1 if what == "last check" else 0
            changes, where = f"next_check_at = clock_timestamp(), checks_done = {done}", "unknown"
        self.world.rows(f"UPDATE message SET {changes} WHERE run_id = :run AND state = '{where}'", run=run)
        self.reconciler.sweep()

    @rule(claim=accepted, news=st.lists(st.sampled_from(DELIVERIES), min_size=1, max_size=4))
    def call_back(self, claim: Claimed, news: list[News]) -> None:
        """Reports come in any order, some twice, some that contradict each other."""
        for delivery, failure in news:
            self._report(claim, delivery, failure)

    @precondition(lambda self: self.began)
    @rule(run=Circumstances.runs, with_id=st.booleans())
    def resolve(self, run: UUID, with_id: bool) -> None:
        """A person says what the provider's records show, once nothing can arrive any more."""
        for row in self.world.rows(
            "SELECT id, fence FROM message WHERE run_id = :run AND state IN ('unknown', 'escalated')", run=run
        ):
            if row["id"] not in self.may_arrive.values():
                self._say(row["id"], row["fence"], with_id)

    @invariant()
    def no_promise_is_broken(self) -> None:
        if self.began:
            self._audit(ALWAYS)

    def teardown(self) -> None:
        """Let everything come to its end; then nothing is lost and nobody is forgotten."""
        self.reached.update(row["state"] for row in self.world.rows("SELECT DISTINCT state FROM message"))
        for token in list(self.may_arrive):
            if token in self.provider.calls:
                self.provider.accept(token)
        self.may_arrive.clear()
        for run in self.phone_of:
            self.time_passes(run, "lease")
            self.time_passes(run, "last check")
            self._audit(("I7", "I8"))
            self.resolve(run, with_id=True)
        left = self.world.rows("SELECT id, state FROM message WHERE state IN ('dispatching', 'unknown', 'escalated')")
        assert not left
        self.reached.update(
            row["result"] for row in self.world.rows("SELECT result FROM resend WHERE result IS NOT NULL")
        )
        self._audit((*ALWAYS, "I7", "I8", "I9", "I14"))

    def _record(self, claim: Claimed, answer: Answer) -> None:
        self.ledgers[0].record(claim, answer)

    def _report(self, claim: Claimed, delivery: Delivery, failure: FailureClass | None) -> None:
        token = claim.envelope.token
        source, provider_id = EvidenceSource.CALLBACK, self.provider.accepted_id(token)
        finding = Finding(source, AttemptOutcome.ACCEPTED, "30003", provider_id, delivery, failure)
        with transaction(self.world.engine) as session:
            assert apply_report(session, token_hash(token), finding, Origin("twilio"))

    def _say(self, message_id: UUID, fence: int, with_id: bool) -> None:
        hashed = self.world.one(
            "SELECT token_hash FROM attempt WHERE message_id = :id AND fence = :fence", id=message_id, fence=fence
        )["token_hash"]
        found = [c.provider_id for c in self.provider.calls.values() if c.token_hash == hashed and c.accepted]
        outcome = AttemptOutcome.ACCEPTED if found else AttemptOutcome.NOT_ACCEPTED
        finding = Finding(EvidenceSource.PERSON, outcome, "person", found[0] if found and with_id else None)
        with transaction(self.world.engine) as session:
            apply_evidence(session, message_id, fence, finding, Origin("api", "eve"))

    def _audit(self, invariants: Iterable[str]) -> None:
        report = audit(self.world.engine, ProviderRecord(tuple(self.provider.calls.values())))
        bad = [finding for finding in report.findings if finding.invariant in invariants and finding.bad]
        assert not bad, "\n".join(f"{f.invariant} {f.sentence} {f.examples}" for f in bad)
