"""The topic and the queues of the stack, made over the AWS API like anyone else's."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

    Attributes = dict[QueueAttributeNameType, str]

NAME = "comms-ses-events"
DEAD_LETTERS = f"{NAME}-dead-letters"
RECEIVES_BEFORE_DEAD = 10
RETENTION_SECONDS = 14 * 24 * 3600

LOCAL = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5)


@dataclass(frozen=True)
class Resources:
    """What was made; the same ARNs and URLs on every start on the same port."""

    topic_arn: str
    queue_url: str
    dead_letter_queue_url: str

    def at(self, endpoint: str) -> "Resources":
        """The same, with URLs as another endpoint of the same server tells them."""
        queues = (urlsplit(self.queue_url).path, urlsplit(self.dead_letter_queue_url).path)
        return Resources(self.topic_arn, *(f"{endpoint}{path}" for path in queues))


def sns_client(endpoint: str, region: str) -> "SNSClient":
    """A client of a local SNS; credentials are made up, retries are off."""
    return _session(region).client("sns", endpoint_url=endpoint, config=LOCAL)


def sqs_client(endpoint: str, region: str) -> "SQSClient":
    """A client of a local SQS; credentials are made up, retries are off."""
    return _session(region).client("sqs", endpoint_url=endpoint, config=LOCAL)


def s3_client(endpoint: str, region: str) -> Any:
    """A client of a local S3; credentials are made up, retries are off."""
    return _session(region).client("s3", endpoint_url=endpoint, config=LOCAL)


def create_resources(endpoint: str, region: str, visibility_timeout: int) -> Resources:
    """Make the topic, the queue with its dead-letter queue, and the subscription; repeatable.

    Args:
        endpoint: base URL of the local SNS and SQS.
        region: AWS region of everything made.
        visibility_timeout: seconds until a message that was received but not deleted comes again.
    """
    sns, sqs = sns_client(endpoint, region), sqs_client(endpoint, region)
    topic_arn = sns.create_topic(Name=NAME, Attributes={"SignatureVersion": "2"})["TopicArn"]
    retention: Attributes = {"MessageRetentionPeriod": str(RETENTION_SECONDS)}
    dead = sqs.create_queue(QueueName=DEAD_LETTERS, Attributes=retention)["QueueUrl"]
    redrive = {"deadLetterTargetArn": _arn(sqs, dead), "maxReceiveCount": RECEIVES_BEFORE_DEAD}
    queue = sqs.create_queue(
        QueueName=NAME,
        Attributes={
            **retention,
            "VisibilityTimeout": str(visibility_timeout),
            "RedrivePolicy": json.dumps(redrive),
        },
    )["QueueUrl"]
    subscription = sns.subscribe(
        TopicArn=topic_arn, Protocol="sqs", Endpoint=_arn(sqs, queue), ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    # The string "false" would count as true for moto; raw delivery is off by default, there and at Amazon.
    attributes = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    if attributes["RawMessageDelivery"].lower() != "false":
        raise RuntimeError("raw message delivery is on: events would arrive without a signature")
    return Resources(topic_arn, queue, dead)


def _session(region: str) -> boto3.Session:
    return boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=region)


def _arn(sqs: "SQSClient", queue_url: str) -> str:
    return sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
