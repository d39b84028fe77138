"""A text is tried out on whoever asks for it, and nobody else ever hears of it."""

import pytest
from sqlmodel import col, select

from models.audit import AuditReport
from models.database import template_tests
from models.database.audit import audit
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.copywriting import Template
from models.database.tables.people import Client, Staff
from models.database.template_tests import Trial
from models.provider_answers import lost_answer
from models.terms import Channel
from tests.workflows.world import PHONE, World, a_step

OWN = "+13035550188"
HELD = "SELECT count(*) FROM run WHERE id = :run AND state = 'held'"


async def _asked(
    world: World, phone: str = OWN, times: int = 1, body: str = "Acme Plumbing: hello. Reply STOP."
) -> None:
    with transaction(world.engine) as session:
        session.get_one(Staff, "approver").phone = phone
        session.flush()
        text = session.exec(select(Template).where(col(Template.channel) == "sms")).one()
        client = session.exec(select(Client)).one()
        for time in range(times):
            address = template_tests.own_address(session, "approver", Channel.SMS)
            trial = Trial(client, text, "", body, address)
            world.run_id = template_tests.request(session, trial, Origin("api", "approver"), f"k{time}", "body")
    await world.relay()


async def _ended(world: World) -> str:
    await world.until("SELECT count(*) FROM run WHERE id = :run AND closed_at IS NOT NULL", 1)
    outcome: str = world.scalar("SELECT outcome FROM run WHERE id = :run")
    return outcome


def _of_the_lead(world: World) -> list[object]:
    tables = ("consent", "lead", "undo", "reply", "active_enrollment")
    return [world.scalar(f"SELECT json_agg(t ORDER BY t::text) FROM {table} t") for table in tables]


def _audited(world: World) -> AuditReport:
    return audit(world.engine, None)


@pytest.fixture
async def begun(world: World) -> World:
    """A world whose lead has been written to and is waited for."""
    await world.start(a_step("hello", listens=60))
    await world.until_sent()
    return world


async def test_it_leaves_as_it_was_rendered_to_whoever_asked_and_is_asked_neither_consent_nor_approval(
    begun: World,
) -> None:
    await _asked(begun)

    assert await _ended(begun) == "sent"
    [_, test] = begun.sms.sent
    assert (test.to, test.body) == (OWN, "Acme Plumbing: hello. Reply STOP.")
    assert begun.scalar("SELECT audience FROM message WHERE run_id = :run") == "test"
    assert _audited(begun).is_clean


async def test_the_same_text_may_be_tried_twice_and_the_lead_is_none_the_wiser(begun: World) -> None:
    before = _of_the_lead(begun)

    await _asked(begun, phone=PHONE, times=2)

    assert await _ended(begun) == "sent"
    assert _of_the_lead(begun) == before
    assert _audited(begun).is_clean


async def test_it_does_not_leave_once_the_address_is_no_longer_that_of_whoever_asked(begun: World) -> None:
    with transaction(begun.engine) as session:
        session.get_one(Staff, "approver").phone = OWN
        session.flush()
        text = session.exec(select(Template).where(col(Template.channel) == "sms")).one()
        trial = Trial(session.exec(select(Client)).one(), text, "", "Acme Plumbing: hello. Reply STOP.", PHONE)
        begun.run_id = template_tests.request(session, trial, Origin("api", "approver"), "k", "body")
    await begun.relay()

    assert await _ended(begun) == "not_sent"
    assert begun.scalar("SELECT reason FROM message WHERE run_id = :run") == "bad_address"
    assert len(begun.sms.sent) == 1


async def test_a_lost_answer_leaves_the_test_in_doubt_and_nothing_is_sent_again(begun: World) -> None:
    begun.sms.will(lost_answer("ReadTimeout"))

    await _asked(begun)

    assert await _ended(begun) == "in_doubt"
    assert len(begun.sms.sent) == 2
    assert _audited(begun).is_clean


async def test_a_pause_holds_the_test_and_the_resume_lets_it_go(begun: World) -> None:
    await begun.pause("everything")
    await _asked(begun)
    await begun.until(HELD, 1)

    await begun.pause("everything", False)

    assert await _ended(begun) == "sent"
    assert _audited(begun).is_clean


@pytest.mark.parametrize("end", ["stopped", "rolled_back"])
async def test_a_test_that_is_held_ends_by_hand_and_never_leaves(begun: World, end: str) -> None:
    await begun.pause("everything")
    await _asked(begun)
    await begun.until(HELD, 1)

    await (begun.stop() if end == "stopped" else begun.roll_back())

    assert await _ended(begun) == end
    assert len(begun.sms.sent) == 1
    assert _audited(begun).is_clean
