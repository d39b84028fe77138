-- One row per request to approve, also of templates, which belong to no run; one for a run for which nobody was asked.
CREATE VIEW output_approval_state AS
SELECT coalesce(a.id, r.run_id) AS id, a.id IS NOT NULL AS is_recorded, r.client_id, r.client, r.run_id, r.run_kind,
    coalesce(a.state, 'none') AS state, coalesce(a.approver, r.owner) AS owner, coalesce(a.source, r.source) AS source,
    CASE WHEN a.id IS NULL THEN 'none' ELSE coalesce(a.decided_through, 'undecided') END AS channel, coalesce(a.at, r.at) AS at,
    coalesce(a.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(a.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(a.recovery_rule, r.recovery_rule) AS recovery_rule,
    a.subject, a.subject_id, a.review, a.risk, a.content_hash, a.requested_by, a.decided_by, a.requested_at, a.expires_at
FROM output_run r LEFT JOIN output_approval_line a ON a.run_id = r.run_id
UNION ALL
SELECT a.id, true, a.client_id, c.key, NULL, NULL, a.state, a.approver, a.source, coalesce(a.decided_through, 'undecided'), a.at,
    a.client_safe_status, a.follow_up_rule, a.recovery_rule,
    a.subject, a.subject_id, a.review, a.risk, a.content_hash, a.requested_by, a.decided_by, a.requested_at, a.expires_at
FROM output_approval_line a LEFT JOIN client c ON c.id = a.client_id
WHERE a.run_id IS NULL
