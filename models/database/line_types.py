"""Which numbers are to be looked up, within a budget, and what they were found to be."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, text

from models.database.engine import transaction
from models.line_types import LineType
from models.provider_settings import LookupSettings
from models.sending import SendStep

_DUE = text(
    f"""
    WITH asked AS (
        INSERT INTO phone_line (client_id, address_hash, line_type, looked_up_at)
        SELECT m.client_id, m.address_hash, '{LineType.UNKNOWN}', clock_timestamp() FROM message m
        WHERE m.run_id = :run AND m.step = :step AND m.occurrence = 1 AND m.channel = 'sms' AND m.audience = 'contact'
          AND m.state IN ('planned', 'ready')
          AND (SELECT count(*) FROM phone_line WHERE looked_up_at > clock_timestamp() - interval '1 day') < :per_day
        ON CONFLICT (client_id, address_hash) DO UPDATE SET looked_up_at = excluded.looked_up_at
            WHERE phone_line.looked_up_at < clock_timestamp()
                - CASE WHEN phone_line.line_type = '{LineType.UNKNOWN}' THEN CAST(:again AS interval) ELSE :good_for END
        RETURNING client_id, address_hash)
    SELECT asked.*, (SELECT m.address FROM message m WHERE m.run_id = :run AND m.step = :step AND m.occurrence = 1) AS phone
    FROM asked
    """
)
_KEEP = text("UPDATE phone_line SET line_type = :line_type WHERE client_id = :client AND address_hash = :hash")


@dataclass(frozen=True, slots=True)
class Number:
    """A number to look up. `phone` is E.164 and stays in memory."""

    client_id: UUID
    address_hash: str
    phone: str


class LineTypes:
    """The look-ups that were made. Several workers share the rows, and with them the budget.

    Args:
        engine: the way to the rows.
        settings: the budget, and how long an answer is good.
    """

    def __init__(self, engine: Engine, settings: LookupSettings) -> None:
        self._engine = engine
        self._settings = settings

    def due(self, step: SendStep) -> Number | None:
        """Return the number a text is about to go to if it is to be looked up now, and count that; else None.

        It is counted before it is asked, so that a process that dies over it has not asked for nothing again and again.
        """
        where = {
            "run": step.run_id,
            "step": step.step,
            "per_day": self._settings.per_day,
            "again": self._settings.again_after,
            "good_for": self._settings.good_for,
        }
        with transaction(self._engine) as session:
            found = session.execute(_DUE, where).mappings().first()
        return Number(**found) if found else None

    def keep(self, number: Number, line_type: LineType) -> None:
        """Remember what a number was found to be."""
        where = {"line_type": line_type, "client": number.client_id, "hash": number.address_hash}
        with transaction(self._engine) as session:
            session.execute(_KEEP, where)
