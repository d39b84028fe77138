"""The question of an audit, as one query over the rows and the temporary tables that hold what the providers say."""

from sqlalchemy import text

from models.audit import LISTED
from models.database.inbound.arrivals import UNREADABLE_KEY
from models.database.locks import SCOPES_OF_MESSAGE, WITH_SEQUENCE
from models.database.permission.approval_standing import NEEDED
from models.database.permission.consent import ONE_CLICK
from models.database.permission.scopes import HOLDS
from models.database.recovery.inquiries import RECONCILE
from models.database.recovery.recovered import RECOVERED
from models.pausing import HeldWork


def _committed(row: str) -> str:
    """When a row was committed, as SQL. One that a restore has brought back was committed anew: when it was written, then."""
    known = f"coalesce(pg_xact_commit_timestamp({row}.xmin), {row}.at)"
    return f"CASE WHEN age({row}.xmin) > (SELECT since FROM restored) THEN {row}.at ELSE {known} END"


# An attempt is found by its token; by the provider's id where only a list is at hand, and where the ledger was restored and
# the row of the attempt is not the very one that was lost.
_FROM_CALLS = f"""
        FROM provider_call p
        LEFT JOIN message bound ON bound.provider = p.provider AND bound.provider_message_id = p.provider_id
            AND (p.token_hash IS NULL OR NOT EXISTS (SELECT 1 FROM attempt t WHERE t.token_hash = p.token_hash)
                 AND EXISTS (SELECT 1 FROM evidence e WHERE e.message_id = bound.id AND e.reason = '{RECOVERED}'))
        LEFT JOIN attempt a ON a.token_hash = p.token_hash OR a.message_id = bound.id AND a.outcome = 'accepted'
        LEFT JOIN message m ON m.id = a.message_id
"""
AUDIT = text(
    f"""
    WITH restored AS (
        SELECT min(age(e.xmin)) AS since FROM event e WHERE e.kind = 'ledger_held' AND e.reason <> 'epoch_raised'
    ), called AS (
        SELECT a.message_id, a.fence, a.outcome, m.state, m.audience, m.provider_message_id, m.content_hash, m.failure_class,
            encode(sha256(convert_to(m.address, 'UTF8')), 'hex') AS to_expected,
            p.provider || '/' || CASE p.operation WHEN '{LISTED}' THEN p.provider_id ELSE p.seq::text END AS call,
            p.provider, p.seq, p.at, p.accepted, p.token_hash, p.to_sha256, p.body_sha256, p.provider_id
        {_FROM_CALLS}
    ), claim AS (
        SELECT c.*, m.audience, m.run_id, m.approved_hash, m.content_hash,
            {_committed("c")} AS committed
        FROM claim_log c JOIN message m ON m.id = c.message_id WHERE m.audience = 'contact'
    ), pausing AS (
        -- Before there could be several pauses of a scope, its events named none; the one that was then open has this id.
        SELECT e.*, coalesce(e.pause_id, CAST(md5(e.scope) AS uuid)) AS pause, {_committed("e")} AS committed
        FROM pause_event e
    ), failed AS (
        SELECT message_id FROM evidence WHERE kind IN ('cancelled', 'failed', 'undelivered', 'soft_bounced', 'bounced')
    ), bad (invariant, example) AS (
        SELECT 'I1', message_id::text FROM called WHERE accepted AND message_id IS NOT NULL
            GROUP BY message_id HAVING count(*) > 1
        UNION ALL
        SELECT 'I2', min(coalesce(message_id::text, call)) FROM called WHERE token_hash IS NOT NULL
            GROUP BY token_hash HAVING count(*) > 1
        UNION ALL
        SELECT 'I3', call FROM called c WHERE CASE WHEN message_id IS NULL
            THEN NOT EXISTS (SELECT 1 FROM foreign_message f
                             WHERE f.provider = c.provider AND f.provider_message_id = c.provider_id)
                -- A refused call leaves no trace in a list; its claim was lost if a restored ledger was compared over its time.
                AND (accepted OR NOT EXISTS (
                    SELECT 1 FROM inquiry i JOIN event e ON e.kind = 'ledger_held' AND e.at BETWEEN i.since AND i.asked_at
                    WHERE i.kind = '{RECONCILE}' AND i.finished_at IS NOT NULL AND i.error = '' AND c.at BETWEEN i.since AND e.at))
            ELSE NOT EXISTS (SELECT 1 FROM claim_log l WHERE l.message_id = c.message_id AND l.fence = c.fence)
                AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.message_id = c.message_id AND e.fence = c.fence
                                AND e.reason = '{RECOVERED}') END
        UNION ALL
        SELECT 'I4', m.id::text FROM message m WHERE m.state = 'accepted' AND m.provider = ANY(:providers)
            -- When it was called, not when that was known: a person may have told days later that it had left.
            AND coalesce((SELECT a.started_at FROM attempt a WHERE a.message_id = m.id AND a.outcome = 'accepted'), m.planned_at)
                BETWEEN coalesce(CAST(:since AS timestamptz), '-infinity') AND coalesce(CAST(:until AS timestamptz), 'infinity')
            AND NOT EXISTS (SELECT 1 FROM called c WHERE c.message_id = m.id AND c.accepted)
        UNION ALL
        SELECT DISTINCT 'I5', message_id::text FROM called
        WHERE accepted AND state IN ('planned', 'ready', 'refused', 'suppressed', 'cancelled', 'expired')
        UNION ALL
        SELECT 'I6', message_id::text FROM called WHERE accepted AND state = 'accepted' AND provider_message_id IS NOT NULL
            GROUP BY message_id, provider_message_id HAVING NOT coalesce(bool_or(provider_id = provider_message_id), false)
        UNION ALL
        SELECT 'I7', m.id::text FROM message m JOIN run r ON r.id = m.run_id {WITH_SEQUENCE}
        WHERE (m.state IN ('dispatching', 'unknown') AND (m.next_check_at < clock_timestamp() - CAST(:grace AS interval)
                   OR m.lease_until < clock_timestamp() - CAST(:doubt_lasts AS interval))
               -- Two hours, because a held message is asked for again, and so found stale, once in an hour.
               OR m.state IN ('planned', 'ready') AND m.audience = 'contact' AND r.closed_at IS NULL
                  AND m.expires_at < clock_timestamp() - interval '2 hours' AND NOT EXISTS (
                      SELECT 1 FROM pause p
                      WHERE p.paused AND {HOLDS} AND p.held_work <> '{HeldWork.EXPIRE}' AND p.scope = ANY ({SCOPES_OF_MESSAGE})))
            AND NOT EXISTS (SELECT 1 FROM owner_task t WHERE t.closed_at IS NULL AND (t.message_id = m.id OR t.run_id = r.id))
        UNION ALL
        SELECT 'I8', m.id::text FROM message m WHERE m.state = 'escalated' AND NOT EXISTS (
            SELECT 1 FROM owner_task t WHERE t.closed_at IS NULL AND t.kind = :in_doubt AND t.subject = m.id::text)
        UNION ALL
        SELECT 'I9', r.id::text FROM run r WHERE r.started_at IS NULL AND r.closed_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.run_id = r.id)
        UNION ALL
        SELECT 'I10', c.message_id::text FROM claim c WHERE EXISTS (
            SELECT 1 FROM (SELECT DISTINCT ON (e.status IN ('held', 'released')) e.status FROM consent e
                           WHERE e.client_id = c.client_id AND e.channel = c.channel AND e.address_hash = c.address_hash
                             AND (e.status <> 'granted' OR e.source = ANY(:reopening))
                             AND {_committed("e")} < c.committed
                           ORDER BY e.status IN ('held', 'released'), e.id DESC) newest
            WHERE newest.status IN ('revoked', 'held'))
        UNION ALL
        SELECT 'I11', c.message_id::text FROM claim c WHERE EXISTS (
            SELECT 1 FROM (SELECT DISTINCT ON (e.pause) e.kind, e.pause_id FROM pausing e
                           WHERE e.scope = ANY(c.scopes) AND e.committed < c.committed ORDER BY e.pause, e.id DESC) newest
            WHERE newest.kind = 'pause' AND NOT EXISTS (
                SELECT 1 FROM pause p JOIN run r ON r.id = c.run_id WHERE p.id = newest.pause_id AND NOT {HOLDS}))
        UNION ALL
        SELECT 'I12', c.message_id::text FROM claim c WHERE NOT EXISTS (
            SELECT 1 FROM approval_item i JOIN approval a ON a.id = i.approval_id CROSS JOIN LATERAL (
                SELECT count(DISTINCT d.approver) >= {NEEDED} AND (a.recipients IS NULL OR c.address_hash = ANY (a.recipients))
                    AS given
                FROM decision d WHERE d.approval_id = a.id AND d.decision = 'approve' AND d.content_hash = a.content_hash
                  AND d.audience_hash = a.audience_hash AND d.approver <> a.requested_by
                  AND d.approver IS DISTINCT FROM a.last_editor AND {_committed("d")} < c.committed
                  -- Decisions are not ordered against claims by a lock: a second of grace for one that is being committed.
                  AND NOT EXISTS (SELECT 1 FROM decision n WHERE n.approval_id = a.id AND n.id > d.id
                      AND n.decision <> 'approve' AND {_committed("n")} < c.committed - interval '1 second')) said
            WHERE i.content_hash = c.approved_hash
              AND (a.superseded_at IS NULL OR a.superseded_at > c.at - interval '1 second')
              AND (a.subject = 'template' OR a.run_id = c.run_id AND i.content_hash = c.content_hash)
            GROUP BY a.subject, a.subject_id
            HAVING bool_or(said.given) AND bool_and(said.given OR a.requested_at > c.at - interval '1 second'))
        UNION ALL
        SELECT 'I13', message_id::text FROM called WHERE message_id IS NOT NULL
            AND (body_sha256 IS DISTINCT FROM content_hash OR to_sha256 IS DISTINCT FROM to_expected)
        UNION ALL
        -- A callback or event that took no effect, a text that its run has not read, or what was set aside for nobody.
        SELECT 'I14', i.id::text FROM inbox i
        WHERE i.received_at < clock_timestamp() - interval '60 seconds' AND (i.state NOT IN ('done', 'poison', 'orphan')
            OR i.state <> 'done' AND NOT EXISTS (SELECT 1 FROM owner_task t WHERE t.subject = i.id::text))
        UNION ALL
        -- Whoever tries a text out may do so twice, and may be somebody's lead besides.
        SELECT 'I15', coalesce(two.message_id::text, two.call) FROM called two
        WHERE two.accepted AND two.audience IS DISTINCT FROM 'test' AND EXISTS (
            SELECT 1 FROM called one WHERE one.accepted AND one.audience IS DISTINCT FROM 'test'
              AND one.to_sha256 = two.to_sha256 AND one.body_sha256 = two.body_sha256
              AND (one.at, one.seq) < (two.at, two.seq) AND one.at > two.at - interval '24 hours'
              AND one.failure_class IS NULL AND NOT EXISTS (SELECT 1 FROM failed WHERE failed.message_id = one.message_id))
        UNION ALL
        SELECT 'I16', m.id::text FROM message m JOIN run r ON r.id = m.run_id
        WHERE m.state IN ('refused', 'suppressed', 'cancelled', 'expired') AND m.reason IS NULL
            OR m.state IN ('planned', 'ready') AND m.audience = 'contact' AND r.closed_at IS NOT NULL
        UNION ALL
        SELECT 'I17', r.provider_id FROM received r
        WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.source = r.provider AND i.dedupe_key = r.provider_id)
            AND NOT EXISTS (SELECT 1 FROM inbound_gap g WHERE g.closed_at IS NULL)
        UNION ALL
        -- Put together once more rather than asked of the code that made it. A notice has the audience for an address.
        SELECT 'I18', m.id::text FROM message m JOIN run r ON r.id = m.run_id
        WHERE m.send_key <> ALL (ARRAY(SELECT concat_ws('/', m.client_id, r.kind, r.id, m.step, m.occurrence, m.channel, whose)
                                       FROM unnest(ARRAY[m.address_hash, 'staff']) whose))
        UNION ALL
        -- Before the method was noted, the evidence began with the message.
        SELECT 'I19', substring(c.evidence FROM '[0-9a-f-]{{36}}$') FROM consent c
        WHERE c.source = '{ONE_CLICK}' AND c.evidence !~ '^(POST )?message/'
        UNION ALL
        SELECT 'I20', coalesce((SELECT a.message_id FROM attempt a WHERE a.token_hash = i.token_hash), i.id)::text FROM inbox i
        WHERE i.source = ANY(:tellers) AND i.dedupe_key NOT LIKE '{UNREADABLE_KEY}%'
            AND i.received_at < coalesce(CAST(:told_until AS timestamptz), 'infinity')
            AND NOT EXISTS (SELECT 1 FROM told t WHERE t.provider = i.source AND t.key = i.dedupe_key
                            AND t.token_hash IS NOT DISTINCT FROM i.token_hash)
            AND NOT EXISTS (SELECT 1 FROM received r WHERE r.provider = i.source AND r.provider_id = i.dedupe_key)
        UNION ALL
        SELECT 'I21', m.id::text FROM message m JOIN run r ON r.id = m.run_id JOIN lead l ON l.id = r.lead_id
        WHERE m.client_id <> r.client_id OR r.client_id <> l.client_id
        UNION ALL
        SELECT 'I21', min(coalesce(p.run_id, p.inbox_id)::text) FROM reply p LEFT JOIN run r ON r.id = p.run_id
        GROUP BY p.inbox_id HAVING count(DISTINCT p.client_id) > 1 OR bool_or(p.client_id <> r.client_id)
        UNION ALL
        SELECT 'I21', c.message_id::text FROM claim c JOIN message m ON m.id = c.message_id
        WHERE c.client_id <> m.client_id OR c.address_hash <> m.address_hash
            OR m.consent_needed > 0 AND NOT EXISTS (
                SELECT 1 FROM consent e WHERE e.status = 'granted' AND e.client_id = m.client_id AND e.channel = m.channel
                  AND e.address_hash = m.address_hash AND {_committed("e")} < c.committed)
    )
    SELECT invariant, count(*) AS bad, (array_agg(example ORDER BY example))[1:5] AS examples FROM bad GROUP BY invariant
    """
)

TOTALS = text(
    f"""
    WITH accepted AS (
        SELECT a.message_id, m.state, f.provider_message_id IS NOT NULL AS is_foreign, count(*) AS n
        {_FROM_CALLS}
        LEFT JOIN foreign_message f ON f.provider = p.provider AND f.provider_message_id = p.provider_id
        WHERE p.accepted GROUP BY a.message_id, m.state, is_foreign
    ), stands AS (
        SELECT count(*) AS planned,
            count(*) FILTER (WHERE state = 'accepted') AS accepted,
            count(*) FILTER (WHERE state = 'refused') AS refused,
            count(*) FILTER (WHERE state = 'suppressed') AS suppressed,
            count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
            count(*) FILTER (WHERE state = 'expired') AS expired,
            count(*) FILTER (WHERE state IN ('planned', 'ready')) AS waiting,
            count(*) FILTER (WHERE state IN ('dispatching', 'unknown')) AS in_doubt,
            count(*) FILTER (WHERE state = 'escalated') AS escalated
        FROM message
    )
    SELECT stands.*, (SELECT coalesce(sum(n), 0) FROM accepted)::int AS provider_acceptances,
        (SELECT coalesce(sum(n - 1), 0) FROM accepted WHERE message_id IS NOT NULL)::int AS duplicates,
        (SELECT coalesce(sum(n), 0) FROM accepted
         WHERE message_id IS NULL AND NOT is_foreign
             OR state NOT IN ('accepted', 'dispatching', 'unknown', 'escalated'))::int AS lost
    FROM stands
    """
)
