"""The tables as written and the tables as migrated are the same, and an upgrade knows since when it must make up."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from models.database.audit import audit
from models.database.engine import transaction
from models.database.inbound.continuity import Listener
from models.database.migrate import alembic_config, upgrade
from models.database.permission import marks
from models.database.safety import UnsafeDatabase, refuse_unsafe
from models.sending import Claimed, Held, HoldReason
from models.terms import PauseScope
from tests.database.world import World

TIMERS = timedelta(seconds=5), timedelta(seconds=30)


def test_the_migrations_lead_to_the_tables_of_the_code(database_url: str) -> None:
    command.check(alembic_config(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    command.check(alembic_config(database_url))


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("postgresql+psycopg://")).get_heads()) == 1


def test_an_upgrade_makes_up_for_the_time_since_a_web_hook_last_came_in(database_url: str, engine: Engine) -> None:
    command.downgrade(alembic_config(database_url), "0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO inbox (id, source, dedupe_key, kind, state, sealed_with, sealed_body, received_at) "
                "SELECT gen_random_uuid(), source, 'key', 'sms', 'done', 'k1', '', now() - ago FROM (VALUES "
                "('twilio', interval '2 hours'), ('ses', interval '1 minute')) AS earlier (source, ago)"
            )
        )
    upgrade(database_url)

    assert Listener(engine, *TIMERS).give_sign()

    with engine.connect() as connection:
        [lasted] = connection.execute(text("SELECT ended_at - began_at FROM inbound_gap")).scalars()
    assert timedelta(0) <= lasted - timedelta(hours=2) < timedelta(minutes=1)


def test_a_first_start_has_nothing_to_make_up_for(engine: Engine) -> None:
    assert not Listener(engine, *TIMERS).give_sign()


def test_tables_of_an_earlier_version_are_named_and_refused(database_url: str, engine: Engine) -> None:
    command.downgrade(alembic_config(database_url), "0001")
    try:
        with pytest.raises(
            UnsafeDatabase, match=r"no table .*backfill, .*ledger_epoch.*; run `comms database upgrade`$"
        ):
            refuse_unsafe(engine)
    finally:
        upgrade(database_url)


def test_what_was_paused_before_the_upgrade_stays_paused_under_the_name_its_events_have(
    world: World, database_url: str
) -> None:
    command.downgrade(alembic_config(database_url), "0002")
    insert = "INSERT INTO pause (scope, paused, epoch, reason, owner) VALUES"
    world.rows(f"{insert} ('everything', true, 3, 'fire', 'eve'), ('provider:ses', false, 2, 'over', 'eve')")
    for kind, epoch in (("pause", 1), ("resume", 2), ("pause", 3)):
        world.rows(
            "INSERT INTO pause_event (scope, kind, epoch, reason, owner, source) "
            "VALUES ('everything', :kind, :epoch, '', 'eve', 'api')",
            kind=kind,
            epoch=epoch,
        )
    upgrade(database_url)

    run = world.run()
    assert isinstance(world.claim(run), Held)
    [pause] = world.rows("SELECT * FROM pause")
    assert (pause["scope"], pause["epoch"], pause["put_by"]) == ("everything", 3, "eve")
    assert world.pause(PauseScope.EVERYTHING, paused=False) == 4
    held = world.claim(run)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.NOT_APPROVED  # what was decided before decisions were marked waits for a person
    with transaction(world.engine) as session:
        assert marks.mark_earlier(session) > 0
    assert isinstance(world.claim(run), Claimed)
    assert audit(world.engine, None).bad("I11") == 0
