"""The one switch of tracing and measuring. Off, nothing of them is imported, started or sent."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from temporalio.client import Plugin
from temporalio.common import MetricMeter
from temporalio.runtime import OpenTelemetryConfig, PrometheusConfig, Runtime, TelemetryConfig

from models.settings import ObservabilitySettings

if TYPE_CHECKING:
    from models.observability.tracing import Tracing

PUSH_EVERY = timedelta(seconds=5)


class Process(IntEnum):
    """The processes of the service; the value is what is added to the port of `metrics_address`."""

    WORKER = 0
    API = 1
    RELAY = 2


@dataclass(frozen=True, slots=True)
class Observability:
    """What a process observes itself with. The default observes nothing and costs nothing."""

    runtime: Runtime | None = None
    """Carries the Temporal SDK's own metrics; None means Temporal's default, which exports none."""
    tracing: "Tracing | None" = None

    @property
    def meter(self) -> MetricMeter:
        """Where the service counts. What is counted while nothing is exported goes nowhere."""
        return self.runtime.metric_meter if self.runtime else MetricMeter.noop

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """What a Temporal client needs so that workflows and activities are traced, replays left out."""
        return (self.tracing.plugin,) if self.tracing else ()

    def within(self, trace_parent: str | None) -> AbstractContextManager[object]:
        """Continue the trace of an earlier request, given as a W3C `traceparent`, inside the block."""
        return self.tracing.within(trace_parent) if self.tracing and trace_parent else nullcontext()

    def watch(self, name: str) -> AbstractContextManager[object]:
        """Give what is done inside the block a span of its own. The name is shown as it is: nothing personal in it."""
        return self.tracing.watch(name) if self.tracing else nullcontext()


OFF = Observability()


def observe(settings: ObservabilitySettings, process: Process) -> Observability:
    """Switch on what the settings ask for. Call it once per process, after the logs and before the first engine.

    What is traced is sent in the background; a collector that is away costs its spans, never a request.
    """
    return Observability(_runtime(settings, process), _tracing(settings, process))


def _runtime(settings: ObservabilitySettings, process: Process) -> Runtime | None:
    metrics: PrometheusConfig | OpenTelemetryConfig
    if settings.metrics_address:
        host, _, port = settings.metrics_address.rpartition(":")
        metrics = PrometheusConfig(f"{host}:{int(port) + process}", durations_as_seconds=True)
    elif settings.otlp_endpoint:
        url = f"{settings.otlp_endpoint}/v1/metrics"
        metrics = OpenTelemetryConfig(url, metric_periodicity=PUSH_EVERY, durations_as_seconds=True, http=True)
    else:
        return None
    tags = {"process": process.name.lower()}
    return Runtime(telemetry=TelemetryConfig(metrics=metrics, global_tags=tags, attach_service_name=False))


def _tracing(settings: ObservabilitySettings, process: Process) -> "Tracing | None":
    if not settings.otlp_endpoint:
        return None
    from models.observability.tracing import trace_to  # imports a good deal, for those who want it

    return trace_to(settings.otlp_endpoint, process.name.lower())
