"""How a stand-in runs: the arguments all of them take, one port, a ready line, an orderly end on SIGTERM."""

import argparse
import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

GRACE_SECONDS = 1.0
"""How long open requests may go on after SIGTERM; hanging ones are cut then."""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with --host, --port (0 picks a free one) and --state-dir; add the stand-in's own to it."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state-dir", type=Path, required=True)
    return parser


@asynccontextmanager
async def listening(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve `app` inside the `async with` block; gives the port. Made for tests and for `serve`."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_address=True, backlog=1024).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Prints `{"ready": true, "port": N}` as one line when it listens."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with listening(app, host, port) as bound:
        print(json.dumps({"ready": True, "port": bound}), flush=True)
        await stopped.wait()
