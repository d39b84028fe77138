"""When the turn of a message comes among those that a pause has held, as SQL for the claim.

Turns are a timetable. If nobody could send while they came, as in an outage, what is overdue must not leave at once: then as
many may leave per second as the resume has said, and the others draw a new moment within the time that all of them take.
"""

OVERDUE = "interval '5 seconds'"
TURN = "coalesce(crowd.turn_at, m.turn_at)"
CROWD = f"""
    LEFT JOIN LATERAL (
        SELECT clock_timestamp() + make_interval(secs => random() * (1 + overdue.n / drain.per_second)) AS turn_at
        FROM (SELECT p.id, p.per_second FROM pause_drain d JOIN pause p ON p.id = d.pause_id
              WHERE d.message_id = m.id ORDER BY p.lifted_at DESC LIMIT 1) drain
        CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM pause_drain d JOIN message o ON o.id = d.message_id
            WHERE d.pause_id = drain.id AND o.state = 'ready' AND o.turn_at < clock_timestamp()) overdue
        WHERE m.turn_at < clock_timestamp() - {OVERDUE} AND drain.per_second <= (
            SELECT count(*) FROM (SELECT message_id, at FROM claim_log ORDER BY id DESC LIMIT 1000) recent
            JOIN message o ON o.id = recent.message_id
            WHERE recent.at > clock_timestamp() - interval '1 second' AND o.turn_at IS NOT NULL)
    ) crowd ON true
"""
"""The crowd of overdue messages around message `m`, if there is one. For all that no pause has held it costs nothing."""
