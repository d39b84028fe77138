"""Where an approval stands, as SQL over its decisions: said once, for the claim, for those who wait and for those who look."""

from models.approving import ApprovalSubject, RiskClass

COUNTS = """
    d.approval_id = a.id AND d.decision = 'approve' AND d.content_hash = a.content_hash AND d.audience_hash = a.audience_hash
    AND NOT EXISTS (SELECT 1 FROM decision n WHERE n.approval_id = d.approval_id AND n.decision <> 'approve' AND n.id > d.id)
"""
"""Whether decision `d` is a yes to `a` that nobody has taken back since."""

NEEDED = f"CASE a.risk WHEN '{RiskClass.TWO_PEOPLE}' THEN 2 ELSE 1 END"
"""How many different people must approve `a`."""

GIVEN = f"(SELECT count(DISTINCT d.approver) FROM decision d WHERE {COUNTS}) >= {NEEDED}"
"""Whether enough people have approved `a` since anybody last said no."""

STATE = f"""
    CASE WHEN {GIVEN} THEN 'approved'
         WHEN (SELECT d.decision <> 'approve' FROM decision d WHERE d.approval_id = a.id ORDER BY d.id DESC LIMIT 1)
             THEN 'rejected'
         WHEN a.expires_at <= clock_timestamp() THEN 'expired' ELSE 'waiting' END
"""
"""The `ApprovalState` of approval `a`."""

OF_MESSAGE = f"""
    EXISTS (SELECT 1 FROM approval_item i JOIN approval a ON a.id = i.approval_id
            WHERE i.content_hash = m.approved_hash AND a.superseded_at IS NULL
              AND (a.subject = '{ApprovalSubject.TEMPLATE}' OR a.run_id = m.run_id)
            GROUP BY a.subject, a.subject_id
            HAVING bool_and((a.recipients IS NULL OR m.address_hash = ANY (a.recipients)) AND {GIVEN}))
"""
"""Whether message `m` rests on an approval of its very wording, for its very recipient, by every review that was asked for."""

DECIDED_AT = f"""
    CASE WHEN {GIVEN} THEN (
        SELECT max(f.first_at) FROM (
            SELECT min(d.at) AS first_at FROM decision d WHERE {COUNTS} GROUP BY d.approver ORDER BY 1 LIMIT {NEEDED}) f)
    ELSE (SELECT min(d.at) FROM decision d WHERE d.approval_id = a.id AND d.decision <> 'approve') END
"""
"""When `a` was decided: when the last needed person agreed, or when somebody first said no. NULL while it waits."""
