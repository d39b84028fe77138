"""The three things moto leaves out that this stack rests on, as subclasses of moto's own parts.

Signatures: moto signs with a new key for each subscription and a new certificate for each message, forgets both when
it ends, and leaves the subject out of the signed text. Here one lasting identity signs the way Amazon SNS does.
Durability: SQS keeps what it has accepted; moto's queues live in memory.
Locking: moto rebuilds the list of messages on every delete without a lock, so that a message which arrives at that
moment is lost.
"""

import sqlite3
from pathlib import Path
from threading import RLock
from typing import Any

import moto.sns.models
import moto.sqs.models

from deploy.local.standins.aws.envelope import notification
from deploy.local.standins.aws.signing_identity import SigningIdentity
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.told_log import ToldLog

SCHEMA = """CREATE TABLE IF NOT EXISTS message (
    id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, sent_at_ms INTEGER NOT NULL)
"""


def install(identity: SigningIdentity, directory: Path) -> None:
    """Make moto use the parts below; before the first topic or queue is made, once per process."""
    DurableQueue.database = open_database(directory / "queues.sqlite3", SCHEMA, synchronous="NORMAL", any_thread=True)
    SignedSubscription.identity, SignedSubscription.told = identity, ToldLog(directory, "ses")
    moto.sqs.models.Queue = DurableQueue  # type: ignore[misc]
    moto.sns.models.Subscription = SignedSubscription  # type: ignore[misc]


class SignedSubscription(moto.sns.models.Subscription):
    """A subscription whose notifications carry a true signature."""

    identity: SigningIdentity
    told: ToldLog
    """What SES tells goes through here; a forgery does not."""

    def get_post_data(
        self,
        message: str,
        message_id: str,
        subject: str | None,
        message_attributes: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The signed envelope; version 1 where the topic's attribute `SignatureVersion` says so."""
        self.told.append(message_id)
        envelope = notification(
            message,
            self.identity.key,
            topic_arn=self.topic.arn,
            certificate_url=self.identity.url(self.topic.sns_backend.region_name),
            subject=subject,
            message_id=message_id,
            version=str(getattr(self.topic, "signature_version", None) or "1"),
        )
        return envelope | ({"MessageAttributes": message_attributes} if message_attributes else {})


class DurableQueue(moto.sqs.models.Queue):
    """A queue that has its messages again after a restart, all of them visible at once.

    Message attributes are not kept (SNS sends none to a queue when raw message delivery is off), nor is a purge.
    """

    database: sqlite3.Connection
    lock = RLock()  # one for all queues: a dead letter moves from one queue to another

    def __init__(self, name: str, region: str, account_id: str, **kwargs: Any) -> None:
        super().__init__(name, region, account_id, **kwargs)
        if name not in moto.sqs.models.sqs_backends[account_id][region].queues:  # else moto only compares attributes
            self._messages = [self._stored(*row) for row in self._rows()]

    def add_message(self, message: Any) -> None:
        """Append a message, on the disk first."""
        with self.lock:
            self.database.execute(
                "INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?)",
                (message.id, self.queue_arn, message.body, message.sent_timestamp),
            )
            super().add_message(message)

    def delete_message(self, receipt_handle: str) -> None:
        """Remove the message of a receipt handle; one that is gone already is no error, an unknown handle is."""
        with self.lock, self._messages_lock:
            found = next((each for each in self._messages if each.had_receipt_handle(receipt_handle)), None)
            if found is None:
                super().delete_message(receipt_handle)
                return
            self.database.execute("DELETE FROM message WHERE id = ?", (found.id,))
            self._messages.remove(found)
            self.pending_messages.discard(found)
            self.deleted_messages.update(handle for handle in found.all_receipt_handles if handle)

    def _rows(self) -> list[tuple[str, str, int]]:
        query = "SELECT id, body, sent_at_ms FROM message WHERE queue = ? ORDER BY rowid"
        return self.database.execute(query, (self.queue_arn,)).fetchall()

    def _stored(self, message_id: str, body: str, sent_at_ms: int) -> Any:
        message = moto.sqs.models.Message(message_id, body)
        message.sent_timestamp = sent_at_ms  # type: ignore[assignment]
        return message
