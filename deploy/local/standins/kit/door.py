"""The door every request of an imitated API goes through: fault, work, log line, fault, answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from deploy.local.standins.kit import transport
from deploy.local.standins.kit.faults import FaultPlan, FaultRule, RequestFault
from deploy.local.standins.kit.request_log import Call, RequestLog

GARBAGE = b"<html><body>It works!</body></html>"


@dataclass(frozen=True)
class Answer:
    """What the stand-in wants to say; the door may spoil it on the way.

    Attributes:
        status: HTTP status.
        body: the bytes of the answer.
        accepted: whether the provider has taken the request on; goes into the log.
        provider_id: the id the provider gave, if any; goes into the log.
        headers: further headers.
        content_type: media type without charset.
    """

    status: int
    body: bytes
    accepted: bool = False
    provider_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def response(self) -> web.Response:
        """The answer as aiohttp sends it."""
        return web.Response(
            status=self.status, body=self.body, headers=self.headers, content_type=self.content_type, charset="utf-8"
        )


def json_answer(
    payload: object,
    status: int = 200,
    *,
    accepted: bool = False,
    provider_id: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(payload).encode(), accepted, provider_id, headers or {})


Refusal = Callable[[int, Any, str | None], Answer]
"""Renders (status, provider's error code or None, message or None) in the provider's own error format."""

Work = Callable[[], Awaitable[Answer]]
"""Carries out the request for good: when it returns an accepted answer, the effect is stored."""


class Door:
    """Applies the plan to each request and writes it into the log before it is answered."""

    def __init__(self, plan: FaultPlan, log: RequestLog, refusal: Refusal) -> None:
        self._plan = plan
        self._log = log
        self._refusal = refusal

    async def receive(self, request: web.Request, call: Call, work: Work) -> web.StreamResponse:
        """Answer one request. `work` runs at most once, and not at all under a fault that comes before."""
        rule = self._plan.request_fault(call.operation, call.recipient, *call.aliases)
        if rule is None:
            return await self._answered(call, await work())
        if rule.fault is RequestFault.SLOW:
            await asyncio.sleep(rule.seconds(1))
            return await self._answered(call, await work(), rule)
        refused = self._refused(rule)
        if refused is not None:
            return await self._answered(call, refused, rule)
        if rule.fault is RequestFault.RESET_BEFORE:
            await self._log.append(call, accepted=False, provider_id=None, status=None, fault=rule.fault)
            return transport.reset(request)
        return await self._spoiled(request, call, rule, await work())

    def _refused(self, rule: FaultRule) -> Answer | None:
        code, message = rule.params.get("code"), rule.params.get("message")
        match rule.fault:
            case RequestFault.REFUSE:
                return self._refusal(rule.status(400), code, message)
            case RequestFault.RATE_LIMIT:
                answer = self._refusal(429, code, message)
                answer.headers["Retry-After"] = str(rule.params.get("retry_after", 1))
                return answer
            case RequestFault.ERROR_BEFORE:
                return self._refusal(rule.status(500), code, message)
            case RequestFault.REDIRECT:
                location = str(rule.params.get("location", "http://127.0.0.1:9/elsewhere"))
                return Answer(rule.status(307), b"", headers={"Location": location}, content_type="text/html")
            case _:
                return None

    async def _spoiled(self, request: web.Request, call: Call, rule: FaultRule, answer: Answer) -> web.StreamResponse:
        match rule.fault:
            case RequestFault.ERROR_AFTER:
                failed = self._refusal(rule.status(500), rule.params.get("code"), rule.params.get("message"))
                await self._logged(call, answer, rule, failed.status)
                return failed.response()
            case RequestFault.ACCEPT_THEN_HANG:
                await self._logged(call, answer, rule, None)
                await asyncio.sleep(rule.seconds(30))
                return answer.response()
            case RequestFault.ACCEPT_THEN_RESET:
                await self._logged(call, answer, rule, None)
                return transport.reset(request)
            case RequestFault.HALF_ANSWER:
                await self._logged(call, answer, rule, answer.status)
                return await transport.half(request, answer.status, answer.body, answer.content_type)
            case RequestFault.GARBAGE:
                await self._logged(call, answer, rule, answer.status)
                return Answer(answer.status, GARBAGE, content_type="text/html").response()
            case _:
                raise AssertionError(f"not a request fault: {rule.fault}")

    async def _answered(self, call: Call, answer: Answer, rule: FaultRule | None = None) -> web.Response:
        await self._logged(call, answer, rule, answer.status)
        return answer.response()

    async def _logged(self, call: Call, answer: Answer, rule: FaultRule | None, status: int | None) -> None:
        await self._log.append(
            call,
            accepted=answer.accepted,
            provider_id=answer.provider_id,
            status=status,
            fault=None if rule is None else rule.fault,
        )
