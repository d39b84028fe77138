"""Who typed a decision: what the server has verified counts, what a client says of itself does not."""

from collections.abc import AsyncIterator

import pytest
from temporalio.api.common.v1 import Principal
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent, WorkflowExecutionSignaledEventAttributes

from models.terms import ApprovalPolicy, OutreachOutcome
from tests.workflows.world import World, a_step
from workflows.principals import principal_of

SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED


def signaled(name: str, who: str = "", identity: str = "") -> HistoryEvent:
    attributes = WorkflowExecutionSignaledEventAttributes(signal_name=name, identity=identity)
    principal = Principal(type="jwt", name=who) if who else None
    return HistoryEvent(
        event_type=SIGNALED, workflow_execution_signaled_event_attributes=attributes, principal=principal
    )


async def history(*events: HistoryEvent) -> AsyncIterator[HistoryEvent]:
    for event in events:
        yield event


@pytest.mark.parametrize(("nth", "who"), [(1, "jwt:ann"), (2, ""), (3, "jwt:bob"), (4, "")])
async def test_the_sender_is_read_from_the_event_of_that_very_signal(nth: int, who: str) -> None:
    started = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    events = (
        started, signaled("nudge", "relay"), signaled("approve", "ann"), signaled("pause", "eve"),
        signaled("reject", identity="ann@desk"), signaled("approve", "bob"),
    )  # fmt: skip

    assert await principal_of(history(*events), nth) == who


async def test_a_chosen_identity_approves_nothing_and_is_recorded(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN)
    await world.until_state("awaiting_approval")
    chosen = await type(world.client).connect(
        world.client.service_client.config.target_host, namespace=world.client.namespace, identity="approver"
    )
    await chosen.get_workflow_handle(world.handle.id).signal("approve")
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'approval_refused'", 1)

    assert [event.reason for event in world.events("approval_refused")] == ["no_verified_identity"]
    assert world.scalar("SELECT state FROM message WHERE run_id = :run") == "planned"
    await world.type_signal("approve", await world.code())
    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
