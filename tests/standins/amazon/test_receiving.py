"""The SES stand-in plays a person's answer, as SES hands it on."""

import json
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from models.inbound_mail import is_received, read_mail
from starter.relay.sns_envelope import SnsEnvelopes
from tests.standins.amazon.local_aws import Inbox, Program, control, send, ses_client


def _received(aws: Program, inbox: Inbox, mark: str) -> str:
    [_] = inbox.wait_for(mark, 1)
    [envelope] = inbox.of(mark)
    opened = SnsEnvelopes([aws.ready["topic_arn"]], Path(aws.ready["signing_certificate"]))
    _, message = opened.open(json.dumps(envelope))
    return message


def test_an_answer_goes_to_where_the_mail_asked_for_it_and_verifies(aws: Program, ses: Program, inbox: Inbox) -> None:
    mark = uuid4().hex
    message_id = send(ses_client(ses), "ann@customer.example")
    answered = control(ses, "POST", "inbound", {"message_id": message_id, "text": f"Yes please {mark}"})

    message = _received(aws, inbox, mark)
    mail = read_mail(message)
    assert is_received(message)
    assert answered == {"to": "reply+abc@in.brightway.example"}
    assert mail.recipients == ("reply+abc@in.brightway.example",)
    assert (mail.sender, mail.said) == ("ann@customer.example", f"Yes please {mark}")
    assert (mail.automatic, mail.bounce, mail.spam, mail.virus) == (False, False, False, False)


def test_headers_verdicts_and_the_address_can_be_chosen(aws: Program, ses: Program, inbox: Inbox) -> None:
    mark = uuid4().hex
    order = {"to": "hello@in.example.com", "sender": "bot@shop.example", "text": mark, "html": f"<p>{mark}</p>",
             "headers": {"Auto-Submitted": "auto-replied"}, "verdicts": {"spamVerdict": "FAIL"}}  # fmt: skip
    control(ses, "POST", "inbound", order)

    mail = read_mail(_received(aws, inbox, mark))
    assert mail.recipients == ("hello@in.example.com",)
    assert (mail.automatic, mail.spam) == (True, True)


@pytest.mark.parametrize(
    "order", [{"text": "x"}, {"message_id": "unknown", "text": "x"}, {"text": 1, "to": "a@b.example"}]
)
def test_an_answer_that_goes_nowhere_is_refused(ses: Program, order: dict[str, object]) -> None:
    assert httpx.post(f"{ses.url}/_standin/inbound", json=order).status_code == 422
