"""The supervisor itself, on the two parts that hold state."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.client import Client

from deploy.local import postgres
from deploy.local.clean_state import forget
from deploy.local.directory_lock import AlreadyRunning
from deploy.local.leftovers import ProcessRecord
from deploy.local.parts import Part
from deploy.local.ports import LOOPBACK, stable_ports
from deploy.local.processes import Child, Command
from deploy.local.readiness import Facts
from deploy.local.runner import PartFailed
from deploy.local.site import Site
from deploy.local.stack import LocalStack, StackOptions
from models.settings import Settings
from tests.conftest import StartStack
from tests.supervisor.state_directory import STATEFUL, recorded, rows, write_a_row


@pytest.fixture
async def running(start_stack: StartStack) -> LocalStack:
    return await start_stack(StackOptions(parts={"postgres"}))


async def test_ports_secrets_and_state_survive_a_restart(state_dir: Path) -> None:
    async with LocalStack(state_dir, StackOptions(parts=STATEFUL)) as stack:
        before = stack.environment
        write_a_row(state_dir)
        client = await Client.connect(before["COMMS_TEMPORAL__ADDRESS"])
        await client.start_workflow("Remembered", id="remembered", task_queue="nobody-listens")

    async with LocalStack(state_dir, StackOptions(parts=STATEFUL)) as stack:
        assert stack.environment == before
        assert rows(state_dir) == [(1,)]
        client = await Client.connect(stack.environment["COMMS_TEMPORAL__ADDRESS"])
        assert (await client.get_workflow_handle("remembered").describe()).workflow_type == "Remembered"


async def test_a_second_stack_in_the_same_directory_is_refused(running: LocalStack) -> None:
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        await LocalStack(running.state, StackOptions(parts={"postgres"})).start_all()
    assert running.running("postgres")


async def test_the_state_of_a_running_stack_is_not_forgotten(running: LocalStack) -> None:
    with pytest.raises(AlreadyRunning):
        forget(running.state)
    assert running.site.data.exists()


async def test_a_killed_database_comes_back_with_what_it_had_committed(running: LocalStack) -> None:
    write_a_row(running.state)
    await running.kill("postgres")
    await running.start("postgres")
    assert rows(running.state) == [(1,)]


async def test_a_part_that_does_not_come_up_shows_the_end_of_its_log(state_dir: Path) -> None:
    (state_dir / "temporal.db").write_text("not a database " * 100)

    with pytest.raises(PartFailed, match="file is not a database") as failure:
        await LocalStack(state_dir, StackOptions(parts=STATEFUL)).start_all()

    assert str(state_dir / "logs" / "temporal.log") in str(failure.value)
    assert recorded(state_dir) == {}
    forget(state_dir)


async def test_a_part_that_dies_is_started_again(start_stack: StartStack) -> None:
    stack = await start_stack(StackOptions(parts={"postgres"}, restart_dead_parts=True))
    dead = stack.pid("postgres")
    os.kill(dead, signal.SIGKILL)
    for _ in range(400):
        if stack.running("postgres") and stack.pid("postgres") != dead:
            break
        await asyncio.sleep(0.025)
    assert stack.pid("postgres") != dead


def test_a_taken_port_is_replaced_and_said(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first, _ = stable_ports(file, ["api"])
    with socket.create_server((LOOPBACK, first["api"])):
        second, changes = stable_ports(file, ["api"])
    assert second["api"] != first["api"]
    assert str(first["api"]) in changes[0]
    assert stable_ports(file, ["api"]) == (second, [])


def test_a_leftover_is_ended_but_not_a_stranger_with_its_process_id(tmp_path: Path) -> None:
    file = tmp_path / "pids.json"
    leftover, stranger = (subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in "ab")
    try:
        record = ProcessRecord(file)
        record.add("leftover", leftover.pid, signal.SIGTERM)
        record.add("stranger", stranger.pid, signal.SIGTERM)
        entries = json.loads(file.read_text())
        entries["stranger"]["started"] -= 3600
        file.write_text(json.dumps(entries))

        assert ProcessRecord(file).end_leftovers() == ["leftover"]
        assert leftover.poll() is not None
        assert stranger.poll() is None
    finally:
        for process in (leftover, stranger):
            process.kill()
            process.communicate()


async def test_the_settings_of_the_stack_are_complete_and_lead_nowhere_else(
    running: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    addresses = [
        settings.public_base_url,
        settings.twilio.base_url,
        settings.ses.endpoint_url,
        settings.ses.queue_endpoint_url,
        settings.crm.base_url,
    ]
    assert all(address.startswith(f"http://{LOOPBACK}:") for address in addresses)
    assert settings.environment == "local"


async def test_nobody_chooses_real_providers_for_a_stack_by_setting_them(
    running: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_TWILIO__BASE_URL", "https://twilio.example.com")

    assert running.site.settings()["COMMS_TWILIO__BASE_URL"].startswith(f"http://{LOOPBACK}:")


async def test_a_frozen_part_answers_nobody_until_it_is_thawed_and_can_be_stopped_while_frozen(
    running: LocalStack,
) -> None:
    port, password = running.site.ports["postgres"], running.site.secrets.database_password
    running.freeze("postgres")
    assert not postgres.accepts(port, password)
    running.thaw("postgres")
    assert postgres.accepts(port, password)
    running.freeze("postgres")
    await running.stop("postgres")
    assert not running.running("postgres")


async def test_a_part_can_take_anothers_place_and_have_settings_of_its_own(start_stack: StartStack) -> None:
    def command(site: Site) -> Command:
        return Command(("/bin/sh", "-c", "echo $GREETING; sleep 60"), {"GREETING": "nobody"}, site.state)

    async def greeted(_: Site, child: Child) -> Facts | None:
        return {"greeting": child.output().strip()} if child.output() else None

    greeter = Part("twilio", "Greeter", command, greeted)
    options = StackOptions(
        parts={"twilio"},
        more_parts=[greeter],
        own_settings=lambda name, site: {"GREETING": f"{name} at {len(site.ports)}"},
    )
    stack = await start_stack(options)
    assert stack.site.facts["twilio"] == {"greeting": f"twilio at {len(stack.site.ports)}"}
