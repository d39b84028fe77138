"""A simulation from the service's database: its rules, texts and lead, read and never written."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from activities.library import read_library
from deploy.simulation import recorded
from deploy.simulation.running import simulate
from deploy.simulation.settings import AsTheServiceIsSet
from deploy.simulation.stocking import CannotSimulate
from models.approving import ApprovalSubject
from models.database import seeding
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals, sending_rules
from models.database.tables.all import metadata
from models.database.tables.people import Client, Lead
from models.settings import DatabaseSettings
from models.simulating.order import ChosenEvent, Occurrence, SimulationOrder
from models.simulating.timetable import What
from models.simulation_settings import SimulationSettings
from models.terms import ApprovalPolicy, DecisionChannel, DecisionKind
from tests.database.world import World

pytestmark = pytest.mark.timeout(300)
DENVER = ZoneInfo("America/Denver")
MONDAY = datetime(2027, 6, 7, 7, 30, tzinfo=DENVER)
OWNER = Origin("api", "incident-owner")


@pytest.fixture
def service(engine: Engine, database_url: str, database_server: str) -> AsTheServiceIsSet:
    """Settings on a database with the shipped library, not approved, and a client whose hours are its own."""
    with transaction(engine) as session:
        seeding.seed_staff(session)
        seeding.add_library(session, read_library(), "engineer")
        client = Client(
            key="acme", name="Acme Plumbing", time_zone="America/Denver", phone="+13035550100", postal_address="1 Road"
        )
        session.add(client)
        session.flush()
        own = {"kind": "hours", "jurisdiction": "client", "client_id": client.id, "value": {"daily": "13:00-15:00"},
               "valid_from": "2026-01-01", "source": "contract", "reach": "everything"}  # fmt: skip
        sending_rules.add(session, own, OWNER)
        session.add(Lead(client_id=client.id, source="web_form", source_lead_id="1", first_name="Zoe", phone="+13035550142",
                         occurred_at=MONDAY))  # fmt: skip
    return AsTheServiceIsSet(
        database=DatabaseSettings(url=SecretStr(database_url)),
        simulation=SimulationSettings(database_url=SecretStr(database_server)),
    )


def rows_of_every_table(engine: Engine) -> dict[str, Any]:
    """Every row of every table, with the transaction that wrote it."""
    with engine.connect() as connection:
        return {
            table: sorted(connection.execute(text(f'SELECT xmin::text, one::text FROM "{table}" one')).all())
            for table in metadata.tables
        }


async def test_rules_and_texts_are_those_of_the_service_and_nothing_is_written_to_it(
    service: AsTheServiceIsSet, engine: Engine, database_server: str
) -> None:
    before = rows_of_every_table(engine)
    order = SimulationOrder(sequence="web_lead", client="acme", start=MONDAY, events=(approve(),))

    found = await simulate(order, service)

    assert rows_of_every_table(engine) == before
    answer = found.messages[0]
    assert answer.sent_at is not None
    assert answer.sent_at.astimezone(DENVER).replace(second=0, microsecond=0) == MONDAY.replace(hour=13, minute=0)
    assert any("where 13:00-15:00 is allowed" in why for row in found.rows if row.what is What.HELD for why in row.why)
    assert any("web_lead/answer v1" in said for said in found.assumptions)  # nobody has approved it yet
    with psycopg.connect(database_server.replace("+psycopg", "")) as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'comms_simulation_%'").fetchone()
    assert left == (0,)


async def test_what_is_approved_with_its_mark_counts_and_what_was_written_past_the_service_does_not(
    service: AsTheServiceIsSet, engine: Engine
) -> None:
    minted = """
        INSERT INTO decision (approval_id, content_hash, audience_hash, decision, approver, channel, reason)
        SELECT a.id, a.content_hash, a.audience_hash, 'approve', 'approver', 'api', ''
        FROM approval a JOIN template t ON t.id = a.subject_id WHERE t.key = 'missed_call/follow_up'
    """
    with transaction(engine) as session:
        first = session.execute(text("SELECT id FROM template WHERE key = 'missed_call/answer'")).scalar_one()
        asked = approvals.of(session, ApprovalSubject.TEMPLATE, first)
        assert asked is not None
        by, channel = Origin("api", "approver"), DecisionChannel.API
        approvals.decide(session, asked.id, DecisionKind.APPROVE, asked.content_hash, by, channel)
        session.execute(text(minted))
    order = SimulationOrder(
        sequence="missed_call", client="acme", start=MONDAY.replace(hour=13), lasts=timedelta(days=2), as_approved=False
    )

    found = await simulate(order, service)

    assert [(message.step, message.sent_at is not None) for message in found.messages[:2]] == [
        ("answer", True),
        ("follow_up", False),
    ]
    assert [row.step for row in found.rows if row.code == "not_approved"] == ["follow_up"]


async def test_a_lead_of_the_service_is_simulated_with_what_it_permits(
    service: AsTheServiceIsSet, engine: Engine
) -> None:
    with transaction(engine) as session:
        lead: UUID = session.execute(text("SELECT id FROM lead")).scalar_one()
    order = SimulationOrder(sequence="web_lead", lead_id=lead, start=MONDAY, events=(approve(),))

    found = await simulate(order, service)

    assert found.outcome == "no_consent"  # it has never permitted anything, and nothing was assumed
    assert [message.sent_at for message in found.messages] == [None] * len(found.messages)
    assert found.zones == ("America/Denver",)


def test_what_happened_to_a_run_can_happen_again(engine: Engine) -> None:
    desk = World(engine)
    run = desk.request(ApprovalPolicy.RUN)
    desk.plan(run)
    desk.decide(run)
    desk.text("Can you come on Tuesday?")
    desk.rows("UPDATE run SET requested_at = requested_at - interval '3 hours' WHERE id = :run", run=run)

    with transaction(engine) as session:
        found = recorded.events_of(session, run)

    assert [(event.kind, event.says) for event in found] == [
        (Occurrence.APPROVE, ""),
        (Occurrence.REPLY, "Can you come on Tuesday?"),
    ]
    assert all(event.after and timedelta(hours=3) <= event.after < timedelta(hours=4) for event in found)


async def test_what_was_now_when_it_was_asked_may_start(service: AsTheServiceIsSet) -> None:
    asked = datetime.now(UTC) - timedelta(minutes=1)
    order = SimulationOrder(sequence="web_lead", client="acme", start=asked, lasts=timedelta(hours=1))

    found = await simulate(order, service)

    assert asked < found.start <= found.rows[0].at
    assert found.rows[0].what is What.BEGINS


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sequence": "nothing"}, "there is no sequence 'nothing'; there is missed_call, quote_request, web_lead"),
        ({"sequence": "review_request"}, "review_request is no outreach sequence; only those can be simulated"),
        ({"client": "nobody"}, "there is no such client or lead"),
        ({"start": datetime.now(UTC) - timedelta(days=1)}, "a simulation looks ahead: let it start now or later"),
    ],
)
async def test_what_cannot_be_simulated_is_said(
    service: AsTheServiceIsSet, asked: dict[str, object], said: str
) -> None:
    order = SimulationOrder.model_validate(
        {"sequence": "web_lead", "client": "acme", "start": "2027-06-07T07:30"} | asked
    )

    with pytest.raises(CannotSimulate, match=said):
        await simulate(order, service)


def approve() -> ChosenEvent:
    return ChosenEvent.model_validate({"kind": "approve", "after": "1h"})
