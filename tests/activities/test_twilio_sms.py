import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
from pydantic import SecretStr

from activities.providers.one_request import fresh_session, never_connected
from activities.providers.twilio_sms import TwilioSms
from models.provider_answers import AnswerKind
from models.provider_settings import TwilioSettings
from models.sending import Envelope
from models.terms import Channel
from tests.activities.provider_at_the_other_end import answering, self_signed

SID = "SM" + "0a" * 16
CREATED = (201, json.dumps({"sid": SID}).encode())
ENVELOPE = Envelope(channel=Channel.SMS, to="+13035550123", subject="", body="Hello", token="t0")
SETTINGS = TwilioSettings(
    account_sid="AC" + "1" * 32,
    api_key_sid="SK" + "1" * 32,
    api_key_secret=SecretStr("secret"),
    messaging_service_sid="MG" + "1" * 32,
    request_timeout=timedelta(seconds=1),
)


def _sms(base_url: str, **changes: object) -> TwilioSms:
    return TwilioSms(SETTINGS.model_copy(update={"base_url": base_url, **changes}), "http://127.0.0.1:1/status")


@contextmanager
def _listening() -> Iterator[int]:
    """A port where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _refused_port() -> int:
    with _listening() as port:
        return port


def test_one_send_is_one_request() -> None:
    with answering(CREATED) as twilio:
        answer = _sms(twilio.url).send(ENVELOPE)

    assert (answer.kind, answer.provider_id) == (AnswerKind.ACCEPTED, SID)
    [body] = twilio.bodies
    assert parse_qs(body.decode())["StatusCallback"] == ["http://127.0.0.1:1/status/t0"]


@pytest.mark.parametrize(
    ("valid_for", "seconds"),
    [
        (None, 14_400),
        (timedelta(days=1), 14_400),
        (timedelta(minutes=20, milliseconds=900), 1_200),
        (timedelta(0), 1),
        (timedelta(seconds=-5), 1),
    ],
)
def test_twilio_drops_what_it_could_not_hand_on_before_the_night(valid_for: timedelta | None, seconds: int) -> None:
    with answering(CREATED) as twilio:
        _sms(twilio.url).send(ENVELOPE.model_copy(update={"valid_for": valid_for}))

    assert parse_qs(twilio.bodies[0].decode())["ValidityPeriod"] == [str(seconds)]


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{_refused_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    with answering(CREATED) as twilio:
        assert _sms(twilio.url).send(ENVELOPE).kind is AnswerKind.ACCEPTED


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_port_means_that_nothing_left(scheme: str) -> None:
    assert _sms(f"{scheme}://127.0.0.1:{_refused_port()}").send(ENVELOPE).kind is AnswerKind.NEVER_SENT


def test_a_bad_certificate_means_that_nothing_left(tmp_path: Path) -> None:
    with answering(CREATED, self_signed(tmp_path)) as twilio:
        answer = _sms(f"https://localhost:{twilio.port}").send(ENVELOPE)

    assert answer.kind is AnswerKind.NEVER_SENT
    assert twilio.bodies == []


def test_no_answer_to_the_handshake_means_that_nothing_left() -> None:
    with _listening() as port:
        answer = _sms(f"https://127.0.0.1:{port}", request_timeout=timedelta(seconds=0.2)).send(ENVELOPE)

    assert answer.kind is AnswerKind.NEVER_SENT


def test_a_lost_answer_is_unknown() -> None:
    with answering(None) as twilio:
        answer = _sms(twilio.url).send(ENVELOPE)

    assert answer.kind is AnswerKind.UNKNOWN
    assert len(twilio.bodies) == 1


def test_an_answer_that_is_lost_after_the_handshake_is_unknown(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)

    with answering(None, certificate) as twilio, fresh_session() as session:
        session.verify = str(certificate)
        with pytest.raises(requests.ConnectionError) as lost:
            session.post(f"https://localhost:{twilio.port}", data={"Body": "Hello"})

    assert not never_connected(lost.value)
    assert len(twilio.bodies) == 1


def test_a_tls_error_in_the_middle_of_a_request_is_not_one_of_the_handshake() -> None:
    assert not never_connected(requests.exceptions.SSLError("bad record"))


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("account_sid", ""),
        ("api_key_sid", ""),
        ("api_key_secret", SecretStr("")),
        ("messaging_service_sid", ""),
    ],
)
def test_without_a_setting_nothing_is_called(name: str, empty: object) -> None:
    with answering(CREATED) as twilio:
        answer = _sms(twilio.url, **{name: empty}).send(ENVELOPE)

    assert (answer.kind, answer.reason) == (AnswerKind.PROVIDER_SETUP, f"no {name}")
    assert twilio.bodies == []
