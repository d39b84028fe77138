CREATE VIEW measure_reply_rate AS
SELECT r.client_id, m.channel, m.accepted_at AS at, '' AS part,
    EXISTS (SELECT 1 FROM reply p WHERE p.run_id = r.id AND p.label <> 'auto_reply') AS is_hit, CAST(NULL AS numeric) AS amount
FROM run r CROSS JOIN LATERAL (
    SELECT channel, accepted_at FROM message WHERE run_id = r.id AND audience = 'contact' AND accepted_at IS NOT NULL
    ORDER BY accepted_at LIMIT 1) m
WHERE r.kind = 'outreach'
