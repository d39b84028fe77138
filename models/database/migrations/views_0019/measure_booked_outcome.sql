CREATE VIEW measure_booked_outcome AS
SELECT client_id, 'none' AS channel, received_at AS at, '' AS part, disposition = 'booked' AS is_hit, CAST(NULL AS numeric) AS amount
FROM lead
