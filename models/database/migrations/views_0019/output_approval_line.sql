-- Each request to approve with where it stands, and the line of the log that its newest decision or the request has written.
-- The state is that of models.database.permission.approval_standing.STATE as it was when this view was made.
CREATE VIEW output_approval_line AS
SELECT s.*, e.source, e.at, e.client_safe_status, e.follow_up_rule, e.recovery_rule
FROM (
    SELECT a.*, d.at AS newest_at, d.channel AS decided_through, d.approver AS decided_by,
        CASE WHEN a.superseded_at IS NOT NULL THEN 'superseded'
             WHEN d.decision <> 'approve' THEN 'rejected'
             WHEN g.given >= CASE a.risk WHEN 'two_people' THEN 2 ELSE 1 END THEN 'approved'
             WHEN a.expires_at <= clock_timestamp() THEN 'expired' ELSE 'waiting' END AS state
    FROM approval a
    LEFT JOIN LATERAL (SELECT * FROM decision WHERE approval_id = a.id ORDER BY id DESC LIMIT 1) d ON true
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT y.approver) AS given FROM decision y
        WHERE y.approval_id = a.id AND y.decision = 'approve' AND y.content_hash = a.content_hash
          AND y.audience_hash = a.audience_hash AND NOT EXISTS (
              SELECT 1 FROM decision n WHERE n.approval_id = a.id AND n.decision <> 'approve' AND n.id > y.id)) g) s
CROSS JOIN LATERAL (
    SELECT * FROM event WHERE kind IN ('approval_requested', 'approval_decided')
        AND kind = CASE WHEN s.newest_at IS NULL THEN 'approval_requested' ELSE 'approval_decided' END
        AND at >= coalesce(s.newest_at, s.requested_at) AND facts ->> 'approval' = CAST(s.id AS text)
    ORDER BY at LIMIT 1) e
