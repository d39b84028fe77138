import json
import re

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError
from typer.testing import CliRunner, Result

from models.database.engine import snapshot
from models.explaining.checks import CHECKS
from starter.comms.__main__ import app
from tests.database.world import EMAIL, PHONE, World

comms = CliRunner(env={"COLUMNS": "220"})


@pytest.fixture
def world(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("COMMS_DATABASE__URL", database_url)
    monkeypatch.setenv("COMMS_QUIET_HOURS", "always_open")
    return World(engine)


def explain(*arguments: object) -> Result:
    return comms.invoke(app, ["explain", *(str(argument) for argument in arguments)])


def said_of(identity: object) -> str:
    """What is printed, without the lines and breaks that the width of the terminal makes."""
    said = explain(identity)
    assert said.exit_code == 0, said.stderr
    return " ".join(re.sub("[│├└─]", " ", said.stdout).split())


def test_a_run_is_explained_message_by_message(world: World) -> None:
    run = world.run()
    world.sent(run, provider_id="SM1")

    said = said_of(f"outreach/{run}")

    assert "It goes on: it waits for a reply or for its next step." in said
    assert "Step hello, sms to +1•••••••23" in said
    assert f"Why did this go out? It went out because all {len(CHECKS)} checks passed at" in said
    assert "2 passed no opt-out: No opt-out stands for this address." in said
    assert "Call 1 by worker-1 began; the provider has accepted it." in said
    assert "Step mail, email to l•••@•••.example" in said
    assert "The provider accepted a message" in said


def test_a_message_that_waits_says_what_would_have_to_change_and_how(world: World) -> None:
    run = world.run()
    world.pause()
    world.claim(run)

    said = said_of(world.message(run)["id"])

    assert "Why has this not gone out yet? It waits: this client is paused by sam since" in said
    assert "The pause of this client is lifted; every check is then made again. Who: an incident owner" in said
    assert re.search(r"comms resume [0-9a-f-]{36} --reason", said)
    assert re.search(r"\d+ stopped not paused: This client is paused by sam", said)
    assert "not asked: its turn has come, the ledger is whole, nothing that came in is missing" in said
    assert "outside quiet hours (a check before it had stopped the message)" in said
    assert "If it were asked now: Asked now, it would be stopped: this client is paused" in said
    assert f"{len(CHECKS)} passed outside quiet hours" in said


def test_a_message_that_waits_for_nothing_any_more_says_so(world: World) -> None:
    run = world.run()
    world.pause()
    world.claim(run)
    world.pause(paused=False)

    said = said_of(world.message(run)["id"])

    assert "If it were asked now: Asked now, it would pass every check." in said
    assert "What would have to change" not in said


def test_a_run_that_no_worker_has_taken_up_says_so(world: World) -> None:
    run = world.request()
    assert "Temporal is told of the run. (the relay)" in said_of(run)

    world.rows("UPDATE run SET started_at = clock_timestamp() WHERE id = :run", run=run)

    assert "A worker takes the run up and plans its messages." in said_of(run)


def test_a_lead_is_explained_with_its_runs_its_consent_and_what_they_wrote(world: World) -> None:
    run = world.run(lead=(lead := world.lead()))
    world.sent(run)
    world.text("STOP")
    world.rows("UPDATE run SET started_at = clock_timestamp()")

    said = said_of(lead)

    assert f"Lead {lead} of acme" in said
    assert "It came by web form and is here since" in said
    assert f"Step hello, sms: It went out because all {len(CHECKS)} checks passed" in said
    assert "Step again, sms: It did not go out: the person opted out by a reply at" in said
    assert "sms to +1•••••••23: Nothing may be sent by sms: the person opted out by a reply at" in said
    assert (
        "email to l•••@•••.example: Informational messages and whatever needs less may be sent by email (form at"
        in said
    )
    assert "Read as “opt out” at" in said
    assert "The run ends as soon as its workflow has read that. (the workflow)" in said


def test_an_address_of_a_client_finds_its_leads_and_is_never_printed(world: World) -> None:
    leads = [world.lead(), world.lead()]
    other = world.lead(phone="+13035550124")

    by_phone = explain("--address", "(303) 555-0123", "--client", "acme")
    told = json.loads(explain("--address", EMAIL, "--client", "acme", "--json").stdout)

    assert by_phone.exit_code == 0
    assert all(f"Lead {lead} of acme" in by_phone.stdout for lead in leads)
    assert str(other) not in by_phone.stdout
    assert [lead["lead_id"] for lead in told] == [str(lead) for lead in (other, *reversed(leads))]
    nobody = explain("--address", "+1 303 555 0199", "--client", "acme")
    assert (nobody.exit_code, nobody.stderr.split(",")[0]) == (1, "no lead of acme has the address +1•••••••99")
    assert PHONE[5:] not in by_phone.stdout


def test_the_beginning_of_an_id_is_enough_if_it_fits_only_one(world: World) -> None:
    run = world.run()
    assert f"Run {run}" in said_of(str(run)[:8])

    message = world.message(run)["id"]
    twin = f"{str(message)[:20]}000-000000000000"
    world.rows("INSERT INTO message SELECT (jsonb_populate_record(m, :new)).* FROM message m WHERE id = :id",
               id=message, new=json.dumps({"id": twin, "send_key": "twin", "occurrence": 2}))  # fmt: skip
    said = explain(str(message)[:12])

    assert said.exit_code == 1
    assert f"message {message}" in said.stderr
    assert f"message {twin}" in said.stderr


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("00000000-0000-4000-8000-000000000000", "'00000000-0000-4000-8000-000000000000'"),
        ("no id", "'no id'"),
        ("abc123", "'abc123'"),
        ("+1 (303) 555-0123", "+1•••••••23 (for an address: --address … --client …)"),
        (EMAIL, "l•••@•••.example (for an address: --address … --client …)"),
    ],
)
def test_what_is_no_id_of_anything_is_one_sentence(world: World, written: str, shown: str) -> None:
    said = explain(written)

    assert said.exit_code == 1
    assert said.stderr.startswith(f"{shown} is not the id of a message, a run or a lead")
    assert PHONE[5:] not in said.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("--address", PHONE), ("--client", "acme"), ("12345678", "--address", PHONE, "--client", "acme")]
)
def test_a_command_that_is_not_understood_ends_with_2(world: World, arguments: tuple[str, ...]) -> None:
    said = explain(*arguments)

    assert said.exit_code == 2
    assert PHONE not in said.stderr


def test_an_explanation_holds_no_address_name_or_wording(world: World) -> None:
    run = world.run(lead=(lead := world.lead(first_name="Leandra")))
    world.sent(run)
    world.text("Call me at my sister's, please")

    for identity in (run, lead, world.message(run)["id"]):
        for said in (explain(identity), explain(identity, "--json")):
            assert said.exit_code == 0
            assert not [word for word in (PHONE, EMAIL, "Leandra", "Reply STOP", "sister") if word in said.stdout]


def test_pauses_and_opt_outs_are_part_of_what_happened(world: World) -> None:
    run = world.run()
    world.pause()
    world.claim(run)
    world.text("STOP")

    said = said_of(run)

    assert "Sending was paused: because." in said
    assert "Opt-out (source: reply, by recipient). (consent event" in said
    assert "It did not go out: the person opted out by a reply" in said


def test_an_explanation_can_be_read_by_programs(world: World) -> None:
    run = world.run()
    world.sent(run, provider_id="SM1")

    said = json.loads(explain(run, "--json").stdout)

    assert said["run_id"] == str(run)
    [hello] = [message for message in said["messages"] if message["step"] == "hello"]
    assert (hello["state"], hello["provider_message_id"]) == ("accepted", "SM1")
    assert [check["verdict"] for check in hello["checks"]] == ["passed"] * len(CHECKS)
    assert hello["checks"][2]["inputs"]["event"]["source"] == "form"
    assert "run_requested" not in said["events"][0]["in_words"]


def test_explaining_writes_nothing(world: World) -> None:
    run = world.run()
    before = world.rows("SELECT xmin::text, id FROM message ORDER BY id")

    assert explain(run).exit_code == 0

    assert world.rows("SELECT xmin::text, id FROM message ORDER BY id") == before
    with pytest.raises(InternalError, match="read-only"), snapshot(world.engine) as session:
        session.execute(text("UPDATE message SET reason = NULL"))
