"""Who else there is, and what was found: for tests of wording on real rows."""

from uuid import UUID, uuid4

from models.database.engine import transaction
from models.database.tables.people import Client
from models.database.wording import check_at
from models.wording.audiences import Audience, Stage
from models.wording.judging import Findings
from models.wording.surroundings import Purpose
from tests.database.world import World

OUTREACH = Audience(purpose=Purpose.OUTREACH)


def enter(world: World, name: str, phone: str = "") -> UUID:
    """Enter one more client."""
    client = Client(key=uuid4().hex[:12], name=name, phone=phone)
    with transaction(world.engine) as session:
        session.add(client)
        session.flush()
        return client.id


def checked(
    world: World, body: str, stage: Stage = Stage.DRAFT, client: UUID | None = None, audience: Audience = OUTREACH
) -> Findings:
    """Check a text of the world's client, or of another one."""
    with transaction(world.engine) as session:
        return check_at(session, stage, client or world.client, "", body, audience)
