CREATE VIEW measure_review_outcome AS
SELECT client_id, 'none' AS channel, closed_at AS at, coalesce(outcome, 'unnamed') AS part, true AS is_hit,
    CAST(NULL AS numeric) AS amount
FROM run WHERE kind = 'review_request' AND closed_at IS NOT NULL
