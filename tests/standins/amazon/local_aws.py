"""The AWS and SES stand-ins as programs, and what a client needs to talk to them."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.config import Config
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

ROOT = Path(__file__).parents[3]


@dataclass
class Program:
    process: "subprocess.Popen[str]"
    ready: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.ready["port"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def program(name: str, state: Path, *arguments: str) -> Iterator[Program]:
    command = [sys.executable, "-m", f"deploy.local.standins.{name}", "--state-dir", str(state), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Program(process, json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def aws_program(state: Path, port: int = 0) -> Iterator[Program]:
    with program("aws", state, "--port", str(port), "--visibility-timeout", "2") as running:
        yield running


@contextmanager
def ses_program(state: Path, aws_endpoint: str, topic_arn: str) -> Iterator[Program]:
    with program("ses", state, "--aws-endpoint", aws_endpoint, "--topic-arn", topic_arn) as running:
        yield running


def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def ses_client(ses: Program) -> "SESV2Client":
    return _ses_client(ses.url)


def sqs_client(aws: Program) -> "SQSClient":
    return _sqs_client(aws.url)


@lru_cache
def _ses_client(url: str) -> "SESV2Client":
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=1.0)
    return _session().client("sesv2", endpoint_url=url, config=once)


def sns_client(aws: Program) -> "SNSClient":
    return _sns_client(aws.url)


@lru_cache
def _sns_client(url: str) -> "SNSClient":
    return _session().client("sns", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


@lru_cache
def _sqs_client(url: str) -> "SQSClient":
    return _session().client("sqs", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


def send(client: "SESV2Client", to: str, *, token: str = "t0", text: str = "Shall we come at nine?") -> str:
    return client.send_email(
        FromEmailAddress="Brightway <office@brightway.example>",
        Destination={"ToAddresses": [to]},
        ReplyToAddresses=["reply+abc@in.brightway.example"],
        Content={
            "Simple": {
                "Subject": {"Data": "Your quote"},
                "Body": {"Text": {"Data": text}, "Html": {"Data": '<a href="https://brightway.example/q">Yes</a>'}},
                "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://brightway.example/u/1>"}],
            }
        },
        EmailTags=[{"Name": "send_token", "Value": token}],
        ConfigurationSetName="comms",
        ListManagementOptions={"ContactListName": "brightway", "TopicName": "offers"},
    )["MessageId"]


@dataclass
class Inbox:
    """Everything taken out of the queue so far: the envelopes, in the order they came."""

    aws: Program
    envelopes: list[dict[str, Any]] = field(default_factory=list)

    def take(self) -> None:
        sqs, queue = sqs_client(self.aws), self.aws.ready["queue_url"]
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.envelopes.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    def of(self, message_id: str) -> list[dict[str, Any]]:
        return [envelope for envelope in self.envelopes if message_id in envelope["Message"]]

    def events(self, message_id: str) -> list[dict[str, Any]]:
        return [json.loads(envelope["Message"]) for envelope in self.of(message_id)]

    def types(self, message_id: str) -> list[str]:
        return [event["eventType"] for event in self.events(message_id)]

    def wait_for(self, message_id: str, count: int) -> list[dict[str, Any]]:
        def enough() -> bool:
            self.take()
            return len(self.of(message_id)) >= count

        eventually(enough)
        return self.events(message_id)


def eventually(condition: Callable[[], bool], within: float = 8.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.03)


def is_genuine(envelope: dict[str, Any], certificate: bytes) -> bool:
    """Verify as a consumer would, written out a second time on purpose: literal fields, literal order."""
    text = "".join(
        f"{name}\n{envelope[name]}\n"
        for name in ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
        if name in envelope
    )
    key = x509.load_pem_x509_certificate(certificate).public_key()
    assert isinstance(key, RSAPublicKey)
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}[envelope["SignatureVersion"]]
    try:
        key.verify(base64.b64decode(envelope["Signature"]), text.encode(), padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


def log_lines(ses: Program, token: str) -> list[dict[str, Any]]:
    return [line for line in control(ses, "GET", "log") if line["token"] == token]


def control(program: Program, method: str, path: str, payload: object = None) -> Any:
    answer = httpx.request(method, f"{program.url}/_standin/{path}", json=payload)
    answer.raise_for_status()
    return answer.json()
