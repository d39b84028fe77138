"""What happens to a simulated run from outside, through the same functions as in the service."""

from uuid import UUID, uuid4

from sqlalchemy import Engine, text
from sqlmodel import Session

from deploy.simulation.outside import SimulatedOutside
from models.database import runs
from models.database.engine import now, transaction
from models.database.events import Origin
from models.database.inbound import inbox
from models.database.inbound.callbacks import apply_report
from models.database.inbound.inbox import InboundText
from models.database.locks import scope_key
from models.database.permission import approvals, consent_desk, pauses
from models.database.permission.consent import Address, Proof
from models.database.permission.pauses import Terms
from models.database.sending.evidence import Finding
from models.database.tables.people import Lead
from models.database.tables.runs import Run
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.identity import token_hash
from models.sealing import KeyRing
from models.simulating.order import ChosenEvent, Occurrence
from models.terms import PROVIDERS, AttemptOutcome, Channel, DecisionChannel, DecisionKind, EvidenceSource, PauseScope

OWNER = Origin("simulation", "incident-owner")
_NEWEST = text(
    """
    SELECT m.channel, m.provider_message_id, m.address_hash FROM message m
    WHERE m.run_id = :run AND m.audience = 'contact' AND m.state = 'accepted' ORDER BY m.accepted_at DESC LIMIT 1
    """
)


class Happenings:
    """Lets things happen to one run.

    Args:
        engine: of the throw-away database.
        ring: seals what comes in.
        outside: what has been sent so far.
        run_id: the run.
    """

    def __init__(self, engine: Engine, ring: KeyRing, outside: SimulatedOutside, run_id: UUID) -> None:
        self._engine = engine
        self._ring = ring
        self._outside = outside
        self._run_id = run_id

    def let(self, event: ChosenEvent) -> str | None:
        """Let something happen now, on the simulated clock. Returns why it could not, as a sentence, or None."""
        with transaction(self._engine) as session:
            run = session.get_one(Run, self._run_id)
            match event.kind:
                case Occurrence.REPLY:
                    return self._reply(session, run, event.says)
                case Occurrence.OPT_OUT:
                    return self._reply(session, run, "STOP")
                case Occurrence.DELIVERY_FAILURE:
                    return self._fails(session, FailureClass(event.says))
                case Occurrence.APPROVE | Occurrence.REJECT:
                    return self._decide(session, DecisionKind(event.kind))
                case Occurrence.PAUSE:
                    return self._pause(session, run, event)
                case Occurrence.STOP:
                    runs.stop(session, self._run_id, OWNER)
        return None

    def _reply(self, session: Session, run: Run, words: str) -> str | None:
        lead = session.get_one(Lead, run.lead_id)
        if lead.phone:
            given = InboundText(f"simulated-{uuid4().hex}", lead.phone, words, None, b"")
            inbox.receive_text(session, self._ring, given)
            return None
        if words == "STOP":
            newest = session.execute(_NEWEST, {"run": run.id}).mappings().first()
            if newest is None:
                return "nothing has been sent to which an opt-out could answer"
            where = Address(run.client_id, Channel(newest["channel"]), newest["address_hash"])
            consent_desk.opt_out(session, where, Proof("simulation", "recipient"))
            return None
        return "the lead has no phone number; a simulated reply is a text"

    def _fails(self, session: Session, why: FailureClass) -> str | None:
        newest = session.execute(_NEWEST, {"run": self._run_id}).mappings().first()
        if newest is None:
            return "nothing has been sent whose delivery could fail"
        channel = Channel(newest["channel"])
        delivery = Delivery.UNDELIVERED if channel is Channel.SMS else Delivery.BOUNCED
        accepted, said = AttemptOutcome.ACCEPTED, newest["provider_message_id"]
        finding = Finding(EvidenceSource.CALLBACK, accepted, "simulated", said, delivery, why)
        token = self._outside.channels[channel].taken[-1].token
        apply_report(session, token_hash(token), finding, Origin(PROVIDERS[channel], PROVIDERS[channel]))
        return None

    def _decide(self, session: Session, decision: DecisionKind) -> str | None:
        approval = approvals.of_run(session, self._run_id)
        if approval is None:
            return "this run waits for no decision: its sequence is approved by its texts"
        by = Origin("simulation", approval.approver)
        verdict = approvals.decide(
            session, approval.id, decision, approval.content_hash, by, DecisionChannel.COMMAND, "simulated"
        )
        return f"the decision does not count: {verdict.refusal}" if verdict.refusal is not None else None

    def _pause(self, session: Session, run: Run, event: ChosenEvent) -> str | None:
        scope = scope_key(PauseScope.CLIENT, run.client_id)
        ends = now(session) + event.lasts if event.lasts is not None else None
        pauses.put_on(session, Terms(scope, "simulated", OWNER.actor, ends_at=ends), OWNER)
        return None
