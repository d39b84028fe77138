"""Signals that are none, as anybody with access to Temporal can send them: the run lives, and each leaves a trace."""

from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest

from models.terms import ApprovalPolicy, OutreachOutcome
from tests.workflows.world import World, a_step

LONG = 60.0
NEARLY_2_MB = 2 * 1024 * 1024 - 4096
JSON, SEALED = b"json/plain", b"binary/encrypted"


async def send(world: World, name: str, *inputs: tuple[bytes, bytes]) -> None:
    """Send a signal by the bare protocol, each input as its encoding and its bytes."""
    await world.client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=world.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=world.handle.id),
            signal_name=name,
            input=Payloads(payloads=[Payload(metadata={"encoding": how}, data=data) for how, data in inputs]),
            request_id=str(uuid4()),
        )
    )


POISON = {
    "broken_json": [(JSON, b'{"code": "7KQ')],
    "no_utf8": [(JSON, b'"\xff\xfe"')],
    "wrong_type": [(JSON, b"17")],
    "deep": [(JSON, b"[" * 1_000)],
    "unknown_encoding": [(b"binary/unheard-of", b"\x00\x01")],
    "no_encoding": [(b"", b"hello")],
    "claims_to_be_sealed": [(SEALED, b"not by us")],
    "one_of_two": [(JSON, b'"fine"'), (JSON, b"{")],
}
NAMES = ("approve", "reject", "pause", "resume", "stop", "roll_back", "unheard of")
TRACES = "FROM event WHERE run_id = :run AND kind IN ('signal_refused', 'approval_refused')"


@pytest.mark.parametrize("inputs", [pytest.param(inputs, id=name) for name, inputs in POISON.items()])
async def test_poison_leaves_a_trace_and_the_run_alive(world: World, inputs: list[tuple[bytes, bytes]]) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    for name in ("nudge", *NAMES):
        await send(world, name, *inputs)
    await world.until(f"SELECT count(*) {TRACES}", len(NAMES))
    assert not world.scalar("SELECT bool_or(paused) FROM pause")

    await world.reply("Call me")
    assert await world.outcome() is OutreachOutcome.REPLIED
    assert world.scalar(f"SELECT count(*) {TRACES}") == len(NAMES)


@pytest.mark.parametrize("end", [b"", b'"'], ids=["broken", "whole"])
async def test_inputs_of_two_megabytes_change_nothing(world: World, end: bytes) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    for name in NAMES:
        await send(world, name, (JSON, b'"' + b"x" * NEARLY_2_MB + end))
    # The server gives up tasks during which so much arrives, so that one may be recorded more than once.
    await world.until(f"SELECT count(*) >= {len(NAMES)} {TRACES}", True)
    assert not world.scalar("SELECT bool_or(paused) FROM pause")

    await world.reply("Call me")
    assert await world.outcome() is OutreachOutcome.REPLIED


async def test_a_code_in_broken_json_decides_nothing_and_is_spent(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN)
    code = await world.code()
    await send(world, "approve", (JSON, f'"{code}'.encode()))
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'signal_refused'", 1)
    await world.type_signal("approve", code)
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'approval_refused'", 1)

    assert world.events("approval_decided") == []
    assert code not in str(world.events("signal_refused"))
