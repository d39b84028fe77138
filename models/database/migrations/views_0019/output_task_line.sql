-- Each task with the line of the log that its newest change has written.
CREATE VIEW output_task_line AS
SELECT t.*, CASE WHEN t.closed_at IS NOT NULL THEN 'closed' WHEN t.due_at < clock_timestamp() THEN 'overdue' ELSE 'open' END AS state,
    m.channel, e.source, e.at, e.client_safe_status, e.follow_up_rule, e.recovery_rule
FROM owner_task t LEFT JOIN message m ON m.id = t.message_id
CROSS JOIN LATERAL (
    SELECT * FROM event WHERE kind IN ('task_opened', 'task_closed') AND reason = t.kind
        AND kind = CASE WHEN t.closed_at IS NULL THEN 'task_opened' ELSE 'task_closed' END
        AND at >= coalesce(t.closed_at, t.opened_at) AND run_id IS NOT DISTINCT FROM t.run_id
    ORDER BY at LIMIT 1) e
