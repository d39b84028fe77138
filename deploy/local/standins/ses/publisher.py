"""Hands events to SNS, as SES does, for as long as it takes; forgeries go past SNS into the queues."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy.local.standins.aws.envelope import notification
from deploy.local.standins.aws.resources import s3_client, sns_client, sqs_client

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

SUBJECT = "Amazon SES Email Event Notification"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 1.0


class Publisher:
    """Publishes to one topic. Repeats while SNS is away, so an event may be published more than once."""

    def __init__(self, endpoint: str, topic_arn: str) -> None:
        region = topic_arn.split(":")[3]
        self._topic_arn = topic_arn
        self._sns: SNSClient = sns_client(endpoint, region)
        self._sqs: SQSClient = sqs_client(endpoint, region)
        self._s3: Any = s3_client(endpoint, region)
        self._forgers_key: rsa.RSAPrivateKey | None = None

    async def publish(self, record: str) -> None:
        """Publish one event; returns when SNS has taken it."""
        await self._until_taken(self._publish_once, record)

    async def store(self, bucket: str, key: str, content: bytes) -> None:
        """Put a received mail into a bucket, which is made if it is not there; a repetition does no harm."""

        def put(_: str) -> None:
            self._s3.create_bucket(Bucket=bucket)
            self._s3.put_object(Bucket=bucket, Key=key, Body=content)

        await self._until_taken(put, key)

    async def forge(self, record: str) -> None:
        """Put an envelope with a foreign signature straight into every queue that the topic serves."""
        await self._until_taken(self._forge_once, record)

    async def _until_taken(self, step: Callable[[str], None], record: str) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await asyncio.to_thread(step, record)
            except (BotoCoreError, ClientError) as error:
                # Not to stdout, whose first line says that the stand-in is ready.
                said = f"SNS did not take an event: {type(error).__name__}; again in {pause:.1f} s"
                print(said, file=sys.stderr, flush=True)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _publish_once(self, record: str) -> None:
        self._sns.publish(TopicArn=self._topic_arn, Subject=SUBJECT, Message=record)

    def _forge_once(self, record: str) -> None:
        if self._forgers_key is None:
            self._forgers_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        region = self._topic_arn.split(":")[3]
        envelope = notification(
            record,
            self._forgers_key,
            topic_arn=self._topic_arn,
            certificate_url=f"https://sns.{region}.amazonaws.com/SimpleNotificationService-forged.pem",
            subject=SUBJECT,
        )
        for subscription in self._sns.list_subscriptions_by_topic(TopicArn=self._topic_arn)["Subscriptions"]:
            if subscription["Protocol"] == "sqs":
                name = subscription["Endpoint"].split(":")[-1]
                url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
                self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(envelope))
