"""How soon missed calls are answered: the first message after each, and how many kept the target lately."""

from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.leads.judgement import ANSWER_TARGETS
from models.leads.promptness import EXPECT_AN_ANSWER, Promptness, promptness
from models.leads.terms import LeadEventState, Way
from models.terms import LeadSource

ANSWERED_AT = """
    (SELECT min(m.accepted_at) FROM message m
     WHERE m.run_id = e.run_id AND m.audience = 'contact' AND m.accepted_at >= e.received_at)
"""
"""When the first message after event `e` had been accepted, as SQL; NULL if none has."""
_LATELY = text(
    f"""
    SELECT count(*) FILTER (WHERE answered_at <= due_at) AS on_time, count(*) FILTER (WHERE answered_at > due_at) AS late,
        count(*) FILTER (WHERE answered_at IS NULL AND due_at < clock_timestamp()) AS overdue
    FROM (
        SELECT coalesce(e.occurred_at, e.received_at) + t.target AS due_at, {ANSWERED_AT} AS answered_at
        FROM lead_event e JOIN unnest(CAST(:ways AS text[]), CAST(:targets AS interval[])) AS t (way, target) USING (way)
        WHERE e.received_at > clock_timestamp() - interval '24 hours' AND e.state = ANY(:states)
            AND e.source = 'missed_call'
    ) AS event
    """
)


class AnswerTimes(NamedTuple):
    """Missed calls of the last 24 hours, by how their answer stands. One that is not due yet is not counted."""

    on_time: int
    late: int
    overdue: int


def lately(session: Session) -> AnswerTimes:
    """Count how the missed calls of the last 24 hours were answered."""
    where = {"ways": list(ANSWER_TARGETS), "targets": list(ANSWER_TARGETS.values()), "states": list(EXPECT_AN_ANSWER)}
    return AnswerTimes(*session.execute(_LATELY, where).one())


def of_event(row: RowMapping | dict[str, Any]) -> Promptness | None:
    """Return how the answer to an event stands, from a row that has `answered_at` and `asked_at`, the moment it was read."""
    if row["source"] != LeadSource.MISSED_CALL:
        return None
    happened = row["occurred_at"] or row["received_at"]
    return promptness(Way(row["way"]), LeadEventState(row["state"]), happened, row["answered_at"], row["asked_at"])
