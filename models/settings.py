"""Every setting, read once from the environment (`COMMS_…`, nested with `__`) and passed down. Nothing reads it by import.

Durations are ISO 8601 (`PT15M`). What would make the service unsafe is refused here, at start.
"""

import base64
import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.crm_settings import CrmSettings
from models.failpoints import FAILPOINTS
from models.google_business import GoogleBusinessSettings
from models.pausing import FOUND_BY_ITSELF, PauseCode

KEY_BYTES = 32


class DatabaseSettings(BaseModel):
    """PostgreSQL. The URL uses the psycopg 3 driver: `postgresql+psycopg://user:password@host/name`."""

    url: SecretStr
    pool_size: int = 10
    webhook_pool_size: int = 10
    epoch: int = 1
    """Must be that of the database, or nothing is sent to contacts. Raise it after restoring a copy of the data
    directory, which the service cannot notice by itself; a person then compares and releases, see `comms reconcile`."""


class TemporalSettings(BaseModel):
    """The Temporal server."""

    address: str = "127.0.0.1:7233"
    namespace: str = "default"
    task_queue: str = "comms"
    ui_url: str = "http://127.0.0.1:8233"
    threads: int = 32


class KeySettings(BaseModel):
    """Keys. `sealing` maps key ids to base64 of 32 bytes; old ids stay until no history or row uses them."""

    sealing: dict[str, SecretStr]
    sealing_active: str
    callback: SecretStr
    approval: SecretStr

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.sealing_active not in self.sealing:
            raise ValueError(f"sealing_active names key {self.sealing_active!r}, which is not in sealing")
        for key_id, key in self.sealing.items():
            if len(base64.b64decode(key.get_secret_value())) != KEY_BYTES:
                raise ValueError(f"sealing key {key_id!r} must be base64 of {KEY_BYTES} bytes")
        return self

    def sealing_keys(self) -> dict[str, bytes]:
        """Return the raw keys by id."""
        return {key_id: base64.b64decode(key.get_secret_value()) for key_id, key in self.sealing.items()}


class TwilioSettings(BaseModel):
    """Twilio. An empty `auth_tokens` disables its web hooks. During a rotation list the new token and the old one."""

    account_sid: str = ""
    auth_tokens: list[SecretStr] = Field(default_factory=list)
    api_key_sid: str = ""
    api_key_secret: SecretStr = SecretStr("")
    messaging_service_sid: str = ""
    base_url: str = ""
    request_timeout: timedelta = timedelta(seconds=10)
    lookups_per_minute: int = Field(default=60, ge=1)
    """How often one worker may read the list of sent messages to find out what became of a lost answer."""


class LookupSettings(BaseModel):
    """Twilio Lookup: what kind of line a number is, asked before the first text to it. Each look-up costs money."""

    enabled: bool = False
    base_url: str = ""
    per_day: int = Field(default=500, ge=0)
    """The budget of all workers together; beyond it nothing is looked up and nothing is held up."""
    good_for: timedelta = timedelta(days=90)
    again_after: timedelta = timedelta(days=1)
    """When a number is looked up again of which nothing could be found out."""
    request_timeout: timedelta = timedelta(seconds=3)


class SesSettings(BaseModel):
    """Amazon SES v2 and the SQS queue that carries its events. An empty queue URL disables the consumer."""

    endpoint_url: str = ""
    region: str = "us-east-1"
    configuration_set: str = "comms"
    from_address: str = ""
    events_queue_url: str = ""
    queue_endpoint_url: str = ""
    topic_arns: list[str] = Field(default_factory=list)
    signing_certificate: str = ""
    """PEM file of a local notification service; empty means Amazon's own, fetched from its `SigningCertURL`."""
    mail_bucket: str = ""
    """Where the receipt rule's S3 action puts received mail, which has no limit of 150 KB as the SNS action has. Mail said to
    lie elsewhere is not fetched."""
    mail_endpoint_url: str = ""
    mail_most_bytes: int = Field(default=1_000_000, ge=10_000)
    """So much of a stored mail is read. Its text comes first; what is cut off is attachments."""
    reply_domain: str = ""
    """Domain whose mail SES receives and publishes to one of the topics; answers to our emails come to addresses in it.
    Empty: they go to `from_address`, and nobody here reads them."""
    connect_timeout: timedelta = timedelta(seconds=5)
    read_timeout: timedelta = timedelta(seconds=15)


class SearchConsoleSettings(BaseModel):
    """Google Search Console: our OAuth client, by which the properties that clients have opened to us are read."""

    base_url: str = "https://www.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    request_timeout: timedelta = timedelta(seconds=30)


class QuickBooksSettings(BaseModel):
    """QuickBooks Online: our app, by which the books that clients have opened to us are read."""

    base_url: str = "https://quickbooks.api.intuit.com"
    token_url: str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105  (an address)
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    verifier_tokens: list[SecretStr] = Field(default_factory=list)
    """Sign its web hooks; empty refuses them. List the new one and the old one while it is changed."""
    request_timeout: timedelta = timedelta(seconds=30)


class DrafterSettings(BaseModel):
    """A model behind an OpenAI-compatible address. Without one, drafts are the plain texts with their slots filled."""

    model: str = ""
    base_url: str = "https://api.openai.com/v1/"
    api_key: SecretStr = SecretStr("")
    request_timeout: timedelta = Field(default=timedelta(seconds=30), gt=timedelta(0), le=timedelta(seconds=50))
    """For one request. The activity gives it a minute."""
    max_output_tokens: int = Field(default=1500, ge=100, le=16_000)
    max_answer_bytes: int = Field(default=65_536, ge=1024, le=1_048_576)
    tries: int = Field(default=3, ge=1, le=10)
    """How often it is asked before the plain text is taken."""


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


class PortalSettings(BaseModel):
    """What clients see, and through which login of the database."""

    database_url: SecretStr = SecretStr("")
    """A login that may read `portal_post` and nothing else, by convention `comms_portal`. Empty, for local use only: the service
    takes that role within its own connections, and an error in a query would then be stopped by nothing else."""
    pool_size: int = Field(default=4, ge=1)
    link_lasts: timedelta = Field(default=timedelta(days=90), gt=timedelta(0))
    """How long a link to the portal works, unless its issuer asks for less."""
    requests_per_minute: int = Field(default=60, ge=1)
    """Of one link, and of one address whose links are not known, at each process of the API."""


class ApiSettings(BaseModel):
    """Where the starter API listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 65_536
    max_lead_body_bytes: int = 262_144
    """Of a lead web hook whose source sends transcripts, interviews or attachments' addresses with it."""
    codec_origins: list[str] = Field(default_factory=list)
    """Pages that may have payloads decrypted: the address of the Temporal UI. Empty switches the codec endpoint off.
    Put the endpoint behind the same sign-in as the UI where others can reach it."""


class ObservabilitySettings(BaseModel):
    """Traces and metrics are off unless asked for; neither holds personal data."""

    otlp_endpoint: str = ""
    """Base URL of a collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`: traces and metrics on."""
    metrics_address: str = ""
    """`host:port` at which Prometheus finds the worker's metrics, and those of the API at port + 1 and of the relay at
    port + 2. Metrics then do not go to the collector."""
    log_level: str = "INFO"

    @field_validator("otlp_endpoint")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("metrics_address")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        if value and not re.fullmatch(r".+:\d{1,5}", value):
            raise ValueError("metrics_address must be host:port")
        return value


class Settings(BaseSettings):
    """The whole configuration of one process."""

    model_config = SettingsConfigDict(env_prefix="COMMS_", env_nested_delimiter="__", env_file=".env", extra="ignore")

    environment: Literal["local", "production"] = "production"
    public_base_url: str = "http://127.0.0.1:8080"
    quiet_hours: Literal["enforced", "always_open"] = "enforced"
    api: ApiSettings = ApiSettings()
    database: DatabaseSettings
    portal: PortalSettings = PortalSettings()
    temporal: TemporalSettings = TemporalSettings()
    keys: KeySettings
    twilio: TwilioSettings = TwilioSettings()
    lookup: LookupSettings = Field(default_factory=LookupSettings)
    ses: SesSettings = SesSettings()
    crm: CrmSettings = CrmSettings()
    google_business: GoogleBusinessSettings = GoogleBusinessSettings()
    search_console: SearchConsoleSettings = SearchConsoleSettings()
    quickbooks: QuickBooksSettings = QuickBooksSettings()
    drafter: DrafterSettings = DrafterSettings()
    timers: TimerSettings = TimerSettings()
    pauses: PauseSettings = PauseSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    observability: ObservabilitySettings = ObservabilitySettings()
    failpoints: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """For tests: at the nth time it comes to this point (see `models.failpoints`) the process kills itself."""

    @field_validator("public_base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment == "production" and self.quiet_hours != "enforced":
            raise ValueError("quiet_hours=always_open is for local demonstrations; production enforces quiet hours")
        if self.environment == "production" and self.crm.permits_loopback:
            raise ValueError(
                "crm.permits_loopback is for local stacks; production sends web hooks to public addresses only"
            )
        if self.environment == "production" and self.failpoints:
            raise ValueError("failpoints kill the process on purpose; they are for tests, and production refuses them")
        if self.environment == "production" and not self.portal.database_url.get_secret_value():
            raise ValueError(
                "portal.database_url is empty; production reads what clients see through a login of its own: create the role "
                "comms_portal with a password and set COMMS_PORTAL__DATABASE_URL"
            )
        if unknown := self.failpoints.keys() - FAILPOINTS.keys():
            raise ValueError(f"there is no failpoint {', '.join(sorted(unknown))}; there are {', '.join(FAILPOINTS)}")
        ses = self.ses.connect_timeout + self.ses.read_timeout
        if self.twilio.request_timeout > self.timers.request or ses > self.timers.request:
            raise ValueError("a provider's timeout must not exceed timers.request, or a call could outlive its lease")
        return self
