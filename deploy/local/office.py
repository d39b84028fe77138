"""The people of a local stack as one object: staff at the API, the approver at the Temporal server, contacts at the stand-ins."""

import asyncio
import contextlib
import hashlib
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from deploy.local.players.request import Sent
from models.addresses import normalise
from models.terms import Channel

AWAY_SECONDS = 45
"""How long the people of the office keep trying when the API does not answer."""


class Office:
    """Talks to a running stack over HTTP, as its users and its contacts would.

    Args:
        urls: base addresses by name, see `LocalStack.urls`.
        credentials: file with the API keys of the staff, by handle.
    """

    def __init__(self, urls: Mapping[str, str], credentials: Path) -> None:
        self._keys: dict[str, str] = json.loads(credentials.read_text())
        limits = httpx.Limits(max_connections=40)
        self.api = urls["api"]
        """Base address of the API."""
        self._http = {
            name: httpx.AsyncClient(base_url=urls[name], timeout=30, limits=limits)
            for name in ("api", "twilio", "ses", "hubspot", "google_business", "search_console", "quickbooks")
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._http.values():
            await client.aclose()

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Call the API under somebody's key; return the answer's JSON. Waits out an API that is away for a while.

        Raises:
            httpx.HTTPStatusError: the API refuses; its text says why.
        """
        headers = {"Authorization": f"Bearer {self._keys[who]}", **(headers or {})}
        patience = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                response = await self._http["api"].request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                if time.monotonic() > patience:
                    raise
            else:
                if response.status_code < 500 or time.monotonic() > patience:
                    break
            await asyncio.sleep(0.3)
        if response.is_error:
            raise httpx.HTTPStatusError(response.text, request=response.request, response=response)
        return response.json() if response.content else None

    async def bring(self, address: str, sent: Sent) -> None:
        """Bring a request to a web hook of ours as its source would: again, as long as nobody answers.

        Raises:
            httpx.HTTPStatusError: it is refused.
        """
        async with asyncio.timeout(AWAY_SECONDS):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await self._http["api"].post(address, content=sent.body, headers=sent.headers)
                    if answer.status_code < 500:
                        answer.raise_for_status()
                        return
                await asyncio.sleep(0.5)

    async def roll_back(self, run_id: str, reason: str) -> dict[str, Any]:
        """See what a rollback would do, and ask for just that; return what was seen."""
        path = f"/v1/runs/{run_id}/rollback"
        seen: dict[str, Any] = await self.ask("incident-owner", "GET", path)
        await self.ask("incident-owner", "POST", path, {"reason": reason, "plan": seen["plan"]})
        return seen

    async def start(self, order: Mapping[str, Any], key: str | None = None) -> str:
        """Start a sequence as sales ops; return the run's id."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer = await self.ask("sales-ops", "POST", "/v1/outreach", dict(order), headers)
        return str(answer["run_id"])

    async def run(self, run_id: str) -> dict[str, Any]:
        """Return a run with its timeline."""
        found: dict[str, Any] = await self.ask("sales-ops", "GET", f"/v1/runs/{run_id}")
        return found

    async def waiting_approval(self, run_id: str) -> dict[str, Any] | None:
        """Return the approval request of a run with its wording, or None while there is none."""
        approval = (await self.run(run_id)).get("approval")
        if not approval or approval["state"] != "waiting":
            return None
        found: dict[str, Any] = await self.ask("approver", "GET", f"/v1/approvals/{approval['id']}")
        return found

    async def decide(
        self, approval: Mapping[str, Any], decision: str, reason: str = "read in full", who: str = "approver"
    ) -> None:
        """Decide on the wording that was shown, as the approver or somebody else."""
        body = {"decision": decision, "content_hash": approval["content_hash"], "reason": reason}
        await self.ask(who, "POST", f"/v1/approvals/{approval['id']}/decision", body)

    async def resume(self, pause_id: str, per_second: float | None = None) -> dict[str, Any]:
        """Resume a pause as its incident owner: look at the preview, confirm it; again if more would leave by then."""
        path = f"/v1/pauses/{pause_id}"
        while True:
            shown = await self.ask("incident-owner", "POST", f"{path}/preview", {"per_second": per_second})
            wish = {"reason": "put right", "epoch": shown["epoch"], "preview": shown["preview"]}
            try:
                resumed: dict[str, Any] = await self.ask("incident-owner", "POST", f"{path}/resume", wish)
            except httpx.HTTPStatusError as error:
                if error.response.status_code != HTTPStatus.CONFLICT:
                    raise
            else:
                return resumed

    async def reply(self, phone: str, text: str) -> int:
        """Write a text message as a contact; return how our web hook answered Twilio."""
        answer = await self._http["twilio"].post("/_standin/inbound", json={"from": phone, "body": text})
        answer.raise_for_status()
        return int(answer.json()["webhook_status"])

    async def mails_to(self, address: str) -> list[dict[str, Any]]:
        """Return what the mail provider accepted for an address, oldest first."""
        hashed = hashlib.sha256(normalise(Channel.EMAIL, address).encode()).hexdigest()
        answer = await self._http["ses"].get("/_standin/messages", params={"to_sha256": hashed})
        found: list[dict[str, Any]] = answer.json()
        return found

    async def set_up(self, standin: str, path: str, content: Mapping[str, Any], method: str = "PUT") -> None:
        """Have a stand-in hold something, by one of its own routes under `/_standin/`."""
        answer = await self._http[standin].request(method, f"/_standin/{path}", json=dict(content))
        answer.raise_for_status()

    async def inject(self, standin: str, rule: Mapping[str, Any]) -> None:
        """Add a fault rule to a stand-in."""
        answer = await self._http[standin].post("/_standin/faults", json=dict(rule))
        answer.raise_for_status()

    async def fired(self, standin: str) -> dict[str, int]:
        """Return how often each fault rule has fired."""
        answer = await self._http[standin].get("/_standin/faults")
        return {rule["id"]: rule["fired"] for rule in answer.json()}

    async def accepted(self, standin: str) -> list[dict[str, Any]]:
        """Return the requests that a stand-in has accepted."""
        answer = await self._http[standin].get("/_standin/log")
        return [line for line in answer.json() if line["accepted"]]
