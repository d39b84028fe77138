r"""The SNS envelope and its signature, as Amazon SNS makes them (the signing side only).

The signed text is made of the fields below, each as `name\nvalue\n`, in this order; a field that is absent is left
out. Version 1 signs it with SHA-1, version 2 with SHA-256, both RSA PKCS #1 v1.5.
Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
"""

import base64
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

NOTIFICATION_FIELDS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION_FIELDS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}


def string_to_sign(envelope: Mapping[str, Any]) -> str:
    """The canonical text of an envelope; `Type` decides which fields belong to it."""
    fields = NOTIFICATION_FIELDS if envelope["Type"] == "Notification" else CONFIRMATION_FIELDS
    return "".join(f"{field}\n{envelope[field]}\n" for field in fields if envelope.get(field) is not None)


def signature(envelope: Mapping[str, Any], key: RSAPrivateKey) -> str:
    """The signature, in base64, that belongs into `Signature`; `SignatureVersion` must be "1" or "2"."""
    digest = DIGESTS[envelope["SignatureVersion"]]()
    signed = key.sign(string_to_sign(envelope).encode(), padding.PKCS1v15(), digest)
    return base64.b64encode(signed).decode()


def notification(
    message: str,
    key: RSAPrivateKey,
    *,
    topic_arn: str,
    certificate_url: str,
    subject: str | None = None,
    message_id: str | None = None,
    version: str = "2",
) -> dict[str, Any]:
    """A signed notification as SNS puts it into a queue when raw message delivery is off.

    Args:
        message: the payload, as text.
        key: what it is signed with.
        topic_arn: the topic it was published to.
        certificate_url: where a receiver would fetch the certificate of `key`.
        subject: signed too, but only if there is one.
        message_id: the id SNS gave the publication; a new one by default.
        version: "1" or "2".
    """
    region = topic_arn.split(":")[3]
    envelope: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": message_id or str(uuid.uuid4()),
        "TopicArn": topic_arn,
        **({} if subject is None else {"Subject": subject}),
        "Message": message,
        "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": version,
    }
    return envelope | {
        "Signature": signature(envelope, key),
        "SigningCertURL": certificate_url,
        "UnsubscribeURL": f"https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={topic_arn}",
    }
