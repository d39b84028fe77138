"""Who a message is. Every id here is a function of business facts, so replay, retry, reset and a second worker agree.

Forbidden as parts: run id, attempt, activity id, clock, random numbers, wording.
"""

import base64
import hashlib
import hmac
from uuid import UUID, uuid5

from models.terms import Channel

NAMESPACE = UUID("6f1f6a3e-54c2-5b0e-9d5a-0f6b8c0a7d11")
SHORTEST_PREFIX = 8
"""Characters of an id that are enough to name it, if it is the only one."""
TOKEN_TAG = "send_token"  # noqa: S105  (a name, not a secret)
"""Name of the email tag in which the token of an attempt travels."""


def workflow_id(kind: str, run_id: UUID) -> str:
    """Return the workflow id of a run, such as `outreach/6e0c…`."""
    return f"{kind}/{run_id}"


def run_id_of(workflow: str) -> UUID:
    """Return the run that a workflow id belongs to. Raises ValueError for any other workflow id."""
    return UUID(workflow.partition("/")[2])


def send_key(client_id: UUID, case: str, step: str, occurrence: int, channel: Channel, address_hash: str) -> str:
    """One intended message: tenant / case / step / occurrence / channel / recipient.

    Args:
        client_id: whose message it is.
        case: the business case, such as `outreach/<run>`; never a Temporal run id.
        step: the step's key in its sequence.
        occurrence: 1 for the first sending, 2 for the one allowed repeat after a transient delivery failure.
        channel: the channel.
        address_hash: see `models.addresses.address_hash`.
    """
    return f"{client_id}/{case}/{step}/{occurrence}/{channel}/{address_hash}"


def case_of(key: str) -> str:
    """Return the business case that a send key names, such as `outreach/<run>`."""
    _, kind, run, _ = key.split("/", 3)
    return f"{kind}/{run}"


def message_id(key: str) -> UUID:
    """Return the id of the message with this send key."""
    return uuid5(NAMESPACE, key)


def content_hash(subject: str, body: str) -> str:
    """Return the sha256 (hex) of what leaves: the body of an SMS, `subject + blank line + body` of an email."""
    return hashlib.sha256((f"{subject}\n\n{body}" if subject else body).encode()).hexdigest()


def callback_token(key: bytes, message: UUID, fence: int) -> str:
    """Return the token that travels with one attempt and comes back in callbacks: 22 URL-safe characters."""
    digest = hmac.new(key, f"{message}|{fence}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:22]


def token_hash(token: str) -> str:
    """Return what the ledger stores of a token, so that a leaked ledger forges no callback."""
    return hashlib.sha256(token.encode()).hexdigest()
