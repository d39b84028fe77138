"""What a provider would have logged, and what is planted past every gate for an audit to find."""

import hashlib
from datetime import UTC, datetime, timedelta

from models.audit import AuditReport, ProviderCall, ProviderRecord, Received
from models.database.audit import audit
from models.identity import token_hash
from models.sending import Claimed
from tests.database.world import World

MORNING = datetime(2026, 3, 2, 15, tzinfo=UTC)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Provider:
    """What a provider would have logged."""

    def __init__(self) -> None:
        self.calls: list[ProviderCall] = []
        self.received: list[Received] = []

    def hears(self, claimed: Claimed, provider_id: str | None = "SM1") -> None:
        """Log the request of a claim; without an id it is refused."""
        envelope = claimed.envelope
        words = f"{envelope.subject}\n\n{envelope.body}" if envelope.subject else envelope.body
        self.hears_of(envelope.token, envelope.to, words, provider_id)

    def hears_of(self, token: str, address: str, words: str, provider_id: str | None) -> None:
        """Log a request, whoever may have made it."""
        self.calls.append(
            ProviderCall(
                provider="twilio",
                seq=len(self.calls) + 1,
                at=MORNING + timedelta(minutes=len(self.calls)),
                operation="create_message",
                accepted=provider_id is not None,
                token_hash=token_hash(token),
                to_sha256=sha256(address),
                body_sha256=sha256(words),
                provider_id=provider_id,
            )
        )


def audited(world: World, provider: Provider) -> AuditReport:
    return audit(world.engine, ProviderRecord(provider.calls, provider.received))


def violated(world: World, provider: Provider) -> set[str]:
    return {finding.invariant for finding in audited(world, provider).findings if finding.bad}


def sent(world: World, provider: Provider) -> Claimed:
    """One message sent as it should be; its run has started."""
    run = world.run()
    claimed = world.sent(run, provider_id="SM1")
    provider.hears(claimed, "SM1")
    started(world)
    return claimed


def started(world: World) -> None:
    world.rows("UPDATE run SET started_at = clock_timestamp()")
    world.rows("DELETE FROM outbox")


def plant_claim(world: World, provider: Provider, run: object, provider_id: str = "SM1") -> None:
    """Claim and send past every gate."""
    message = world.one("SELECT id, address, body FROM message WHERE run_id = :run AND step = 'hello'", run=run)
    token = f"token of {message['id']}"
    world.rows(
        "UPDATE message SET state = 'accepted', reason = NULL, fence = 1, provider_message_id = :sid WHERE id = :id",
        id=message["id"],
        sid=provider_id,
    )
    world.rows(
        "INSERT INTO attempt (message_id, fence, token_hash, worker, outcome) VALUES (:id, 1, :hash, 'w', 'accepted')",
        id=message["id"],
        hash=token_hash(token),
    )
    world.rows(
        "INSERT INTO claim_log (message_id, fence, client_id, channel, address_hash, scopes) "
        "SELECT id, 1, client_id, channel, address_hash, ARRAY['everything', 'client:' || client_id] FROM message "
        "WHERE id = :id",
        id=message["id"],
    )
    provider.hears_of(token, message["address"], message["body"], provider_id)
