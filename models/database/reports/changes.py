"""A verified web hook of a source: kept sealed, once, and noted with whom it concerns; one transaction."""

import hashlib

from sqlmodel import Session

from models.database.events import Origin
from models.database.inbound.callbacks import UNREADABLE, set_aside
from models.database.inbound.inbox import store_once
from models.database.reports import connections
from models.digests import changes
from models.digests.sources import SourceName
from models.sealing import KeyRing

INTUIT = Origin("quickbooks", "quickbooks")
KIND = "figures"


def receive(session: Session, ring: KeyRing, raw: bytes) -> bool:
    """Keep what QuickBooks tells and note whose books have changed. Returns False for a repetition.

    Never refuses it: what cannot be read becomes an engineer's task, since a repetition would bring the same bytes.
    """
    try:
        told = changes.read(raw)
    except changes.UnreadableChange:
        identity = f"unreadable|{hashlib.sha256(raw).hexdigest()}"
        inbox_id = store_once(session, ring, INTUIT.source, identity, KIND, raw)
        if inbox_id is not None:
            set_aside(session, inbox_id, UNREADABLE, INTUIT)
        return inbox_id is not None
    if store_once(session, ring, INTUIT.source, told.identity, KIND, raw) is None:
        return False
    connections.note_change(session, SourceName.QUICKBOOKS, told.accounts)
    return True


def take_in(session: Session, raw: bytes) -> bool:
    """Note whose books have changed by a stored web hook. Returns False if it cannot be read. Safe to repeat."""
    try:
        told = changes.read(raw)
    except changes.UnreadableChange:
        return False
    connections.note_change(session, SourceName.QUICKBOOKS, told.accounts)
    return True
