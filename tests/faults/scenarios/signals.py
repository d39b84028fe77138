"""Signals that nobody should have sent: the run lives on, and what could be read of them is on record."""

import asyncio
from typing import Any
from uuid import UUID

from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.service import RPCError

from models.identity import workflow_id
from models.terms import RunKind
from tests.faults.scenario import scenario
from tests.faults.trial import Trial

MEGABYTE = 1_000_000


def _raw(data: bytes, **metadata: bytes) -> RawValue:
    return RawValue(Payload(metadata=metadata, data=data))


POISON: tuple[tuple[str, Any], ...] = (
    ("approve", _raw(b'{"code": ', encoding=b"json/plain")),
    ("pause", _raw(b"\xff\xfe\x00", encoding=b"json/plain")),
    ("stop", _raw(b"who knows", encoding=b"binary/nobodys")),
    ("resume", _raw(b"not sealed by us", encoding=b"binary/encrypted", **{"encryption-key-id": b"k1"})),
    ("roll_back", _raw(b"\x00")),
    ("approve", 12_345),
    ("reject", {"code": None, "of": [1, 2]}),
    ("pause", "please"),
    ("stop", "x" * MEGABYTE),
    ("aprove", "7KQ2M4XNP9RT"),
)
TOO_LARGE = "x" * (3 * MEGABYTE)
"""Temporal takes 2 MB."""
_REFUSALS = """
    SELECT count(*) = %s FROM event
    WHERE run_id = %s::uuid AND kind IN ('signal_refused', 'approval_refused')
"""
_HANDED_OVER = "SELECT count(*) = 1 FROM run WHERE id = %s::uuid AND outcome = 'replied'"


@scenario(
    "F28", "Signals with bad JSON, wrong types, foreign seals, megabytes and unknown names reach running workflows.",
    "the run goes on to its end; what was refused is on record",
)  # fmt: skip
async def are_poison(trial: Trial) -> None:
    leads = trial.leads(2, "faults_answered")
    runs = await trial.start(*leads)
    await trial.settled(*leads, states={"accepted"})
    temporal = await Client.connect(trial.rig.stack.environment["COMMS_TEMPORAL__ADDRESS"])
    for run in runs:
        handle = temporal.get_workflow_handle(workflow_id(RunKind.OUTREACH, UUID(run)))
        for name, argument in trial.random.sample(POISON, len(POISON)):
            await handle.signal(name, argument)
        trial.expect("a signal that is too large", await _refused(handle.signal("pause", TOO_LARGE)), True)
        trial.injected("poison signal", len(POISON) + 1)
    for lead, run in zip(leads, runs, strict=True):
        await trial.until("each of them is on record once", _REFUSALS, len(POISON), run, within=40)
        await trial.rig.office.reply(lead.phone, "Yes, please call me")
        await trial.until("the run ends with the lead handed over", _HANDED_OVER, run)


async def _refused(signal: Any) -> bool:
    try:
        await asyncio.wait_for(signal, 10)
    except RPCError:
        return True
    return False
