-- One row per closed period and the run that makes its digest, or made it last; one for a run that makes none.
CREATE VIEW output_report_digest AS
SELECT coalesce(d.id, r.run_id) AS id, d.id IS NOT NULL AS is_recorded, r.client_id, r.client, r.run_id, r.run_kind,
    coalesce(d.state, 'none') AS state, coalesce(t.owner, r.owner) AS owner, coalesce(p.source, r.source) AS source,
    CASE WHEN d.id IS NULL THEN 'none' ELSE 'portal' END AS channel, coalesce(greatest(p.at, d.closed_at), r.at) AS at,
    coalesce(p.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(p.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(p.recovery_rule, r.recovery_rule) AS recovery_rule,
    d.report_id, j.key AS project, t.cadence, d.starts, d.ends, d.post_id, d.published_at, p.seen
FROM output_run r
LEFT JOIN (report_period d JOIN report t ON t.id = d.report_id JOIN project j ON j.id = t.project_id) ON d.run_id = r.run_id
LEFT JOIN output_post_line p ON p.id = d.post_id
