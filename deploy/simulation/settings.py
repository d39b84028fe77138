"""The settings of a simulated worker: those of the service where they decide on time, throw-away ones else."""

import base64
import secrets
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from models.patience_settings import ApprovalSettings, PauseSettings, TimerSettings
from models.settings import DatabaseSettings, Settings
from models.simulation_settings import SimulationSettings


class AsTheServiceIsSet(BaseSettings):
    """What a simulation reads of the environment. It needs no key and no provider's setting, and has none."""

    model_config = Settings.model_config

    public_base_url: str = "http://127.0.0.1:8080"
    database: DatabaseSettings | None = None
    timers: TimerSettings = Field(default_factory=TimerSettings)
    pauses: PauseSettings = Field(default_factory=PauseSettings)
    approvals: ApprovalSettings = Field(default_factory=ApprovalSettings)
    simulation: SimulationSettings = Field(default_factory=SimulationSettings)


def of_simulation(service: AsTheServiceIsSet, database: str, temporal: str) -> Settings:
    """Return the settings of the simulated worker. Hours and caps are enforced, whatever the service is set to."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    given: dict[str, Any] = {
        "environment": "local",
        "public_base_url": service.public_base_url,
        "quiet_hours": "enforced",
        "database": DatabaseSettings(url=SecretStr(database), decision_key=SecretStr(secrets.token_urlsafe())),
        "temporal": {"address": temporal, "namespace": "default", "task_queue": "simulation", "threads": 8},
        "keys": {
            "sealing": {"simulation": key},
            "sealing_active": "simulation",
            "callback": secrets.token_urlsafe(),
            "approval": secrets.token_urlsafe(),
        },
        "timers": service.timers,
        "pauses": service.pauses,
        "approvals": service.approvals,
        "failpoints": {},
    }
    return _Given.model_validate(given)


class _Given(Settings):
    """Settings that come from nowhere but the caller."""

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> Any:
        """Read neither the environment nor a file."""
        return (sources["init_settings"],)
