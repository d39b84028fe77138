CREATE VIEW measure_booked_outcome AS
SELECT l.client_id, 'none' AS channel, l.received_at AS at, '' AS part,
    EXISTS (SELECT 1 FROM current_outcome o WHERE o.lead_id = l.id AND o.counts) AS is_hit, CAST(NULL AS numeric) AS amount
FROM lead l
