-- Each post with its newest line in the log and how surely anybody has seen it. The title only as clients see it.
CREATE VIEW output_post_line AS
SELECT p.id, p.run_id, p.kind, p.thread, p.number, p.state, p.version, p.published_version, p.published_at, p.withdrawn_at,
    s.title, s.as_of, v.seen, e.source, e.at, e.client_safe_status, e.follow_up_rule, e.recovery_rule
FROM post p LEFT JOIN portal_post s ON s.id = p.id
LEFT JOIN LATERAL (
    SELECT level AS seen FROM post_view WHERE post_id = p.id AND discounted = ''
    ORDER BY array_position(ARRAY['delivered', 'open_unverified', 'link_hit', 'viewed', 'viewed_authenticated'], level) DESC
    LIMIT 1) v ON true
CROSS JOIN LATERAL (
    SELECT * FROM event WHERE run_id = p.run_id AND kind LIKE 'post\_%' AND facts ->> 'post' = CAST(p.id AS text)
    ORDER BY id DESC LIMIT 1) e
