from uuid import UUID

from models.database import client_contacts
from models.database.engine import transaction
from models.database.tables.people import ClientContact
from models.terms import Channel
from tests.database.world import HERE, World


def _enter(world: World, *receives: str, active: bool = True, name: str = "Pat Owner") -> UUID:
    contact = ClientContact(client_id=world.client, name=name, email="pat@acme.example", receives=list(receives))
    contact.active = active
    with transaction(world.engine) as session:
        return client_contacts.enter(session, contact, "agreement/2026-04", HERE).id


def _who(world: World, what: str) -> list[str]:
    with transaction(world.engine) as session:
        return [contact.name for contact in client_contacts.who_receive(session, world.client, what)]


def test_a_person_at_a_client_is_entered_once_and_may_then_be_written_to(world: World) -> None:
    first = _enter(world, "reports")
    again = _enter(world, "reports", "incidents", name="Pat O. Owner")

    assert again == first
    assert _who(world, "incidents") == ["Pat O. Owner"]
    granted = world.rows("SELECT source, evidence, kind FROM consent WHERE channel = 'email'")
    assert {(row["source"], row["evidence"], row["kind"]) for row in granted} == {
        ("agency_agreement", "agreement/2026-04", 2)
    }


def test_only_those_hear_of_something_who_receive_it_and_are_still_there(world: World) -> None:
    _enter(world, "reports")
    assert _who(world, "reports") == ["Pat Owner"]
    assert _who(world, "incidents") == []

    _enter(world, "reports", active=False)
    assert _who(world, "reports") == []


def test_somebody_without_a_phone_is_reached_by_email_only(world: World) -> None:
    with transaction(world.engine) as session:
        contact = session.get_one(ClientContact, _enter(world, "reports"))
        assert client_contacts.recipient(contact, Channel.SMS, "America/Denver") is None
        reached = client_contacts.recipient(contact, Channel.EMAIL, "America/Denver")

    assert reached is not None
    assert reached.address == "pat@acme.example"
    assert reached.time_zones == ("America/Denver",)
