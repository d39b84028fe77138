import hashlib
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.standins.amazon.local_aws import (
    Inbox,
    Program,
    control,
    is_genuine,
    log_lines,
    send,
    ses_client,
)


def test_an_accepted_mail_is_sent_and_delivered_with_our_tag_in_every_event(ses: Program, inbox: Inbox) -> None:
    message_id = send(ses_client(ses), "Ann <Ann@Customer.Example>", token="tok_1-A")
    sent, delivered = inbox.wait_for(message_id, 2)
    assert [sent["eventType"], delivered["eventType"]] == ["Send", "Delivery"]
    assert sent["send"] == {}
    assert delivered["delivery"]["recipients"] == ["ann@customer.example"]
    assert sent["mail"]["tags"]["send_token"] == delivered["mail"]["tags"]["send_token"] == ["tok_1-A"]
    assert sent["mail"]["tags"]["ses:configuration-set"] == ["comms"]
    assert sent["mail"]["messageId"] == message_id
    assert {"name": "List-Unsubscribe", "value": "<https://brightway.example/u/1>"} in sent["mail"]["headers"]
    assert sent["mail"]["commonHeaders"]["subject"] == "Your quote"


def test_every_envelope_verifies_against_the_certificate(aws: Program, ses: Program, inbox: Inbox) -> None:
    message_id = send(ses_client(ses), "signed@example.com")
    inbox.wait_for(message_id, 2)
    certificate = Path(aws.ready["signing_certificate"]).read_bytes()
    for envelope in inbox.of(message_id):
        assert envelope["Subject"] == "Amazon SES Email Event Notification"
        assert envelope["TopicArn"] == aws.ready["topic_arn"]
        assert is_genuine(envelope, certificate)


@pytest.mark.parametrize(
    ("address", "types", "details"),
    [
        ("success@simulator.amazonses.com", ["Send", "Delivery"], {}),
        ("bounce@simulator.amazonses.com", ["Send", "Bounce"], {"bounceType": "Permanent", "bounceSubType": "NoEmail"}),
        (
            "suppressionlist@simulator.amazonses.com",
            ["Send", "Bounce"],
            {"bounceType": "Permanent", "bounceSubType": "Suppressed"},
        ),
        ("ooto@simulator.amazonses.com", ["Send", "Delivery", "Bounce"], {"bounceType": "Transient"}),
        ("complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"], {"complaintFeedbackType": "abuse"}),
        ("m+bounce@example.com", ["Send", "Bounce"], {"bounceType": "Permanent", "bounceSubType": "General"}),
        ("m+latebounce@example.com", ["Send", "Delivery", "Bounce"], {"bounceType": "Permanent"}),
        ("m+soft@shop.example", ["Send", "Bounce"], {"bounceType": "Transient", "bounceSubType": "MailboxFull"}),
        ("m+undetermined@example.com", ["Send", "Bounce"], {"bounceType": "Undetermined"}),
        ("m+complaint@example.com", ["Send", "Delivery", "Complaint"], {"complaintSubType": None}),
        ("m+delay@example.com", ["Send", "DeliveryDelay", "Delivery"], {"smtpResponse": "250 2.6.0 Message received"}),
        ("m+open@example.com", ["Send", "Delivery", "Open"], {"ipAddress": "192.0.2.1"}),
        ("m+click@example.com", ["Send", "Delivery", "Open", "Click"], {"link": "https://brightway.example/q"}),
        ("m+reject@example.com", ["Send", "Reject"], {"reason": "Bad content"}),
        ("m+render@example.com", ["Rendering Failure"], {"templateName": "stand-in"}),
        ("m+unsubscribe@example.com", ["Send", "Delivery", "Subscription"], {"contactList": "brightway"}),
    ],
)
def test_the_address_chooses_the_course(
    ses: Program, inbox: Inbox, address: str, types: list[str], details: dict[str, Any]
) -> None:
    message_id = send(ses_client(ses), address)
    events = inbox.wait_for(message_id, len(types))
    assert [event["eventType"] for event in events] == types
    (content,) = [value for name, value in events[-1].items() if name not in {"eventType", "mail"}]
    assert details.items() <= content.items()


@pytest.mark.parametrize(
    ("word", "code", "status"),
    [
        ("throttle", "TooManyRequestsException", 429),
        ("quota", "LimitExceededException", 400),
        ("paused", "SendingPausedException", 400),
        ("suspended", "AccountSuspendedException", 400),
        ("mailfrom", "MailFromDomainNotVerifiedException", 400),
        ("rejected", "MessageRejected", 400),
        ("invalid", "BadRequestException", 400),
    ],
)
def test_refusals_reach_the_client_as_the_errors_amazon_has(ses: Program, word: str, code: str, status: int) -> None:
    client = ses_client(ses)
    with pytest.raises(getattr(client.exceptions, code)) as refused:
        send(client, f"x+{word}@example.com", token=f"refused-{word}")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    (line,) = log_lines(ses, f"refused-{word}")
    assert (line["accepted"], line["status"]) == (False, status)


def test_malformed_requests_are_refused(ses: Program) -> None:
    client = ses_client(ses)
    body: Any = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
    with pytest.raises(client.exceptions.BadRequestException):
        client.send_email(FromEmailAddress="a@example.com", Destination={}, Content=body)
    with pytest.raises(client.exceptions.BadRequestException):
        send(client, "b@example.com", token="not allowed!")
    to: Any = {"ToAddresses": ["b@example.com"]}
    with pytest.raises(client.exceptions.NotFoundException):
        client.send_email(
            FromEmailAddress="a@example.com", Destination=to, Content=body, ConfigurationSetName="unheard-of"
        )
    unsigned = httpx.post(f"{ses.url}/v2/email/outbound-emails", json={})
    assert unsigned.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_the_log_holds_hashes_and_the_messages_show_the_text(ses: Program) -> None:
    message_id = send(ses_client(ses), "Newest@Example.com", token="hashes", text="first")
    newest = send(ses_client(ses), "newest@example.com", token="hashes", text="second")
    address = hashlib.sha256(b"newest@example.com").hexdigest()
    first, second = log_lines(ses, "hashes")
    assert (first["accepted"], first["provider_id"], first["to_sha256"]) == (True, message_id, address)
    assert second["body_sha256"] == hashlib.sha256(b"Your quote\n\nsecond").hexdigest()
    shown = control(ses, "GET", f"messages?to_sha256={address}")
    assert [mail["message_id"] for mail in shown] == [message_id, newest]
    assert shown[-1]["text"] == "second"
    (later,) = control(ses, "GET", f"messages?to_sha256={address}&after={shown[0]['seq']}")
    assert later["message_id"] == newest


def test_a_raw_message_is_read_too(ses: Program) -> None:
    raw = b"From: a@example.com\r\nTo: raw@example.com\r\nSubject: Raw\r\n\r\nPlain words\r\n"
    ses_client(ses).send_email(Content={"Raw": {"Data": raw}}, ConfigurationSetName="comms")
    (mail,) = control(ses, "GET", f"messages?to_sha256={hashlib.sha256(b'raw@example.com').hexdigest()}")
    assert (mail["subject"], mail["text"].strip()) == ("Raw", "Plain words")


def test_without_a_configuration_set_nothing_is_published(ses: Program) -> None:
    message_id = ses_client(ses).send_email(
        FromEmailAddress="a@example.com",
        Destination={"ToAddresses": ["b@example.com"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    )["MessageId"]
    assert control(ses, "GET", f"events?message_id={message_id}") == []


def test_a_hard_bounce_fills_the_suppression_list_and_later_mail_bounces_on_it(ses: Program, inbox: Inbox) -> None:
    client, address = ses_client(ses), "gone+bounce@example.com"
    first = send(client, address)
    inbox.wait_for(first, 2)
    listed = client.get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]
    assert (listed["Reason"], listed["Attributes"]["MessageId"]) == ("BOUNCE", first)
    assert abs(listed["LastUpdateTime"].timestamp() - time.time()) < 60
    sent, bounced = inbox.wait_for(send(client, address), 2)
    assert sent["eventType"] == "Send"
    assert bounced["bounce"]["bounceSubType"] == "OnAccountSuppressionList"


def test_the_suppression_list_can_be_read_and_changed(ses: Program) -> None:
    client = ses_client(ses)
    for number in range(3):
        client.put_suppressed_destination(EmailAddress=f"Listed{number}@example.net", Reason="COMPLAINT")
    page = client.list_suppressed_destinations(Reasons=["COMPLAINT"], PageSize=2)
    assert len(page["SuppressedDestinationSummaries"]) == 2
    rest = client.list_suppressed_destinations(Reasons=["COMPLAINT"], NextToken=page["NextToken"])
    everyone = page["SuppressedDestinationSummaries"] + rest["SuppressedDestinationSummaries"]
    listed = {each["EmailAddress"] for each in everyone}
    assert {f"listed{number}@example.net" for number in range(3)} <= listed
    client.delete_suppressed_destination(EmailAddress="listed0@example.net")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_suppressed_destination(EmailAddress="listed0@example.net")
    with pytest.raises(client.exceptions.NotFoundException):
        client.delete_suppressed_destination(EmailAddress="listed0@example.net")


def test_a_paused_account_refuses_to_send(ses: Program) -> None:
    client = ses_client(ses)
    client.put_account_sending_attributes(SendingEnabled=False)
    try:
        assert client.get_account()["SendingEnabled"] is False
        with pytest.raises(client.exceptions.SendingPausedException):
            send(client, "b@example.com")
    finally:
        client.put_account_sending_attributes(SendingEnabled=True)
    assert client.get_account()["SendQuota"]["SentLast24Hours"] > 0


def test_any_event_can_be_emitted_for_a_known_and_for_an_unknown_message(ses: Program, inbox: Inbox) -> None:
    known = send(ses_client(ses), "later@example.com", token="known")
    inbox.wait_for(known, 2)
    control(ses, "POST", "events", {"event": "Complaint", "message_id": known})
    (*_, complaint) = inbox.wait_for(known, 3)
    assert complaint["complaint"]["complainedRecipients"] == [{"emailAddress": "later@example.com"}]
    assert complaint["mail"]["tags"]["send_token"] == ["known"]
    unknown = control(
        ses,
        "POST",
        "events",
        {"event": "Bounce", "tags": {"send_token": "nobodys"}, "details": {"bounceType": "Undetermined"}},
    )["message_id"]
    (stray,) = inbox.wait_for(unknown, 1)
    assert stray["bounce"]["bounceType"] == "Undetermined"
    assert stray["mail"]["tags"]["send_token"] == ["nobodys"]
    assert httpx.post(f"{ses.url}/_standin/events", json={"event": "Rumour"}).status_code == 422
