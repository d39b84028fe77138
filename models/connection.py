"""The one way to the Temporal server."""

from temporalio.client import Client

from models.observability.switch import OFF, Observability
from models.payloads import data_converter
from models.sealing import KeyRing
from models.settings import Settings, TemporalSettings


def key_ring(settings: Settings) -> KeyRing:
    """Return the keys that seal payloads and stored requests."""
    return KeyRing(settings.keys.sealing_keys(), settings.keys.sealing_active)


async def connect(settings: Settings, *, observed: Observability = OFF, lazy: bool = False) -> Client:
    """Return a client whose payloads are encrypted. With `lazy` it connects on first use, so that the API starts without."""
    return await client_of(settings.temporal, key_ring(settings), observed=observed, lazy=lazy)


async def client_of(
    temporal: TemporalSettings, ring: KeyRing, *, observed: Observability = OFF, lazy: bool = False
) -> Client:
    """Return the client of `connect`, for a program that knows no other settings."""
    return await Client.connect(
        temporal.address,
        namespace=temporal.namespace,
        data_converter=data_converter(ring),
        plugins=list(observed.plugins),
        runtime=observed.runtime,
        lazy=lazy,
    )
