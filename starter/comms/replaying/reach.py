"""What replaying needs to know: where Temporal is, and the sealing keys. No database, no provider."""

import base64

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from models.sealing import KeyRing
from models.settings import KEY_BYTES, Settings, TemporalSettings


class SealingKeys(BaseModel):
    """`COMMS_KEYS__SEALING`, as the service has it. None is needed for histories that are not sealed."""

    sealing: dict[str, SecretStr] = Field(default_factory=dict)

    @field_validator("sealing")
    @classmethod
    def _usable(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for key_id, key in value.items():
            if len(base64.b64decode(key.get_secret_value())) != KEY_BYTES:
                raise ValueError(f"sealing key {key_id!r} must be base64 of {KEY_BYTES} bytes")
        return value


class Reach(BaseSettings):
    """`COMMS_TEMPORAL__…` and `COMMS_KEYS__SEALING`."""

    model_config = Settings.model_config

    temporal: TemporalSettings = TemporalSettings()
    keys: SealingKeys = SealingKeys()

    @property
    def ring(self) -> KeyRing:
        """The keys that open; nothing is sealed with them here."""
        keys = {key_id: base64.b64decode(key.get_secret_value()) for key_id, key in self.keys.sealing.items()}
        return KeyRing(keys, next(iter(keys), ""))
