-- The moment of a decision is that of models.database.permission.approval_standing.DECIDED_AT as it was when this view was made.
-- What was approved by the command that has stored it was never waited for.
CREATE OR REPLACE VIEW measure_approval_time AS
SELECT a.client_id, coalesce(a.decided_through, 'undecided') AS channel, a.requested_at AS at, '' AS part, d.at IS NOT NULL AS is_hit,
    CAST(extract(epoch FROM d.at - a.requested_at) AS numeric) AS amount
FROM output_approval_line a CROSS JOIN LATERAL (
    SELECT CASE a.state
        WHEN 'rejected' THEN (SELECT min(n.at) FROM decision n WHERE n.approval_id = a.id AND n.decision <> 'approve')
        WHEN 'approved' THEN (
            SELECT max(f.first_at) FROM (
                SELECT min(y.at) AS first_at FROM decision y WHERE y.approval_id = a.id AND y.decision = 'approve'
                    AND NOT EXISTS (SELECT 1 FROM decision n WHERE n.approval_id = a.id AND n.decision <> 'approve' AND n.id > y.id)
                GROUP BY y.approver ORDER BY 1 LIMIT CASE a.risk WHEN 'two_people' THEN 2 ELSE 1 END) f)
        WHEN 'superseded' THEN a.newest_at END AS at) d
WHERE (a.state <> 'superseded' OR d.at IS NOT NULL) AND a.decided_through IS DISTINCT FROM 'command'
