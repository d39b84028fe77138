"""What SES tells through the queue: verified, stored once, then deleted.

Events about our mails take effect later, as callbacks do; mails of people at once, as their texts do.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from sqlalchemy import Engine

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.database.inbound import arrivals
from models.database.inbound.arrivals import Arrival
from models.database.inbound.mails import receive_mail
from models.event_kinds import EventKind
from models.inbound_mail import is_received
from models.provider_settings import SesSettings
from models.sealing import KeyRing
from starter.relay.sns_envelope import ForgedEnvelope, SnsEnvelopes
from starter.relay.stored_mails import StoredMails

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger("relay")
SES = Origin("ses", "ses")
WAIT_SECONDS = 5
BATCH = 10


class SesEvents:
    """The consumer of the event queue.

    Args:
        settings: queue, topics, certificate.
        engine: the ledger.
        ring: seals what is stored.
        envelopes: checks signatures.
        key: signs the addresses that answers come to.
    """

    def __init__(
        self, settings: SesSettings, engine: Engine, ring: KeyRing, envelopes: SnsEnvelopes, key: bytes
    ) -> None:
        self._queue_url = settings.events_queue_url
        self._engine = engine
        self._ring = ring
        self._envelopes = envelopes
        self._key = key
        self._stored_mails = StoredMails(settings)
        self._sqs: SQSClient = boto3.client(
            "sqs",
            region_name=settings.region,
            endpoint_url=settings.queue_endpoint_url or None,
            config=Config(connect_timeout=5, read_timeout=WAIT_SECONDS + 10, retries={"total_max_attempts": 1}),
        )

    def receive(self) -> int:
        """Take in up to ten events; wait for them a few seconds. Returns how many were taken in.

        They are committed together, then deleted; what cannot even be looked at stays in the queue and comes again.

        Raises:
            BotoCoreError, ClientError: the queue does not answer.
            SQLAlchemyError: they could not be stored; they come again.
        """
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=WAIT_SECONDS
        )
        handles: list[str] = []
        arrived: list[Arrival] = []
        for message in answer.get("Messages", []):
            try:
                arrived += self._opened(message["Body"])
            except Exception as error:
                # Whatever it is, it must not keep the other events waiting. Its text may hold an address.
                log.error("an SES event was not taken in", extra={"error": type(error).__name__})
            else:
                handles.append(message["ReceiptHandle"])
        if arrived:
            arrivals.store(self._engine, self._ring, arrived)
        if handles:
            entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles)]
            self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)  # type: ignore[arg-type]
        return len(handles)

    def _opened(self, raw: str) -> Sequence[Arrival]:
        """Return the event in an envelope; nothing of a forged one, which is only counted."""
        try:
            envelope_id, message = self._envelopes.open(raw)
        except ForgedEnvelope as forged:
            with transaction(self._engine) as session:
                events.record(session, EventKind.WEB_HOOK_REFUSED, SES, Subject(owner="engineer"), str(forged))
            return ()
        if is_received(message):  # at once: it may hold an opt-out
            message = self._stored_mails.completed(message)
            with transaction(self._engine) as session:
                receive_mail(session, self._ring, self._key, envelope_id, message)
            return ()
        return (Arrival(SES.source, envelope_id, "event", message.encode()),)
