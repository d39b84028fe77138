CREATE VIEW measure_booked_value AS
SELECT client_id, 'none' AS channel, at, concat(coalesce(basis, 'no value'), '/', coalesce(currency, '-')) AS part,
    amount_minor IS NOT NULL AS is_hit, CAST(amount_minor AS numeric) AS amount
FROM current_outcome WHERE counts
