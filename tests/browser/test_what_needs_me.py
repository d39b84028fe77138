"""What needs me, in a real browser: what waits is found, its evidence is read, and each answer is given by a form."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from models.database import events
from models.database.engine import now, transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.incidents import chasing
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.sending.evidence import IN_DOUBT_TASK
from models.database.tables.incidents import Incident
from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE
from tests.openapi.stocked import CLIENT, Stocked
from tests.starter.builders import claimed, inbound
from tests.starter.conftest import CURRENT

TESTS = Origin("test")


STILL_OPEN = """
    SELECT id FROM run WHERE kind = 'outreach' AND closed_at IS NULL AND stop_requested_by IS NULL
        AND roll_back_requested_by IS NULL ORDER BY requested_at DESC LIMIT 1
"""


@pytest.fixture(scope="module", autouse=True)
def doubts(console: Stocked) -> dict[str, str]:
    """Messages whose outcome nobody knows, each with its task; and a task that only asks to be closed."""
    made: dict[str, str] = {}
    # Other files stop runs of the same database.
    with console.engine.connect() as connection:
        run_id: UUID = connection.execute(text(STILL_OPEN)).scalar_one()
    for occurrence, name in enumerate(("sent", "not sent", "again"), 5):
        message_id, _ = claimed(console.engine, run_id, occurrence)
        with console.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE message SET state = 'escalated', next_check_at = NULL, "
                    "lease_until = clock_timestamp() - interval '1 day' WHERE id = :id"
                ),
                {"id": message_id},
            )
        evidence = {
            "in_words": "nothing in the provider's list looks like it",
            "consequence": "If it has left and is sent again, the person gets it twice.",
            "candidates": [{"provider_message_id": "SM" + "c" * 32, "created_at": "2026-11-20T18:00:00+00:00"}],
            "timeline": [{"at": "2026-11-20T18:00:00+00:00", "what": "the call began"}],
        }
        with transaction(console.engine) as session:
            client = session.execute(text("SELECT client_id FROM run WHERE id = :id"), {"id": run_id}).scalar_one()
            about = Subject("incident-owner", client, run_id, message_id=message_id, channel="sms")
            order = TaskOrder(IN_DOUBT_TASK, str(message_id), "Look it up.", evidence, timedelta(hours=-1))
            events.open_task(session, order, about, TESTS)
        made[name] = str(message_id)
    with transaction(console.engine) as session:
        order = TaskOrder("undo", f"{run_id}/hand_over", "Take the deal back at the CRM.", {"deal": "d-1"})
        events.open_task(session, order, Subject("sales-ops", client, run_id), TESTS)
    return made


def texts(console: Stocked, body: str) -> None:
    """Let the first lead write a text."""
    path, form = "/webhooks/twilio/inbound", inbound(body, "SM" + "d" * 32, From="+13035550121")
    signature = RequestValidator(CURRENT).compute_signature("http://127.0.0.1" + path, form)
    assert console.http.post(path, data=form, headers={"X-Twilio-Signature": signature}).is_success


def task_about(console: Stocked, kind: str, subject: str = "%") -> str:
    with console.engine.connect() as connection:
        query = text(
            "SELECT id FROM owner_task WHERE kind = :kind AND subject LIKE :subject ORDER BY opened_at LIMIT 1"
        )
        return str(connection.execute(query, {"kind": kind, "subject": subject}).scalar_one())


def state_of(console: Stocked, message_id: str) -> str:
    with console.engine.connect() as connection:
        return str(
            connection.execute(text("SELECT state FROM message WHERE id = :id"), {"id": message_id}).scalar_one()
        )


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_the_most_urgent_comes_first_and_can_be_filtered(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, "incident-owner")
    page = await screen.open("/console", "needs-me")

    assert await page.locator(".need h2").first.inner_text() == "Was this message sent?"
    await page.get_by_role("link", name="All that I may see").click()
    await page.get_by_role("link", name="Approvals").last.click()
    await page.locator(".tabs.kinds a[aria-current]", has_text="Approvals").wait_for()
    await screen.seen("needs-me-approvals")


async def test_each_sees_what_waits_for_them(page_at: PageAt) -> None:
    expected = {"engineer": "Was this message sent?", "approver": "Was this message sent?"}
    for handle, absent in expected.items():
        page = await (await page_at(WIDE, handle)).open("/console", f"needs-{handle}")
        assert absent not in await page.locator(".need h2").all_inner_texts()


async def test_a_message_in_doubt_is_answered_by_its_evidence(
    console: Stocked, page_at: PageAt, doubts: dict[str, str]
) -> None:
    screen = await page_at(PHONE, "incident-owner")
    page = await screen.open(f"/console/tasks/{task_about(console, IN_DOUBT_TASK, doubts['sent'])}", "doubt")
    assert await page.get_by_text("If it has left and is sent again").count() == 1

    await page.get_by_label("The provider's id of it").fill("SM" + "c" * 32)
    await page.get_by_role("button", name="It was sent").tap()
    await page.get_by_role("status").get_by_text("Sent: its provider has accepted it").wait_for()
    await screen.seen("doubt-answered")
    assert state_of(console, doubts["sent"]) == "accepted"


async def test_a_message_in_doubt_is_told_apart_and_closed_as_not_sent_by_a_person(
    console: Stocked, page_at: PageAt, doubts: dict[str, str]
) -> None:
    screen = await page_at(WIDE, "incident-owner")
    task = task_about(console, IN_DOUBT_TASK, doubts["not sent"])
    page = await screen.open("/console", "needs-doubts")
    assert "Text to +1•••" in await page.locator(f"#need-{task}").inner_text()

    await page.goto(f"{screen.address}/console/tasks/{task}")
    await page.get_by_role("button", name="Close as not sent").click()
    said = await page.get_by_role("status").first.inner_text()

    assert said == "Not sent: a person found that it had not left and closed it."
    assert state_of(console, doubts["not sent"]) == "refused"
    page = await screen.open(f"/console/tasks/{task}", "doubt-closed")
    assert await page.get_by_role("button", name="Close as not sent").count() == 0
    await page.get_by_role("link", name="The run that it is about").click()
    await page.locator("td", has_text="A person found that a message had not left").first.wait_for()
    await screen.seen("run-of-a-closed-doubt")


@pytest.fixture
def overdue(console: Stocked) -> UUID:
    """An incident whose next word was promised for a moment that has passed."""
    body = {"title": "The queue is stuck", "severity": "minor", "clients": [CLIENT], "touches": []}
    headers = console.shows("incident-owner") | {"Idempotency-Key": uuid4().hex}
    opened = console.http.post("/v1/incidents", json=body, headers=headers)
    assert opened.is_success, opened.text
    with transaction(console.engine) as session:
        incident = session.get_one(Incident, UUID(opened.json()["id"]))
        incident.next_update_due = incident.first_notice_due = promised = now(session) - timedelta(minutes=1)
        incident.escalation_owner = "everybody"
        run = session.execute(text("SELECT id FROM run WHERE kind = 'incident_notice' LIMIT 1")).scalar_one()
        chasing.remind(session, incident, promised, TESTS)
        chasing.escalate(session, incident, promised, run, TESTS)
    return incident.id


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_overdue_update_is_on_two_lists_and_one_tap_away(
    console: Stocked, page_at: PageAt, overdue: UUID, width: int
) -> None:
    titles = {"incident-owner": "Clients wait for an update", "everybody": "An update of an incident is overdue"}
    for handle, title in titles.items():
        screen = await page_at(width, handle)
        page = await screen.open("/console?kind=incident", f"needs-overdue-{handle}")
        need = page.locator(".need.overdue", has_text="The queue is stuck").filter(has_text=title).first
        assert await need.count() == 1
        await need.get_by_role("link").click()
        await page.get_by_role("link", name="Write an update").wait_for()
        await screen.seen(f"overdue-{handle}")

    page = await screen.open(f"/console/incidents/{overdue}", "incident-overdue")
    assert "Overdue" in await page.locator(".due.over").inner_text()
    await page.get_by_role("link", name="Write an update").click()
    await page.get_by_label("In your own words").fill("We are working on it.\n\nNothing is needed from you.")
    await page.get_by_role("button", name="Look what clients will read").click()
    assert "Nothing is needed from you." in await page.locator(".client-side").first.inner_text()


async def test_sending_again_takes_two_people(console: Stocked, page_at: PageAt, doubts: dict[str, str]) -> None:
    path = f"/console/tasks/{task_about(console, IN_DOUBT_TASK, doubts['again'])}"
    page = await (await page_at(WIDE, "incident-owner")).open(path, "doubt-again")
    await page.get_by_label("Why it should be sent again").fill("the provider has no trace of it")
    await page.get_by_role("button", name="Ask to send it again").click()
    await (
        page.get_by_text("it takes a second person").or_(page.get_by_text("waits for a second person")).first.wait_for()
    )

    second = await page_at(WIDE, "approver")
    page = await second.open("/console", "needs-approver")
    await page.get_by_role("link", name="Was this message sent?").first.click()
    await page.get_by_role("button", name="Agree to send it again").click()
    await page.get_by_text("confirmed by approver").first.wait_for()
    assert await page.get_by_role("button", name="Agree to send it again").count() == 0
    await second.seen("doubt-confirmed")


async def test_a_doubtful_opt_out_shows_the_reply_to_those_who_may_read_it(console: Stocked, page_at: PageAt) -> None:
    texts(console, "stpo")
    path = f"/console/tasks/{task_about(console, DOUBT_TASK)}"
    assert (
        await (await (await page_at(WIDE, "engineer")).open(path, "opt-out-engineer")).get_by_text("stpo").count() == 0
    )

    screen = await page_at(PHONE, "sales-ops")
    page = await screen.open(path, "opt-out")
    assert await page.get_by_text("stpo").count() == 1
    await page.get_by_role("button", name="Record the opt-out").tap()

    await page.get_by_text("The opt-out is recorded").wait_for()


async def test_a_text_of_somebody_unknown_is_read_and_a_task_is_closed_with_a_note(
    console: Stocked, page_at: PageAt
) -> None:
    screen = await page_at(WIDE, "sales-ops")
    page = await screen.open(f"/console/tasks/{task_about(console, 'inbound_unmatched')}", "unknown-sender")
    assert await page.get_by_text("Who is this?").count() == 1
    await screen.open(f"/console/tasks/{task_about(console, 'undo')}", "task")

    await page.get_by_label("What was done").fill("taken back at the CRM")
    await page.get_by_role("button", name="Close the task").click()

    await page.get_by_text("The task is closed.").wait_for()
    await screen.seen("task-closed")


async def test_everything_works_with_scripts_switched_off(console: Stocked, page_at: PageAt) -> None:
    screen = await page_at(WIDE, "incident-owner", scripts=False)
    page = await screen.page.goto(f"{console.url}/console")

    assert page is not None
    assert await screen.page.locator(".need").count() > 0
