"""Requests made of the OpenAPI document, well formed and not: the lead endpoints never fail."""

import asyncio
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.players import angi
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open

STEMS = ("/v1/leads", "/v1/lead-events", "/v1/lead-sources", "/v1/imports", "/webhooks/leads")
ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.floats() | st.lists(st.none(), max_size=2)
KNOWN = st.sampled_from(
    ["acme-plumbing", "missed_call", "quote_request", "sales-ops", "angi", "sms", PHONE, "80202", "CO"]
)
EXAMPLES = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def values(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema allows, and now and then one that it does not."""
    return st.one_of(_allowed(schema, document), _allowed(schema, document), _allowed(schema, document), ODD)


def _allowed(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    if reference := schema.get("$ref"):
        return _allowed(document["components"]["schemas"][reference.rpartition("/")[2]], document)
    if several := schema.get("anyOf"):
        return st.one_of(*(_allowed(one, document) for one in several))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object" if "properties" in schema:
            fields = {name: values(one, document) for name, one in schema["properties"].items()}
            needed = {name: fields.pop(name) for name in schema.get("required", [])}
            return st.fixed_dictionaries(needed, optional=fields)
        case "object":
            return st.dictionaries(st.text(max_size=9), st.text(max_size=9) | KNOWN, max_size=3)
        case "array":
            return st.lists(values(schema.get("items", {}), document), max_size=3)
        case "string":
            return _texts(schema)
        case "integer":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 300))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return ODD


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date-time":
            return st.datetimes().map(lambda at: f"{at.isoformat()}Z")
        case "duration":
            return st.sampled_from(["PT1H", "P1D", "-PT1S", "PT0S", "P9999999D"])
    pattern = schema.get("pattern")
    made = st.from_regex(pattern, fullmatch=True) if pattern else st.text(max_size=30)
    return KNOWN | made


async def test_no_request_made_of_the_openapi_makes_a_lead_endpoint_fail(api: Api, door: Open) -> None:
    document = (await api.http.get("/openapi.json")).json()
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        if path.startswith(STEMS)
        for method, operation in methods.items()
    ]
    assert len(operations) >= 9
    here = await door("angi")
    await here.receives(angi.lead(PHONE, compliant=False))
    waiting = str(here.event().id)
    loop = asyncio.get_running_loop()
    seen: set[int] = set()

    @EXAMPLES
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        path, method, operation = data.draw(st.sampled_from(operations))
        query: dict[str, Any] = {}
        for one in operation.get("parameters", []):
            value = data.draw(values(one["schema"], document))
            if one["in"] == "path":
                named = data.draw(st.sampled_from([waiting, str(uuid4())])) if one["name"] == "event_id" else value
                path = path.replace("{" + one["name"] + "}", _in_path(named))
            elif one["in"] == "query" and value is not None:
                query[one["name"]] = str(value)
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        body = data.draw(values(content["schema"], document)) if content else None
        headers = api.shows("sales-ops") | {"Idempotency-Key": uuid4().hex}
        sent = api.http.request(method, path, params=query, json=_jsonable(body), headers=headers)
        answer = asyncio.run_coroutine_threadsafe(sent, loop).result(60)
        seen.add(answer.status_code)
        assert answer.status_code < 500, (method, path, body, answer.text)

    await asyncio.to_thread(ask)
    assert {200, 403, 404, 422} <= seen


def _in_path(value: Any) -> str:
    written = "".join(
        character for character in str(value) if character.isascii() and character.isalnum() or character in "-_."
    )
    return written or "x"


def _jsonable(value: Any) -> Any:
    """JSON has no NaN and no lone surrogate."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_jsonable(one) for one in value]
    return {_jsonable(name): _jsonable(one) for name, one in value.items()} if isinstance(value, dict) else value
