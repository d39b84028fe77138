"""Spans of a workflow that is replayed at every single task."""

from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, ReplaySafeTracerProvider
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkerConfig

from models.connection import connect
from models.observability.switch import Observability
from models.observability.tracing import Tracing, install
from models.terms import Channel, OutreachOutcome
from tests.workflows.world import World, a_step, settings_for
from worker import make_worker


class RemembersNothing(SimplePlugin):
    """Workers of this client keep no workflow in memory."""

    def __init__(self) -> None:
        super().__init__("RemembersNothing")

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        config["max_cached_workflows"] = 0
        return super().configure_worker(config)


@pytest.fixture(scope="module")
def exported() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    install(exporter, "test")
    return exporter


@pytest.fixture
async def world(engine: Engine, database_url: str, temporal_server: str) -> AsyncIterator[World]:
    settings = settings_for(database_url, temporal_server, f"test-{uuid4().hex[:8]}")
    client = await connect(settings, observed=Observability(tracing=Tracing()))
    config = client.config()
    config["plugins"] = [OpenTelemetryPlugin(add_temporal_spans=True), RemembersNothing()]
    config["interceptors"] = []
    client = Client(**config)
    made = World(engine, client, settings)
    async with make_worker(client, settings, engine, made.outside):
        yield made


async def test_replays_add_no_spans(exported: InMemorySpanExporter, world: World) -> None:
    await world.start(a_step("hello"), a_step("letter", Channel.EMAIL, listens=60))
    await world.until_sent(2)
    await world.reply("Yes, please call me")
    assert await world.outcome() is OutreachOutcome.REPLIED

    kinds = Counter(event.event_type for event in (await world.handle.fetch_history()).events)
    assert kinds[EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED] > 4
    spans = _finished(exported)
    by_id = {_id(span): span for span in spans}
    assert len(by_id) == len(spans)
    names = Counter(span.name for span in spans)
    assert len({span.context.trace_id for span in spans if span.context and "Signal" not in span.name}) == 1
    assert names["RunWorkflow:OutreachSequence"] == names["StartWorkflow:OutreachSequence"] == 1
    assert names["StartActivity:send"] == names["RunActivity:send"] == len(world.sms.sent) + len(world.email.sent)
    for span in spans:
        if span.name.startswith("RunActivity"):
            assert span.parent is not None
            assert by_id[span.parent.span_id].name == span.name.replace("Run", "Start")


def _finished(exported: InMemorySpanExporter) -> tuple[ReadableSpan, ...]:
    provider = trace.get_tracer_provider()
    assert isinstance(provider, ReplaySafeTracerProvider)
    provider.force_flush()
    return exported.get_finished_spans()


def _id(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.span_id)
