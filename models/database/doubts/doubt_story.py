"""What a person is told about a message in doubt: what happened when, what was looked at, what may be it, what is at stake.

Ids, codes and times only; no address and no wording.
"""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.database.tables.ledger import Evidence
from models.reconciling import Doubt, Look, Trace
from models.terms import EvidenceSource

CONSEQUENCE = (
    "If it has left and is sent again, the person gets it twice; if it has not left and is closed as not sent, "
    "they never get it."
)
_ATTEMPT = text(
    """
    SELECT a.started_at, m.lease_until, m.expires_at, clock_timestamp() AS now
    FROM attempt a JOIN message m ON m.id = a.message_id WHERE a.message_id = :id AND a.fence = :fence
    """
)
_EVIDENCE = text(
    "SELECT at, source, kind, reason FROM evidence WHERE message_id = :id AND fence = :fence ORDER BY at, id"
)


def note(session: Session, doubt: Doubt, seen: Trace) -> None:
    """Keep what a check has seen. It moves nothing: absence proves nothing by itself."""
    kept = Evidence(message_id=doubt.message_id, fence=doubt.fence, source=EvidenceSource.CHECK.value, kind=seen.value)
    session.add(kept)
    session.flush()


def tell(session: Session, doubt: Doubt, look: Look) -> dict[str, Any]:
    """Return the evidence of the task, checks included that were noted in this transaction."""
    where = {"id": doubt.message_id, "fence": doubt.fence}
    call = session.execute(_ATTEMPT, where).mappings().one()
    said = session.execute(_EVIDENCE, where).mappings().all()
    story = [(call["started_at"], "the call began"), (call["now"], "given to a person")]
    story += [(row["at"], _what(row["source"], row["kind"], row["reason"])) for row in said]
    if call["lease_until"] <= call["now"]:
        story.append((call["lease_until"], "the time of the call was over"))
    checks = [row for row in said if row["source"] == EvidenceSource.CHECK]
    return {
        "in_words": look.seen.in_words,
        "consequence": CONSEQUENCE,
        "candidates": candidates_of(look),
        "checked": [{"at": row["at"].isoformat(), "saw": row["kind"]} for row in checks],
        "timeline": [{"at": at.isoformat(), "what": what} for at, what in sorted(story)],
        "expires_at": call["expires_at"].isoformat() if call["expires_at"] else None,
    }


def candidates_of(look: Look) -> list[dict[str, str]]:
    """Return what may be the message, by the provider's ids, so that a person can bind one."""
    return [
        {"provider_message_id": one.provider_id, "created_at": one.created_at.isoformat()} for one in look.candidates
    ]


def instruction(doubt: Doubt, look: Look) -> str:
    """Return what the person is asked to do."""
    return (
        f"The provider's answer was lost; {look.seen.in_words}.{_to_choose_from(look)} {CONSEQUENCE} "
        "Look it up at the provider, then say whether it was sent, or ask for it to be sent again, which takes a second "
        f"person: POST /v1/messages/{doubt.message_id}/resolution, or `comms resolve`. Nothing is sent again by itself."
    )


def _to_choose_from(look: Look) -> str:
    ids = ", ".join(one.provider_id for one in look.candidates)
    return f" It may be one of these: {ids}." if ids else ""


def _what(source: str, kind: str, reason: str) -> str:
    return f"{source}: {kind}" + (f" ({reason})" if reason else "")
