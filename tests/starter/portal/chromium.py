"""A real Chromium, driven through its DevTools protocol: what a person sees, and what the browser complains about."""

import asyncio
import base64
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import websockets

PROGRAM = shutil.which("chromium")
START_SECONDS = 20.0
LOAD_SECONDS = 10.0


class Page:
    """One tab.

    Args:
        socket: the tab's debugging connection.
    """

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.asked: list[tuple[str, str]] = []
        """Method and address of every request that it has made."""
        self.complaints: list[str] = []
        """What it has refused or found wrong: the content security policy, failed scripts."""

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(self._read())
        for domain in ("Page", "Network", "Log", "Runtime"):
            await self.tell(f"{domain}.enable")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()

    async def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        number = next(self._ids)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        return await asyncio.wait_for(answer, LOAD_SECONDS)

    async def size(self, width: int, height: int) -> None:
        """Be as large as a screen, in CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.tell("Emulation.setDeviceMetricsOverride", **metrics)
        # Headless Chromium says so in its name, and is taken for the program that it is.
        agent = (
            f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 {width}"
        )
        await self.tell("Network.setUserAgentOverride", userAgent=agent)

    async def open(self, url: str) -> None:
        """Go to an address and wait until it has loaded."""
        self._loaded.clear()
        await self.tell("Page.navigate", url=url)
        await asyncio.wait_for(self._loaded.wait(), LOAD_SECONDS)

    async def press(self, selector: str) -> None:
        """Click on something that leads to another page, and wait until that has loaded."""
        self._loaded.clear()
        await self.value(f"document.querySelector({json.dumps(selector)}).click()")
        await asyncio.wait_for(self._loaded.wait(), LOAD_SECONDS)

    async def value(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        answer = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def photograph(self, path: Path) -> None:
        """Keep a picture of the whole page."""
        answer = await self.tell("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(answer["data"]))

    async def _read(self) -> None:
        async for raw in self._socket:
            message = json.loads(raw)
            params = message.get("params", {})
            if "id" in message:
                self._waiting.pop(message["id"]).set_result(message.get("result", {}))
            elif message["method"] == "Page.loadEventFired":
                self._loaded.set()
            elif message["method"] == "Network.requestWillBeSent":
                self.asked.append((params["request"]["method"], params["request"]["url"]))
            elif message["method"] == "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            elif message["method"] == "Runtime.exceptionThrown":
                self.complaints.append(params["exceptionDetails"]["text"])


@asynccontextmanager
async def chromium() -> AsyncIterator[Page]:
    """A browser with one empty tab, gone afterwards."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(prefix="comms-chromium-", ignore_cleanup_errors=True) as profile:
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0")
        process = await asyncio.create_subprocess_exec(
            PROGRAM, *options, f"--user-data-dir={profile}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = await asyncio.wait_for(_port(Path(profile, "DevToolsActivePort")), START_SECONDS)
            async with httpx.AsyncClient(trust_env=False) as http:
                tabs = (await http.get(f"http://127.0.0.1:{port}/json")).json()
            address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            async with websockets.connect(address, max_size=None, proxy=None) as socket, Page(socket) as page:
                yield page
        finally:
            process.terminate()
            await process.wait()


async def _port(file: Path) -> str:
    while not (file.exists() and "\n" in file.read_text()):
        await asyncio.sleep(0.05)
    return file.read_text().split("\n", 1)[0]
