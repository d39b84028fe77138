"""How Twilio calls its customer back: a signed form, repeated according to the overrides in the URL's fragment.

Sources: https://www.twilio.com/docs/usage/security and
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import asyncio
import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import parse_qsl, urldefrag, urlsplit

import aiohttp
from yarl import URL


@dataclass(frozen=True)
class WebHook:
    """One callback to be made. `idempotency_token` stays the same over all its repetitions."""

    url: str
    params: dict[str, str]
    forged: bool = False
    idempotency_token: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def news(self) -> tuple[str, ...]:
        """What it is known by: the message, and of one of ours its status and error."""
        sid, status = self.params["MessageSid"], self.params.get("MessageStatus")
        return (sid, status, self.params.get("ErrorCode", "")) if status else (sid,)

    @property
    def token(self) -> str | None:
        """The sender's own mark in the address that a status is told to."""
        return token_of(self.url) if "MessageStatus" in self.params else None


@dataclass(frozen=True)
class Overrides:
    """When to give up and when to try again. Timeouts in milliseconds, as in the fragment.

    More patient than Twilio, whose defaults are `rc=1&rp=ct`; a URL can ask both for the same.

    Attributes:
        rc: how often to repeat, 0 to 5.
        rp: what to repeat after: `4xx`, `5xx`, `ct` (no connection), `rt` (no answer in time), `all`; comma-separated.
        ct: longest wait for the connection.
        rt: longest wait for the answer.
    """

    rc: int = 3
    rp: str = "ct,rt,5xx"
    ct: int = 5_000
    rt: int = 15_000

    def of(self, fragment: str) -> "Overrides":
        """These, with what a fragment such as `rc=3&rp=ct,5xx` says differently."""
        given = dict(parse_qsl(fragment))
        numbers = {name: int(given[name]) for name in ("rc", "ct", "rt") if given.get(name, "").isdecimal()}
        most = {"rc": min(numbers.get("rc", self.rc), 5)}
        return Overrides(**{**asdict(self), **numbers, **most, "rp": given.get("rp", self.rp)})

    def repeats_after(self, outcome: str) -> bool:
        """Whether an outcome (`2xx`, `4xx`, `ct` …) is one to try again after."""
        return outcome != "2xx" and ("all" in self.rp or outcome in self.rp.split(","))


def token_of(status_callback: str | None) -> str | None:
    """The sender's own mark: the last path segment of its StatusCallback URL."""
    return urlsplit(status_callback).path.rpartition("/")[2] or None if status_callback else None


def signature(auth_token: str, url: str, params: Mapping[str, str]) -> str:
    """The value of `X-Twilio-Signature`. `url` without fragment, with port and query exactly as called."""
    signed = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class WebHookCaller:
    """Makes callbacks over one pool of connections."""

    def __init__(
        self, session: aiohttp.ClientSession, auth_token: str, overrides: Overrides, pause_seconds: float = 0.2
    ) -> None:
        self._session = session
        self._auth_token = auth_token
        self._overrides = overrides
        self._pause_seconds = pause_seconds

    async def call(self, hook: WebHook) -> int | None:
        """Make one callback with its repetitions; returns the last HTTP status, None if there was none."""
        url, fragment = urldefrag(hook.url)
        overrides = self._overrides.of(fragment)
        for repetition in range(overrides.rc + 1):
            if repetition:
                await asyncio.sleep(self._pause_seconds * 2 ** (repetition - 1))
            status, outcome = await self._once(replace(hook, url=url), overrides)
            if hook.forged or not overrides.repeats_after(outcome):
                break
        return status

    async def _once(self, hook: WebHook, overrides: Overrides) -> tuple[int | None, str]:
        token = "somebody-elses-token" if hook.forged else self._auth_token
        headers = {
            "X-Twilio-Signature": signature(token, hook.url, hook.params),
            "I-Twilio-Idempotency-Token": hook.idempotency_token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        timeout = aiohttp.ClientTimeout(sock_connect=overrides.ct / 1000, total=(overrides.ct + overrides.rt) / 1000)
        try:
            async with self._session.post(
                URL(hook.url, encoded=True), data=hook.params, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                await response.read()
                return response.status, f"{response.status // 100}xx"
        except aiohttp.ClientConnectorError:
            return None, "ct"
        except (aiohttp.ClientError, TimeoutError):
            return None, "rt"
