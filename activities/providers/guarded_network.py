"""Connections to an address that somebody else has chosen: resolved once, checked, and then to that very address.

A name that resolves anew between check and connection could point inside; so the check sits where the connection is made.
TLS goes on to verify the name, because only the socket knows the address.
"""

import socket
import time
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

from httpcore import ConnectError, ConnectTimeout, NetworkBackend, NetworkStream, ReadError, ReadTimeout, SyncBackend

from activities.providers.public_address import may_be_reached, parsed


class ForbiddenAddress(Exception):
    """A name leads to an address that is not public; or to several, one of which is not."""


class GuardedNetwork(NetworkBackend):
    """The network for one exchange.

    Args:
        seconds: for all of it: connection, TLS, request, answer.
        most_bytes: of the answer, TLS taken off.
        permits_loopback: whether this very machine may be reached.
    """

    def __init__(self, seconds: float, most_bytes: int, *, permits_loopback: bool = False) -> None:
        self._deadline = time.monotonic() + seconds
        self._most_bytes = most_bytes
        self._permits_loopback = permits_loopback
        self._plain = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Resolve the name, check every address it has, connect to the first."""
        chosen = self._checked(host, port)
        left = _left(self._deadline, ConnectTimeout)
        stream = self._plain.connect_tcp(chosen, port, left, local_address, socket_options)
        return _Limited(stream, self._deadline, self._most_bytes)

    def _checked(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise ConnectError(type(error).__name__) from None
        addresses = [parsed(str(entry[4][0])) for entry in found]
        if not all(may_be_reached(address, permits_loopback=self._permits_loopback) for address in addresses):
            raise ForbiddenAddress
        return str(addresses[0])


class _Limited(NetworkStream):
    """A stream that ends at the deadline and after so many bytes, however slowly they drip."""

    def __init__(self, stream: NetworkStream, deadline: float, most_bytes: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._bytes_left = most_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._bytes_left <= 0:
            raise ReadError("too long")
        received = self._stream.read(min(max_bytes, self._bytes_left), _left(self._deadline, ReadTimeout))
        self._bytes_left -= len(received)
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, ReadTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        left = _left(self._deadline, ConnectTimeout)
        return _Limited(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline, self._bytes_left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, too_late: type[Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise too_late("out of time")
    return left
