"""Every address of a person that one client knows: what an opt-out of the whole brand covers."""

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import address_hash
from models.database.permission.consent import Address
from models.terms import Channel

_KNOWN = text(
    """
    WITH own AS (SELECT address FROM message
        WHERE client_id = :client AND channel = CAST(:channel AS text) AND address_hash = :address LIMIT 1)
    SELECT DISTINCT phone, email FROM lead
    WHERE client_id = :client AND CASE CAST(:channel AS text) WHEN 'sms' THEN phone ELSE email END
        IN (SELECT address FROM own UNION SELECT CAST(:plain AS text))
    """
)


def addresses_of_person(session: Session, address: Address, plain: str = "") -> list[Address]:
    """Return an address and every other one of the leads who have it, in the order in which addresses are locked.

    Args:
        session: an open transaction.
        address: the address that is known for certain.
        plain: the same in plain text, if it is at hand; else it is looked for among the messages.
    """
    found = {address}
    for row in session.execute(_KNOWN, address.where | {"plain": plain}):
        for channel, known in ((Channel.SMS, row.phone), (Channel.EMAIL, row.email)):
            if known:
                hashed = address_hash(str(address.client_id), channel, known)
                found.add(Address(address.client_id, channel, hashed))
    return sorted(found, key=lambda one: one.hash)
