CREATE VIEW measure_report_view AS
SELECT p.client_id, 'portal' AS channel, p.published_at AS at, wanted.level AS part,
    EXISTS (SELECT 1 FROM post_view v WHERE v.post_id = p.id AND v.discounted = ''
            AND v.level = ANY (levels.sure[array_position(levels.sure, wanted.level):])) AS is_hit, CAST(NULL AS numeric) AS amount
FROM post p CROSS JOIN (SELECT ARRAY['link_hit', 'viewed', 'viewed_authenticated'] AS sure) levels
CROSS JOIN LATERAL unnest(levels.sure) AS wanted (level)
WHERE p.kind = 'report' AND p.published_at IS NOT NULL AND p.withdrawn_at IS NULL
