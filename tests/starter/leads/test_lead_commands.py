"""`comms sources`, `leads`, `complete-lead`, `close-lead`, `explain`, against a served application."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from deploy.local.players import angi, twilio_voice
from starter.comms.__main__ import app
from tests.starter.conftest import PUBLIC, Furnished
from tests.starter.leads.conftest import PHONE
from tests.starter.served import served, settings_on

ANGI = ["sources", "set", "angi", "acme", "--client", "acme-plumbing", "--sequence", "quote_request"]


class Desk:
    """A shell of sales ops."""

    def __init__(self, url: str, key: str, database: str) -> None:
        self.url = url
        self.environment = {
            "COMMS_API_KEY": key,
            "COMMS_API_URL": url,
            "COLUMNS": "240",
            "COMMS_DATABASE__URL": database,
        }

    def comms(self, *arguments: str, answer: str | None = None) -> Result:
        return CliRunner(env=self.environment).invoke(app, list(arguments), input=answer)

    def angi(self, **how: Any) -> str:
        """Let a lead of Angi come in; return the id of its event."""
        said = json.loads(self.comms(*ANGI, "--new-secret", "--json").stdout)
        sent = angi.sent(angi.lead(PHONE, **how), said["secret"])
        path = said["web_hook"].removeprefix(PUBLIC)
        httpx.post(self.url + path, content=sent.body, headers=sent.headers).raise_for_status()
        [event] = json.loads(self.comms("leads", "--json").stdout)["events"]
        return str(event["id"])


@pytest.fixture
def desk(database_url: str, furnished: Furnished) -> Iterator[Desk]:
    with served(settings_on(database_url)) as url:
        yield Desk(url, furnished[1]["sales-ops"], database_url)


def test_a_source_is_set_and_its_secret_shown_once(desk: Desk) -> None:
    first, second = desk.comms(*ANGI), desk.comms(*ANGI, "--owner", "sales-ops")

    address, secret = first.stdout.split()
    assert address.startswith(f"{PUBLIC}/webhooks/leads/angi/acme.")
    assert len(secret) > 40
    assert second.stdout.split() == [address]
    listed = desk.comms("sources", "list", "--json").stdout
    assert json.loads(listed)[0]["sequence"] == "quote_request"
    assert secret not in listed + desk.comms("sources", "list").stdout


def test_a_vendors_secret_is_asked_for_and_taken_as_it_is(desk: Desk) -> None:
    order = ["sources", "set", "twilio_voice", "acme", "--client", "acme-plumbing", "--sequence", "missed_call"]
    without = desk.comms(*order)
    address = desk.comms(*order, "--secret", answer="token-of-acme\n").stdout.split()[-1]

    assert "auth token" in without.stderr
    sent = twilio_voice.sent(twilio_voice.missed_call(PHONE), address, "token-of-acme")
    answer = httpx.post(desk.url + address.removeprefix(PUBLIC), content=sent.body, headers=sent.headers)
    assert answer.status_code == 200
    assert "accepted" in desk.comms("leads", "--state", "accepted").stdout


def test_a_lead_that_waits_is_listed_with_the_reason_completed_and_followed(desk: Desk) -> None:
    event = desk.angi(compliant=False)

    [listed] = json.loads(desk.comms("leads", "--state", "needs_person", "--json").stdout)["events"]
    assert listed["in_words"].startswith("the person did not permit automated messages")
    assert event in desk.comms("leads", "--state", "needs_person").stdout
    assert "Una" in desk.comms("leads", event).stdout
    refused = desk.comms("complete-lead", event)
    assert "it still cannot go on: the person did not permit automated messages" in refused.stderr
    done = desk.comms("complete-lead", event, "--consent", "sms:conversational:call:call/2231")
    assert "It is accepted. Follow it with: comms explain" in done.stderr


def test_a_lead_that_waits_is_closed_with_a_reason(desk: Desk) -> None:
    event = desk.angi(compliant=False)

    assert desk.comms("close-lead", event, "--reason", "booked by phone").exit_code == 0
    assert "does not wait" in desk.comms("close-lead", event, "--reason", "again").stderr
    assert "closed" in desk.comms("leads").stdout


def test_explain_says_why_a_lead_has_no_run_and_what_would_have_to_change(desk: Desk) -> None:
    event = desk.angi(compliant=False)
    said = desk.comms("explain", event).stdout

    assert "needs person: it waits for a person; nothing is sent" in said
    assert "because the person did not permit automated messages" in said
    assert "what would help: A permission of the person, with its proof." in said
    assert "A lead event came in: needs person." in said
    assert "On somebody's list" in said
    assert PHONE not in said
    assert "Una" not in said


def test_explain_leads_from_a_lead_event_to_its_run(desk: Desk) -> None:
    event = desk.angi()
    found = json.loads(desk.comms("explain", event, "--json").stdout)

    assert found["lead_event"]["state"] == "accepted"
    assert desk.comms("explain", found["lead_event"]["run_id"]).exit_code == 0


def test_an_id_of_nothing_is_told(desk: Desk) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"

    assert "there is no lead event" in desk.comms("leads", nobody).stderr
    assert desk.comms("explain", nobody).exit_code == 1
