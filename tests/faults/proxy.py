"""A TCP proxy that can be told to misbehave. It runs in a thread and a loop of its own, so that no test can stall it."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from deploy.local.ports import LOOPBACK
from tests.faults.transcripts import RequestTranscript, Transcript
from tests.faults.traps import Fate, Trap, Way

CHUNK = 65_536
LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
T = TypeVar("T")


class Proxy:
    """Stands in front of one server. Make it with `Network.proxy`; call its methods from any thread.

    Args:
        loop: the network's.
        name: for figures.
        target: gives the server's port when a client connects.
        transcript: makes what traps look at.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        name: str,
        target: Callable[[], int],
        transcript: Callable[[], Transcript],
    ) -> None:
        self.name = name
        self.target = target
        self.transcript = transcript
        self.port = 0
        self.traps: list[Trap] = []
        self.passing = asyncio.Event()
        self._loop = loop
        self._listener: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    def trap(
        self,
        what: str,
        way: Way,
        asked: str = "",
        *,
        let_through: int = 0,
        then: Fate | None = None,
        times: int = 1,
    ) -> Trap:
        """Set a trap, see `Trap`. It stays until `mend`."""
        trap = Trap(what, way, asked, let_through, then, times)
        self.traps.append(trap)
        return trap

    def cut(self) -> None:
        """Reset every open connection; new ones pass."""
        self._do(self._cut())

    def refuse(self) -> None:
        """Refuse new connections, as a server does that is not there, and reset the open ones."""
        self._do(self._refuse())

    def blackhole(self) -> None:
        """Let nothing through, in neither direction; what is sent meanwhile arrives after `mend`, as TCP repeats it."""
        self._loop.call_soon_threadsafe(self.passing.clear)

    def mend(self) -> None:
        """Take away every fault: what is held by a trap goes on, and new connections pass."""
        for trap in self.traps:
            trap.decide(Fate.RELEASE)
        self.traps = []
        self._do(self.listen())

    async def listen(self) -> None:
        """Take connections; the port stays the same. For the network."""
        self.passing.set()
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, LOOPBACK, self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """End for good. For the network."""
        await self._refuse()

    async def _refuse(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self._cut()

    async def _cut(self) -> None:
        for connection in list(self._open):
            connection.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(self, reader, writer)
        self._open.add(connection)
        try:
            await connection.run()
        except _Closed:
            connection.close()
        except (OSError, _Cut):
            connection.abort()
        finally:
            self._open.discard(connection)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class _Cut(Exception):
    """A trap wants the connection reset."""


class _Closed(Exception):
    """A trap wants the connection closed in order."""


class _Connection:
    """One client and its way to the server."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = (reader, writer)
        self._writers = [writer]
        self._transcript = proxy.transcript()

    async def run(self) -> None:
        await self._proxy.passing.wait()
        await self._through_traps(Way.CONNECT, b"", self._client[1])
        server = await asyncio.open_connection(LOOPBACK, self._proxy.target())
        self._writers.append(server[1])
        pumps = (
            asyncio.ensure_future(self._pump(Way.TO_SERVER, self._client[0], server[1])),
            asyncio.ensure_future(self._pump(Way.TO_CLIENT, server[0], self._client[1])),
        )
        try:
            await asyncio.gather(*pumps)
        finally:
            for pump in pumps:
                pump.cancel()
        self.close()

    def close(self) -> None:
        """Close both sides, after what has been written."""
        for writer in self._writers:
            writer.close()

    def abort(self) -> None:
        """Reset both sides."""
        for writer in self._writers:
            peer: socket.socket | None = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                if peer is not None:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
            writer.transport.abort()

    async def _pump(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            if way is Way.TO_SERVER:
                self._transcript.add(chunk)
            await self._proxy.passing.wait()
            chunk = await self._through_traps(way, chunk, writer)
            if way is Way.TO_CLIENT:
                self._transcript.answered()
            writer.write(chunk)
            await writer.drain()
        await self._proxy.passing.wait()
        if writer.can_write_eof():
            writer.write_eof()

    async def _through_traps(self, way: Way, chunk: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Return what goes on."""
        for trap in list(self._proxy.traps):
            if not trap.catches(way, self._transcript.text):
                continue
            if trap.let_through:
                writer.write(chunk[: trap.let_through])
                await writer.drain()
                chunk = chunk[trap.let_through :]
            match await trap.fate():
                case Fate.CUT:
                    raise _Cut
                case Fate.CLOSE:
                    raise _Closed
        return chunk


class Network:
    """Proxies on one loop in one thread. Use it in a `with` block; its end resets every connection."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._proxies: list[Proxy] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for proxy in self._proxies:
            asyncio.run_coroutine_threadsafe(proxy.shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def proxy(
        self, name: str, target: Callable[[], int], transcript: Callable[[], Transcript] = RequestTranscript
    ) -> Proxy:
        """Open a proxy on a free loopback port."""
        proxy = Proxy(self._loop, name, target, transcript)
        asyncio.run_coroutine_threadsafe(proxy.listen(), self._loop).result(10)
        self._proxies.append(proxy)
        return proxy
