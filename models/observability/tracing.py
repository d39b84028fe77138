"""Traces by OpenTelemetry, from the API through workflow and activities to the providers. Imported only when on."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.propagators import textmap
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, create_tracer_provider

from models.observability.impersonal import ImpersonalExporter
from models.observability.statements import trace_statements

TIMEOUT_SECONDS = 2.0
"""For one batch, retries included; so long may a process take to end while the collector is away."""
BATCH = 2048
LONGEST_ATTRIBUTE = 1000
_STANDARD = TraceContextTextMapPropagator()
_TRACE_PARENT = "traceparent"


class Tracing:
    """Tracing that is on."""

    def __init__(self) -> None:
        self.plugin = OpenTelemetryPlugin(add_temporal_spans=True)

    @contextmanager
    def within(self, trace_parent: str) -> Iterator[None]:
        """Continue the trace of an earlier request inside the block."""
        token = context.attach(_STANDARD.extract({_TRACE_PARENT: trace_parent}))
        try:
            yield
        finally:
            context.detach(token)

    @contextmanager
    def watch(self, name: str) -> Iterator[None]:
        """Give what is done inside the block a span of its own, which may begin a trace."""
        with trace.get_tracer(__name__).start_as_current_span(name):
            yield


def trace_to(endpoint: str, process: str) -> Tracing:
    """Send spans to an OTLP/HTTP endpoint in the background, what is left of them when the process ends."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=TIMEOUT_SECONDS)
    install(exporter, process)
    tracing = Tracing()
    RequestsInstrumentor().instrument()
    HTTPXClientInstrumentor().instrument()
    BotocoreInstrumentor().instrument(propagator=_CallersTrace())  # type: ignore[no-untyped-call]
    trace_statements()
    for handler in logging.getLogger().handlers:
        handler.addFilter(_note_trace)
    return tracing


def install(exporter: SpanExporter, process: str) -> None:
    """Make spans of this process go to an exporter, impersonal and without those of replays. Once per process."""
    provider = create_tracer_provider(
        sampler=ParentBased(_Beginnings()),
        resource=Resource.create({"service.name": f"comms-{process}"}),
        span_limits=SpanLimits(max_attribute_length=LONGEST_ATTRIBUTE),
    )
    sending = BatchSpanProcessor(
        ImpersonalExporter(exporter), max_queue_size=BATCH, max_export_batch_size=BATCH, schedule_delay_millis=1000
    )
    provider.add_span_processor(sending)
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(_CallersTrace())


class _Beginnings(Sampler):
    """Decides what may begin a trace. Polling the database or a queue may not: it would be most of what is stored."""

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        polling = kind is SpanKind.CLIENT and "temporalWorkflowID" not in (attributes or {})
        return SamplingResult(Decision.DROP if polling else Decision.RECORD_AND_SAMPLE, attributes)

    def get_description(self) -> str:
        return "requests and workflows"


class _CallersTrace(textmap.TextMapPropagator):
    """Takes a caller's trace in, without baggage, which may hold anything; tells a provider nothing of ours."""

    def extract(
        self,
        carrier: textmap.CarrierT,
        context: Context | None = None,
        getter: textmap.Getter[textmap.CarrierT] = textmap.default_getter,
    ) -> Context:
        given = getter.get(carrier, _TRACE_PARENT)
        return _STANDARD.extract({_TRACE_PARENT: given[0]} if given else {}, context)

    def inject(
        self,
        carrier: textmap.CarrierT,
        context: Context | None = None,
        setter: textmap.Setter[textmap.CarrierT] = textmap.default_setter,
    ) -> None:
        pass

    @property
    def fields(self) -> set[str]:
        return {_TRACE_PARENT}


def _note_trace(record: logging.LogRecord) -> bool:
    seen = trace.get_current_span().get_span_context()
    if seen.is_valid:
        record.trace = format(seen.trace_id, "032x")
    return True
