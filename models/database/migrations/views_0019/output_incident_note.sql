-- One row per update as one client was told of it; one for a run that tells nobody of an incident. No word for colleagues.
CREATE VIEW output_incident_note AS
SELECT coalesce(CAST(md5(CAST(n.update_id AS text) || CAST(n.client_id AS text)) AS uuid), r.run_id) AS id, n.run_id IS NOT NULL AS is_recorded,
    r.client_id, r.client, r.run_id, r.run_kind,
    CASE WHEN n.run_id IS NULL THEN 'none' WHEN n.not_published <> '' THEN n.not_published
         WHEN p.state = 'withdrawn' THEN 'withdrawn' WHEN n.published_at IS NOT NULL THEN 'published' ELSE 'in_review' END AS state,
    coalesce(i.owner, r.owner) AS owner, coalesce(p.source, r.source) AS source,
    CASE WHEN n.run_id IS NULL THEN 'none' ELSE 'portal' END AS channel, coalesce(p.at, n.composed_at, r.at) AS at,
    coalesce(p.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(p.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(p.recovery_rule, r.recovery_rule) AS recovery_rule,
    u.incident_id, u.number, u.kind, i.severity, i.state AS incident_state, i.reason, n.post_id, p.title, u.next_update_at,
    n.published_at, n.messages
FROM output_run r
LEFT JOIN (incident_notice n JOIN incident_update u ON u.id = n.update_id JOIN incident i ON i.id = u.incident_id)
    ON n.run_id = r.run_id
LEFT JOIN output_post_line p ON p.id = n.post_id
