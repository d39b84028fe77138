"""The acting commands against a served application, under people's own keys."""

import json
from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from activities.library import Library, read_library
from deploy.local.ports import free_port
from models.database.engine import transaction
from models.database.handoffs import Handoffs
from models.database.seeding import add_library
from starter.comms.__main__ import app
from tests.starter.builders import claimed, inbound
from tests.starter.conftest import Furnished, signed
from tests.starter.served import served, settings_on

LEAD = ["--client", "acme-plumbing", "--lead-id", "call-1", "--phone", "(303) 555-0123", "--first-name", "Zephyrine"]
MISSED_CALL = ["start", "--sequence", "missed_call", "--source", "missed_call", *LEAD]


class Desk:
    """One shell, in which several people work."""

    def __init__(self, url: str, keys: dict[str, str]) -> None:
        self.url = url
        self.keys = keys
        self.runner = CliRunner(env={"COLUMNS": "200"})

    def comms(self, *arguments: str, by: str = "sales-ops", answer: str | None = None) -> Result:
        environment = {"COMMS_API_KEY": self.keys.get(by, by), "COMMS_API_URL": self.url}
        return self.runner.invoke(app, list(arguments), env=environment, input=answer)

    def texts(self, words: str, **changes: str) -> None:
        form, path = inbound(words, **changes), "/webhooks/twilio/inbound"
        httpx.post(self.url + path, data=form, headers=signed(path, form)).raise_for_status()

    def started(self, *command: str) -> str:
        said = self.comms(*command)
        assert said.exit_code == 0, said.stderr
        return said.stdout.strip()


@pytest.fixture
def database_url(furnished_url: str) -> str:
    """Address of a database with staff, library and a client."""
    return furnished_url


@pytest.fixture
def desk(database_url: str, furnished: Furnished) -> Iterator[Desk]:
    with served(settings_on(database_url)) as url:
        yield Desk(url, furnished[1])


@pytest.fixture
def waiting(engine: Engine, desk: Desk) -> str:
    """An approval that waits: of a text that was added without an approver."""
    newer = read_library().templates[0].model_copy(update={"version": 2})
    with transaction(engine) as session:
        [approval] = add_library(session, Library(templates=(newer,), sequences=()), "copywriter").approvals
    return str(approval)


def test_a_start_prints_the_run_and_is_safe_to_repeat(desk: Desk) -> None:
    run = desk.started(*MISSED_CALL)

    assert desk.started(*MISSED_CALL) == run
    [listed] = json.loads(desk.comms("runs", "--json").stdout)["runs"]
    assert listed["id"] == run
    assert run in desk.comms("runs", "--state", "requested").stdout


def test_leads_that_the_crm_did_not_take_are_listed_and_offered_again(desk: Desk, engine: Engine) -> None:
    run, handoffs = desk.started(*MISSED_CALL), Handoffs(engine)
    handoffs.given_to_person(handoffs.prepare(UUID(run)).handoff_id, "HubSpot answered 403 FORBIDDEN")

    assert "FORBIDDEN" in desk.comms("handoffs").stdout
    assert f"run {run}: offered again" in desk.comms("hand-over", "--all").stderr
    assert f"run {run}: nothing to offer" in desk.comms("hand-over", run).stderr
    assert "Name the run" in desk.comms("hand-over").stderr


def test_a_mistake_in_a_start_is_told_in_the_words_of_the_api(desk: Desk) -> None:
    said = desk.comms(*MISSED_CALL, "--consent", "sms")
    other = desk.comms(*[part.replace("acme-plumbing", "nobody") for part in MISSED_CALL])

    assert "CHANNEL:KIND:SOURCE" in said.stderr
    assert (said.exit_code, other.exit_code) == (2, 1)
    assert "there is no such client" in other.stderr


def test_steering_needs_the_role_for_it(desk: Desk) -> None:
    run = desk.started(*MISSED_CALL)

    refused = desk.comms("pause", run, "--reason", "wrong number block")
    paused = desk.comms("pause", f"outreach/{run}", "--reason", "wrong number block", by="incident-owner")
    again = desk.comms("pause", run, "--reason", "once more", by="incident-owner")
    resumed = desk.comms("resume", run, "--reason", "fixed", by="incident-owner")
    stopped = desk.comms("stop", run, "--reason", "client asked")
    declined = desk.comms("roll-back", run, "--reason", "client asked", by="incident-owner", answer="n\n")
    rolled_back = desk.comms("roll-back", run, "--reason", "client asked", by="incident-owner", answer="y\n")

    assert refused.exit_code == 1
    assert "incident_owner" in refused.stderr
    assert [said.exit_code for said in (paused, again, resumed, stopped, rolled_back)] == [0, 0, 0, 0, 0]
    assert "pause: done" in paused.stderr
    assert declined.exit_code == 1
    assert "Rollback of run" in rolled_back.stdout
    assert "It was asked for by incident-owner" in desk.comms("roll-back", run, "--show").stderr
    assert "it was so before" in again.stderr


def test_what_became_of_a_lead_is_said_and_shown(desk: Desk) -> None:
    run = desk.started(*MISSED_CALL)
    authorization = {"Authorization": f"Bearer {desk.keys['sales-ops']}"}
    lead = httpx.get(f"{desk.url}/v1/runs/{run}", headers=authorization).json()["lead_id"]

    vague = desk.comms("outcome", lead, "--booked")
    both = desk.comms("outcome", lead, "--booked", "--lost", "price", "--evidence", "staff:call")
    booked = desk.comms(
        "outcome", lead, "--booked", "--evidence", "invoice:INV-9", "--amount", "480.5", "--basis", "paid"
    )
    shown = json.loads(desk.comms("outcome", lead, "--json").stdout)

    assert vague.exit_code == both.exit_code == 2
    assert "--evidence KIND:ID" in vague.stderr
    assert booked.exit_code == 0, booked.stderr
    assert "It counts as booked." in booked.stderr
    assert (shown["current"]["amount_minor"], shown["current"]["basis"]) == (48_050, "paid")


def test_a_decision_is_taken_on_the_wording_that_is_shown(desk: Desk, waiting: str) -> None:
    [listed] = [one for one in json.loads(desk.comms("approvals", "--json").stdout) if one["id"] == waiting]
    declined = desk.comms("approve", waiting, by="approver", answer="n\n")
    unread = desk.comms("approve", waiting, "--yes", "--json", by="approver")
    refused = desk.comms("approve", waiting, "--yes", by="engineer")
    approved = desk.comms("approve", waiting, by="approver-2", answer="y\n")
    outdated = desk.comms("reject", waiting, "--reason", "typo", "--yes", "--content-hash", "0" * 64, by="approver")

    shown = desk.comms("approvals", waiting, by="approver")

    assert (listed["decided_at"], unread.exit_code) == (None, 2)
    assert declined.exit_code == refused.exit_code == outdated.exit_code == 1
    assert "Reply STOP to opt out" in approved.stdout
    assert "Reply STOP to opt out" in shown.stdout
    assert "approver-2" in shown.stdout
    assert "The approval is now approved." in approved.stderr
    assert "read it again" in outdated.stderr


def test_a_doubtful_reply_is_read_and_released(desk: Desk) -> None:
    desk.started(*MISSED_CALL)
    desk.texts("stpo")
    tasks = {task["kind"]: task for task in json.loads(desk.comms("tasks", "--json").stdout)}
    doubt = tasks["doubtful_opt_out"]

    listed = desk.comms("tasks")
    read = desk.comms("read", doubt["evidence"]["inbox"])
    not_closed = desk.comms("close", doubt["id"], "--note", "done")
    released = desk.comms("release", doubt["id"])
    closed = desk.comms("close", tasks["answer_reply"]["id"], "--note", "called back")

    assert doubt["id"] in listed.stdout
    assert read.stdout.strip() == "stpo"
    assert not_closed.exit_code == 1
    assert "/v1/consent" in not_closed.stderr
    assert "The address is released" in released.stderr
    assert closed.exit_code == 0, closed.stderr
    assert json.loads(desk.comms("tasks", "--json").stdout) == []


def test_a_text_of_an_unknown_number_is_assigned(desk: Desk) -> None:
    run = desk.started(*MISSED_CALL)
    desk.texts("stop", From="+13035550177")
    [task] = json.loads(desk.comms("tasks", "--json").stdout)

    said = desk.comms("assign", task["evidence"]["inbox"], "--run", run)

    assert said.exit_code == 0, said.stderr
    assert json.loads(desk.comms("tasks", "--json").stdout) == []
    assert desk.comms("assign", task["evidence"]["inbox"]).exit_code == 2


def test_a_message_in_doubt_is_resolved_by_one_finding(desk: Desk) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    assert "--was-sent ID, --not-sent or --send-again" in desk.comms("resolve", unknown, by="incident-owner").stderr
    assert "there is no message" in desk.comms("resolve", unknown, "--not-sent", by="incident-owner").stderr


@pytest.mark.parametrize("command", ["pause", "resume", "stop", "roll-back"])
def test_an_unknown_run_is_one_sentence(desk: Desk, command: str) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    said = desk.comms(command, unknown, "--reason", "because", by="incident-owner")

    assert said.exit_code == 1
    assert unknown in said.stderr


def test_a_missing_key_and_a_wrong_key_are_one_sentence(desk: Desk) -> None:
    assert "API key is missing" in desk.comms("runs", by="").stderr
    assert "API key of an active member of staff" in desk.comms("runs", by="ck_wrong").stderr


def test_an_api_that_does_not_answer_is_one_sentence() -> None:
    said = Desk(f"http://127.0.0.1:{free_port()}", {"sales-ops": "ck_x"}).comms("tasks")

    assert said.exit_code == 3
    assert "The API does not answer" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_message_is_sent_again_by_two_people_and_the_list_shows_what_waits(desk: Desk, engine: Engine) -> None:
    message, _ = claimed(engine, UUID(desk.started(*MISSED_CALL)))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET outcome = 'unknown'")
        connection.exec_driver_sql(
            "UPDATE message SET state = 'escalated', next_check_at = NULL, lease_until = clock_timestamp() - interval '1 hour'"
        )
        connection.exec_driver_sql(
            "INSERT INTO owner_task (id, kind, subject, message_id, owner, instruction, evidence) "
            f"VALUES (gen_random_uuid(), 'message_in_doubt', '{message}', '{message}', 'incident-owner', 'Look.', '{{}}')"
        )
    again = ("resolve", str(message), "--send-again")

    without_reason = desk.comms(*again, by="incident-owner")
    asked = desk.comms(*again, "--reason", "the lead waits", by="incident-owner")
    listed = desk.comms("tasks", "--json")
    confirmed = desk.comms(*again, by="approver")
    refused = desk.comms("resolve", str(message), "--not-sent", by="approver")

    assert (without_reason.exit_code, "say why" in without_reason.stderr) == (1, True)
    assert (asked.exit_code, "waits for a second person" in asked.stderr) == (0, True)
    assert "asked by incident-owner" in listed.stdout
    assert (confirmed.exit_code, "Two people agree" in confirmed.stderr) == (0, True)
    assert (refused.exit_code, "incident_owner" in refused.stderr) == (1, True)


def test_a_client_is_paused_shown_previewed_and_resumed(desk: Desk) -> None:
    desk.started(*MISSED_CALL)
    nothing = desk.comms("pauses")
    unclear = desk.comms("pause", "--reason", "r", by="incident-owner")
    paused = desk.comms(
        "pause", "--client", "acme-plumbing", "--reason", "fire", "--until", "2h", "--held-work", "freeze_clock",
        by="incident-owner",
    )  # fmt: skip
    shown = desk.comms("pauses")
    [listed] = json.loads(desk.comms("pauses", "--json").stdout)
    declined = desk.comms("resume", listed["id"], "--reason", "over", by="incident-owner", answer="n\n")
    resumed = desk.comms("resume", listed["id"], "--reason", "over", "--yes", "--follow", by="incident-owner")
    afterwards = desk.comms("pauses", listed["id"])

    assert "Nothing is paused." in nothing.stderr
    assert "Name one of" in unclear.stderr
    assert paused.exit_code == 0, paused.stderr
    assert "Acme Plumbing, since" in paused.stderr
    assert "1 open run" in paused.stderr
    assert "Resume Acme Plumbing like this?" in declined.stderr
    assert "by hand: fire" in shown.stdout
    assert declined.exit_code == 1
    assert resumed.exit_code == 0, resumed.stderr
    assert "What the resume would do" in resumed.stdout
    assert "lifted" in afterwards.stdout


def test_an_opt_out_by_voice_is_recorded_and_its_history_read(desk: Desk) -> None:
    desk.started(*MISSED_CALL, "--email", "zephyrine@example.com")
    person = ["--client", "acme-plumbing", "--phone", "(303) 555-0123"]
    nobody = desk.comms("consent", "record", "opt-out", "--evidence", "call/1")
    recorded = desk.comms("consent", "record", "opt-out", "--evidence", "call/1", "--source", "voice", *person)
    shown = desk.comms("consent", "history", *person)
    by_machine = json.loads(desk.comms("consent", "history", "--json", *person).stdout)

    assert nobody.exit_code != 0
    assert "--client" in nobody.stderr
    assert "revoked on" in recorded.stderr
    assert "opted out" in shown.stdout
    assert "call/1" in shown.stdout
    assert by_machine[0]["history"][-1]["source"] == "voice"

    opt_in = desk.comms("consent", "record", "opt-in", "--evidence", "form/2", "--kind", "informational", *person)
    assert opt_in.exit_code == 0, opt_in.stderr
    assert "up to informational messages" in desk.comms("consent", "history", *person).stdout
