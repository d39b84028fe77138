"""Importing a part of a list: known rows are skipped, unusable ones refused with the reason, the rest taken in together.

Safe to repeat: a row is known by its id, or by all it says. Nothing of a refused row is stored; whoever imports has it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database.engine import now
from models.database.events import Origin
from models.database.leads import contacts, intake
from models.database.leads.intake import RegionOf
from models.database.leads.rows import row_of
from models.database.leads.target import Target
from models.database.leads.web_hooks import INBOX_KIND
from models.database.tables.leads import LeadEventRow
from models.leads.event import LeadEvent
from models.leads.judgement import Circumstances, concerns
from models.leads.sources import imported_row
from models.leads.sources.imported_row import RefusedRow
from models.leads.terms import Concern, LeadEventState, Way, in_words
from models.sealing import KeyRing

_KEEP = text(
    """
    INSERT INTO inbox (id, source, dedupe_key, kind, state, sealed_with, sealed_body)
    SELECT id, :source, dedupe_key, :kind, 'done', :key_id, sealed_body
    FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[]), CAST(:bodies AS bytea[])) AS row (id, dedupe_key, sealed_body)
    """
)
ALREADY, REFUSED = "already_imported", "refused"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a file: where it stands, what its columns say, and all of it as it was written."""

    line: int
    values: dict[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What became of one row. `state` is a `LeadEventState`, `already_imported` or `refused`."""

    line: int
    state: str
    reasons: tuple[str, ...] = ()
    in_words: str = ""
    event_id: UUID | None = None
    run_id: UUID | None = None
    itself: str = ""
    """What makes it this row of its list; empty if it was refused."""
    addresses: tuple[str, ...] = ()
    """Hashes of what makes it this person."""


@dataclass(slots=True)
class _Part:
    """What is left of a part of a list after what is known and what is refused."""

    verdicts: list[RowVerdict] = field(default_factory=list)
    wanted: list[tuple[ListRow, LeadEvent, LeadEventRow]] = field(default_factory=list)


def import_rows(
    session: Session,
    ring: KeyRing,
    target: Target,
    rows: Sequence[ListRow],
    headers: list[str],
    region_of: RegionOf,
    origin: Origin,
) -> list[RowVerdict]:
    """Take rows in and return what became of each, in the order of their lines.

    Raises:
        RefusedRow: the columns as a whole cannot be used.
    """
    part = _sorted_out(session, target, rows, imported_row.known_columns(headers), region_of)
    contacts.lock(session, target, [row for *_, row in part.wanted])
    known = _known(session, target, [row.source_event_id for *_, row in part.wanted])
    new = []
    for listed, event, row in part.wanted:
        if row.source_event_id in known:
            part.verdicts.append(RowVerdict(listed.line, ALREADY, itself=_itself(row)))
        else:
            known.add(row.source_event_id)
            new.append((listed, event, row))
    _keep_raw(session, ring, target, new)
    moment = now(session)
    for listed, event, row in new:
        row.received_at = moment
        intake.settle(session, target, event, row, region_of, origin)
        part.verdicts.append(_verdict(listed.line, row, target))
    return sorted(part.verdicts, key=lambda verdict: verdict.line)


def _sorted_out(
    session: Session, target: Target, rows: Sequence[ListRow], columns: dict[str, str], region_of: RegionOf
) -> _Part:
    part, zone, moment = _Part(), ZoneInfo(target.client.time_zone), now(session)
    for listed in rows:
        try:
            event = imported_row.read(listed.values, columns, zone)
        except RefusedRow as refused:
            part.verdicts.append(RowVerdict(listed.line, REFUSED, ("unusable_column",), str(refused)))
            continue
        around = Circumstances(
            received_at=moment,
            response_window=target.response_window,
            state_of_postal_code=region_of(event.market.postal_code) if event.market.postal_code else None,
            own_numbers=target.own_numbers(""),
        )
        found = concerns(event, around)
        if found:
            part.verdicts.append(RowVerdict(listed.line, REFUSED, tuple(found), _why(found)))
        else:
            part.wanted.append((listed, event, row_of(event, target, None)))
    return part


def _keep_raw(
    session: Session, ring: KeyRing, target: Target, new: Sequence[tuple[ListRow, LeadEvent, LeadEventRow]]
) -> None:
    """Store rows as they were written, sealed, all in one statement."""
    for _, _, row in new:
        row.inbox_id = uuid4()
    values = {
        "ids": [row.inbox_id for *_, row in new],
        "keys": [f"{target.account.account}/{row.source_event_id}" for *_, row in new],
        "bodies": [ring.seal(listed.raw) for listed, *_ in new],
    }
    session.execute(_KEEP, values | {"source": f"leads_{Way.IMPORT}", "kind": INBOX_KIND, "key_id": ring.active})


def _known(session: Session, target: Target, identities: list[str]) -> set[str]:
    found = select(LeadEventRow.source_event_id).where(
        col(LeadEventRow.source_account_id) == target.account.id, col(LeadEventRow.source_event_id).in_(identities)
    )
    return set(session.exec(found))


def _verdict(line: int, row: LeadEventRow, target: Target) -> RowVerdict:
    said = "" if row.state == LeadEventState.ACCEPTED else _why(row.reasons)
    hashes = tuple(contacts.hashes(target, row.phone, row.email))
    return RowVerdict(line, row.state, tuple(row.reasons), said, row.id, row.run_id, _itself(row), hashes)


def _itself(row: LeadEventRow) -> str:
    return hashlib.sha256(row.source_event_id.encode()).hexdigest()


def _why(reasons: Sequence[str]) -> str:
    at_once = {Concern.NO_ADDRESS: "it has neither a phone number nor an email address"}
    return "; ".join(
        at_once.get(Concern(one), in_words(one)) if one in set(Concern) else in_words(one) for one in reasons
    )
