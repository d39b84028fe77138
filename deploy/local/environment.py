"""The settings that point the service at this stack: the same names by which a deployment names real providers."""

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local import postgres
from deploy.local.build import build_id
from deploy.local.ports import LOOPBACK
from deploy.local.secrets import LocalSecrets, private_write

PASSED_ON = ("COMMS_OBSERVABILITY__", "COMMS_QUIET_HOURS", "COMMS_TIMERS__")
"""What a caller may choose for a local stack by setting it; everything else of the service is set here."""
LOCAL_CLIENT = "local-client"
"""As what the service is registered at stand-ins that ask for it."""
REGION = "us-east-1"


def settings(
    state: Path, ports: Mapping[str, int], known: LocalSecrets, aws: Mapping[str, Any], extra: Mapping[str, str]
) -> dict[str, str]:
    """Return every setting of the service as environment variables.

    Args:
        state: the stack's directory.
        ports: by name, see `parts.PORTS`.
        known: the stack's secrets.
        aws: the ready line of the AWS stand-in; empty before it runs, which leaves the event queue off.
        extra: has the last word.
    """
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    topics = [aws["topic_arn"]] if "topic_arn" in aws else []
    service = {
        "ENVIRONMENT": "local",
        "PUBLIC_BASE_URL": url(ports["api"]),
        "API__HOST": LOOPBACK,
        "API__PORT": str(ports["api"]),
        "API__CODEC_ORIGINS": json.dumps([url(ports["temporal-ui"])]),
        "DATABASE__URL": postgres.url(ports["postgres"], known.database_password).replace(":", "+psycopg:", 1),
        "PORTAL__DATABASE_URL": postgres.url(ports["postgres"], known.portal_password, user=postgres.PORTAL).replace(
            ":", "+psycopg:", 1
        ),
        "TEMPORAL__ADDRESS": f"{LOOPBACK}:{ports['temporal']}",
        "TEMPORAL__NAMESPACE": "default",
        "TEMPORAL__TASK_QUEUE": "comms",
        "TEMPORAL__UI_URL": url(ports["temporal-ui"]),
        "TEMPORAL__BUILD_ID": build_id(),
        "TEMPORAL__BECOMES_CURRENT": "true",
        "KEYS__SEALING": json.dumps({"k1": known.sealing_key}),
        "KEYS__SEALING_ACTIVE": "k1",
        "KEYS__CALLBACK": known.callback_key,
        "KEYS__APPROVAL": known.approval_key,
        "DATABASE__DECISION_KEY": known.decision_key,
        "TWILIO__ACCOUNT_SID": known.twilio_account_sid,
        "TWILIO__AUTH_TOKENS": json.dumps([known.twilio_auth_token]),
        "TWILIO__API_KEY_SID": known.twilio_api_key_sid,
        "TWILIO__API_KEY_SECRET": known.twilio_api_key_secret,
        "TWILIO__MESSAGING_SERVICE_SID": known.twilio_messaging_service_sid,
        "TWILIO__BASE_URL": url(ports["twilio"]),
        "LOOKUP__BASE_URL": url(ports["twilio"]),
        "SES__ENDPOINT_URL": url(ports["ses"]),
        "SES__REGION": REGION,
        "SES__CONFIGURATION_SET": "comms",
        "SES__FROM_ADDRESS": "desk@example.com",
        "SES__REPLY_DOMAIN": "in.example.com",
        "SES__MAIL_BUCKET": "comms-ses-mails",
        "SES__MAIL_ENDPOINT_URL": url(ports["aws"]),
        "SES__EVENTS_QUEUE_URL": str(aws.get("queue_url", "")),
        "SES__QUEUE_ENDPOINT_URL": url(ports["aws"]),
        "SES__TOPIC_ARNS": json.dumps(topics),
        "SES__SIGNING_CERTIFICATE": str(aws.get("signing_certificate", "")),
        "SEARCH_CONSOLE__BASE_URL": url(ports["search_console"]),
        "SEARCH_CONSOLE__TOKEN_URL": f"{url(ports['search_console'])}/token",
        "SEARCH_CONSOLE__CLIENT_ID": LOCAL_CLIENT,
        "SEARCH_CONSOLE__CLIENT_SECRET": known.figures_secret,
        "QUICKBOOKS__BASE_URL": url(ports["quickbooks"]),
        "QUICKBOOKS__TOKEN_URL": f"{url(ports['quickbooks'])}/oauth2/v1/tokens/bearer",
        "QUICKBOOKS__CLIENT_ID": LOCAL_CLIENT,
        "QUICKBOOKS__CLIENT_SECRET": known.figures_secret,
        "QUICKBOOKS__VERIFIER_TOKENS": json.dumps([known.figures_secret]),
        "CRM__BASE_URL": url(ports["hubspot"]),
        "CRM__TOKEN": known.crm_token,
        "CRM__INBOUND_SECRETS": json.dumps([known.crm_app_secret]),
        "GOOGLE_BUSINESS__BASE_URL": url(ports["google_business"]),
        "GOOGLE_BUSINESS__TOKEN_URL": f"{url(ports['google_business'])}/token",
        "GOOGLE_BUSINESS__CLIENT_ID": known.google_client_id,
        "GOOGLE_BUSINESS__CLIENT_SECRET": known.google_client_secret,
        "GOOGLE_BUSINESS__REFRESH_TOKEN": known.google_refresh_token,
    }
    return {f"COMMS_{name}": value for name, value in service.items()} | _amazon(state, known) | passed_on | dict(extra)


def url(port: int) -> str:
    """Return the base address of a local HTTP server."""
    return f"http://{LOOPBACK}:{port}"


def write(path: Path, environment: Mapping[str, str]) -> None:
    """Write the settings so that a shell can take them over: `set -a; . environment.env; set +a`."""
    private_write(path, "".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(environment.items())))


def _amazon(state: Path, known: LocalSecrets) -> dict[str, str]:
    """Credentials of the stand-in, and nothing of the real ones this machine may know."""
    return {
        "AWS_ACCESS_KEY_ID": known.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": known.aws_secret_access_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(state / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(state / "no-aws-credentials"),
    }
