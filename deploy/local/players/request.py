"""What a lead source sends: a body and the headers that prove where it comes from."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sent:
    """One request of a source."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
