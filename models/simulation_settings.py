"""Where simulations run. Read from the environment by `models.settings`."""

from datetime import timedelta

from pydantic import BaseModel, Field, SecretStr


class SimulationSettings(BaseModel):
    """Simulations never write to the service's own database."""

    database_url: SecretStr = SecretStr("")
    """A login that may create databases, on any server: each simulation makes one and drops it. Empty: an embedded server, where
    that is installed."""
    within: timedelta = Field(default=timedelta(minutes=2), gt=timedelta(0))
    """After this long a simulation is given up."""
