"""A worker is started where its promises could not hold, and refuses, in one line that says why."""

from dataclasses import dataclass, field

from deploy.local.runner import PartFailed
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial


@dataclass(frozen=True)
class Unsafe:
    """One way to be unsafe: what the worker is given or what is done to the database, and the words of the refusal."""

    says: str
    settings: dict[str, str] = field(default_factory=dict)
    spoil: str = "SELECT 1"
    mend: str = "SELECT 1"


_INDEX = "UNIQUE INDEX at_most_one_live_attempt ON attempt (message_id) WHERE outcome IS DISTINCT FROM 'not_accepted'"
_CASES = (
    Unsafe(
        "synchronous_commit is off, must be on; the index at_most_one_live_attempt is missing",
        spoil="ALTER DATABASE comms SET synchronous_commit = off; DROP INDEX at_most_one_live_attempt",
        mend=f"ALTER DATABASE comms RESET synchronous_commit; CREATE {_INDEX}",
    ),
    Unsafe("2 × request <= lease", {"COMMS_TIMERS__LEASE": "PT1S"}),
    Unsafe(
        "production refuses them",
        {"COMMS_ENVIRONMENT": "production", "COMMS_QUIET_HOURS": "enforced", "COMMS_FAILPOINTS": '{"C5": 1}'},
    ),
)
"""One of each kind; every start costs seconds, and the rest is in the tests of the settings."""


@scenario(
    "F39",
    "A worker is started on a database that could lose a claim, without its strongest index, or with unsafe settings.",
    "it refuses to start and says why; the other worker goes on",
    Kind.ROUGH,
)
async def a_worker_refuses_unsafe_ground(trial: Trial) -> None:
    async with trial.alone():
        await trial.rig.stack.stop("worker-2")
        for case in _CASES:
            await trial.rig.ledger.rows(case.spoil)
            try:
                trial.expect(f"refused because {case.says}", await _refusal(trial, case), True)
            finally:
                await trial.rig.ledger.rows(case.mend)
        (lead,) = trial.leads(1)
        await trial.start(lead)
        await trial.settled(lead, states={"accepted"})


async def _refusal(trial: Trial, case: Unsafe) -> bool:
    trial.rig.own["worker-2"] = case.settings
    trial.injected(f"unsafe: {case.says}")
    try:
        await trial.rig.stack.start("worker-2")
    except PartFailed as refused:
        return case.says in str(refused)
    await trial.rig.stack.stop("worker-2")
    return False
