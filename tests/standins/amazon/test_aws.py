import json
from pathlib import Path

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy.local.standins.aws.envelope import notification, string_to_sign
from deploy.local.standins.aws.signing_identity import signing_identity
from tests.standins.amazon.local_aws import Inbox, Program, aws_program, is_genuine, sns_client, sqs_client


def publish(aws: Program, message: str, topic_arn: str | None = None, subject: str = "News") -> None:
    sns_client(aws).publish(TopicArn=topic_arn or aws.ready["topic_arn"], Subject=subject, Message=message)


def test_the_signed_text_is_the_one_amazon_describes() -> None:
    envelope = {
        "Type": "Notification",
        "MessageId": "m-1",
        "Message": "hello",
        "Timestamp": "2026-11-01T00:00:00.000Z",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:ses",
        "SignatureVersion": "2",
    }
    assert string_to_sign(envelope) == (
        "Message\nhello\nMessageId\nm-1\nTimestamp\n2026-11-01T00:00:00.000Z\n"
        "TopicArn\narn:aws:sns:us-east-1:123456789012:ses\nType\nNotification\n"
    )
    assert "\nSubject\nhi\nTimestamp\n" in string_to_sign(envelope | {"Subject": "hi"})


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_changed_word_or_a_foreign_key_spoils_the_signature(tmp_path: Path, version: str) -> None:
    identity = signing_identity(tmp_path)
    names = {"topic_arn": "arn:aws:sns:us-east-1:123456789012:t", "certificate_url": identity.url("us-east-1")}
    genuine = notification("hello", identity.key, subject="s", version=version, **names)
    foreign_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    foreign = notification("hello", foreign_key, subject="s", version=version, **names)
    assert is_genuine(genuine, identity.certificate)
    assert not is_genuine(genuine | {"Message": "hallo"}, identity.certificate)
    assert not is_genuine(foreign, identity.certificate)


def test_an_identity_is_made_once(tmp_path: Path) -> None:
    assert signing_identity(tmp_path).certificate == signing_identity(tmp_path).certificate
    assert (tmp_path / "sns.key.pem").stat().st_mode & 0o077 == 0


def test_what_is_published_arrives_in_an_envelope_that_verifies(aws: Program, inbox: Inbox) -> None:
    publish(aws, "genuine-1")
    inbox.take()
    (envelope,) = inbox.of("genuine-1")
    certificate = Path(aws.ready["signing_certificate"]).read_bytes()
    assert envelope["SignatureVersion"] == "2"
    assert envelope["Subject"] == "News"
    assert is_genuine(envelope, certificate)
    assert not is_genuine(envelope | {"Subject": "Other news"}, certificate)
    assert envelope["SigningCertURL"].startswith("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-")
    assert envelope["SigningCertURL"].endswith(".pem")


def test_a_topic_that_asks_for_nothing_is_signed_by_version_one(aws: Program) -> None:
    sns, sqs = sns_client(aws), sqs_client(aws)
    queue = sqs.create_queue(QueueName="old")["QueueUrl"]
    topic = sns.create_topic(Name="old")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:old")
    publish(aws, "old-1", topic)
    envelope = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert envelope["SignatureVersion"] == "1"
    assert is_genuine(envelope, Path(aws.ready["signing_certificate"]).read_bytes())


def test_a_killed_server_comes_back_with_the_same_names_and_all_messages(tmp_path: Path) -> None:
    with aws_program(tmp_path) as first:
        for number in range(3):
            publish(first, f"kept-{number}")
        sqs = sqs_client(first)
        taken = sqs.receive_message(QueueUrl=first.ready["queue_url"], MaxNumberOfMessages=1)["Messages"][0]
        sqs.delete_message(QueueUrl=first.ready["queue_url"], ReceiptHandle=taken["ReceiptHandle"])
        sqs.receive_message(QueueUrl=first.ready["queue_url"], MaxNumberOfMessages=1)  # in flight when it dies
        first.kill()
        with aws_program(tmp_path, first.port) as second:
            assert second.ready == first.ready
            inbox = Inbox(second)
            inbox.take()
            publish(second, "kept-3")
            inbox.take()
            kept = sorted(envelope["Message"] for envelope in inbox.envelopes)
            deleted = json.loads(taken["Body"])["Message"]
            assert kept == [f"kept-{number}" for number in range(4) if f"kept-{number}" != deleted]
            certificate = Path(second.ready["signing_certificate"]).read_bytes()
            assert all(is_genuine(envelope, certificate) for envelope in inbox.envelopes)


def test_a_message_nobody_can_handle_ends_among_the_dead_letters(aws: Program, inbox: Inbox) -> None:
    inbox.take()  # what other tests left
    sqs, queue = sqs_client(aws), aws.ready["queue_url"]
    sqs.send_message(QueueUrl=queue, MessageBody='{"Message": "poison"}')
    for _ in range(10):
        message = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)["Messages"][0]
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    (dead,) = sqs.receive_message(QueueUrl=aws.ready["dead_letter_queue_url"])["Messages"]
    assert dead["Body"] == '{"Message": "poison"}'


def test_files_can_be_kept_in_s3(aws: Program) -> None:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=aws.url)
    s3.create_bucket(Bucket="comms")
    s3.put_object(Bucket="comms", Key="a", Body=b"kept")
    assert s3.get_object(Bucket="comms", Key="a")["Body"].read() == b"kept"
