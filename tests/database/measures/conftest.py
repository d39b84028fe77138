"""Real rows of every kind of run: sent, answered, approved, reported, told of an incident, handed over, and with nothing yet."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from models.database.handoffs import Handoffs
from models.digests.sources import SourceName
from models.incidents.steering import Act
from models.terms import ApprovalPolicy
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


@pytest.fixture
def everything(world: World) -> Everything:
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
