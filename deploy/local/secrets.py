"""The secrets of one local stack: made up once, kept in `secrets.json` (readable by the owner only)."""

import base64
import secrets
from pathlib import Path

from pydantic import BaseModel, Field


def _sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


class LocalSecrets(BaseModel):
    """Random values in the shapes the real providers use, so that format checks meet what they will meet there."""

    database_password: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    portal_password: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    sealing_key: str = Field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    callback_key: str = Field(default_factory=lambda: secrets.token_urlsafe(32))
    decision_key: str = Field(default_factory=lambda: secrets.token_urlsafe(32))
    approval_key: str = Field(default_factory=lambda: secrets.token_urlsafe(32))
    twilio_account_sid: str = Field(default_factory=lambda: _sid("AC"))
    twilio_auth_token: str = Field(default_factory=lambda: secrets.token_hex(16))
    twilio_api_key_sid: str = Field(default_factory=lambda: _sid("SK"))
    twilio_api_key_secret: str = Field(default_factory=lambda: secrets.token_hex(16))
    twilio_messaging_service_sid: str = Field(default_factory=lambda: _sid("MG"))
    crm_token: str = Field(default_factory=lambda: f"pat-local-{secrets.token_hex(16)}")
    crm_app_secret: str = Field(default_factory=lambda: secrets.token_hex(16))
    """By which the CRM signs its web hooks."""
    web_hook_secret: str = Field(default_factory=lambda: f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}")
    """By which we sign for a CRM that is told by web hook, and it for us."""
    identity_secret: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    """Of the console at an identity provider."""
    model_key: str = Field(default_factory=lambda: f"sk-local-{secrets.token_hex(16)}")
    google_client_id: str = Field(default_factory=lambda: f"{secrets.token_hex(8)}.apps.googleusercontent.com")
    google_client_secret: str = Field(default_factory=lambda: f"GOCSPX-{secrets.token_urlsafe(21)}")
    google_refresh_token: str = Field(default_factory=lambda: f"1//{secrets.token_urlsafe(48)}")
    figures_secret: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    """Of our OAuth clients at the sources of figures, and of their web hooks."""
    aws_access_key_id: str = Field(default_factory=lambda: "AKIA" + secrets.token_hex(8).upper())
    aws_secret_access_key: str = Field(default_factory=lambda: secrets.token_urlsafe(30))


def local_secrets(path: Path) -> LocalSecrets:
    """Return the stack's secrets, making up those the file does not have yet."""
    known = LocalSecrets.model_validate_json(path.read_bytes()) if path.exists() else LocalSecrets()
    private_write(path, known.model_dump_json(indent=2))
    return known


def private_write(path: Path, text: str) -> None:
    """Write a file that only its owner may read, replacing what was there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(text)
    draft.replace(path)
