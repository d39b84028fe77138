"""What tests are made of: start requests, runs as the worker plans them, messages under way, what Twilio sends."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from activities.approval_notices import NoticeWriter
from activities.enrolling import EnrollingActivities
from models.database.enrollments import Enrollments
from models.database.permission.approval_notices import ApprovalNotices
from models.database.tables.people import Client
from models.identity import callback_token, token_hash
from models.outreach import RunReference
from models.sealing import KeyRing

SID = "SM" + "a" * 32
PHONE = "+13035550123"
SHOWN = {"phone": "+13035550100", "postal_address": "1 Main St, Denver, CO 80202"}
"""Of a client: what the shipped texts show."""


def a_client() -> Client:
    """A client whose messages can be rendered."""
    given = {"key": "acme-plumbing", "name": "Acme Plumbing", "time_zone": "America/Denver", **SHOWN}
    return Client(**given)  # type: ignore[arg-type]


def an_order(**changes: Any) -> dict[str, Any]:
    """A start request; `lead` changes single fields of the lead."""
    lead = {
        "source": "missed_call",
        "source_lead_id": "call-1",
        "first_name": "Zephyrine",
        "phone": "(303) 555-0123",
        "postal_code": "80202",
        "occurred_at": "2026-11-20T18:00:00-07:00",
    }
    lead |= changes.pop("lead", {})
    return {"client": "acme-plumbing", "sequence": "missed_call", "lead": lead} | changes


def plan(engine: Engine, run_id: UUID) -> None:
    """Plan the messages of a run and ask for approval, as the worker does at its start."""
    long = timedelta(hours=72)
    enrollments = Enrollments(engine, ApprovalNotices(KeyRing({"k1": bytes(32)}, "k1"), b"approval-key", long, long))
    second = timedelta(seconds=1)
    EnrollingActivities(enrollments, NoticeWriter("http://api", "http://ui/{}".format), second, second).prepare(
        RunReference(run_id=run_id)
    )


def claimed(engine: Engine, run_id: UUID, occurrence: int = 1) -> tuple[UUID, str]:
    """A message of the run whose call to the provider is under way; with the token that travels with it."""
    message_id = uuid4()
    token = callback_token(b"callback-key", message_id, 1)
    with engine.begin() as connection:
        connection.execute(
            text(
                """
                INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel,
                    provider, address, address_hash, time_zones, immediate, consent_needed, subject, body, content_hash,
                    state, lifetime, fence, checks_done, gate, lease_until, next_check_at)
                SELECT :id, r.client_id, r.id, 'key/' || :id, 'answer', :occurrence, 0, 'contact', 'sms', 'twilio', :phone,
                    c.address_hash, '{}', true, 1, '', 'Hello Zephyrine', 'h', 'dispatching', interval '1 hour', 1, 0,
                    '[{"rule": "no opt-out", "passed": true, "saw": "none"}]',
                    clock_timestamp() + interval '1 minute', clock_timestamp() + interval '1 minute'
                FROM run r JOIN consent c ON c.client_id = r.client_id AND c.channel = 'sms' WHERE r.id = :run LIMIT 1
                """
            ),
            {"id": message_id, "run": run_id, "phone": PHONE, "occurrence": occurrence},
        )
        connection.execute(
            text("INSERT INTO attempt (message_id, fence, token_hash, worker) VALUES (:id, 1, :token, 'test')"),
            {"id": message_id, "token": token_hash(token)},
        )
    return message_id, token


def news(status: str, **more: str) -> dict[str, str]:
    return {"MessageSid": SID, "MessageStatus": status, "AccountSid": "AC1", "To": PHONE} | more


def inbound(body: str, sid: str = SID, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "From": PHONE, "To": "+13035550199", "Body": body, "NumMedia": "0"} | more
