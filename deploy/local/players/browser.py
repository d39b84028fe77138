"""A person with a browser who has got a mail from us: opens the link in it, looks at the page as long as people do."""

import asyncio
import contextlib
import html
import re
from types import TracebackType
from typing import Self

import httpx

NAMED = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}
PATIENCE_SECONDS = 45
READS_AFTER = 6
"""Seconds after which a mail has been read: whoever follows its link sooner is taken for a program."""
READS_FOR = 3.2
"""Seconds for which a page is looked at: our own script tells of it after three."""
_LINK = re.compile(r"http://[\w.:-]+/(?:portal|r)/[\w-]+")
_BEACON = re.compile(r'data-beacon="([^"]+)"')


def link_in(mail: str) -> str | None:
    """Return the first link of a mail that leads to the portal or to where reviews are left."""
    found = _LINK.search(mail)
    return found[0] if found else None


class Browser:
    """Use it in an `async with` block."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(headers=NAMED, trust_env=False, timeout=30)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def follow(self, link: str) -> str:
        """Ask for a link without following it any further; return where it leads."""
        answer = await self._asked("GET", link)
        return str(answer.headers.get("Location", ""))

    async def read(self, link: str) -> str:
        """Open a link to the portal and look at the page it leads to; return what it says."""
        page = await self._asked("GET", link, follow_redirects=True)
        beacon = _BEACON.search(page.text)
        if beacon is not None:
            await asyncio.sleep(READS_FOR)
            await self._asked("POST", str(page.url.join(beacon[1])))
        return html.unescape(page.text)

    async def _asked(self, method: str, address: str, *, follow_redirects: bool = False) -> httpx.Response:
        """Ask again while nobody answers, as people do."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await self._http.request(method, address, follow_redirects=follow_redirects)
                    if answer.status_code < 500:
                        if answer.is_client_error:
                            answer.raise_for_status()
                        return answer
                await asyncio.sleep(0.5)
