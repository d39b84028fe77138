"""The ledger is restored from a dump that is older than what was sent."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from deploy.local.initdb import program
from deploy.local.postgres import DATABASE
from tests.faults.command_line import comms, run
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.scene import database_of

USERS = (*WORKERS, "relay", "api")
SAYS = "Please stop texting me"
_HELD = "SELECT held_since IS NOT NULL FROM ledger_epoch"
_RECOVERED = "SELECT count(*) FROM attempt WHERE worker = 'recovered'"
_ENDED_ROWLESS = "SELECT count(*) FROM owner_task WHERE kind = 'run_without_rows' AND subject = %s"
"""It may have ended before it could be listed; that is told too."""
_FOREIGN = "SELECT count(*) FROM foreign_message"


@scenario(
    "F37",
    "The database is restored from a dump, after which messages were sent and somebody has opted out.",
    "all is held; a comparison binds what was sent; after a person's release nothing is sent twice",
    Kind.OWN,
    within=180,
)
async def restored_from_a_dump(trial: Trial) -> None:
    async with trial.own_rig():
        early, late, waiting, lost = trial.leads(2), trial.leads(3), trial.leads(2), trial.leads(1)
        (stopping,) = trial.leads(1)
        await trial.start(*early)
        await trial.settled(*early, states={"accepted"})
        await trial.rig.put_pause(True)
        await trial.start(*late, stopping)
        await trial.settled(*late, stopping, states={"ready"})
        dumped, dump = datetime.now(UTC), trial.state / "ledger.dump"
        await run(program("pg_dump"), "--format=custom", f"--file={dump}", database_of(trial.rig.stack))
        await trial.rig.office.reply(stopping.phone, SAYS)
        await trial.rig.put_pause(False)
        (rowless,) = await trial.start(*lost)
        await trial.settled(*late, *lost, states={"accepted"})
        await _restore(trial, dump)

        await trial.until("the ledger is held", _HELD)
        await trial.rig.put_pause(False)  # in the dump it is still on
        await trial.start(*waiting)
        await trial.settled(*waiting, states={"ready"})
        trial.expect("requests meanwhile", [len(trial.calls(lead)) for lead in waiting], [0, 0])
        said = await comms(trial.rig.stack, "reconcile", "--since", dumped.isoformat(), "--release", "--yes")
        named = rowless in said or await trial.rig.ledger.rows(_ENDED_ROWLESS, rowless) == [(1,)]
        trial.expect("the workflow without rows is named to a person", named, True)
        told = await trial.settled(*late, *waiting, states={"accepted"})
        (opted_out,) = await trial.settled(stopping)
        trial.expect("who has opted out", opted_out.state, "suppressed")
        trial.expect(
            "requests for each", [len(trial.calls(lead)) for lead in (*early, *late, *waiting, *lost)], [1] * 8
        )
        trial.expect("attempts", [list(message.outcomes) for message in told], [["accepted"]] * 5)
        trial.expect("recovered", await trial.rig.ledger.rows(_RECOVERED), [(3,)])
        trial.expect("foreign", await trial.rig.ledger.rows(_FOREIGN), [(1,)])


async def _restore(trial: Trial, dump: Path) -> None:
    """Put the database of the dump into the place of the one there is, while nobody uses it."""
    await asyncio.gather(*(trial.kill(part) for part in USERS))
    address = database_of(trial.rig.stack)
    with psycopg.connect(address.removesuffix(f"/{DATABASE}") + "/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    await run(program("pg_restore"), f"--dbname={address}", str(dump))
    trial.injected("restore of an older dump")
    await asyncio.gather(*(trial.begin(part) for part in USERS))
