"""How long things wait and how often they are looked at. Read from the environment by `models.settings`."""

from datetime import timedelta
from typing import Self

from pydantic import BaseModel, Field, model_validator

from models.pausing import FOUND_BY_ITSELF, PauseCode

KEY_BYTES = 32


class TimerSettings(BaseModel):
    """Timers of the send protocol. Their order is checked: a call may start until half of its lease is over."""

    request: timedelta = timedelta(seconds=20)
    lease: timedelta = timedelta(seconds=45)
    start_to_close: timedelta = timedelta(seconds=60)
    checks: list[timedelta] = Field(default=[timedelta(seconds=s) for s in (30, 120, 300, 900)])
    """When an unknown outcome is looked up, counted from the end of the lease; after the last one a person is asked."""
    email_patience: timedelta = timedelta(hours=1)
    """When a person is asked about an email, which no list shows: counted from the end of the lease, without an event of it."""
    sweep: timedelta = timedelta(seconds=5)
    activity_retry: timedelta = timedelta(seconds=2)
    relay_poll: timedelta = timedelta(seconds=2)
    relay_lease: timedelta = timedelta(seconds=30)
    """How long a relay has what it has taken to tell; after that another one may take it."""
    approval_code: timedelta = timedelta(hours=72)
    heartbeat: timedelta = timedelta(seconds=5)
    """How often the web hooks show that they can write down what comes in."""
    inbound_silence: timedelta = timedelta(seconds=30)
    """After this long without such a sign nothing is sent to contacts, until the provider's list has been read."""
    backfill: timedelta = timedelta(minutes=5)
    """How often what the providers have received for us is read from their lists."""
    audit: timedelta = Field(default=timedelta(hours=24), gt=timedelta(0))
    """How often the ledger is audited against the providers' lists, unless a person has asked for it meanwhile."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (2 * self.request <= self.lease < self.start_to_close):
            raise ValueError(
                "timers must satisfy 2 × request <= lease < start_to_close, or a send could outlive its claim"
            )
        if not 2 * self.heartbeat <= self.inbound_silence:
            raise ValueError(
                "timers must satisfy 2 × heartbeat <= inbound_silence, or one late sign would stop sending"
            )
        return self


class PauseSettings(BaseModel):
    """How what a pause has held leaves after its resume, and when the service pauses by itself."""

    drain_per_second: float = Field(default=10.0, gt=0, le=1000)
    """How many held messages may leave per second after a resume, unless its preview asks for another rate."""
    preview: timedelta = Field(default=timedelta(minutes=15), gt=timedelta(0))
    """How long a preview may be confirmed."""
    automatic: list[PauseCode] = Field(default_factory=lambda: list(FOUND_BY_ITSELF))
    """For which reasons the service pauses by itself. `[]` is for those who break things on purpose."""
    window: timedelta = Field(default=timedelta(hours=1), gt=timedelta(0))
    """Over which time rates are looked at."""
    delivery_minimum: int = Field(default=50, ge=1)
    """Of how many reported messages of a client's channel a rate is formed at the least."""
    delivery_share: float = Field(default=0.25, gt=0, le=1)
    """From which share of failed deliveries on the channel is paused."""
    complaint_share: float = Field(default=0.003, gt=0, le=1)
    """From which share of complaints on, once there are three: mailbox providers ask for less than 0.3 %
    (support.google.com/a/answer/81126)."""
    silent_callbacks: int = Field(default=10, ge=1)
    """After how many accepted messages of a provider in a row without any report it is paused, each given the window."""
    stale_after: timedelta = Field(default=timedelta(minutes=30), gt=timedelta(0))
    """For how long the provider's list of received texts may be unread."""
    import_minimum: int = Field(default=20, ge=1)
    """Of how many imported leads of a client a share is formed at the least."""
    import_share: float = Field(default=0.5, gt=0, le=1)
    """From which share of imported leads that contradict themselves or are incomplete on the client is paused: its columns may
    have been read wrongly."""
    refused_clients: int = Field(default=2, ge=2)
    """From how many clients' channels refused for our set-up on the whole provider is paused."""


class ApprovalSettings(BaseModel):
    """How approvers are told and reminded, and how long what leads them to a decision lasts. Times count from the request.

    Where there is less time to decide, they come earlier: after a half and three quarters of it.
    """

    link: timedelta = Field(default=timedelta(hours=72), gt=timedelta(0), le=timedelta(hours=72))
    """How long a link to an approval is good for, at most."""
    session: timedelta = Field(default=timedelta(hours=12), gt=timedelta(0), le=timedelta(days=7))
    """How long a browser stays signed in."""
    remind_after: timedelta = Field(default=timedelta(hours=2), gt=timedelta(0))
    """When the approver is told again."""
    delegate_after: timedelta = Field(default=timedelta(hours=3), gt=timedelta(0))
    """When the delegate may decide too."""
    escalate_after: timedelta = Field(default=timedelta(hours=4), gt=timedelta(0))
    """When nobody has decided on something that no run waits for; a run's sequence has its own."""
