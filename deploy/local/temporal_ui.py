"""The door to the embedded Temporal UI: passes everything on, and has the UI show our sign-in to the codec endpoint.

The UI sends a visitor's cookie to the codec endpoint only if its setting `Codec.IncludeCredentials` is true. The container
image takes that from TEMPORAL_CODEC_INCLUDE_CREDENTIALS; the development server of the CLI (1.9) has an option for the
endpoint alone. So its answer to `/api/v1/settings` is completed here, with a sentence for whoever is not signed in.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from multidict import CIMultiDict

from deploy.local.ports import LOOPBACK
from deploy.local.standins.kit.serving import serve

_SETTINGS = "/api/v1/settings"
_OF_ONE_CONNECTION = ("Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "TE", "Upgrade")
_UNANSWERED = "The Temporal server does not answer; it is starting, or it was stopped."
_BEHIND = web.AppKey("behind", ClientSession)


def make_door(server: str, sign_in: str) -> web.Application:
    """Return the application in front of the UI.

    Args:
        server: base address of the UI itself.
        sign_in: where one signs in to have payloads shown.
    """

    async def behind(app: web.Application) -> AsyncIterator[None]:
        forever = ClientTimeout(total=None, sock_connect=5)
        async with ClientSession(server, auto_decompress=False, timeout=forever, trust_env=False) as session:
            app[_BEHIND] = session
            yield

    async def settings(request: web.Request) -> web.StreamResponse:
        async with request.app[_BEHIND].get(_SETTINGS, headers={"Accept-Encoding": "identity"}) as answer:
            known: dict[str, Any] = json.loads(await answer.read())
        known["Codec"] |= {
            "IncludeCredentials": True,
            "DefaultErrorMessage": "Sign in as approver, incident owner or engineer to read payloads, then load this page again.",
            "DefaultErrorLink": sign_in,
        }
        return web.json_response(known)

    app = web.Application(client_max_size=2**26, middlewares=[_plainly])
    app.cleanup_ctx.append(behind)
    app.router.add_get(_SETTINGS, settings)
    app.router.add_route("*", "/{_:.*}", _pass_on)
    return app


@web.middleware
async def _plainly(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        answer: web.StreamResponse = await handler(request)
    except (ClientError, TimeoutError, ValueError):
        return web.Response(text=_UNANSWERED, status=502)
    return answer


async def _pass_on(request: web.Request) -> web.StreamResponse:
    body, headers = await request.read(), _without_hops(request.headers)
    asked = request.app[_BEHIND].request(
        request.method, request.rel_url, data=body, headers=headers, allow_redirects=False
    )
    async with asked as answer:
        passed = web.StreamResponse(status=answer.status, headers=_without_hops(answer.headers))
        await passed.prepare(request)
        async for part in answer.content.iter_any():
            await passed.write(part)
        await passed.write_eof()
        return passed


def _without_hops(headers: Mapping[str, str]) -> CIMultiDict[str]:
    kept = CIMultiDict(headers.items())
    for name in _OF_ONE_CONNECTION:
        kept.popall(name, None)
    return kept


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--server", required=True, help="base address of the UI itself")
    parser.add_argument("--sign-in", required=True, help="where one signs in to have payloads shown")
    given = parser.parse_args()
    asyncio.run(serve(make_door(given.server, given.sign_in), LOOPBACK, given.port))


if __name__ == "__main__":
    main()
