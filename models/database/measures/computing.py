"""Measures computed from their prepared views, for a time, by day, week, client or channel."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.measures.definitions import ENOUGH, Definition, How


class By(StrEnum):
    """What rows are grouped by. Days and weeks (from Monday) are those of each client's own zone."""

    ALL = "all"
    DAY = "day"
    WEEK = "week"
    CLIENT = "client"
    CHANNEL = "channel"


_GROUPS = {
    By.ALL: "''",
    By.DAY: "CAST(CAST(v.at AT TIME ZONE coalesce(c.time_zone, 'UTC') AS date) AS text)",
    By.WEEK: "CAST(CAST(date_trunc('week', v.at AT TIME ZONE coalesce(c.time_zone, 'UTC')) AS date) AS text)",
    By.CLIENT: "coalesce(c.key, '')",
    By.CHANNEL: "v.channel",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which things are counted. Moments are aware: from the first on, before the second."""

    clients: list[UUID] | None = None
    """Only theirs; None: those of all clients, and what concerns every client."""
    begins: datetime | None = None
    ends: datetime | None = None
    by: By = By.ALL


class Figure(NamedTuple):
    """One figure. `value` is None where there are too few things to tell a share or a percentile."""

    group: str
    part: str
    numerator: int
    denominator: int
    value: float | None


def compute(session: Session, measure: Definition, asked: Asked) -> list[Figure]:
    """Return the figures of a measure, in the order of their groups and parts."""
    query = text(
        f"""
        WITH counted AS (
            SELECT {_GROUPS[asked.by]} AS "group", v.part, v.is_hit, v.amount
            FROM measure_{measure.key} v LEFT JOIN client c ON c.id = v.client_id
            WHERE (CAST(:clients AS uuid[]) IS NULL OR v.client_id = ANY(CAST(:clients AS uuid[])))
              AND (CAST(:begins AS timestamptz) IS NULL OR v.at >= :begins)
              AND (CAST(:ends AS timestamptz) IS NULL OR v.at < :ends))
        SELECT "group", part, count(*) AS denominator, count(*) FILTER (WHERE is_hit) AS hits, sum(amount) AS total,
            count(*) FILTER (WHERE is_hit AND amount <= :goal) AS within_goal,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(amount AS float8)) FILTER (WHERE is_hit) AS p50,
            percentile_cont(0.9) WITHIN GROUP (ORDER BY CAST(amount AS float8)) FILTER (WHERE is_hit) AS p90,
            CAST(sum(count(*)) OVER (PARTITION BY "group") AS bigint) AS of_all_parts
        FROM counted GROUP BY "group", part ORDER BY "group", part
        """
    )
    where = {"clients": asked.clients, "begins": asked.begins, "ends": asked.ends, "goal": measure.goal_seconds}
    return [one for row in session.execute(query, where).mappings() for one in _figures(measure, row)]


def _figures(measure: Definition, row: RowMapping) -> list[Figure]:
    group, part, hits, of = row["group"], row["part"], row["hits"], row["denominator"]
    match measure.how:
        case How.SHARE:
            return [_share(group, part, hits, of)]
        case How.MIX:
            return [_share(group, part, hits, row["of_all_parts"])]
        case How.TOTAL:
            return [Figure(group, part, hits, of, float(row["total"] or 0))]
        case How.DURATION:
            found = [Figure(group, name, hits, of, row[name] if hits >= ENOUGH else None) for name in ("p50", "p90")]
            goal = [_share(group, "within_goal", row["within_goal"], of)] if measure.goal_seconds else []
            return found + goal


def _share(group: str, part: str, hits: int, of: int) -> Figure:
    return Figure(group, part, hits, of, hits / of if of >= ENOUGH else None)


def period(asked: Asked, group: str) -> date | None:
    """Return the first day of the period that a group stands for; None if it stands for none."""
    return date.fromisoformat(group) if asked.by in {By.DAY, By.WEEK} else None
