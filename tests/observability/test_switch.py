"""Nothing is observed unless asked for; then what was asked for, and no more."""

import subprocess
import sys

import httpx
import pytest
from pydantic import ValidationError

from deploy.local.ports import free_port
from deploy.local.site import REPOSITORY
from models.observability.switch import OFF, Process, observe
from models.settings import ObservabilitySettings

OFF_BY_DEFAULT = """
import sys, threading
import worker, starter.serve, starter.relay.__main__
from models.observability.switch import OFF, Process, observe
from models.settings import ObservabilitySettings
assert observe(ObservabilitySettings(), Process.WORKER) == OFF
costly = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.instrumentation", "temporalio.contrib.open")
assert not [name for name in sys.modules if name.startswith(costly)]
assert threading.enumerate() == [threading.main_thread()]
"""
COLLECTOR_IS_AWAY = """
import time
from opentelemetry import trace
from models.observability.switch import Process, observe
from models.settings import ObservabilitySettings
observe(ObservabilitySettings(otlp_endpoint="http://127.0.0.1:9"), Process.API)
with trace.get_tracer("test").start_as_current_span("work"):
    pass
"""


def test_off_imports_and_starts_nothing() -> None:
    assert _python(OFF_BY_DEFAULT).returncode == 0


def test_a_collector_that_is_away_does_not_keep_a_process_from_ending() -> None:
    assert _python(COLLECTOR_IS_AWAY).returncode == 0


def test_off_counts_into_the_void() -> None:
    OFF.meter.create_counter("comms_anything").add(1)
    assert OFF.plugins == ()
    with OFF.within("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        pass


def test_each_process_serves_its_metrics_at_its_own_port() -> None:
    port = free_port()
    address = f"127.0.0.1:{port - Process.RELAY}"
    observed = observe(ObservabilitySettings(metrics_address=address), Process.RELAY)
    observed.meter.create_counter("comms_anything").add(2, {"result": "held"})

    page = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    line = next(line for line in page.splitlines() if line.startswith("comms_anything{"))
    assert 'process="relay"' in line
    assert 'result="held"' in line
    assert line.endswith(" 2")
    assert observed.tracing is None


@pytest.mark.parametrize("address", ["9464", ":9464", "localhost:"])
def test_an_address_without_host_or_port_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        ObservabilitySettings(metrics_address=address)


def _python(program: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, timeout=20, check=False)
