"""Batch requests: up to 100 inputs in one; what works is done, the rest is reported beside it.

Source: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide. 200 if all went well, 207 if some did,
and the first error if none did.
"""

import time
from collections.abc import Callable
from typing import Any

from deploy.local.standins.hubspot.errors import Refused, not_found
from deploy.local.standins.hubspot.object_types import ObjectType
from deploy.local.standins.hubspot.record import iso
from deploy.local.standins.hubspot.records import Records

MOST_INPUTS = 100


def upsert(records: Records, kind: ObjectType, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """`batch/upsert`: HTTP status and body. `new` in a result says that the record was created."""

    def one(given: dict[str, Any]) -> dict[str, Any]:
        id_property = given.get("idProperty")
        record, new = records.upsert(kind, str(given["id"]), id_property, given.get("properties", {}))
        trace = {"objectWriteTraceId": given["objectWriteTraceId"]} if "objectWriteTraceId" in given else {}
        return record.shown() | {"new": new} | trace

    return _each(content, one)


def read(records: Records, kind: ObjectType, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """`batch/read`: HTTP status and body."""
    wanted = content.get("properties") or kind.shown

    def one(given: dict[str, Any]) -> dict[str, Any]:
        record = records.find(kind, str(given["id"]), content.get("idProperty"))
        if record is None:
            raise not_found()
        return record.shown(wanted)

    return _each(content, one)


def _each(content: dict[str, Any], one: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    inputs, started = _inputs(content), time.time()
    results: list[dict[str, Any]] = []
    refusals: list[tuple[Refused, str]] = []
    for given in inputs:
        try:
            results.append(one(given))
        except Refused as refused:
            refusals.append((refused, str(given["id"])))
    if refusals and not results:
        raise refusals[0][0]
    body = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(started),
        "completedAt": iso(time.time()),
    }
    if not refusals:
        return 200, body
    errors = [refused.as_part([record_id]) for refused, record_id in refusals]
    return 207, body | {"numErrors": len(errors), "errors": errors}


def _inputs(content: dict[str, Any]) -> list[dict[str, Any]]:
    inputs = content.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) and "id" in each for each in inputs):
        raise Refused("Invalid input JSON: inputs must be a list of objects with an id")
    if not inputs or len(inputs) > MOST_INPUTS:
        raise Refused(f"The number of inputs must be between 1 and {MOST_INPUTS}")
    ids = [str(each["id"]) for each in inputs]
    if len(set(ids)) < len(ids):
        raise Refused("Duplicate IDs found in batch input")
    return inputs
