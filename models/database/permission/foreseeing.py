"""What the lifting of a pause would do: every message it holds, judged by the gate of the claim, many at once.

The held leave one after the other, at a limited rate, so each is judged for the moment of its turn; what would not leave takes
no turn from the others. Who reads this while the scope is not locked sees a preview.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.permission.scopes import messages_held
from models.database.sending.facts import FACTS, Rules, facts_asked, facts_of
from models.database.sending.rows import Row
from models.database.tables.pauses import Pause
from models.gate import Facts, judge
from models.pausing import SPARING
from models.terms import ConsentKind

WILL_SEND = "will_send"
HELD = "m.audience = 'contact' AND m.state = 'ready' AND (m.reason IS NOT NULL OR m.fence > 0) AND r.closed_at IS NULL"
"""What has become due and has not left, as SQL: it was asked for, and something was in its way."""
_ALL = "{facts} WHERE {held} AND {inside} ORDER BY m.expires_at NULLS LAST, m.planned_at, m.id"
_MEANWHILE = """
    SELECT m.id AS message_id, m.run_id, m.step, m.channel FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.state = 'expired' AND m.expires_at >= :since AND {inside} ORDER BY m.expires_at
"""
_NOT_DUE = """
    SELECT count(*) FILTER (WHERE m.state = 'ready') AS not_due, count(*) FILTER (WHERE m.state = 'planned') AS not_approved
    FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.audience = 'contact' AND m.state IN ('ready', 'planned') AND m.reason IS NULL AND m.fence = 0
      AND r.closed_at IS NULL AND {inside}
"""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one held message: `will_send`, or the `HoldReason` or `NotSentReason` of the gate."""

    message_id: UUID
    run_id: UUID
    step: str
    channel: str
    what: str
    after: timedelta
    """How long after the resume its run is told."""
    until: datetime | None = None
    """Until when it would still be held, if that is known."""


def foresee(session: Session, pause: Pause, rules: Rules, per_second: float) -> list[Foreseen]:
    """Return what would become of each message that a pause holds, in the order of their turns: the oldest `not after` first."""
    inside, values = messages_held(pause.scope, pause.code)
    asked = facts_asked(rules, [pause.id]) | values
    rows = session.execute(text(_ALL.format(facts=FACTS, held=HELD, inside=inside)), asked).mappings()
    lanes: Counter[bool] = Counter()
    earlier = _Earlier()
    foreseen = []
    for row in rows:
        after = timedelta(seconds=lanes[True] / per_second)
        facts = _at_its_turn(session, earlier.as_seen_by(row, row["now"] + after), rules)
        if pause.held_work in SPARING and facts.expires_at is not None:
            # Under a pause that spares what it holds, its own drain makes nothing stale either.
            facts = replace(facts, expires_at=facts.expires_at + after)
        verdict = judge(facts)
        what = WILL_SEND if verdict.is_open else str(verdict.never or verdict.hold)
        if verdict.is_open:
            earlier.leaves(row, facts.now)
        else:
            after = timedelta(seconds=lanes[False] / per_second)
        lanes[verdict.is_open] += 1
        foreseen.append(Foreseen(row["id"], row["run_id"], row["step"], row["channel"], what, after, verdict.until))
    return foreseen


def expired_meanwhile(session: Session, pause: Pause) -> list[Mapping[Any, Any]]:
    """Return the messages inside that became stale while the pause has held."""
    inside, values = messages_held(pause.scope, pause.code)
    found = session.execute(text(_MEANWHILE.format(inside=inside)), values | {"since": pause.at})
    return list(found.mappings())


def not_due(session: Session, pause: Pause) -> Mapping[Any, Any]:
    """Return how many messages inside are not due yet, and how many wait for an approval. Neither is held by the pause."""
    inside, values = messages_held(pause.scope, pause.code)
    return session.execute(text(_NOT_DUE.format(inside=inside)), values).mappings().one()


def counted(foreseen: Sequence[Foreseen]) -> dict[str, int]:
    """Return how many messages each thing would become of."""
    return dict(Counter(one.what for one in foreseen))


def _at_its_turn(session: Session, row: Row, rules: Rules) -> Facts:
    return replace(facts_of(session, row, rules.when(session, row)), turn_at=None)


class _Earlier:
    """What would have left before: the same text is not sent twice, and caps count it."""

    def __init__(self) -> None:
        self._texts: set[tuple[Any, ...]] = set()
        self._touches: defaultdict[tuple[Any, ...], list[tuple[datetime, bool]]] = defaultdict(list)
        self._of_run: Counter[UUID] = Counter()

    def as_seen_by(self, row: Row, moment: datetime) -> Row:
        """Return a row of `FACTS` as it would be at that moment."""
        address = _address(row)
        touches = self._touches[address]
        return {
            **row,
            "now": moment,
            "same_text": row["same_text"] or (*address, row["content_hash"]) in self._texts,
            "touches": [*(row["touches"] or ()), *(at for at, _ in touches)],
            "touches_promotional": [*(row["touches_promotional"] or ()), *(promotional for _, promotional in touches)],
            "sent_of_run": row["sent_of_run"] + self._of_run[row["run_id"]],
        }

    def leaves(self, row: Row, moment: datetime) -> None:
        """Note that a message would leave then."""
        address = _address(row)
        self._texts.add((*address, row["content_hash"]))
        self._touches[address].append((moment, row["consent_needed"] == ConsentKind.PROMOTIONAL))
        self._of_run[row["run_id"]] += 1


def _address(row: Row) -> tuple[Any, ...]:
    return row["client_id"], row["channel"], row["address_hash"]
