"""How staff sign in in a browser. Read from the environment by `models.settings`."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, SecretStr, model_validator


class LocalAccounts(StrEnum):
    """Where staff may sign in with a password that this service keeps."""

    LOCALLY = "locally"
    ALWAYS = "always"
    NEVER = "never"


class SignInSettings(BaseModel):
    """OpenID Connect, and the local account beside it."""

    local_accounts: LocalAccounts = LocalAccounts.LOCALLY
    """`locally`: only where `environment` is local. `always` permits them in production too."""
    issuer: str = ""
    """Of the identity provider, exactly as it names itself, such as `https://accounts.example.com`. Empty: there is none."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("sign_in.issuer is set and sign_in.client_id is not; the identity provider gives both")
        return self
