"""Fetching mail that the S3 action of an SES receipt rule has stored.

Form: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html
"""

import logging
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from models.inbound_mail import StoredAt, stored_at, with_content
from models.provider_settings import SesSettings

log = logging.getLogger("relay")
_GONE = frozenset({"NoSuchKey", "NoSuchBucket", "AccessDenied", "403", "404"})
"""Answers that a repetition does not change."""


class StoredMails:
    """Completes notifications by the mail they tell of.

    Args:
        settings: the bucket, and how much of a mail is read.
    """

    def __init__(self, settings: SesSettings) -> None:
        self._bucket = settings.mail_bucket
        self._most_bytes = settings.mail_most_bytes
        self._s3: Any = boto3.client(
            "s3",
            region_name=settings.region,
            endpoint_url=settings.mail_endpoint_url or None,
            config=Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2}),
        )

    def completed(self, message: str) -> str:
        """Return the notification with its mail in it, unless it is there already.

        One whose mail is not where it may be, or not there at all, stays as it is: it will be found unreadable, and a person
        hears of it. Only the first part of a large mail is read.

        Raises:
            BotoCoreError, ClientError: the store does not answer; the notification comes again.
        """
        where = stored_at(message)
        if where is None:
            return message
        if where.bucket != self._bucket:
            log.warning("a mail is said to lie in a foreign bucket")
            return message
        return self._fetched(message, where)

    def _fetched(self, message: str, where: StoredAt) -> str:
        try:
            found = self._s3.get_object(Bucket=where.bucket, Key=where.key, Range=f"bytes=0-{self._most_bytes - 1}")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _GONE:
                raise
            log.error("a stored mail cannot be fetched", extra={"code": error.response["Error"]["Code"]})
            return message
        return with_content(message, found["Body"].read(self._most_bytes))
