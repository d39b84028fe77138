"""The real SDK, pointed at the stand-in; and phone numbers no other test uses."""

import asyncio
import itertools
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from deploy.local.standins.twilio.account import LOCAL_ACCOUNT_SID, LOCAL_API_KEY_SID, LOCAL_MESSAGING_SERVICE_SID

SERVICE = LOCAL_MESSAGING_SERVICE_SID
SENDER = "+13035550100"
CREATE = f"/2010-04-01/Accounts/{LOCAL_ACCOUNT_SID}/Messages.json"

_AREAS = itertools.count(201)


def a_number(ending: int = 23) -> str:
    return f"+1{next(_AREAS)}55501{ending:02}"


def client(base_url: str, timeout: float = 5, secret: str = "local-api-key-secret") -> Any:
    sdk = Client(LOCAL_API_KEY_SID, secret, LOCAL_ACCOUNT_SID, http_client=TwilioHttpClient(timeout=timeout))
    sdk.api.base_url = base_url
    return sdk


async def send(sdk: Any, to: str, body: str = "Hello", callback: str | None = None, **more: Any) -> Any:
    sender = {} if "from_" in more else {"messaging_service_sid": SERVICE}
    given = {"to": to, "body": body, **sender, **more} | ({"status_callback": callback} if callback else {})
    return await asyncio.to_thread(sdk.messages.create, **given)


async def sent_to(sdk: Any, to: str) -> list[Any]:
    found: list[Any] = await asyncio.to_thread(sdk.messages.list, to=to)
    return found
