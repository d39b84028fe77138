"""What a broken network does to an answer: reset, or break off in the middle."""

import asyncio
import socket
import struct

from aiohttp import web

LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


def reset(request: web.Request) -> web.StreamResponse:
    """Reset the connection: the client sees ECONNRESET, not an orderly end."""
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        peer: socket.socket | None = transport.get_extra_info("socket")
        if peer is not None:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
        transport.abort()
    return web.Response()  # goes nowhere; aiohttp wants a value


async def half(request: web.Request, status: int, body: bytes, content_type: str) -> web.StreamResponse:
    """Send the headers and half of the body, then close: `Content-Length` promises more than comes."""
    response = web.StreamResponse(status=status, headers={"Content-Type": content_type})
    response.content_length = len(body) + 64
    response.force_close()
    await response.prepare(request)
    await response.write(body[: max(1, len(body) // 2)])
    if request.transport is not None:
        request.transport.close()
    return response
