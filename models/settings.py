"""Every setting, read once from the environment (`COMMS_…`, nested with `__`) and passed down. Nothing reads it by import.

Durations are ISO 8601 (`PT15M`). What would make the service unsafe is refused here, at start.
"""

import base64
import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.crm_settings import CrmSettings
from models.failpoints import FAILPOINTS
from models.google_business import GoogleBusinessSettings
from models.patience_settings import ApprovalSettings, PauseSettings, TimerSettings
from models.provider_settings import (
    DrafterSettings,
    LookupSettings,
    QuickBooksSettings,
    SearchConsoleSettings,
    SesSettings,
    TwilioSettings,
)
from models.sign_in_settings import LocalAccounts, SignInSettings
from models.simulation_settings import SimulationSettings

KEY_BYTES = 32


class DatabaseSettings(BaseModel):
    """PostgreSQL. The URL uses the psycopg 3 driver: `postgresql+psycopg://user:password@host/name`."""

    url: SecretStr
    pool_size: int = 10
    webhook_pool_size: int = 10
    epoch: int = 1
    """Must be that of the database, or nothing is sent to contacts. Raise it after restoring a copy of the data
    directory, which the service cannot notice by itself; a person then compares and releases, see `comms reconcile`."""
    decision_key: SecretStr = SecretStr("")
    """Keys the marks of decisions. A decision without its mark counts for nothing, so it must not be lost or changed."""


class TemporalSettings(BaseModel):
    """The Temporal server."""

    address: str = "127.0.0.1:7233"
    namespace: str = "default"
    task_queue: str = "comms"
    ui_url: str = "http://127.0.0.1:8233"
    threads: int = 32
    deployment: str = "comms"
    """Name of the worker deployment whose versions are told apart by their build ids."""
    build_id: str = Field(default="", max_length=200)
    """Which version this worker is, such as a commit or an image's tag. Given, it gets no work until this version is made current
    (`temporal worker deployment set-current-version`); empty, the worker takes no part in versioning."""
    becomes_current: bool = False
    """The worker makes its own version the current one at its start. For stacks in which nobody else would."""


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


class ConsoleSettings(BaseModel):
    """The pages of staff."""

    time_zone: str = "UTC"
    """The IANA zone of the agency: moments are shown in it."""

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"there is no time zone {value!r}; name one of the IANA database, such as America/Denver")
        return value


class ApiSettings(BaseModel):
    """Where the starter API listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 65_536
    max_lead_body_bytes: int = 262_144
    """Of a lead web hook whose source sends transcripts, interviews or attachments' addresses with it."""
    codec_origins: list[str] = Field(default_factory=list)
    """Origins of the Temporal UI: the pages that may have payloads decrypted, for whoever is signed in here and has the
    role. Must be on one site with `public_base_url`. Empty switches the codec endpoint off."""


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
    console: ConsoleSettings = ConsoleSettings()
    sign_in: SignInSettings = SignInSettings()
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
    simulation: SimulationSettings = SimulationSettings()
    observability: ObservabilitySettings = ObservabilitySettings()
    failpoints: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """For tests: at the nth time it comes to this point (see `models.failpoints`) the process kills itself."""

    @property
    def permits_local_accounts(self) -> bool:
        """Whether staff may sign in with a password that this service keeps."""
        permitted = self.sign_in.local_accounts
        return permitted is LocalAccounts.ALWAYS or (permitted is LocalAccounts.LOCALLY and self.environment == "local")

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
        if self.environment == "production" and self.sign_in.issuer and not self.sign_in.issuer.startswith("https:"):
            raise ValueError("sign_in.issuer must be reached by https in production")
        if self.environment == "production" and self.failpoints:
            raise ValueError("failpoints kill the process on purpose; they are for tests, and production refuses them")
        if self.environment == "production" and not self.database.decision_key.get_secret_value():
            raise ValueError(
                "database.decision_key is empty; production counts a decision only with its mark: set "
                "COMMS_DATABASE__DECISION_KEY to a long random text, the same for every process"
            )
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
