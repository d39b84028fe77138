"""Takes traces and metrics as OTLP over HTTP and keeps them as JSON lines, one per span or per export of metrics."""

import gzip
import json
from pathlib import Path
from typing import Any

from aiohttp import web
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

STATE = web.AppKey("state", Path)
SPANS, METRICS = "spans.jsonl", "metrics.jsonl"


def make_application(state: Path) -> web.Application:
    """Return a collector that writes `spans.jsonl` and `metrics.jsonl` in a directory."""
    state.mkdir(parents=True, exist_ok=True)
    app = web.Application(client_max_size=64 * 2**20)
    app[STATE] = state
    app.router.add_post("/v1/traces", _take_traces)
    app.router.add_post("/v1/metrics", _take_metrics)
    return app


async def _take_traces(request: web.Request) -> web.Response:
    spans = []
    for batch in ExportTraceServiceRequest.FromString(await _body(request)).resource_spans:
        service = _plain(batch.resource.attributes).get("service.name")
        for scope in batch.scope_spans:
            for span in scope.spans:
                fields = {
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "service": service,
                    "name": span.name,
                    "attributes": _plain(span.attributes),
                    "began": span.start_time_unix_nano,
                    "ended": span.end_time_unix_nano,
                }
                # All of it once more, so that nothing that was sent stays unseen.
                spans.append(fields | {"sent": MessageToDict(span)})
    _append(request.app[STATE] / SPANS, spans)
    return web.Response(content_type="application/x-protobuf")


async def _take_metrics(request: web.Request) -> web.Response:
    sent = ExportMetricsServiceRequest.FromString(await _body(request))
    _append(request.app[STATE] / METRICS, [MessageToDict(batch) for batch in sent.resource_metrics])
    return web.Response(content_type="application/x-protobuf")


async def _body(request: web.Request) -> bytes:
    body = await request.read()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value") or "string_value") for one in attributes}


def _append(path: Path, lines: list[dict[str, Any]]) -> None:
    with path.open("a") as file:
        file.writelines(f"{json.dumps(line, default=str)}\n" for line in lines)
