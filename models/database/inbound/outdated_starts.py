"""A START word that is found late must not lift an opt-out that is newer than it. A person asks instead."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import address_hash
from models.database import events
from models.database.events import Origin, TaskOrder
from models.database.inbound import correspondents
from models.database.inbound.inbox import InboundText
from models.database.locks import lock_address
from models.replies import ReplyEffect, classify, effect
from models.terms import Channel

TASK = "outdated_start"
CLOCKS_DIFFER_BY = timedelta(minutes=1)
_NEWER_OPT_OUT = text(
    "SELECT EXISTS (SELECT 1 FROM consent WHERE channel = 'sms' AND address_hash = ANY(:addresses) AND status = 'revoked' "
    "AND (CAST(:after AS timestamptz) IS NULL OR at > :after))"
)
_ASK_THEM = (
    "A text that asks to be written to again was found late, and an opt-out that may be newer stands. It had no effect. "
    "Read it (GET /v1/inbox/{id}); if they still want messages, record that (POST /v1/consent)."
)


def is_outdated_start(session: Session, message: InboundText, received_at: datetime | None) -> bool:
    """Return whether a text would lift an opt-out that may be newer; keeps new ones from its addresses until commit.

    Both missed in one outage counts as newer too: an opt-out is dated by when it was recorded.

    Args:
        session: in which the text was stored, or its row locked.
        message: the text.
        received_at: on the provider's clock; None if nobody knows, then any opt-out may be newer.
    """
    if effect(classify(message.body, message.opt_out_type, opted_out=True)) is not ReplyEffect.RESUBSCRIBES:
        return False
    clients = sorted({person.client_id for person in correspondents.of_number(session, message.sender)})
    addresses = [address_hash(str(client), Channel.SMS, message.sender) for client in clients]
    for address in addresses:
        lock_address(session, address)
    after = received_at - CLOCKS_DIFFER_BY if received_at else None
    return bool(session.execute(_NEWER_OPT_OUT, {"addresses": addresses, "after": after}).scalar_one())


def ask_them(session: Session, inbox_id: UUID, message: InboundText, origin: Origin) -> None:
    """Leave such a text, which is stored, without effect and ask a person."""
    newest = correspondents.of_number(session, message.sender)[0]
    order = TaskOrder(TASK, str(inbox_id), _ASK_THEM, {"inbox": str(inbox_id)})
    events.open_task(session, order, newest.subject, origin)
