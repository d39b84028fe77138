"""What people and recipients do meanwhile, and what may then not be claimed any more. Kept beside the ledger, not read from it."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, multiple, precondition, rule
from sqlmodel import Session

from models.database.engine import transaction
from models.database.permission import consent
from models.database.permission.approvals import decide
from models.database.permission.consent import Address, Proof
from models.terms import (
    ApprovalPolicy,
    ConsentKind,
    ConsentStatus,
    DecisionChannel,
    DecisionKind,
    OutreachOutcome,
    PauseScope,
)
from tests.database.world import APPROVER, World

PHONES = ("+13035550123", "+13035550124")
NAMES = ("Ada", "Ben")
"""Few, so that runs share an address and sometimes even the wording."""
STEPS = ("hello", "again")
MOST_RUNS = 5
Drawn = TypeVar("Drawn")


def mostly(usual: Drawn, *others: Drawn) -> st.SearchStrategy[Drawn]:
    """Draw the usual two times in three: if most gates were shut, little would ever be sent."""
    return st.sampled_from((usual,) * 2 * len(others) + others)


class EveryRule:
    """Hypothesis leaves rules out of each example. Few would then hold a claim, its call and its answer: leave in all."""

    def is_enabled(self, name: str) -> bool:
        return True


class Circumstances(RuleBasedStateMachine):
    """Runs to two phones; opt-outs, pauses, approvals, stops."""

    runs = Bundle("runs")
    new_world: Callable[[], World]
    """Gives an empty database; each search brings its own."""

    def __init__(self) -> None:
        super().__init__()
        self._rules_strategy.enabled_rules_strategy = st.just(EveryRule())  # type: ignore[arg-type]
        self.world = self.new_world()
        self.phone_of: dict[UUID, str] = {}
        self.policy_of: dict[UUID, ApprovalPolicy] = {}
        self.opted_out: set[str] = set()
        self.held: set[str] = set()
        self.paused: set[tuple[PauseScope, UUID]] = set()
        self.ended: set[UUID] = set()
        self.expired: set[tuple[UUID, str]] = set()
        self.approved_runs: set[UUID] = set()
        self.approved_steps = set(STEPS)

    def must_not_leave(self, run: UUID, step: str) -> str:
        """Return why a claim would break a promise, or an empty string."""
        by_template = self.policy_of[run] is ApprovalPolicy.TEMPLATE
        phone = self.phone_of[run]
        reasons = {
            "opted out": phone in self.opted_out,
            "a doubtful opt-out": phone in self.held,
            "paused": any(scope is not PauseScope.RUN or of_run == run for scope, of_run in self.paused),
            "ended": run in self.ended,
            "expired": (run, step) in self.expired,
            "not approved": step not in self.approved_steps if by_template else run not in self.approved_runs,
        }
        return ", ".join(reason for reason, holds in reasons.items() if holds)

    @initialize(target=runs)
    def two_runs(self) -> MultipleResults[UUID]:
        return multiple(*(self._run(phone, NAMES[0], ApprovalPolicy.TEMPLATE) for phone in PHONES))

    @precondition(lambda self: len(self.phone_of) < MOST_RUNS)
    @rule(
        target=runs,
        phone=st.sampled_from(PHONES),
        name=st.sampled_from(NAMES),
        policy=mostly(ApprovalPolicy.TEMPLATE, ApprovalPolicy.RUN),
    )
    def another_run(self, phone: str, name: str, policy: ApprovalPolicy) -> UUID:
        return self._run(phone, name, policy)

    @rule(phone=st.sampled_from(PHONES), says=mostly(ConsentStatus.GRANTED, *ConsentStatus))
    def consent(self, phone: str, says: ConsentStatus) -> None:
        """The recipient opts out or in again, or a reply leaves it open until a person has read it."""
        match says:
            case ConsentStatus.REVOKED:
                self.world.opt_out(phone)
                self.opted_out.add(phone)
                self.held.discard(phone)  # it was one after all
            case ConsentStatus.GRANTED:
                self.world.grant(ConsentKind.INFORMATIONAL, where=phone, source="start_word")
                self.opted_out.discard(phone)
            case ConsentStatus.HELD:
                self._doubt(phone, consent.hold)
                self.held.add(phone)
            case ConsentStatus.RELEASED:
                self._doubt(phone, consent.release)
                self.held.discard(phone)

    @rule(scope=mostly(None, *PauseScope), run=runs)
    def pause(self, scope: PauseScope | None, run: UUID) -> None:
        """Somebody pauses a scope, or resumes whatever is paused."""
        if scope is not None:
            self.world.pause(scope, run=run)
            self.paused.add((scope, run))
            return
        for paused, of_run in self.paused:
            self.world.pause(paused, paused=False, run=of_run)
        self.paused.clear()

    @rule(run=runs, step=st.sampled_from(STEPS), decision=mostly(DecisionKind.APPROVE, *DecisionKind))
    def decide(self, run: UUID, step: str, decision: DecisionKind) -> None:
        """An approver decides on the wording of the run, or on the template that it is made of."""
        approved = decision is DecisionKind.APPROVE
        if self.policy_of[run] is ApprovalPolicy.RUN:
            assert self.world.decide(run, decision).refusal is None
            (self.approved_runs.add if approved else self.approved_runs.discard)(run)
        else:
            self._decide_on_template(step, decision)
            (self.approved_steps.add if approved else self.approved_steps.discard)(step)

    @precondition(lambda self: len(self.phone_of) > len(PHONES))
    @rule(run=runs, step=st.sampled_from(STEPS), end=mostly("expired", "stopped", "closed"))
    def end(self, run: UUID, step: str, end: str) -> None:
        match end:
            case "stopped":
                self.world.stop(run)
                self.ended.add(run)
            case "closed":
                self.world.control.close(run, OutreachOutcome.STOPPED)
                self.ended.add(run)
            case "expired":
                where = {"run": run, "step": step}
                self.world.rows(
                    "UPDATE message SET expires_at = clock_timestamp() WHERE run_id = :run AND step = :step", **where
                )
                self.expired.add((run, step))

    def _run(self, phone: str, name: str, policy: ApprovalPolicy) -> UUID:
        run = self.world.request(policy, self.world.lead(name, phone))
        self.world.plan(run)
        if phone not in self.phone_of.values():
            self.world.grant(ConsentKind.INFORMATIONAL, where=phone)
        self.phone_of[run], self.policy_of[run] = phone, policy
        return run

    def _doubt(self, phone: str, says: Callable[[Session, Address, Proof], None]) -> None:
        with transaction(self.world.engine) as session:
            says(session, self.world.address(where=phone), Proof("person", "eve"))

    def _decide_on_template(self, step: str, decision: DecisionKind) -> None:
        approval = self.world.template_approvals[STEPS.index(step)]
        shown = self.world.one("SELECT content_hash FROM approval WHERE id = :id", id=approval)["content_hash"]
        with transaction(self.world.engine) as session:
            assert decide(session, approval, decision, shown, APPROVER, DecisionChannel.API).refusal is None
