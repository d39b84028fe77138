CREATE VIEW measure_lost_reason AS
SELECT client_id, 'none' AS channel, received_at AS at, coalesce(nullif(split_part(disposition, ':', 2), ''), 'unnamed') AS part,
    true AS is_hit, CAST(NULL AS numeric) AS amount
FROM lead WHERE disposition LIKE 'lost%'
