"""Callbacks about messages that are on their way, as Twilio signs and sends them."""

import asyncio
import json
import time
from dataclasses import dataclass
from uuid import UUID, uuid4

import aiohttp
import psycopg
from twilio.request_validator import RequestValidator

from deploy.local.stack import LocalStack
from models.identity import callback_token, token_hash

STATUSES = ("queued", "sending", "sent", "delivered")
PATIENCE = 120.0
"""Seconds until every callback must have taken effect."""

_MESSAGE = """
    INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, immediate, consent_needed, subject, body, content_hash, state, lifetime, fence, checks_done,
        gate, lease_until, next_check_at)
    SELECT %(id)s, client_id, id, 'storm/' || %(id)s, 'storm', %(number)s, 9, 'staff', 'sms', 'twilio', '+13035550100', 'storm',
        '{}', true, 1, '', 'storm', 'storm', 'dispatching', interval '1 hour', 1, 0, '[]', clock_timestamp() + interval '1 hour',
        clock_timestamp() + interval '1 hour'
    FROM run WHERE id = %(run)s
"""
_ATTEMPT = "INSERT INTO attempt (message_id, fence, token_hash, worker) VALUES (%(id)s, 1, %(token)s, 'storm')"
_SETTLED = "SELECT count(*) FROM message WHERE step = 'storm' AND delivery = 'delivered'"
_EVIDENCE = "SELECT count(*) FROM evidence JOIN message ON message.id = message_id WHERE step = 'storm'"


@dataclass(frozen=True)
class Callback:
    """One signed request as Twilio makes it."""

    url: str
    form: dict[str, str]
    signature: str


class Twilio:
    """Signs and sends callbacks about messages that are on their way."""

    def __init__(self, stack: LocalStack, http: aiohttp.ClientSession) -> None:
        environment = stack.environment
        self._http = http
        self._api = stack.urls["api"]
        self._public = environment["COMMS_PUBLIC_BASE_URL"]
        self._signs = RequestValidator(json.loads(environment["COMMS_TWILIO__AUTH_TOKENS"])[0])
        self.key = environment["COMMS_KEYS__CALLBACK"].encode()

    def callbacks(self, message_id: UUID) -> list[Callback]:
        """Return everything that becomes of one message."""
        sid = "SM" + uuid4().hex
        return [self._callback(message_id, {"MessageSid": sid, "MessageStatus": status}) for status in STATUSES]

    async def send(self, callback: Callback) -> float:
        """Send one; return how many seconds its answer took. Raises if it was not taken."""
        began = time.monotonic()
        headers = {"X-Twilio-Signature": callback.signature}
        async with self._http.post(callback.url, data=callback.form, headers=headers) as answer:
            if answer.status != 204:
                raise RuntimeError(f"a callback was answered with {answer.status}")
        return time.monotonic() - began

    def _callback(self, message_id: UUID, form: dict[str, str]) -> Callback:
        path = f"/webhooks/twilio/status/{callback_token(self.key, message_id, 1)}"
        return Callback(self._api + path, form, self._signs.compute_signature(self._public + path, form))


def on_their_way(database: str, key: bytes, run: str, count: int) -> list[UUID]:
    """Write down messages whose calls are under way; return their ids."""
    ids = [uuid4() for _ in range(count)]
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        cursor.executemany(_MESSAGE, [{"id": id_, "run": run, "number": n} for n, id_ in enumerate(ids, 1)])
        tokens = [{"id": id_, "token": token_hash(callback_token(key, id_, 1))} for id_ in ids]
        cursor.executemany(_ATTEMPT, tokens)
    return ids


async def until_settled(database: str, messages: int) -> None:
    """Wait until every callback is evidence. Raises TimeoutError."""
    async with (
        asyncio.timeout(PATIENCE),
        await psycopg.AsyncConnection.connect(database, autocommit=True) as connection,
    ):
        while True:
            settled = await (await connection.execute(_SETTLED)).fetchone()
            evidence = await (await connection.execute(_EVIDENCE)).fetchone()
            if settled == (messages,) and evidence == (messages * len(STATUSES),):
                return
            await asyncio.sleep(0.05)
