"""Calls the service's public addresses as providers do, and as those do who pretend to be one."""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from uuid import UUID

import aiohttp
from twilio.request_validator import RequestValidator

from deploy.local.stack import LocalStack
from deploy.local.standins.kit.told_log import ToldLog
from models.unsubscribing import unsubscribe_token

CONNECTIONS = 200
SIGNATURE = "X-Twilio-Signature"


class Hooks:
    """The web hooks of one stack, with what it takes to sign for Twilio: what is signed as it should be is Twilio's word."""

    def __init__(self, stack: LocalStack) -> None:
        environment = stack.environment
        self._public = environment["COMMS_PUBLIC_BASE_URL"]
        self._signs = RequestValidator(json.loads(environment["COMMS_TWILIO__AUTH_TOKENS"])[0])
        self._key = environment["COMMS_KEYS__CALLBACK"].encode()
        self._api = stack.urls["api"]
        self._told = ToldLog(stack.state / "hooks", "twilio")

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()
        self._told.close()

    async def status(
        self, token: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None, signed_for: str | None = ""
    ) -> int:
        """Report what became of a text; return the status of the answer.

        Args:
            token: of the attempt.
            form: what Twilio says.
            headers: further ones.
            signed_for: another token whose address is signed instead; None signs nothing.
        """
        path = "/webhooks/twilio/status/"
        sent = dict(headers or {})
        if signed_for == "":
            self._told.append(form["MessageSid"], form["MessageStatus"], form.get("ErrorCode", ""), token=token)
        if signed_for is not None:
            sent[SIGNATURE] = self._signs.compute_signature(f"{self._public}{path}{signed_for or token}", dict(form))
        async with self._http.post(f"{self._api}{path}{token}", data=dict(form), headers=sent) as answer:
            return answer.status

    async def unsubscribe(self, method: str, message_id: str) -> int:
        """Open the link in an email by GET, as mail filters do, or by POST, as people do; return the answer's status."""
        token = unsubscribe_token(self._key, UUID(message_id))
        async with self._http.request(method, f"{self._api}/u/{token}") as answer:
            return answer.status


def news(call: Mapping[str, str], status: str, **more: str) -> dict[str, str]:
    """What Twilio says of the text that a request of its log has made."""
    return {"MessageSid": call["provider_id"], "MessageStatus": status} | more
