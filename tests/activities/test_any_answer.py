"""Whatever a provider answers: a yes or a no is believed only if it is on the closed list. All else is unknown."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from activities.providers.ses_email import SesEmail
from activities.providers.twilio_sms import TwilioSms
from models.provider_answers import Answer
from models.provider_settings import SesSettings, TwilioSettings
from models.sending import Envelope
from models.terms import AttemptOutcome, Channel

SID = "SM" + "0a" * 16
SMS = Envelope(channel=Channel.SMS, to="+13035550123", subject="", body="Hello", token="t0")
EMAIL = Envelope(channel=Channel.EMAIL, to="lead@example.com", subject="Hello", body="You", token="t0")
SES_REFUSALS = {
    *("TooManyRequestsException", "Throttling", "ThrottlingException", "LimitExceededException"),
    *("SendingPausedException", "AccountSuspendedException", "MailFromDomainNotVerifiedException"),
    *("MessageRejected", "BadRequestException"),
}
ACCEPTED, NOT_ACCEPTED = AttemptOutcome.ACCEPTED, AttemptOutcome.NOT_ACCEPTED
Send = Callable[[bytes], Answer]

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99_999) | st.text(max_size=6), lambda inner: st.lists(inner, max_size=3)
)
codes = anything | st.sampled_from([20003, 20429, 20500, 20503, 21211, 21610, 30001])
twilio_bodies = st.fixed_dictionaries({}, optional={"code": codes, "sid": anything | st.just(SID), "status": anything})
errors = st.sampled_from(sorted(SES_REFUSALS)) | st.text("abcdefgE", max_size=9)
ses_bodies = st.fixed_dictionaries(
    {}, optional={"__type": errors | anything, "MessageId": anything, "message": st.text(max_size=6)}
)
statuses = st.sampled_from([200, 201, 400, 401, 403, 404, 408, 429]) | st.integers(200, 999)


def _http(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Any\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Says(socketserver.ThreadingTCPServer):
    """Reads one request of a connection, says exactly `raw` and hangs up."""

    raw = b""
    daemon_threads = True


class _OneAnswer(socketserver.StreamRequestHandler):
    server: _Says

    def handle(self) -> None:
        length = 0
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self.rfile.read(length)
        self.wfile.write(self.server.raw)


@contextmanager
def _told_by(connect: Callable[[str], Callable[[], Answer]]) -> Iterator[Send]:
    """Give a function that sends one message to a provider which gives this raw answer."""
    with _Says(("127.0.0.1", 0), _OneAnswer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        send = connect(f"http://127.0.0.1:{server.server_address[1]}")

        def told(raw: bytes) -> Answer:
            server.raw = raw
            return send()

        yield told
        server.shutdown()
        thread.join()


def _twilio(url: str) -> Callable[[], Answer]:
    names = {"account_sid": "AC1", "api_key_sid": "SK1", "messaging_service_sid": "MG1"}
    given = {**names, "api_key_secret": SecretStr("s"), "base_url": url, "request_timeout": timedelta(seconds=5)}
    return partial(TwilioSms(TwilioSettings(**given), "http://127.0.0.1:1/status").send, SMS)


@pytest.fixture(scope="module")
def twilio() -> Iterator[Send]:
    with _told_by(_twilio) as send:
        yield send


@pytest.fixture(scope="module")
def ses() -> Iterator[Send]:
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "test")
        settings = {"from_address": "office@example.com"}
        with _told_by(lambda url: partial(SesEmail(SesSettings(endpoint_url=url, **settings)).send, EMAIL)) as send:
            yield send


def _named(body: bytes) -> dict[str, Any]:
    try:
        named = json.loads(body)
    except ValueError:
        return {}
    return named if isinstance(named, dict) else {}


often = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
bodies_of_twilio = (
    st.binary(max_size=12)
    | anything.map(lambda a: json.dumps(a).encode())
    | twilio_bodies.map(lambda body: json.dumps(body).encode())
)
bodies_of_ses = st.binary(max_size=12) | ses_bodies.map(lambda body: json.dumps(body).encode())


@often
@given(statuses, bodies_of_twilio)
@example(201, json.dumps({"sid": SID}).encode())
@example(400, json.dumps({"code": 21211, "message": "m", "status": 400}).encode())
@example(500, json.dumps({"code": 21211}).encode())
def test_twilio_is_believed_only_what_is_on_the_list(twilio: Send, status: int, body: bytes) -> None:
    outcome, said = twilio(_http(status, body)).outcome, _named(body)

    if outcome is ACCEPTED:
        assert (status, said.get("sid")) == (201, SID)
    if outcome is NOT_ACCEPTED and status != 429:
        assert status in (400, 401, 403, 404)
        assert isinstance(said["code"], int)
        assert said["code"] not in (20500, 20503)


@often
@given(statuses, bodies_of_ses)
@example(200, b'{"MessageId": "0100-abc"}')
@example(400, b'{"__type": "MessageRejected"}')
@example(500, b'{"__type": "MessageRejected"}')
def test_ses_is_believed_only_what_is_on_the_list(ses: Send, status: int, body: bytes) -> None:
    outcome, said = ses(_http(status, body)).outcome, _named(body)

    if outcome is ACCEPTED:
        assert status == 200
        assert said["MessageId"]
    if outcome is NOT_ACCEPTED:
        assert 400 <= status < 500
        assert status != 408
        assert said["__type"] in SES_REFUSALS


@pytest.mark.parametrize("provider", ["twilio", "ses"])
def test_an_answer_that_breaks_off_anywhere_is_never_a_no(provider: str, request: pytest.FixtureRequest) -> None:
    send: Send = request.getfixturevalue(provider)
    status, yes = (201, {"sid": SID}) if provider == "twilio" else (200, {"MessageId": "0100-abc"})
    whole = _http(status, json.dumps(yes).encode())

    outcomes = [send(whole[:length]).outcome for length in range(0, len(whole) + 1, 3)]

    assert NOT_ACCEPTED not in outcomes
    assert ACCEPTED not in outcomes[:-1]
    assert send(whole).outcome is ACCEPTED


@often
@given(st.binary(max_size=40))
def test_bytes_that_are_no_answer_prove_nothing(twilio: Send, raw: bytes) -> None:
    assert twilio(raw).outcome is AttemptOutcome.UNKNOWN
