"""A look-up of the reconciler begins a trace of its own, and shows nobody."""

import json
import subprocess
import sys

from deploy.local.site import REPOSITORY

LOOK_UP = """
import contextlib, datetime, json
from opentelemetry import trace
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from activities.providers.twilio_sms import TwilioSms
from activities.reconciling import Reconciler
from models.observability.switch import Observability
from models.observability.tracing import Tracing, install
from models.reconciling import Doubt
from models.provider_settings import TwilioSettings

class Doubts:
    def __getattr__(self, name):
        return lambda *_: []
    def due(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        return [Doubt(None, 1, "twilio", "+13035550177", "zephyrine", 0, now, now)]

exporter = InMemorySpanExporter()
install(exporter, "test")
RequestsInstrumentor().instrument()
keys = dict(account_sid="AC1", api_key_sid="SK1", api_key_secret="secret", base_url="http://127.0.0.1:9")
twilio = TwilioSms(TwilioSettings(**keys), "http://127.0.0.1:9/status")
Reconciler(Doubts(), {"twilio": twilio}, watch=Observability(tracing=Tracing()).watch).sweep()
trace.get_tracer_provider().force_flush()
print(json.dumps([json.loads(span.to_json()) for span in exporter.get_finished_spans()]))
"""


def test_a_look_up_has_a_span_of_its_own_and_nothing_personal_in_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK_UP], cwd=REPOSITORY, capture_output=True, text=True, check=True)

    request, look_up = json.loads(done.stdout)
    assert (look_up["name"], look_up["parent_id"]) == ("LookUp twilio", None)
    assert request["name"] == "GET /2010-04-01/Accounts/{}/Messages.json"
    assert request["parent_id"] == look_up["context"]["span_id"]
    for personal in ("5550177", "zephyrine"):
        assert personal not in done.stdout
