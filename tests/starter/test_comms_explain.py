import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from models.provider_answers import Answer, AnswerKind
from starter.comms.__main__ import app
from tests.database.outage import fall_silent
from tests.database.world import EMAIL, PHONE, World

comms = CliRunner(env={"COLUMNS": "220"})


@pytest.fixture
def world(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("COMMS_DATABASE__URL", database_url)
    return World(engine)


def test_a_sent_message_is_explained_by_its_gate_its_call_and_its_evidence(world: World) -> None:
    run = world.run()
    world.sent(run, provider_id="SM1")

    said = comms.invoke(app, ["explain", f"outreach/{run}"])

    assert said.exit_code == 0
    assert "Step hello, sms to +1•••••••23: sent: its provider has accepted it" in said.stdout
    assert "passed: no opt-out (none)" in said.stdout
    assert "call 1 by worker-1: accepted" in said.stdout
    assert "the provider's answer says accepted of call 1" in said.stdout
    assert "The provider accepted a message" in said.stdout


def _expire(world: World) -> None:
    world.rows("UPDATE message SET expires_at = clock_timestamp() WHERE step = 'hello'")


def _replace_ledger(world: World) -> None:
    world.rows("UPDATE ledger_epoch SET incarnation = 'another'")


@pytest.mark.parametrize(
    ("spoil", "why", "check"),
    [
        (
            _expire,
            "not sent and never will be: it became stale before it could leave",
            "still fresh",
        ),
        (
            fall_silent,
            "not sent yet: it waits for its turn: a reply or an opt-out may have been missed",
            "nothing that came in is missing (an outage is open)",
        ),
        (
            _replace_ledger,
            "not sent yet: it waits for its turn: the ledger was restored or replaced",
            "the ledger is whole (restored or replaced)",
        ),
    ],
    ids=["stale", "outage", "another ledger"],
)
def test_a_message_that_has_not_left_says_at_which_check_it_stopped(
    world: World, spoil: Callable[[World], None], why: str, check: str
) -> None:
    run = world.run()
    spoil(world)
    world.claim(run)

    said = comms.invoke(app, ["explain", str(run)])

    assert why in said.stdout
    assert f"stopped at: {check}" in said.stdout


def test_a_run_that_no_worker_has_taken_up_says_so(world: World) -> None:
    run = world.request()
    assert "Temporal has not heard of it" in comms.invoke(app, ["explain", str(run)]).stdout

    world.rows("UPDATE run SET started_at = clock_timestamp() WHERE id = :run", run=run)

    assert "no worker has taken it up yet" in comms.invoke(app, ["explain", str(run)]).stdout


def test_a_lost_answer_is_explained_as_doubt(world: World) -> None:
    run = world.run()
    world.ledger.record(world.claimed(run), Answer(kind=AnswerKind.UNKNOWN, reason="ReadTimeout"))

    said = comms.invoke(app, ["explain", str(run)])

    assert "in doubt: the provider's answer was lost" in said.stdout
    assert "call 1 by worker-1: answer lost (ReadTimeout)" in said.stdout


def test_an_explanation_holds_no_address_name_or_wording(world: World) -> None:
    run = world.run(lead=world.lead(first_name="Leandra"))
    world.sent(run)

    for said in (comms.invoke(app, ["explain", str(run)]), comms.invoke(app, ["explain", str(run), "--json"])):
        assert said.exit_code == 0
        assert not [secret for secret in (PHONE, EMAIL, "Leandra", "Reply STOP") if secret in said.stdout]


def test_pauses_and_opt_outs_are_part_of_what_happened(world: World) -> None:
    run = world.run()
    world.pause()
    world.claim(run)
    world.text("STOP")

    said = comms.invoke(app, ["explain", str(run)]).stdout

    assert "Sending was paused: because." in said
    assert "opt-out by sms (source: reply)" in said
    assert "not sent and never will be: the person has opted out" in said


def test_an_explanation_can_be_read_by_programs(world: World) -> None:
    run = world.run()
    world.sent(run, provider_id="SM1")

    said = json.loads(comms.invoke(app, ["explain", str(run), "--json"]).stdout)

    assert said["run"]["id"] == str(run)
    [hello] = [message for message in said["messages"] if message["step"] == "hello"]
    assert (hello["state"], hello["attempts"][0]["outcome"], hello["provider_message_id"]) == (
        "accepted",
        "accepted",
        "SM1",
    )


@pytest.mark.parametrize("written", ["00000000-0000-4000-8000-000000000000", "no id"])
def test_an_unknown_run_is_one_sentence(world: World, written: str) -> None:
    said = comms.invoke(app, ["explain", written])

    assert said.exit_code == 1
    assert "run" in said.stderr
    assert written in said.stderr
