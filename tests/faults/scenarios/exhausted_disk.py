"""The disk of PostgreSQL is full, until somebody makes room."""

import asyncio
import json
import subprocess
import time
from dataclasses import replace
from uuid import uuid4

import httpx

from deploy.local import commands, initdb, parts, postgres
from deploy.local.parts import Part
from deploy.local.processes import Command
from deploy.local.site import Site
from tests.faults.correspondence import NotPossibleHere
from tests.faults.scenario import Kind, scenario
from tests.faults.small_disk import NoSmallDisk, SmallDisk
from tests.faults.trial import Trial
from tests.stack.scene import Lead

SIZE = 160 << 20
LOG_SIZE = {"max_wal_size": "48MB", "min_wal_size": "32MB"}
FULL_FOR = 4.0
"""Seconds; longer than a lease and than Temporal waits for an activity."""
TRIES = 60
"""Starts within which a full disk must have been noticed: what is deleted makes room for a few."""


@scenario("F34", "The disk of PostgreSQL is full for some seconds.",
          "503 from the API, no call without a claim; when there is room again everything goes on", Kind.OWN,
          within=180)  # fmt: skip
async def disk_is_full(trial: Trial) -> None:
    mount_point = trial.state / "small-disk"
    mount_point.mkdir(parents=True, exist_ok=True)
    try:
        with SmallDisk(mount_point, SIZE, initdb.account()) as disk:
            await _play(trial, disk)
    except NoSmallDisk as refused:
        raise NotPossibleHere(f"no file system can be made: {refused}") from None


async def _play(trial: Trial, disk: SmallDisk) -> None:
    async with trial.own_rig(more_parts=[_postgres_on(disk)]) as rig:
        early = trial.leads(6)
        await trial.start(*early)
        await trial.settled(*early[:2], states={"accepted"})
        disk.fill()
        trial.injected("full disk")
        taken = await _start_until_refused(trial)
        before = len(rig.logs["sms"].sends())
        await asyncio.sleep(FULL_FOR)
        calls, under_way = len(rig.logs["sms"].sends()) - before, len(early) - 2 + len(taken)
        trial.expect(f"at most {under_way} calls meanwhile, those of claims before it", min(calls, under_way), calls)
        disk.free()
        freed = time.monotonic()
        await rig.stack.start("postgres")  # in case it has given up
        await trial.recovered("a full disk", since=freed, within=60)
        for message in await trial.settled(*early, *taken, within=60):
            trial.expect("acceptances", trial.acceptances(message), int(message.state == "accepted"))


async def _start_until_refused(trial: Trial) -> list[Lead]:
    """Start lead after lead until the API answers 503; return those it has taken."""
    taken: list[Lead] = []
    for lead in trial.leads(TRIES):
        status = await _ask_to_start(trial, lead)
        if status == 503:
            return taken
        trial.expect("the API answers 202 or 503", status, 202)
        taken.append(lead)
    trial.expect(f"one of {TRIES} starts is refused", None, 503)
    return taken


async def _ask_to_start(trial: Trial, lead: Lead) -> int:
    """Ask once, unlike the office, which waits out every 503; return the status."""
    keys = json.loads(trial.rig.stack.site.credentials.read_text())
    headers = {"Authorization": f"Bearer {keys['sales-ops']}", "Idempotency-Key": str(uuid4())}
    trial.addresses.append(lead.phone)
    async with httpx.AsyncClient(base_url=trial.rig.stack.urls["api"], timeout=20, headers=headers) as http:
        return (await http.post("/v1/outreach", json=lead.order())).status_code


def _postgres_on(disk: SmallDisk) -> Part:
    """PostgreSQL as in every stack, but for where its data lies and how long its log may grow."""

    def prepare(site: Site) -> None:
        if not site.data.is_symlink():
            commands.make_database(site)
            subprocess.run(("cp", "-a", site.data, disk.path / "data"), check=True, capture_output=True, text=True)
            site.data.rename(site.data.with_name("postgres-before"))
            site.data.symlink_to(disk.path / "data")

    def command(site: Site) -> Command:
        return postgres.command(site.data, site.ports["postgres"], LOG_SIZE)

    (usual,) = (part for part in parts.ALL if part.name == "postgres")
    return replace(usual, command=command, prepare=prepare)
