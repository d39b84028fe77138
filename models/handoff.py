"""A lead on its way to the CRM and back. Holds personal data; never leaves the worker's memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

HANDOFF_STEP = "handoff"
"""The step under which the undo of a handoff is registered."""

LONGEST_WAIT_OF_A_RUN = timedelta(minutes=5)
"""A run that waits for its activity hears nothing meanwhile. After longer waits the worker calls beside the run."""
_LATER = tuple(timedelta(hours=hours) for hours in (0.5, 2, 5, 10, 14, 20, 24))
RECORD_WAITS = (*(timedelta(seconds=2**n) for n in range(1, 9)), *_LATER)
"""How long to wait after each failed call to a CRM that keeps records; 3 days and 4 hours together."""
WEB_HOOK_WAITS = (timedelta(seconds=5), timedelta(minutes=5), *_LATER)
"""The same for a web hook: the schedule that Standard Webhooks recommends.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""


def wait_after(
    failures: int, waits: Sequence[timedelta], stretch: float = 1.0, asked_for: timedelta | None = None
) -> timedelta | None:
    """Return how long to wait after so many failed calls in a row; None if a person is to see to it.

    Args:
        failures: at least 1.
        waits: what the CRM is given, see `RECORD_WAITS`.
        stretch: a little above 1, another one each time, so that not everybody comes back at once.
        asked_for: what the CRM itself asked for; never shortens a wait.
    """
    if failures > len(waits):
        return None
    return max(waits[failures - 1] * stretch, min(asked_for or timedelta(0), waits[-1]))


@dataclass(frozen=True, slots=True)
class LeadForCrm:
    """What the CRM gets. `key` is our own unique property there; repeating the upsert changes nothing more.

    `handoff_id` and `prepared_at` are of this handoff; another run may hand the same lead over again.
    """

    key: str
    handoff_id: str
    prepared_at: datetime
    first_name: str
    last_name: str
    phone: str
    email: str
    client_name: str
    service_type: str
    reply_label: str
    owner: str


@dataclass(frozen=True, slots=True)
class PreparedHandoff:
    """A handoff whose undo is registered.

    `snapshot` is what an earlier call found there, if it got that far; `tries` counts the calls in a row that failed.
    """

    handoff_id: UUID
    lead: LeadForCrm
    state: str
    snapshot: dict[str, Any]
    tries: int = 0


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """A contact and its deal as the CRM holds them. `contact` and `deal` are the properties that we write.

    A CRM with one record for both has no deal.
    """

    contact_id: str
    deal_id: str | None
    contact: dict[str, str]
    deal: dict[str, str]
