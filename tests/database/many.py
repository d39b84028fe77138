"""Thousands of waiting runs in seconds: copies of one planned run, each of a lead of its own."""

from uuid import UUID

from sqlalchemy import text

from models.addresses import address_hash
from models.database.engine import transaction
from models.terms import Channel
from tests.database.world import World

_LEADS = text(
    """
    INSERT INTO lead (id, client_id, source, source_lead_id, first_name, last_name, phone, email, postal_code, time_zones,
        service_type, urgency, attribution, disposition)
    SELECT md5('lead' || phone)::uuid, :client, 'import', phone, 'Lea', '', phone, '', '', '{}', '', '', '{}', 'new'
    FROM unnest(CAST(:phones AS text[])) AS phone
    """
)
_RUNS = text(
    """
    INSERT INTO run (id, kind, client_id, lead_id, sequence_id, owner, escalation_owner, requested_by, rollback_path, state)
    SELECT md5('run' || phone)::uuid, kind, client_id, md5('lead' || phone)::uuid, sequence_id, owner, escalation_owner,
        requested_by, rollback_path, 'held'
    FROM run CROSS JOIN unnest(CAST(:phones AS text[])) AS phone WHERE id = :run
    """
)
_MESSAGES = text(
    """
    INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, places, immediate, consent_needed, subject, body, content_hash, approved_hash, state, reason,
        lifetime, expires_at, fence, checks_done, gate)
    SELECT md5('message' || phone)::uuid, client_id, md5('run' || phone)::uuid, phone, step, 1, 0, audience, channel, provider,
        phone, hash, time_zones, places, immediate, consent_needed, subject, body, md5(phone), approved_hash, 'ready', 'paused',
        interval '1 day', clock_timestamp() + interval '1 day', 0, 0, '[]'
    FROM message CROSS JOIN unnest(CAST(:phones AS text[]), CAST(:hashes AS text[])) AS lead (phone, hash)
    WHERE run_id = :run AND step = 'hello'
    """
)
_CONSENT = text(
    """
    INSERT INTO consent (client_id, channel, address_hash, status, kind, source, wording_version, evidence, actor)
    SELECT :client, 'sms', hash, 'granted', 3, 'form', '', '', 'test' FROM unnest(CAST(:hashes AS text[])) AS hash
    """
)


def waiting_runs(world: World, count: int) -> list[UUID]:
    """Store open runs whose first text is due and was held by a pause; none has a workflow. They may leave otherwise."""
    pattern = world.run()
    phones = [f"+1720555{number:04d}" if number < 10_000 else f"+1721{number:07d}" for number in range(count)]
    hashes = [address_hash(str(world.client), Channel.SMS, phone) for phone in phones]
    where = {"client": world.client, "run": pattern, "phones": phones, "hashes": hashes}
    with transaction(world.engine) as session:
        for statement in (_LEADS, _RUNS, _MESSAGES, _CONSENT):
            session.execute(statement, where)
        found = session.execute(text("SELECT run_id FROM message WHERE send_key = ANY(:phones)"), {"phones": phones})
        runs = list(found.scalars())
    world.rows("UPDATE run SET closed_at = clock_timestamp() WHERE id = :run", run=pattern)
    world.rows("ANALYZE")
    return runs
