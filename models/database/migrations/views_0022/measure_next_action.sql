CREATE OR REPLACE VIEW measure_next_action AS
SELECT t.client_id, coalesce(m.channel, 'none') AS channel, t.opened_at AS at, concat(t.kind, '/', t.owner) AS part,
    coalesce(t.due_at < clock_timestamp(), false) AS is_hit, CAST(NULL AS numeric) AS amount
FROM owner_task t LEFT JOIN message m ON m.id = t.message_id WHERE t.closed_at IS NULL AND (t.run_id IS NULL OR t.run_id NOT IN (SELECT id FROM run WHERE kind = 'template_test'))
