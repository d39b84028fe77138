"""Where a page of a list goes on: the moment and the id of its last row, in one opaque text."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from starter.problems import field_problem


def cursor(at: datetime, identity: UUID) -> str:
    """Return the text by which the next page is asked for."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{identity}".encode()).decode()


def opened(text: str) -> tuple[datetime, UUID]:
    """Return the moment and the id. Raises Problem (422) for any text that is not a cursor."""
    try:
        moment, _, identity = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return datetime.fromisoformat(moment), UUID(identity)
    except (ValueError, binascii.Error):
        raise field_problem("after", "give `next` of the page before, unchanged") from None
