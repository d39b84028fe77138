-- What is said of a run now, for whatever has no newer line of its own. Every run has its first line from its request.
-- A text that a colleague tries out concerns no client.
CREATE OR REPLACE VIEW output_run AS
SELECT r.id AS run_id, r.kind AS run_kind, r.client_id, c.key AS client, r.lead_id, r.owner,
    e.source, e.at, e.client_safe_status, e.follow_up_rule, e.recovery_rule
FROM run r JOIN client c ON c.id = r.client_id
CROSS JOIN LATERAL (
    SELECT * FROM event WHERE run_id = r.id AND client_safe_status <> 'No change' AND kind NOT IN ('task_opened', 'task_closed')
    ORDER BY id DESC LIMIT 1) e
WHERE r.kind <> 'template_test'
