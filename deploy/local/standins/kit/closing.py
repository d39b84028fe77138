"""How what a stand-in holds open is closed at its end."""

from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web


class Closable(Protocol):
    """A file or a database."""

    def close(self) -> None:
        """Give it up."""


def close_with(app: web.Application, *held: Closable) -> None:
    """Have these closed, in this order, when the application ends."""

    async def closing(_: web.Application) -> AsyncIterator[None]:
        yield
        for one in held:
            one.close()

    app.cleanup_ctx.append(closing)
