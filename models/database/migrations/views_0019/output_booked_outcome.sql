-- One row per run: what the newest statement says of its lead, else what replies and the CRM have shown. Of several runs about
-- one lead, and of several leads with one evidence, `counts` is true once, so that its money can be summed.
CREATE VIEW output_booked_outcome AS
SELECT coalesce(h.id, r.run_id) AS id,
    o.id IS NOT NULL OR h.id IS NOT NULL OR coalesce(l.disposition ~ '^(booked|lost)', false) AS is_recorded,
    r.client_id, r.client, r.run_id, r.run_kind,
    CASE WHEN o.id IS NOT NULL THEN o.outcome WHEN l.disposition ~ '^(booked|lost)' THEN split_part(l.disposition, ':', 1)
         WHEN h.id IS NOT NULL THEN 'open' ELSE 'none' END AS state,
    r.owner, coalesce(o.source, r.source) AS source,
    CASE WHEN o.source LIKE 'crm%' OR o.id IS NULL AND h.id IS NOT NULL THEN 'crm' ELSE coalesce(o.source, 'none') END AS channel,
    coalesce(o.recorded_at, r.at) AS at, coalesce(e.client_safe_status, r.client_safe_status) AS client_safe_status,
    coalesce(e.follow_up_rule, r.follow_up_rule) AS follow_up_rule, coalesce(e.recovery_rule, r.recovery_rule) AS recovery_rule,
    r.lead_id, l.source AS lead_source, l.disposition,
    coalesce(o.lost_reason, nullif(split_part(l.disposition, ':', 2), '')) AS lost_reason, o.at AS became_so_at, o.evidence_kind,
    o.basis, o.currency, o.amount_minor,
    coalesce(o.counts AND r.run_id = (SELECT n.id FROM run n WHERE n.lead_id = r.lead_id ORDER BY n.requested_at DESC, n.id LIMIT 1),
             false) AS counts,
    h.state AS handoff, h.deal_id, h.accepted_at AS handed_over_at
FROM output_run r LEFT JOIN lead l ON l.id = r.lead_id LEFT JOIN handoff h ON h.run_id = r.run_id
LEFT JOIN current_outcome o ON o.lead_id = r.lead_id
LEFT JOIN LATERAL (
    SELECT * FROM event WHERE kind = 'outcome_recorded' AND at >= o.recorded_at AND facts ->> 'outcome' = CAST(o.id AS text)
    ORDER BY at LIMIT 1) e ON true
