"""A made-up past: as many runs as wanted, spread over the last year, with what became of each. Written as rows, sent by nobody."""

from sqlalchemy import Engine, text

_LEADS = """
    INSERT INTO lead (id, client_id, source, source_lead_id, first_name, last_name, phone, email, postal_code, time_zones,
        service_type, urgency, attribution, disposition, occurred_at, received_at)
    SELECT md5('past lead' || n)::uuid, :client,
        (ARRAY['missed_call', 'quote_request', 'web_form'])[1 + n % 3],
        'past-' || n, 'Robin', '', '+1303' || lpad((n % 10000000)::text, 7, '0'), '', '', '{}', '', '', '{}',
        CASE n % 9 WHEN 0 THEN 'booked' WHEN 1 THEN 'lost:price' WHEN 2 THEN 'lost:no_response' ELSE 'replied' END,
        clock_timestamp() - past.ago, clock_timestamp() - past.ago
    FROM generate_series(1, :runs) n CROSS JOIN LATERAL (SELECT interval '364 days' * n / :runs AS ago) past
"""
_RUNS = """
    INSERT INTO run (id, kind, client_id, lead_id, owner, escalation_owner, requested_by, rollback_path, state, outcome,
        requested_at, started_at, closed_at)
    SELECT md5('past run' || substr(source_lead_id, 6))::uuid, CASE substr(source_lead_id, 6)::int % 10 WHEN 0 THEN 'review_request'
            ELSE 'outreach' END, client_id, id, 'sales-ops', 'incident-owner', 'sales-ops', '', 'closed',
        CASE substr(source_lead_id, 6)::int % 10 WHEN 0 THEN 'reviewed_observed' ELSE 'replied' END,
        received_at, received_at, received_at + interval '2 days'
    FROM lead WHERE source_lead_id LIKE 'past-%' AND client_id = :client
"""
_MESSAGES = """
    INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, immediate, consent_needed, subject, body, content_hash, state, delivery, lifetime, fence,
        checks_done, gate, planned_at, accepted_at)
    SELECT md5('past message' || r.id || step)::uuid, r.client_id, r.id, 'past/' || r.id || step, 'step_' || step, 1, step,
        'contact', CASE step WHEN 1 THEN 'sms' ELSE 'email' END, CASE step WHEN 1 THEN 'twilio' ELSE 'ses' END, l.phone,
        'past ' || l.phone, '{}', false, 1, '', 'Hello', md5(r.id::text), 'accepted',
        CASE WHEN ascii(r.id::text) % 8 = 0 THEN 'undelivered' ELSE 'delivered' END, interval '1 day', 1, 0, '[]', r.requested_at,
        r.requested_at + interval '20 seconds' * (1 + ascii(r.id::text) % 50) + interval '1 day' * (step - 1)
    FROM run r JOIN lead l ON l.id = r.lead_id CROSS JOIN generate_series(1, 2) step
    WHERE r.client_id = :client AND l.source_lead_id LIKE 'past-%'
"""
_EVENTS = """
    INSERT INTO event (at, kind, client_id, run_id, lead_id, source, actor, owner, reason, client_safe_status, follow_up_rule,
        recovery_rule, facts)
    SELECT r.requested_at + interval '1 minute' * line,
        (ARRAY['run_requested', 'run_started', 'message_planned', 'message_accepted', 'delivered', 'run_closed'])[line],
        r.client_id, r.id, r.lead_id, 'workflow', 'comms', r.owner, '', 'In progress',
        'The sequence decides.', 'None.', '{}'
    FROM run r JOIN lead l ON l.id = r.lead_id CROSS JOIN generate_series(1, 6) line
    WHERE r.client_id = :client AND l.source_lead_id LIKE 'past-%'
"""
_CONSENT = """
    INSERT INTO consent (client_id, channel, address_hash, status, kind, source, wording_version, evidence, actor, at)
    SELECT client_id, 'sms', 'past ' || phone, CASE WHEN substr(source_lead_id, 6)::int % 25 = 0 AND said = 2 THEN 'revoked'
            ELSE 'granted' END, 1, 'form', '', '', 'comms', received_at + interval '1 hour' * (said - 1)
    FROM lead CROSS JOIN generate_series(1, 2) said WHERE client_id = :client AND source_lead_id LIKE 'past-%'
"""
_INBOX = """
    INSERT INTO inbox (id, source, dedupe_key, kind, state, run_id, sealed_with, sealed_body, received_at)
    SELECT md5('past inbox' || r.id)::uuid, 'twilio', 'past ' || r.id, 'text', 'done', r.id, 'k1', '',
        r.requested_at + interval '3 hours'
    FROM run r JOIN lead l ON l.id = r.lead_id WHERE r.client_id = :client AND l.source_lead_id LIKE 'past-%'
        AND ascii(r.id::text) % 3 = 0
"""
_REPLIES = """
    INSERT INTO reply (id, inbox_id, client_id, lead_id, run_id, channel, body, label, ends_automation, at)
    SELECT md5('past reply' || i.id)::uuid, i.id, r.client_id, r.lead_id, r.id, 'sms', '', 'interested', true, i.received_at
    FROM inbox i JOIN run r ON r.id = i.run_id WHERE r.client_id = :client AND i.dedupe_key LIKE 'past %'
"""
_OUTCOMES = """
    INSERT INTO outcome (client_id, lead_id, outcome, evidence_kind, evidence_id, basis, currency, amount_minor, source, said_by,
        source_event_id, at, recorded_at)
    SELECT client_id, id, 'booked', 'invoice', 'past ' || id, 'invoiced', 'USD', 10000 + ascii(id::text) * 300, 'crm_hubspot',
        'hubspot', 'past ' || id, received_at + interval '3 days', received_at + interval '3 days'
    FROM lead WHERE client_id = :client AND source_lead_id LIKE 'past-%' AND disposition = 'booked'
"""


def make_past(engine: Engine, client_id: object, runs: int) -> None:
    """Write the rows for one client, who has none of them yet, and let the planner know of them."""
    where = {"client": client_id, "runs": runs}
    with engine.begin() as connection:
        for statement in (_LEADS, _RUNS, _MESSAGES, _EVENTS, _CONSENT, _INBOX, _REPLIES, _OUTCOMES):
            connection.execute(text(statement), where)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
