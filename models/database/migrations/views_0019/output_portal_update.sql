-- One row per post, whether published or not; one for a run without any.
CREATE VIEW output_portal_update AS
SELECT coalesce(p.id, r.run_id) AS id, p.id IS NOT NULL AS is_recorded, r.client_id, r.client, r.run_id, r.run_kind,
    coalesce(p.state, 'none') AS state, r.owner, coalesce(p.source, r.source) AS source,
    CASE WHEN p.id IS NULL THEN 'none' ELSE 'portal' END AS channel, coalesce(p.at, r.at) AS at,
    coalesce(p.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(p.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(p.recovery_rule, r.recovery_rule) AS recovery_rule,
    p.kind, p.thread, p.number, p.version, p.published_version, p.title, p.as_of, p.published_at, p.withdrawn_at, p.seen
FROM output_run r LEFT JOIN output_post_line p ON p.run_id = r.run_id
