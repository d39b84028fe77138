-- One row per reply and run that it answers; one for a run without any; and the replies that belong to no run. Never what was written.
CREATE VIEW output_reply_capture AS
SELECT coalesce(p.id, r.run_id) AS id, p.id IS NOT NULL AS is_recorded, r.client_id, r.client, r.run_id, r.run_kind,
    coalesce(p.label, 'none') AS state, r.owner, coalesce(e.source, r.source) AS source, coalesce(p.channel, 'none') AS channel,
    coalesce(p.at, r.at) AS at, coalesce(e.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(e.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(e.recovery_rule, r.recovery_rule) AS recovery_rule,
    p.ends_automation, p.inbox_id, p.lead_id
FROM output_run r LEFT JOIN reply p ON p.run_id = r.run_id
LEFT JOIN LATERAL (
    SELECT * FROM event WHERE kind = 'reply_received' AND at >= p.at AND facts ->> 'inbox' = CAST(p.inbox_id AS text)
    ORDER BY at LIMIT 1) e ON true
UNION ALL
SELECT p.id, true, p.client_id, c.key, NULL, NULL, p.label, e.owner, e.source, p.channel, p.at,
    e.client_safe_status, e.follow_up_rule, e.recovery_rule, p.ends_automation, p.inbox_id, p.lead_id
FROM reply p JOIN client c ON c.id = p.client_id
CROSS JOIN LATERAL (
    SELECT * FROM event WHERE kind = 'reply_received' AND at >= p.at AND facts ->> 'inbox' = CAST(p.inbox_id AS text)
    ORDER BY at LIMIT 1) e
WHERE p.run_id IS NULL
