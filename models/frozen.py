"""The base of every value that crosses a boundary: workflow inputs, activity inputs and results."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value. Unknown fields are ignored so that an old history still loads after a field is dropped."""

    model_config = ConfigDict(frozen=True, extra="ignore")
