"""The names of the environment variables that `Settings` reads."""

from collections.abc import Iterator

from pydantic import BaseModel

from models.settings import Settings

PREFIX = "COMMS_"


def setting_names() -> set[str]:
    return {PREFIX + name.upper() for name in _names(Settings)}


def _names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{name}__{inner}" for inner in _names(field.annotation))
        else:
            yield name
