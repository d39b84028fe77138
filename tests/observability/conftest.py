"""One run on a whole stack that is traced and measured, and all that the collector got of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.demo.__main__ import SETTINGS as SHORT_TIMERS
from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.standins.collector.application import METRICS, SPANS, make_application
from deploy.local.standins.kit.serving import listening
from tests.short_lived import directory

CLIENT = {
    "key": "traced-plumbing",
    "name": "Quillfeather Plumbing",
    "time_zone": "America/Denver",
    "phone": "+13035550100",
    "postal_address": "12 Wobblestone Street, Denver, CO 80202",
}
LEAD = {
    "source": "web_form",
    "source_lead_id": "traced-1",
    "first_name": "Zephyrine",
    "last_name": "Oxenbridge",
    "phone": "+13035550177",
    "email": "zephyrine.oxenbridge@example.com",
    "postal_code": "80202",
    "service_type": "a gurgling zinc boiler",
}
REPLY = "Yes please, my daughter Xanthippe is at home"
PERSONAL = (
    "zephyrine", "oxenbridge", "5550177", "gurgling", "xanthippe", "quillfeather", "wobblestone", "how can we help",
    "5550100",
)  # fmt: skip
CALLERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
LIBRARY = Path(__file__).parent / "library.yaml"
PATIENCE = 25.0


@dataclass
class Watched:
    """What was seen of a run."""

    run_id: str
    run: dict[str, Any]
    spans: list[dict[str, Any]]
    exported: str
    """Everything the collector was sent, decoded."""
    metrics: str
    logs: str
    """What worker, API and relay have logged."""
    callback_tokens: list[str]


@pytest.fixture(scope="package")
async def watched() -> AsyncIterator[Watched]:
    with directory() as state:
        collected = state / "collected"
        async with listening(make_application(collected)) as port:
            settings = {
                **SHORT_TIMERS,
                "COMMS_OBSERVABILITY__OTLP_ENDPOINT": f"http://127.0.0.1:{port}/",
                "COMMS_OBSERVABILITY__LOG_LEVEL": "INFO",
            }
            stack = LocalStack(state / "stack", StackOptions(settings=settings))
            async with stack:
                async with Office(stack.urls, stack.site.credentials) as office:
                    await enter(stack, office, CLIENT, LIBRARY)
                    run_id, run = await _play(office)
                    await _misbehave(stack, run_id)
                await _until(lambda: "comms_send_results" in _text(collected / METRICS))
                for part in ("api", "relay", "worker"):
                    await stack.stop(part)
                logs = "".join(_text(stack.log(part)) for part in ("api", "relay", "worker"))
                tokens = [
                    json.loads(line)["token"]
                    for name in ("twilio", "ses")
                    for line in _text(state / "stack" / name / f"{name}.requests.jsonl").splitlines()
                ]
            lines = _text(collected / SPANS)
            yield Watched(
                run_id,
                run,
                [json.loads(line) for line in lines.splitlines()],
                lines,
                _text(collected / METRICS),
                logs,
                [token for token in tokens if token],
            )


async def _play(office: Office) -> tuple[str, dict[str, Any]]:
    """A lead gets a text, then an email, and answers. The start comes from a caller who has a trace of their own."""
    order = {
        "client": CLIENT["key"],
        "sequence": "traced",
        "lead": LEAD,
        "consent": [{"channel": "email", "kind": "conversational", "source": "web_form", "evidence": "form/1"}],
    }
    headers = {"Idempotency-Key": "traced", "traceparent": f"00-{CALLERS_TRACE}-00f067aa0ba902b7-01"}
    headers |= {"tracestate": "who=zephyrine", "baggage": "name=oxenbridge"}
    run_id = (await office.ask("sales-ops", "POST", "/v1/outreach", order, headers))["run_id"]

    async def emailed() -> bool:
        return any(m["channel"] == "email" and m["state"] == "accepted" for m in (await office.run(run_id))["messages"])

    await _until(emailed)
    await office.reply(LEAD["phone"], REPLY)

    async def closed() -> bool:
        return bool((await office.run(run_id))["state"] == "closed")

    await _until(closed)
    return run_id, await office.run(run_id)


async def _misbehave(stack: LocalStack, run_id: str) -> None:
    """Ask for what does not exist or is not allowed, with personal data in every place of a request."""
    async with httpx.AsyncClient(base_url=stack.urls["api"]) as http:
        await http.get("/u/zephyrine-token", params={"email": LEAD["email"]})
        await http.get("/nowhere/zephyrine", headers={"User-Agent": "Oxenbridge", "Host": "zephyrine.example.com"})
        await http.post("/webhooks/twilio/status/zephyrine-token", data={"To": LEAD["phone"]})
        await http.post("/v1/outreach", json={"lead": LEAD}, headers={"Authorization": "Bearer oxenbridge"})


async def _until(met: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            found = met()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.1)


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
