"""SES events from the queue: verified, stored once, turned into evidence, then deleted."""

import json
import logging
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import events
from models.database.callbacks import UNKNOWN_TOKEN, UNREADABLE, apply_callback, set_aside
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.database.evidence import Finding
from models.database.inbox import store_once
from models.delivery import from_ses
from models.event_kinds import EventKind
from models.failure_classes import FailureClass, email_failure_class
from models.identity import TOKEN_TAG
from models.sealing import KeyRing
from models.settings import SesSettings
from models.terms import AttemptOutcome, EvidenceSource
from starter.relay.sns_envelope import ForgedEnvelope, SnsEnvelopes

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger("relay")
SES = Origin("ses", "ses")
WAIT_SECONDS = 5
BATCH = 10


class UnreadableEvent(Exception):
    """A signed message that is not an SES event as documented."""


def finding_of(event: dict[str, Any]) -> tuple[str | None, Finding]:
    """Return the token and what an SES event proves. Every event about a message proves that SES accepted it.

    Raises:
        UnreadableEvent: a field that every event has is missing.
    """
    try:
        kind = event.get("eventType") or event["notificationType"]
        mail = event["mail"]
        bounce, complaint = event.get("bounce", {}), event.get("complaint", {})
        subtype = bounce.get("bounceSubType") or complaint.get("complaintSubType")
        delivery = from_ses(kind, bounce.get("bounceType"))
        failure: FailureClass | None = None
        if kind in ("Bounce", "Complaint", "Reject", "Rendering Failure"):
            failure = email_failure_class(bounce.get("bounceType") or kind, subtype)
        token = next(iter(mail.get("tags", {}).get(TOKEN_TAG, [])), None)
        reason = "/".join(part for part in (kind, bounce.get("bounceType"), subtype) if part)
        finding = Finding(
            EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, reason, mail["messageId"], delivery, failure
        )
    except (KeyError, TypeError, AttributeError):
        raise UnreadableEvent from None
    return token, finding


class SesEvents:
    """The consumer of the event queue.

    Args:
        settings: queue, topics, certificate.
        engine: the ledger.
        ring: seals what is stored.
        envelopes: checks signatures.
    """

    def __init__(self, settings: SesSettings, engine: Engine, ring: KeyRing, envelopes: SnsEnvelopes) -> None:
        self._queue_url = settings.events_queue_url
        self._engine = engine
        self._ring = ring
        self._envelopes = envelopes
        self._sqs: SQSClient = boto3.client(
            "sqs",
            region_name=settings.region,
            endpoint_url=settings.queue_endpoint_url or None,
            config=Config(connect_timeout=5, read_timeout=WAIT_SECONDS + 10, retries={"total_max_attempts": 1}),
        )

    def receive(self) -> int:
        """Take in up to ten events; wait for them a few seconds. Returns how many were taken in.

        Each is committed by itself; what fails stays in the queue and comes again.

        Raises:
            BotoCoreError, ClientError: the queue does not answer.
        """
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=WAIT_SECONDS
        )
        taken = [message["ReceiptHandle"] for message in answer.get("Messages", []) if self._takes(message["Body"])]
        if taken:
            entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(taken)]
            self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)  # type: ignore[arg-type]
        return len(taken)

    def _takes(self, raw: str) -> bool:
        try:
            self._take_in(raw)
        except Exception as error:
            # Whatever it is, it must not keep the other events waiting. Its text may hold an address.
            log.error("an SES event was not taken in", extra={"error": type(error).__name__})
            return False
        return True

    def _take_in(self, raw: str) -> None:
        try:
            envelope_id, message = self._envelopes.open(raw)
        except ForgedEnvelope as forged:
            with transaction(self._engine) as session:
                events.record(session, EventKind.WEB_HOOK_REFUSED, SES, Subject(owner="engineer"), str(forged))
            return
        with transaction(self._engine) as session:
            self._store(session, envelope_id, message)

    def _store(self, session: Session, envelope_id: str, message: str) -> None:
        inbox_id = store_once(session, self._ring, "ses", envelope_id, "event", message.encode())
        if inbox_id is None:
            return
        try:
            token, finding = finding_of(json.loads(message))
        except (ValueError, UnreadableEvent):
            set_aside(session, inbox_id, UNREADABLE, SES)
            return
        if token is None or not apply_callback(session, token, finding, SES):
            set_aside(session, inbox_id, UNKNOWN_TOKEN, SES)
