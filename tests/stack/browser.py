"""The Temporal UI as its pages use it: plain HTTP with a CSRF cookie, and the cookie of whoever has signed in at ours, for
whom the codec endpoint opens payloads."""

import base64
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

NAMESPACE = "/api/v1/namespaces/default/workflows"


class Browser:
    """One visitor of the UI.

    Args:
        ui: base address of the UI.
        handle: the member of staff who sits before it.
        password: by which they sign in at our own pages.
    """

    def __init__(self, ui: str, handle: str, password: str) -> None:
        self._account = {"handle": handle, "password": password}
        self._http = httpx.AsyncClient(base_url=ui, headers={"Origin": ui}, timeout=20)
        self._codec = ""

    async def __aenter__(self) -> Self:
        (await self._http.get("/namespaces/default/workflows")).raise_for_status()
        settings = await self._http.get("/api/v1/settings")
        codec = settings.json()["Codec"]
        assert codec["IncludeCredentials"]
        self._codec = codec["Endpoint"]
        signed_in = await self._http.post(codec["DefaultErrorLink"], data=self._account)
        assert signed_in.has_redirect_location, signed_in.text
        self._http.headers["X-CSRF-Token"] = self._http.cookies["_csrf"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def signal(self, workflow_id: str, name: str, *inputs: object, encoded: bool = False) -> None:
        """Fill in the form "Send a signal" and press the button."""
        payloads = [{"metadata": {"encoding": _base64("json/plain")}, "data": _base64(json.dumps(i))} for i in inputs]
        if encoded:
            payloads = await self._by_codec("encode", payloads)
        body = {"signalName": name, "workflowExecution": {"workflowId": workflow_id}, "input": {"payloads": payloads}}
        await self._post(f"{NAMESPACE}/{quote(workflow_id, safe='')}/signal/{quote(name)}", body)

    async def details(self, workflow_id: str) -> str:
        """Read what the page of a run shows as its current details."""
        kind = "__temporal_workflow_metadata"
        body = {"execution": {"workflowId": workflow_id}, "query": {"queryType": kind}}
        answer = await self._post(f"{NAMESPACE}/{quote(workflow_id, safe='')}/query/{kind}", body)
        (payload,) = await self._by_codec("decode", answer["queryResult"]["payloads"])
        return str(json.loads(base64.b64decode(payload["data"]))["currentDetails"])

    async def attributes(self, workflow_id: str) -> dict[str, Any]:
        """Read the search attributes that the page of a run shows."""
        answer = await self._http.get(f"{NAMESPACE}/{quote(workflow_id, safe='')}")
        fields = answer.raise_for_status().json()["workflowExecutionInfo"]["searchAttributes"]["indexedFields"]
        return {name: json.loads(base64.b64decode(value["data"])) for name, value in fields.items()}

    async def listed(self, query: str) -> list[str]:
        """Type a filter into the list of runs; read the ids that it shows."""
        answer = await self._http.get(NAMESPACE, params={"query": query})
        return [found["execution"]["workflowId"] for found in answer.raise_for_status().json().get("executions", [])]

    async def _by_codec(self, operation: str, payloads: list[Any]) -> list[Any]:
        answer = await self._http.post(f"{self._codec}/{operation}", json={"payloads": payloads})
        return list(answer.raise_for_status().json()["payloads"])

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._http.post(path, json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
