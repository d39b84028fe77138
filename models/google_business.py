"""How reviews are read from Google Business Profile."""

from datetime import timedelta

from pydantic import BaseModel, Field, SecretStr


class GoogleBusinessSettings(BaseModel):
    """Google Business Profile, from which reviews are read. An empty refresh token switches that off."""

    base_url: str = "https://mybusiness.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address, not a secret)
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    request_timeout: timedelta = timedelta(seconds=10)
    every: timedelta = Field(default=timedelta(hours=1), gt=timedelta(0))
    """How often the reviews of a location are read."""
    patience: timedelta = Field(default=timedelta(minutes=5), gt=timedelta(0))
    """How soon a location that could not be read is tried again, unless Google asks for more."""

    @property
    def is_set_up(self) -> bool:
        """Whether there is an account to read with."""
        return bool(self.refresh_token.get_secret_value())
