"""Email by Amazon SES v2 through boto3, used so that one send is one request."""

import html
import logging
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
)

from models.errors import UnsafeProviderSetting
from models.identity import TOKEN_TAG
from models.provider_answers import Answer, lost_answer, no_connection, not_set_up, ses_answer
from models.provider_settings import SesSettings
from models.reply_addresses import MailPurpose, address_for
from models.sending import Envelope

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import MessageHeaderTypeDef

_NOTHING_LEFT = (
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    ParamValidationError,
    ProxyConnectionError,
)

logging.getLogger("botocore").setLevel(logging.WARNING)


class SesEmail:
    """Sends email through one configuration set, whose events come back with our tag.

    Args:
        settings: endpoint (empty means Amazon's own), region, configuration set, sender.
    """

    def __init__(self, settings: SesSettings) -> None:
        self._settings = settings
        self._session = boto3.Session(region_name=settings.region)
        # boto3 retries by default: one call could send three emails.
        self._config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=settings.connect_timeout.total_seconds(),
            read_timeout=settings.read_timeout.total_seconds(),
            max_pool_connections=1,
            proxies={},
        )
        # boto3 reads its service model on first use; do it now, not between a claim and its call.
        client = self._new_client()
        if getattr(client.meta.config, "retries", {}).get("total_max_attempts") != 1:
            raise UnsafeProviderSetting("boto3 would repeat a send by itself; retries must be off")
        client.close()

    def _new_client(self) -> "SESV2Client":
        return self._session.client("sesv2", endpoint_url=self._settings.endpoint_url or None, config=self._config)

    def send(self, envelope: Envelope) -> Answer:
        """Send one email with one request on a fresh connection. Raises nothing."""
        if not self._settings.from_address:
            return not_set_up("no from_address")
        client = None
        try:
            client = self._new_client()
            answer = client.send_email(
                FromEmailAddress=self._settings.from_address,
                Destination={"ToAddresses": [envelope.to]},
                ReplyToAddresses=self._reply_addresses(envelope),
                ConfigurationSetName=self._settings.configuration_set,
                EmailTags=[{"Name": TOKEN_TAG, "Value": envelope.token}],
                Content={
                    "Simple": {
                        "Subject": {"Data": envelope.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": _as_text(envelope), "Charset": "UTF-8"},
                            "Html": {"Data": _as_html(envelope), "Charset": "UTF-8"},
                        },
                        "Headers": _unsubscribe_headers(envelope, self._settings.reply_domain),
                    }
                },
            )
            return ses_answer(answer["ResponseMetadata"]["HTTPStatusCode"], message_id=answer.get("MessageId"))
        except ClientError as error:
            response = error.response
            return ses_answer(response.get("ResponseMetadata", {}).get("HTTPStatusCode"), response["Error"].get("Code"))
        except (NoCredentialsError, NoRegionError, PartialCredentialsError) as error:
            return not_set_up(type(error).__name__)
        except _NOTHING_LEFT as error:
            return no_connection(type(error).__name__)
        except Exception as error:  # whatever it was, the request may have been accepted
            return lost_answer(type(error).__name__)
        finally:
            if client is not None:
                client.close()

    def _reply_addresses(self, envelope: Envelope) -> list[str]:
        domain = self._settings.reply_domain
        if not domain or not envelope.reply_token:
            return []
        return [address_for(MailPurpose.REPLY, envelope.reply_token, domain)]


def _as_text(envelope: Envelope) -> str:
    link = f"\n\nUnsubscribe: {envelope.unsubscribe_url}" if envelope.unsubscribe_url else ""
    return envelope.body + link


def _as_html(envelope: Envelope) -> str:
    paragraphs = "".join(
        f"<p>{html.escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in envelope.body.split("\n\n")
    )
    link = ""
    if envelope.unsubscribe_url:
        link = f'<p><a href="{html.escape(envelope.unsubscribe_url)}">Unsubscribe</a></p>'
    return f'<!doctype html><html><body style="font-family:sans-serif;max-width:40em">{paragraphs}{link}</body></html>'


def _unsubscribe_headers(envelope: Envelope, reply_domain: str) -> "list[MessageHeaderTypeDef]":
    """One-click unsubscribe (RFC 8058), and by mail for programs that know only that (RFC 2369)."""
    if not envelope.unsubscribe_url:
        return []
    ways = f"<{envelope.unsubscribe_url}>"
    if reply_domain and envelope.reply_token:
        ways += f", <mailto:{address_for(MailPurpose.UNSUBSCRIBE, envelope.reply_token, reply_domain)}>"
    return [
        {"Name": "List-Unsubscribe", "Value": ways},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
