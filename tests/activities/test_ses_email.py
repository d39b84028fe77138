import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from activities.providers.ses_email import SesEmail
from deploy.local.standins.ses.submission import read_mail
from models.identity import content_hash
from models.provider_answers import AnswerKind
from models.provider_settings import SesSettings
from models.sending import Envelope
from models.terms import Channel
from tests.activities.provider_at_the_other_end import answering

ACCEPTED = (200, json.dumps({"MessageId": "0100-abc"}).encode())
URL = "https://comms.example/u/t1"
ENVELOPE = Envelope(
    channel=Channel.EMAIL,
    to="ann@example.com",
    subject="Your quote",
    body="Hello\n\nBye",
    token="t0",
    unsubscribe_url=URL,
)


@pytest.fixture(autouse=True)
def _only_these_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def _email(url: str, from_address: str = "office@example.com") -> SesEmail:
    return SesEmail(SesSettings(endpoint_url=url, from_address=from_address))


def _sent(envelope: Envelope) -> dict[str, Any]:
    with answering(ACCEPTED) as ses:
        answer = _email(ses.url).send(envelope)
    assert (answer.kind, answer.provider_id) == (AnswerKind.ACCEPTED, "0100-abc")
    [body] = ses.bodies
    sent: dict[str, Any] = json.loads(body)
    return sent


def _text(sent: dict[str, Any]) -> str:
    return str(sent["Content"]["Simple"]["Body"]["Text"]["Data"])


def test_the_plain_text_too_says_where_to_unsubscribe() -> None:
    sent = _sent(ENVELOPE)

    assert _text(sent) == f"Hello\n\nBye\n\nUnsubscribe: {URL}"
    assert f'<a href="{URL}">' in sent["Content"]["Simple"]["Body"]["Html"]["Data"]
    assert sent["EmailTags"] == [{"Name": "send_token", "Value": "t0"}]


def test_a_notice_to_a_colleague_has_no_such_link() -> None:
    assert _text(_sent(ENVELOPE.model_copy(update={"unsubscribe_url": None}))) == "Hello\n\nBye"


@pytest.mark.parametrize("url", [URL, None])
def test_the_stand_in_hashes_what_was_approved(url: str | None) -> None:
    mail = read_mail(_sent(ENVELOPE.model_copy(update={"unsubscribe_url": url})))

    hashed = hashlib.sha256(mail.hashed_text.encode()).hexdigest()
    assert hashed == content_hash(ENVELOPE.subject, ENVELOPE.body)


def test_answers_come_back_to_an_address_of_their_own() -> None:
    envelope = ENVELOPE.model_copy(update={"reply_token": "abc"})
    with answering(ACCEPTED) as ses:
        settings = SesSettings(endpoint_url=ses.url, from_address="office@example.com", reply_domain="in.example.com")
        SesEmail(settings).send(envelope)
    sent = json.loads(ses.bodies[0])

    headers = {header["Name"]: header["Value"] for header in sent["Content"]["Simple"]["Headers"]}
    assert sent["ReplyToAddresses"] == ["reply+abc@in.example.com"]
    assert headers["List-Unsubscribe"] == f"<{URL}>, <mailto:unsub+abc@in.example.com>"
    hashed = hashlib.sha256(read_mail(sent).hashed_text.encode()).hexdigest()
    assert hashed == content_hash(ENVELOPE.subject, ENVELOPE.body)


def test_without_a_domain_for_answers_there_is_no_such_address() -> None:
    sent = _sent(ENVELOPE.model_copy(update={"reply_token": "abc"}))

    assert not sent.get("ReplyToAddresses")
    assert sent["Content"]["Simple"]["Headers"][0]["Value"] == f"<{URL}>"


@pytest.mark.parametrize("added", [" ", f"\n\nUnsubscribe: {URL}", "\n\nUnsubscribe: https://elsewhere.example"])
def test_the_stand_in_cuts_nothing_but_the_link_of_the_header(added: str) -> None:
    sent = _sent(ENVELOPE)
    sent["Content"]["Simple"]["Body"]["Text"]["Data"] += added

    hashed = hashlib.sha256(read_mail(sent).hashed_text.encode()).hexdigest()
    assert hashed != content_hash(ENVELOPE.subject, ENVELOPE.body)


@pytest.mark.parametrize("answer", [None, (500, b"{}"), (503, b"{}")])
def test_a_lost_answer_is_unknown_and_one_send_stays_one_request(answer: tuple[int, bytes] | None) -> None:
    with answering(answer) as ses:
        assert _email(ses.url).send(ENVELOPE).kind is AnswerKind.UNKNOWN

    assert len(ses.bodies) == 1


def test_without_credentials_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with answering(ACCEPTED) as ses:
        answer = _email(ses.url).send(ENVELOPE)

    assert (answer.kind, answer.reason) == (AnswerKind.PROVIDER_SETUP, "NoCredentialsError")
    assert ses.bodies == []


def test_with_half_of_the_credentials_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with answering(ACCEPTED) as ses:
        email = _email(ses.url)  # a worker that starts with half of them says so and ends
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        answer = email.send(ENVELOPE)

    assert (answer.kind, answer.reason) == (AnswerKind.PROVIDER_SETUP, "PartialCredentialsError")
    assert ses.bodies == []


def test_without_a_sender_nothing_is_called() -> None:
    with answering(ACCEPTED) as ses:
        answer = _email(ses.url, from_address="").send(ENVELOPE)

    assert (answer.kind, answer.reason) == (AnswerKind.PROVIDER_SETUP, "no from_address")
    assert ses.bodies == []
