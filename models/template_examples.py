"""What a text shows when it is looked at without a lead: plainly made up, and as long as what will stand there."""

from datetime import datetime, timedelta

from models.incidents.slots import Counts, NoticeFacts, slots
from models.incidents.states import IncidentState
from models.incidents.words import Advice, Affected, ReasonForClients, UpdateKind

FIRST_NAME, SERVICE = "Maria", "water heater repair"
REPORT_PERIOD = "November 9 to November 15, 2026"
_TOKEN = "example-of-a-link-only"  # noqa: S105  (a name, not a secret)
"""As long as the token of a review link."""


def example_fields(public_base_url: str, zone: str, at: datetime) -> dict[str, str]:
    """Return what stands in for a lead, a report, an incident and the links of one recipient.

    Args:
        public_base_url: where links lead; these lead nowhere there.
        zone: of the client, IANA.
        at: the moment that the example of an incident is told at, aware.
    """
    return {
        "first_name": FIRST_NAME,
        "service_type": SERVICE,
        "report_period": REPORT_PERIOD,
        "portal_link": f"{public_base_url}/portal/{_TOKEN}",
        "review_link": f"{public_base_url}/r/{_TOKEN}",
        **_incident(zone, at),
        "portal_url": f"{public_base_url}/portal/{_TOKEN}",
    }


def _incident(zone: str, at: datetime) -> dict[str, str]:
    facts = NoticeFacts(
        number=2,
        written_at=at,
        kind=UpdateKind.UPDATE,
        state=IncidentState.IDENTIFIED,
        reason=ReasonForClients.PROVIDER_DOWN,
        affected=Affected.FOLLOW_UPS,
        calls_affected=False,
        advice=Advice.CALL_NEW_LEADS,
        zone=zone,
        began_at=at - timedelta(hours=2),
        resolved_at=at,
        next_update_at=at + timedelta(hours=4),
        counts=Counts(waiting=3),
    )
    return slots(facts)
