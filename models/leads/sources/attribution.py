"""Where a lead came from, in the parameters that every advertising system writes the same way."""

from models.leads import payload
from models.leads.payload import Fields

_PARAMETERS = ("source", "medium", "campaign", "term", "content")


def utm_of(fields: Fields) -> dict[str, str]:
    """Return the `utm_…` parameters that are there, without their prefix."""
    return {name: found for name in _PARAMETERS if (found := payload.written(fields, f"utm_{name}"))}
