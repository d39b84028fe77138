CREATE VIEW measure_response_time AS
SELECT r.client_id, coalesce(m.channel, 'none') AS channel, coalesce(l.occurred_at, r.requested_at) AS at, '' AS part,
    m.accepted_at IS NOT NULL AS is_hit,
    greatest(CAST(extract(epoch FROM m.accepted_at - coalesce(l.occurred_at, r.requested_at)) AS numeric), 0) AS amount
FROM run r JOIN lead l ON l.id = r.lead_id
LEFT JOIN LATERAL (
    SELECT channel, accepted_at FROM message WHERE run_id = r.id AND audience = 'contact' AND accepted_at IS NOT NULL
    ORDER BY accepted_at LIMIT 1) m ON true
WHERE r.kind = 'outreach' AND l.source NOT IN ('import', 'manual')
