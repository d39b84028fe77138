"""Runs a stand-in as the program it is."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


class Program:
    """A running stand-in, with a client for its control routes."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.base_url = f"http://127.0.0.1:{port}"
        self.control = httpx.AsyncClient(base_url=f"{self.base_url}/_standin")

    async def spoil(self, fault: str, recipient: str | None = None, **rule: Any) -> None:
        match = {"recipient": recipient, "operation": rule.pop("operation", None), "nth": rule.pop("nth", None)}
        response = await self.control.post("/faults", json={"match": match, "fault": fault, **rule})
        response.raise_for_status()

    async def fired(self) -> list[int]:
        return [rule["fired"] for rule in (await self.control.get("/faults")).json()]

    async def log(self, operation: str | None = None) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = (await self.control.get("/log")).json()
        return [line for line in lines if operation in (None, line["operation"])]

    async def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def terminate(self) -> int:
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()


@asynccontextmanager
async def running(name: str, state_dir: Path, *options: str) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"deploy.local.standins.{name}", "--state-dir", str(state_dir), *options,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), timeout=20))
        program = Program(process, ready["port"])
        async with program.control:
            yield program
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
