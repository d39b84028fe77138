import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError, HTTPClientError, ReadTimeoutError

from deploy.local.ports import free_port
from tests.standins.local_aws import (
    Inbox,
    Program,
    aws_program,
    control,
    eventually,
    is_genuine,
    send,
    ses_client,
    ses_program,
)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with aws_program(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="module")
def ses(aws: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with ses_program(tmp_path_factory.mktemp("ses"), aws.url, aws.ready["topic_arn"]) as running:
        yield running


@pytest.fixture(scope="module")
def inbox(aws: Program) -> Inbox:
    return Inbox(aws)


def log_lines(ses: Program, token: str) -> list[dict[str, Any]]:
    return [line for line in control(ses, "GET", "log") if line["token"] == token]


def add_fault(ses: Program, recipient: str, fault: str, **params: object) -> None:
    control(ses, "POST", "faults", {"match": {"recipient": recipient}, "fault": fault, "params": params})


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


@pytest.mark.parametrize(
    ("fault", "params", "error", "accepted"),
    [
        ("refuse", {"code": "MessageRejected"}, ClientError, False),
        ("rate_limit", {}, ClientError, False),
        ("error_before", {}, ClientError, False),
        ("error_after", {}, ClientError, True),
        ("accept_then_hang", {"seconds": 3}, ReadTimeoutError, True),
        ("accept_then_reset", {}, HTTPClientError, True),
        ("reset_before", {}, HTTPClientError, False),
        ("half_answer", {}, KeyError, True),  # botocore takes what is not JSON for an empty answer
        ("garbage", {}, KeyError, True),
        ("redirect", {}, ClientError, False),
    ],
)
def test_a_request_fault_shows_in_the_answer_and_in_the_log(
    ses: Program, fault: str, params: dict[str, Any], error: type[Exception], accepted: bool
) -> None:
    address = f"{fault.replace('_', '-')}@example.com"
    add_fault(ses, address, fault, **params)
    with pytest.raises(error):
        send(ses_client(ses), address, token=fault)
    (line,) = log_lines(ses, fault)
    assert (line["accepted"], line["fault"]) == (accepted, fault)
    shown = control(ses, "GET", f"messages?to_sha256={hashlib.sha256(address.encode()).hexdigest()}")
    assert len(shown) == accepted


def test_events_can_be_dropped_doubled_reordered_and_forged(aws: Program, ses: Program, inbox: Inbox) -> None:
    client = ses_client(ses)
    faults = {name: f"{name}@example.com" for name in ("dropped", "doubled", "reordered", "forged", "late")}
    for name, address in faults.items():
        add_fault(ses, address, f"callbacks_{name}", **({"seconds": 1} if name == "late" else {}))
    sent = {name: send(client, address) for name, address in faults.items()}
    inbox.wait_for(sent["doubled"], 4)
    assert sorted(inbox.types(sent["doubled"])) == ["Delivery", "Delivery", "Send", "Send"]
    inbox.wait_for(sent["reordered"], 2)
    assert inbox.types(sent["reordered"]) == ["Delivery", "Send"]
    inbox.wait_for(sent["forged"], 3)
    certificate = Path(aws.ready["signing_certificate"]).read_bytes()
    genuine = {
        json.loads(envelope["Message"])["eventType"]: is_genuine(envelope, certificate)
        for envelope in inbox.of(sent["forged"])
    }
    assert genuine == {"Send": True, "Delivery": True, "Complaint": False}
    inbox.wait_for(sent["late"], 1)
    assert inbox.types(sent["late"]) == ["Send"]
    inbox.wait_for(sent["late"], 2)
    assert inbox.types(sent["dropped"]) == []
    fired = {rule["match"]["recipient"]: rule["fired"] for rule in control(ses, "GET", "faults")}
    assert all(fired[address] == 1 for address in faults.values())


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


def test_events_outlive_a_kill_and_wait_for_an_absent_sns(tmp_path: Path) -> None:
    port = free_port()
    where = (f"http://127.0.0.1:{port}", "arn:aws:sns:us-east-1:123456789012:comms-ses-events")
    with ses_program(tmp_path / "ses", *where) as ses:
        accepted = send(ses_client(ses), "killed+complaint@example.com")
        ses.kill()
    with ses_program(tmp_path / "ses", *where) as ses, aws_program(tmp_path / "aws", port) as aws:
        later = send(ses_client(ses), "later@example.com")
        inbox = Inbox(aws)
        inbox.wait_for(accepted, 3)
        inbox.wait_for(later, 2)
        assert inbox.types(accepted) == ["Send", "Delivery", "Complaint"]
        eventually(lambda: all(event["published_at"] for event in control(ses, "GET", "events")))
        assert [mail["message_id"] for mail in control(ses, "GET", "messages")] == [accepted, later]
        listed = ses_client(ses).list_suppressed_destinations()["SuppressedDestinationSummaries"]
        assert [each["EmailAddress"] for each in listed] == ["killed+complaint@example.com"]
        assert [line["seq"] for line in control(ses, "GET", "log")][:2] == [1, 2]
