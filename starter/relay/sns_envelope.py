"""Reading an Amazon SNS envelope and checking that SNS signed it.

String to sign and rules: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
"""

import base64
import json
import re
import urllib.request
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

SIGNED_FIELDS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
AMAZON_HOST = re.compile(r"sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?")


class ForgedEnvelope(Exception):
    """The envelope is not from one of our topics or its signature is not Amazon's."""


class SnsEnvelopes:
    """Opens envelopes.

    Args:
        topic_arns: the topics that are ours.
        certificate: PEM file of a local notification service; None means Amazon's own, named by the envelope.
    """

    def __init__(self, topic_arns: Collection[str], certificate: Path | None) -> None:
        self._topic_arns = frozenset(topic_arns)
        self._certificate = certificate

    def open(self, raw: str) -> tuple[str, str]:
        """Return message id and message of a verified envelope.

        Raises:
            ForgedEnvelope: unsigned, signed by another, from another topic, or not an envelope.
        """
        try:
            envelope = json.loads(raw)
            if envelope["TopicArn"] not in self._topic_arns:
                raise ForgedEnvelope("another topic")
            if envelope["SignatureVersion"] != "2" or envelope["Type"] != "Notification":
                raise ForgedEnvelope("signature version 2 of a notification is expected")
            key = self._public_key(envelope)
            key.verify(base64.b64decode(envelope["Signature"]), _signed_text(envelope), PKCS1v15(), SHA256())
            return str(envelope["MessageId"]), str(envelope["Message"])
        except (KeyError, TypeError, ValueError, InvalidSignature) as error:
            raise ForgedEnvelope(type(error).__name__) from None

    def _public_key(self, envelope: dict[str, Any]) -> RSAPublicKey:
        if self._certificate is not None:
            pem = self._certificate.read_bytes()
        else:
            pem = _amazon_certificate(str(envelope["SigningCertURL"]))
        key = load_pem_x509_certificate(pem).public_key()
        if not isinstance(key, RSAPublicKey):
            raise ForgedEnvelope("not an RSA key")
        return key


def _signed_text(envelope: dict[str, Any]) -> bytes:
    return "".join(
        f"{field}\n{envelope[field]}\n" for field in SIGNED_FIELDS if envelope.get(field) is not None
    ).encode()


@lru_cache(maxsize=16)
def _amazon_certificate(url: str) -> bytes:
    split = urlsplit(url)
    if split.scheme != "https" or not AMAZON_HOST.fullmatch(split.netloc) or not split.path.endswith(".pem"):
        raise ForgedEnvelope("the certificate is not at an address of Amazon SNS")
    with urllib.request.build_opener(_NoRedirect).open(url, timeout=10) as response:
        pem: bytes = response.read(65_536)
    return pem


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
