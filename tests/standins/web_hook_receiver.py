"""Receives web hooks as our service would, and remembers what came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from twilio.request_validator import RequestValidator

from deploy.local.standins.kit.serving import listening


@dataclass(frozen=True)
class Received:
    path: str
    params: dict[str, str]
    signed: bool
    idempotency_token: str


@dataclass
class Receiver:
    auth_token: str
    base_url: str = ""
    came: list[Received] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    """HTTP statuses to answer the next web hooks with; 204 when used up."""

    async def receive(self, request: web.Request) -> web.Response:
        params = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        signed = RequestValidator(self.auth_token).validate(f"{self.base_url}{request.path_qs}", params, signature)
        self.came.append(Received(request.path, params, signed, request.headers["I-Twilio-Idempotency-Token"]))
        return web.Response(status=self.refusals.pop(0) if self.refusals else 204)

    def of(self, sid: str) -> list[Received]:
        return [each for each in self.came if each.params["MessageSid"] == sid]

    def statuses(self, sid: str) -> list[str]:
        return [each.params["MessageStatus"] for each in self.of(sid)]

    async def until(self, sid: str, count: int) -> list[Received]:
        async with asyncio.timeout(5):
            while len(self.of(sid)) < count:
                await asyncio.sleep(0.01)
        return self.of(sid)


@asynccontextmanager
async def receiving(auth_token: str) -> AsyncIterator[Receiver]:
    receiver = Receiver(auth_token)
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.receive)
    async with listening(app) as port:
        receiver.base_url = f"http://127.0.0.1:{port}"
        yield receiver
