-- One row per task, also of those that belong to no run, to the test of a text, or to no client; one for a run that has none.
CREATE OR REPLACE VIEW output_owner_task AS
SELECT coalesce(t.id, r.run_id) AS id, t.id IS NOT NULL AS is_recorded, r.client_id, r.client, r.run_id, r.run_kind,
    coalesce(t.state, 'none') AS state, coalesce(t.owner, r.owner) AS owner, coalesce(t.source, r.source) AS source,
    coalesce(t.channel, 'none') AS channel, coalesce(t.at, r.at) AS at,
    coalesce(t.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(t.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(t.recovery_rule, r.recovery_rule) AS recovery_rule,
    t.kind AS task_kind, t.instruction, t.opened_at, t.due_at, t.closed_at, t.closed_by
FROM output_run r LEFT JOIN output_task_line t ON t.run_id = r.run_id
UNION ALL
SELECT t.id, true, t.client_id, c.key, NULL, NULL, t.state, t.owner, t.source, coalesce(t.channel, 'none'), t.at,
    t.client_safe_status, t.follow_up_rule, t.recovery_rule, t.kind, t.instruction, t.opened_at, t.due_at, t.closed_at, t.closed_by
FROM output_task_line t LEFT JOIN client c ON c.id = t.client_id
WHERE t.run_id IS NULL OR t.run_id IN (SELECT id FROM run WHERE kind = 'template_test')
