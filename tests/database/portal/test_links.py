"""Links to the portal: given again while they work, stored as a hash, taken away at once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from models.database import client_contacts
from models.database.engine import transaction
from models.database.portal import links
from models.database.tables.people import ClientContact
from models.errors import UnknownRecord
from tests.database.portal.desk import PostDesk
from tests.database.world import HERE, World

KEY, QUARTER = b"a-secret", timedelta(days=90)


@pytest.fixture
def contact(world: World) -> UUID:
    person = ClientContact(client_id=world.client, name="Pat Owner", email="pat@acme.example", receives=["reports"])
    with transaction(world.engine) as session:
        return client_contacts.enter(session, person, "agreement/2026-04", HERE).id


def _issue(world: World, contact: UUID, post: UUID | None = None, lasts: timedelta = QUARTER) -> str:
    with transaction(world.engine) as session:
        return links.issue(session, contact, post, KEY, lasts)


def _opens(world: World, path: str) -> bool:
    with transaction(world.engine) as session:
        return links.visitor(session, path.rpartition("/")[2]) is not None


def test_the_same_link_is_given_again_while_it_works_for_long_enough(world: World, contact: UUID) -> None:
    first = _issue(world, contact)
    assert _issue(world, contact) == first

    world.rows("UPDATE portal_link SET expires_at = clock_timestamp() + interval '44 days'")
    second = _issue(world, contact)
    assert second != first
    assert _opens(world, first)
    assert _opens(world, second)
    assert len(world.events("portal_link_issued")) == 2


def test_an_address_holds_256_bits_and_neither_rows_nor_events_hold_it(
    world: World, contact: UUID, desk: PostDesk
) -> None:
    paths = {_issue(world, contact), _issue(world, contact, desk.published())}
    assert len(paths) == 2
    stored = str(world.rows("SELECT * FROM portal_link")) + str(world.rows("SELECT * FROM event"))
    for path in paths:
        token = path.removeprefix("/portal/")
        assert len(token) == 43
        assert token not in stored
        assert str(contact).replace("-", "") not in token


def test_a_link_is_made_with_the_key_and_its_row(world: World, contact: UUID) -> None:
    path = _issue(world, contact)
    with transaction(world.engine) as session:
        assert links.issue(session, contact, None, b"another", QUARTER) != path
        assert links.visitor(session, "A" * 43) is None
        assert links.visitor(session, "'; DROP TABLE portal_link --") is None


def test_a_revoked_link_opens_nothing_and_another_one_is_made(world: World, contact: UUID) -> None:
    path = _issue(world, contact)
    [link] = world.rows("SELECT id FROM portal_link")
    with transaction(world.engine) as session:
        assert links.revoke(session, link["id"], HERE)
        assert not links.revoke(session, link["id"], HERE)

    assert not _opens(world, path)
    assert _opens(world, _issue(world, contact))
    assert len(world.events("portal_link_revoked")) == 1


def test_a_link_ends_by_itself(world: World, contact: UUID) -> None:
    path = _issue(world, contact)
    world.rows("UPDATE portal_link SET expires_at = clock_timestamp()")
    assert not _opens(world, path)


def test_nobody_gets_a_link_to_another_clients_post(world: World, contact: UUID, desk: PostDesk) -> None:
    client = world.another_client()
    theirs = PostDesk(world.engine, client, world.request(lead=world.lead(client=client))).published()
    for post in (theirs, uuid4()):
        with pytest.raises(UnknownRecord):
            _issue(world, contact, post)
    with pytest.raises(UnknownRecord):
        _issue(world, uuid4())
