"""One send: what is asked, what is claimed, and the closed list of what it may come to."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from models.failure_classes import FailureClass
from models.frozen import Frozen
from models.terms import Channel


class HoldReason(StrEnum):
    """Why a message waits although nothing is wrong with it."""

    PAUSED = "paused"
    DRAINING = "draining"
    QUIET_HOURS = "quiet_hours"
    NOT_APPROVED = "not_approved"
    DOUBTFUL_OPT_OUT = "doubtful_opt_out"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    TRY_LATER = "try_later"
    AWAY = "away"
    INBOUND_GAP = "inbound_gap"
    LEDGER_UNVERIFIED = "ledger_unverified"
    FREQUENCY_CAP = "frequency_cap"
    GIVES_WAY = "gives_way"
    WORDING = "wording"


class NotSentReason(StrEnum):
    """Why a message will never leave."""

    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    BAD_ADDRESS = "bad_address"
    EXPIRED = "expired"
    RUN_ENDED = "run_ended"
    REFUSED = "refused"
    CLOSED_BY_PERSON = "closed_by_person"
    FOLLOW_UP_OVER = "follow_up_over"


class SendStep(Frozen):
    """Ask for one message of a run to be sent. Occurrence 2 is the one repeat after a transient delivery failure."""

    run_id: UUID
    step: str
    occurrence: int = 1


class SendTerms(Frozen):
    """How a run asks for its messages to be sent."""

    send_timeout: timedelta = timedelta(seconds=60)
    """How long one sending activity may take; longer than the lease of a claim."""
    retry_interval: timedelta = timedelta(seconds=2)
    """The first pause before an activity is tried again."""
    patience_with_person: timedelta = timedelta(days=7)
    """How long to wait for a person to resolve a message in doubt before the run is given to them as a whole."""


class Sent(Frozen):
    """The provider has accepted the message, now or in an earlier call."""

    kind: Literal["sent"] = "sent"
    message_id: UUID


class Held(Frozen):
    """A gate is closed for now. Ask again at `until`, or when nudged if there is no such moment."""

    kind: Literal["held"] = "held"
    message_id: UUID
    reason: HoldReason
    until: datetime | None = None


class InDoubt(Frozen):
    """The provider may have accepted it. Nothing is sent again; evidence or a person will tell."""

    kind: Literal["in_doubt"] = "in_doubt"
    message_id: UUID


class NotSent(Frozen):
    """The message will never leave: refused by the provider, suppressed, expired or cancelled."""

    kind: Literal["not_sent"] = "not_sent"
    message_id: UUID
    reason: NotSentReason
    failure: FailureClass | None = None


SendResult = Annotated[Sent | Held | InDoubt | NotSent, Field(discriminator="kind")]


class Envelope(Frozen):
    """What a channel needs to make one call. It holds personal data and never leaves the worker's memory."""

    channel: Channel
    to: str
    subject: str
    body: str
    token: str
    unsubscribe_url: str | None = None
    reply_token: str | None = None
    """Names the message in the address that answers come back to; None where there is none."""
    valid_for: timedelta | None = None
    """How long a provider may keep trying: until the window of allowed hours shuts or the message gets stale."""


class Claimed(Frozen):
    """The committed right to make exactly one call."""

    message_id: UUID
    fence: int
    envelope: Envelope
    scopes: tuple[str, ...]
    """The pause scopes the message is in."""
    consent_seen: int
    """The newest consent event that the gate has seen."""
    deadline: float
    """Seconds on this process's monotonic clock after which the call must not start."""
