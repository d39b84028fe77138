"""For whom a text is written and what for, and when in its life it is looked at."""

import hashlib
from enum import StrEnum

from models.frozen import Frozen
from models.terms import Channel, RunKind
from models.wording.surroundings import Purpose


class Stage(StrEnum):
    """When a text is checked. Stored with the findings, so the values never change meaning."""

    DRAFT = "draft"
    APPROVAL = "approval"
    CLAIM = "claim"


class Audience(Frozen):
    """Who reads a text, and what it rests on. A text that is checked again keeps the audience it was first given."""

    purpose: Purpose
    channel: Channel | None = None
    """None for a page of the portal."""
    figures: tuple[str, ...] = ()
    """Figures as they are shown, that came from slots with source, period and as-of; see `models.wording.slots`."""
    no_data_lost_is_proven: bool = False
    """For an incident: the evidence that nothing was lost is attached."""

    @property
    def is_of_the_client(self) -> bool:
        """Whether people at the client read it, who may see the addresses of their own colleagues."""
        return self.purpose in (Purpose.REPORT, Purpose.INCIDENT)

    @property
    def hash(self) -> str:
        """What tells this audience from any other (sha256, hex)."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


_PURPOSES = {
    RunKind.OUTREACH: Purpose.OUTREACH,
    RunKind.REVIEW_REQUEST: Purpose.REVIEW_REQUEST,
    RunKind.REPORT_DIGEST: Purpose.REPORT,
    RunKind.INCIDENT_NOTICE: Purpose.INCIDENT,
    RunKind.TEMPLATE_TEST: Purpose.OUTREACH,
}


def audience_of_run(kind: RunKind, channel: Channel) -> Audience:
    """Return the audience of a message of a run, as far as the run alone tells."""
    return Audience(purpose=_PURPOSES[kind], channel=channel)
