CREATE VIEW measure_source_coverage AS
SELECT s.client_id, 'none' AS channel, clock_timestamp() AS at, s.source AS part,
    EXISTS (SELECT 1 FROM source_state f WHERE f.client_id = s.client_id AND f.source = s.source)
    AND NOT EXISTS (SELECT 1 FROM source_state f WHERE f.client_id = s.client_id AND f.source = s.source AND f.status <> 'fresh')
    AS is_hit,
    CAST((SELECT min(f.coverage) FROM source_state f WHERE f.client_id = s.client_id AND f.source = s.source) AS numeric) AS amount
FROM (SELECT DISTINCT client_id, unnest(required_sources || optional_sources) AS source FROM report WHERE active) s
WHERE s.source <> 'own'
