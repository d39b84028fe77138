"""Evidence in any order, any of it any number of times: the same row in the end."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database.engine import transaction
from models.database.events import Origin
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.terms import AttemptOutcome, EvidenceSource
from tests.database.world import World

ACCEPTED, UNKNOWN, NOT = AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN, AttemptOutcome.NOT_ACCEPTED
LOST = Finding(EvidenceSource.ANSWER, UNKNOWN, "ReadTimeout")
LEASE_OVER = Finding(EvidenceSource.LEASE, UNKNOWN, "lease_over")
NEVER_SENT = Finding(EvidenceSource.ANSWER, NOT, "ConnectError", failure=FailureClass.TRANSIENT, may_repeat=True)
REFUSED = Finding(EvidenceSource.ANSWER, NOT, "21211", failure=FailureClass.BAD_CONTACT)

numbers = count()


def _said(provider_id: str, delivery: Delivery | None, failure: FailureClass | None = None) -> Finding:
    source = EvidenceSource.CALLBACK if delivery else EvidenceSource.LIST
    return Finding(source, ACCEPTED, "", provider_id, delivery, failure)


def _story(provider_id: str, *deliveries: tuple[Delivery | None, FailureClass | None]) -> list[Finding]:
    return [_said(provider_id, delivery, failure) for delivery, failure in deliveries]


LISTED = (None, None)
QUEUED, SENT, DELIVERED, READ = ((d, None) for d in (Delivery.QUEUED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ))
FAILED = (Delivery.FAILED, FailureClass.TRANSIENT)
UNDELIVERED = (Delivery.UNDELIVERED, FailureClass.BAD_CONTACT)
STORIES: dict[str, tuple[list[Finding], tuple[Any, ...]]] = {
    "delivered": ([LOST], (QUEUED, SENT, DELIVERED)),
    "listed": ([LOST, LEASE_OVER], (LISTED, SENT)),
    "failed": ([LOST], (QUEUED, SENT, FAILED)),
    "failed, then undelivered": ([LOST], (FAILED, UNDELIVERED)),
    "undelivered, yet it arrived": ([LEASE_OVER], (UNDELIVERED, SENT, DELIVERED)),
    "undelivered, yet it was read": ([], (UNDELIVERED, QUEUED, READ)),
    "refused, yet it was accepted": ([REFUSED], (QUEUED, SENT)),
    "never sent, yet it was accepted": ([NEVER_SENT, LOST], (QUEUED, FAILED)),
}


@pytest.mark.parametrize("story", STORIES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(luck=st.data())
def test_any_order_and_any_repetition_of_the_same_evidence_ends_in_the_same_row(
    world: World, story: str, luck: st.DataObject
) -> None:
    first, deliveries = STORIES[story]

    def end(shuffled: bool) -> dict[str, Any]:
        number = next(numbers)
        findings = [*first, *_story(f"SM{number:032x}", *deliveries)]
        if shuffled:
            again = luck.draw(st.lists(st.sampled_from(findings), max_size=3))
            findings = luck.draw(st.permutations(findings + again))
        return _row_after(world, number, findings)

    assert end(shuffled=True) == end(shuffled=False)


def _row_after(world: World, number: int, findings: list[Finding]) -> dict[str, Any]:
    phone = f"+1303555{number:04d}"
    run = world.run(lead=world.lead(phone=phone))
    claim = world.claimed(run)
    for finding in findings:
        with transaction(world.engine) as session:
            apply_evidence(session, claim.message_id, claim.fence, finding, Origin("twilio"))
    message = world.message(run)
    [attempt] = world.attempts(run)
    bound = message["provider_message_id"] == f"SM{number:032x}"
    same = ("state", "reason", "delivery", "failure_class", "next_check_at", "fence")
    return {name: message[name] for name in same} | {"bound": bound, "attempt": attempt["outcome"]}


def test_a_repetition_that_names_the_failure_counts_whichever_comes_first(world: World) -> None:
    silent, telling = (Delivery.UNDELIVERED, None), (Delivery.UNDELIVERED, FailureClass.BAD_CONTACT)

    one = _row_after(world, next(numbers), _story(f"SM{0:032x}", silent, telling))
    other = _row_after(world, next(numbers), _story(f"SM{1:032x}", telling, silent))

    assert one["failure_class"] == other["failure_class"] == "bad_contact"
