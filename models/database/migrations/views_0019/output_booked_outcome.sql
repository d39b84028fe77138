-- One row per run about a lead that is booked, lost or with the CRM; one for every other run. Whose money it is comes later.
CREATE VIEW output_booked_outcome AS
SELECT coalesce(h.id, r.run_id) AS id, l.id IS NOT NULL AND (h.id IS NOT NULL OR l.disposition ~ '^(booked|lost)') AS is_recorded,
    r.client_id, r.client, r.run_id, r.run_kind,
    CASE WHEN l.disposition ~ '^(booked|lost)' THEN split_part(l.disposition, ':', 1)
         WHEN h.id IS NOT NULL THEN 'open' ELSE 'none' END AS state,
    r.owner, r.source, CASE WHEN h.id IS NULL THEN 'none' ELSE 'crm' END AS channel, r.at,
    r.client_safe_status, r.follow_up_rule, r.recovery_rule,
    r.lead_id, l.source AS lead_source, l.disposition, nullif(split_part(l.disposition, ':', 2), '') AS lost_reason,
    h.state AS handoff, h.deal_id, h.accepted_at AS handed_over_at
FROM output_run r LEFT JOIN lead l ON l.id = r.lead_id LEFT JOIN handoff h ON h.run_id = r.run_id
