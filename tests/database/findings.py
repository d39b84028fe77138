"""What a provider says about an attempt, told to the ledger."""

from uuid import UUID

from models.database.engine import transaction
from models.database.events import Origin
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.terms import AttemptOutcome, EvidenceSource
from tests.database.doubts import SID
from tests.database.world import World


def find(world: World, message_id: UUID, fence: int, finding: Finding) -> None:
    with transaction(world.engine) as session:
        apply_evidence(session, message_id, fence, finding, Origin("twilio"))


def callback(
    provider_id: str = SID, delivery: Delivery = Delivery.SENT, failure: FailureClass | None = None
) -> Finding:
    return Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, "30003", provider_id, delivery, failure)
