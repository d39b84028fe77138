"""The proxy itself: what it lets through, and what it does to a connection when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.ports import LOOPBACK
from tests.faults.proxy import Network, Proxy
from tests.faults.transcripts import StatementTranscript
from tests.faults.traps import Fate, NotSprung, Way

received: list[bytes] = []


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A server that answers every line with `got ` and the line."""
    received.clear()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            received.append(line)
            writer.write(b"got " + line)
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    with Network() as network:
        yield network.proxy("echo", lambda: echo)


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
    yield reader, writer
    writer.close()


async def said(reader: asyncio.StreamReader, within: float = 2) -> bytes:
    return await asyncio.wait_for(reader.readline(), within)


async def test_bytes_pass_in_both_directions(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello\n")
        assert await said(reader) == b"got hello\n"


async def test_a_cut_connection_is_reset_and_the_next_one_passes(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello\n")
        await said(reader)
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await said(reader)
    async with connected(proxy) as (reader, writer):
        writer.write(b"again\n")
        assert await said(reader) == b"got again\n"


async def test_a_refusing_proxy_refuses_until_it_is_mended_at_the_same_port(proxy: Proxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(LOOPBACK, proxy.port)
    proxy.mend()
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello\n")
        assert await said(reader) == b"got hello\n"


async def test_what_is_sent_into_a_black_hole_arrives_when_it_closes(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        proxy.blackhole()
        await asyncio.sleep(0.05)
        writer.write(b"hello\n")
        with pytest.raises(TimeoutError):
            await said(reader, 0.2)
        assert received == []
        proxy.mend()
        assert await said(reader) == b"got hello\n"


async def test_a_held_request_arrives_although_the_client_has_given_up(proxy: Proxy) -> None:
    trap = proxy.trap("hold it", Way.TO_SERVER, "^late")
    async with connected(proxy) as (_, writer):
        writer.write(b"late\n")
        await trap.sprung()
    assert received == []
    trap.decide(Fate.RELEASE)
    async with asyncio.timeout(2):
        while received != [b"late\n"]:
            await asyncio.sleep(0.01)


async def test_an_answer_can_break_off_by_a_reset(proxy: Proxy) -> None:
    proxy.trap("lose it", Way.TO_CLIENT, "^hello", let_through=3, then=Fate.CUT)
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello\n")
        with pytest.raises(ConnectionResetError):
            await said(reader)
    assert received == [b"hello\n"]


async def test_an_answer_can_break_off_in_order(proxy: Proxy) -> None:
    proxy.trap("lose it", Way.TO_CLIENT, "^hello", let_through=3, then=Fate.CLOSE)
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello\n")
        assert await said(reader) == b"got"
    assert received == [b"hello\n"]


async def test_a_trap_that_catches_nothing_says_so(proxy: Proxy) -> None:
    trap = proxy.trap("hold what never comes", Way.CONNECT)
    with pytest.raises(NotSprung, match="hold what never comes"):
        await trap.sprung(within=0.05)


def test_a_transaction_is_read_off_the_wire_prepared_statements_included() -> None:
    def message(kind: bytes, body: bytes) -> bytes:
        return kind + (len(body) + 4).to_bytes(4, "big") + body

    seen = StatementTranscript()
    seen.add((8).to_bytes(4, "big") + (80877103).to_bytes(4, "big"))  # asks for encryption
    seen.add((9).to_bytes(4, "big") + (196608).to_bytes(4, "big") + b"\0")
    seen.add(message(b"Q", b"BEGIN\0") + message(b"P", b"one\0INSERT INTO claim_log\0\0\0"))
    bound = message(b"B", b"\0one\0host:12") + message(b"Q", b"COMMIT\0")
    seen.add(bound[:7])
    seen.add(bound[7:])
    assert seen.text.splitlines()[0] == "BEGIN"
    assert "INSERT INTO claim_log -- " in seen.text
    assert seen.text.endswith("host:12\nCOMMIT")
    seen.add(message(b"Q", b"BEGIN\0") + message(b"B", b"\0one\0host:13"))
    assert "COMMIT" not in seen.text
    assert seen.text.endswith("host:13")
