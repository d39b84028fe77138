CREATE VIEW measure_delivery_rate AS
SELECT client_id, channel, accepted_at AS at, '' AS part,
    coalesce(delivery IN ('delivered', 'read', 'clicked', 'complained'), false) AS is_hit, CAST(NULL AS numeric) AS amount
FROM message WHERE audience = 'contact' AND accepted_at IS NOT NULL
