"""Real rows of every kind of run: sent, answered, approved, reported, told of an incident, handed over, and with nothing yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from models.database.engine import make_engine
from models.database.handoffs import Handoffs
from models.digests.sources import SourceName
from models.incidents.steering import Act
from models.settings import DatabaseSettings
from models.terms import ApprovalPolicy
from tests.conftest import _database as cloned
from tests.database.incidents import Incidents
from tests.database.reports.desk import ReportDesk
from tests.database.world import World
from tests.review_desk import ReviewDesk

SECRET = "my gate code is 4711"


@dataclass
class Everything:
    """A world in which each output has something to say, and the runs by what they are about."""

    world: World
    answered: UUID
    waiting: UUID
    untouched: UUID
    digest: UUID
    incident: UUID
    asked: UUID
    """For a review."""

    @property
    def runs(self) -> set[UUID]:
        return {self.answered, self.waiting, self.untouched, self.digest, self.incident, self.asked}


@pytest.fixture(scope="session")
def everything(database_server: str, database_template: str) -> Iterator[Everything]:
    """Of a database that can only be read once it is furnished, because all tests share it."""
    with cloned(database_server, f"comms_everything_{uuid4().hex[:8]}", database_template) as (name, url):
        engine = make_engine(DatabaseSettings(url=SecretStr(url)))
        made = furnished(World(engine))
        engine.dispose()
        owner = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
        yield made
        engine.dispose()


@pytest.fixture
def changeable(world: World) -> Everything:
    """The same for a test that changes it."""
    return furnished(world)


def furnished(world: World) -> Everything:
    """Let everything happen in a world."""
    answered = world.run()
    world.sent(answered)
    world.text(f"please call me, {SECRET}")
    handoffs = Handoffs(world.engine)
    handoffs.given_to_person(handoffs.prepare(answered).handoff_id, "HubSpot answered 403")
    waiting = world.run(ApprovalPolicy.RUN, world.lead("Max", "+13035550124"))
    untouched = world.request(lead=world.lead("Zoe", "+13035550125"))
    reports = ReportDesk(world)
    reports.connect(SourceName.SEARCH_CONSOLE)
    digest = reports.request().run_id
    reports.published(digest)
    incidents = Incidents(world)
    told = incidents.open()
    incidents.do(told, Act.COMPOSE)
    incidents.approve_post(told)
    incidents.do(told, Act.PUBLISH, Act.WRITE)
    reviews = ReviewDesk(world.engine)
    reviews.settle_at(world.client)
    asked = reviews.report().run_id
    return Everything(world, answered, waiting, untouched, digest, incidents.run(told), asked)
