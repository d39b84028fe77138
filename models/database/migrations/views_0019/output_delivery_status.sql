-- One row per message to a contact; one for a run that has none. A message that was dropped without a line of its own says what
-- its run says.
CREATE VIEW output_delivery_status AS
SELECT coalesce(m.id, r.run_id) AS id, m.id IS NOT NULL AS is_recorded, r.client_id, r.client, r.run_id, r.run_kind,
    coalesce(m.state, 'none') AS state, r.owner, coalesce(e.source, r.source) AS source, coalesce(m.channel, 'none') AS channel,
    coalesce(e.at, r.at) AS at, coalesce(e.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(e.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(e.recovery_rule, r.recovery_rule) AS recovery_rule,
    m.step, m.occurrence, m.provider, m.delivery, m.reason, m.failure_class, m.planned_at, m.accepted_at
FROM output_run r LEFT JOIN message m ON m.run_id = r.run_id AND m.audience = 'contact'
LEFT JOIN LATERAL (
    SELECT * FROM event WHERE message_id = m.id AND client_safe_status <> 'No change' AND kind NOT IN ('task_opened', 'task_closed')
        AND (m.state NOT IN ('suppressed', 'cancelled', 'expired') OR kind = 'message_not_sent')
    ORDER BY id DESC LIMIT 1) e ON true
