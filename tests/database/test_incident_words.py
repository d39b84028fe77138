"""What a notice of an incident leads to, and which reassurance its words may give."""

import pytest

from models.database.engine import transaction
from models.database.portal import links
from models.incidents.steering import Act, Approving
from tests.database.incidents import PUBLIC, Incidents
from tests.database.world import World

ALL_CLEAR = "No data were lost."


@pytest.fixture
def incidents(world: World) -> Incidents:
    return Incidents(world)


def _leads_to(world: World) -> list[object]:
    """To which posts the links in the mails lead, oldest first; None is the list."""
    rows = world.rows("SELECT body FROM message WHERE channel = 'email' AND step LIKE 'update-%' ORDER BY position")
    found: list[object] = []
    for row in rows:
        [token] = [line.rpartition("/portal/")[2] for line in row["body"].splitlines() if PUBLIC in line]
        with transaction(world.engine) as session:
            visitor = links.visitor(session, token)
        assert visitor is not None
        found.append(visitor.post_id)
    return found


def test_a_mail_leads_its_reader_to_the_post_once_it_is_shown_and_to_the_list_before(
    world: World, incidents: Incidents
) -> None:
    incident = incidents.open()
    incidents.do(incident, Act.COMPOSE, Act.WRITE)
    incidents.update(incident, words="We put a setting right.")
    incidents.do(incident, Act.COMPOSE)
    incidents.approve_post(incident)
    incidents.do(incident, Act.PUBLISH, Act.WRITE)

    published = world.one("SELECT id FROM post WHERE state = 'published'")["id"]
    assert _leads_to(world) == [None, published]
    assert PUBLIC not in str(world.rows("SELECT body FROM incident_notice"))


def test_that_no_data_were_lost_is_said_only_with_its_proof(world: World, incidents: Incidents) -> None:
    incident = incidents.open(words=ALL_CLEAR)
    incidents.do(incident, Act.COMPOSE)
    assert incidents.look(incident).newest.post is Approving.REFUSED  # type: ignore[union-attr]

    incidents.update(incident, words=ALL_CLEAR, nothing_lost_proof="ledger/compared-2026-11-21")
    incidents.do(incident, Act.COMPOSE)
    incidents.approve_post(incident)
    incidents.do(incident, Act.PUBLISH)

    shown = [row["body"] for row in world.rows("SELECT text AS body FROM portal_post")]
    assert len(shown) == 1
    assert ALL_CLEAR in shown[0]
    assert "ledger/compared" not in shown[0]


def test_the_proof_of_one_incident_is_none_for_another(world: World, incidents: Incidents) -> None:
    incidents.open(nothing_lost_proof="ledger/compared-2026-11-21")
    other = incidents.open(words=ALL_CLEAR)
    incidents.do(other, Act.COMPOSE)
    assert incidents.look(other).newest.post is Approving.REFUSED  # type: ignore[union-attr]
