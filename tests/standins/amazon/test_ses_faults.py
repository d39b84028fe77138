import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError, ReadTimeoutError

from deploy.local.ports import free_port
from tests.standins.amazon.local_aws import (
    Inbox,
    Program,
    aws_program,
    control,
    eventually,
    is_genuine,
    log_lines,
    send,
    ses_client,
    ses_program,
)


def add_fault(ses: Program, recipient: str, fault: str, **params: object) -> None:
    control(ses, "POST", "faults", {"match": {"recipient": recipient}, "fault": fault, "params": params})


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
        add_fault(ses, address, f"callbacks_{name}", **({"seconds": 5} if name == "late" else {}))
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
