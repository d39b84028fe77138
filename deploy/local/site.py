"""One stack's place: its directory, ports and secrets, and what its running parts have said about themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local import environment
from deploy.local.secrets import LocalSecrets

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """What the parts of one stack share. `facts` holds each part's ready line."""

    state: Path
    ports: Mapping[str, int]
    secrets: LocalSecrets
    extra_settings: Mapping[str, str]
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        """Return the service's settings as far as they are known now."""
        aws = self.facts.get("aws", {})
        return environment.settings(self.state, self.ports, self.secrets, aws, self.extra_settings)

    def url(self, port: str) -> str:
        """Return the base address of the server that has this port."""
        return environment.url(self.ports[port])

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.state / "postgres"

    @property
    def passwords(self) -> Path:
        """Names and passwords of the staff, with which they sign in at the console."""
        return self.state / "passwords.json"

    @property
    def credentials(self) -> Path:
        """Where the API keys of the staff are kept, as the seed printed them."""
        return self.state / "credentials.json"
