"""By what each business is recognised in a text: read for the checks, entered by people and, for the agency, by settings."""

import os
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID, uuid4

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.addresses import normalise
from models.database import events
from models.database.events import Origin, Subject
from models.database.locks import lock_scope
from models.database.outbox import announce_all
from models.database.tables.wording import ClientMark
from models.errors import InvalidAddress
from models.event_kinds import EventKind
from models.frozen import Frozen
from models.terms import Channel
from models.wording.links import hosts_of
from models.wording.names import SHORTEST
from models.wording.surroundings import MarkKind, Party

AGENCY = "settings"
"""Who has entered the marks of the agency that its settings name."""
_CLIENTS = text("SELECT id, name, phone FROM client")
_COLLEAGUES = text(
    "SELECT array_agg(email) AS emails, array_remove(array_agg(phone), '') AS phones FROM client_contact "
    "WHERE client_id = :client AND active"
)
_STAMP = text("SELECT stamp, digest_key FROM wording_surroundings")
_WAITING = text(
    "SELECT DISTINCT run_id FROM message WHERE client_id = :client AND state = 'ready' AND reason = 'wording' ORDER BY run_id"
)
_FIRST = text("INSERT INTO wording_surroundings (id) VALUES (1) ON CONFLICT DO NOTHING")


class Businesses(Frozen):
    """Everybody who may be recognised in a text."""

    agency: Party
    clients: dict[UUID, Party]


class Stamp(Frozen):
    """Which businesses are known, and what keys the digests of findings."""

    stamp: UUID
    digest_key: bytes


def stamp_of(session: Session, *, may_write: bool = True) -> Stamp:
    """Return what tells the businesses as they are known now from any other time."""
    row = session.execute(_STAMP).first()
    if row is None and may_write:  # nobody was ever entered
        session.execute(_FIRST)
        row = session.execute(_STAMP).first()
    if row is not None:
        return Stamp(stamp=row.stamp, digest_key=row.digest_key)
    return Stamp(stamp=uuid4(), digest_key=os.urandom(32))


def businesses(session: Session, known: Stamp) -> Businesses:
    """Return everybody. Read once for each stamp, because every text is checked against them."""
    found = _KEPT.get(known.stamp)
    if found is None:
        found = _read(session)
        _KEPT.clear()
        _KEPT[known.stamp] = found
    return found


def colleagues(session: Session, client_id: UUID) -> Party:
    """Return the addresses of the people at a client, which they may read of each other."""
    row = session.execute(_COLLEAGUES, {"client": client_id}).one()
    return Party(emails=tuple(row.emails or ()), phones=tuple(row.phones or ()))


def put(session: Session, client_id: UUID, kind: MarkKind, value: str, origin: Origin) -> ClientMark:
    """Enter a mark of a client in its one form; what waits because of its wording is asked again. Safe to repeat.

    Raises:
        InvalidAddress: it is not what it is said to be; says what is wrong.
    """
    plain = normal(kind, value)
    row = ClientMark(client_id=client_id, kind=kind, value=plain, entered_by=origin.actor)
    statement = insert(ClientMark).values(row.model_dump(exclude_none=True)).on_conflict_do_nothing()
    if session.execute(statement.returning(col(ClientMark.id))).first() is not None:
        _changed(session, client_id, kind, "entered", origin)
    where = (col(ClientMark.client_id) == client_id, col(ClientMark.kind) == kind, col(ClientMark.value) == plain)
    return session.exec(select(ClientMark).where(*where)).one()


def remove(session: Session, client_id: UUID, mark_id: UUID, origin: Origin) -> bool:
    """Take a mark of a client away; False if there is no such mark."""
    where = (col(ClientMark.client_id) == client_id, col(ClientMark.id) == mark_id)
    kind = session.execute(delete(ClientMark).where(*where).returning(col(ClientMark.kind))).scalar_one_or_none()
    if kind is None:
        return False
    _changed(session, client_id, MarkKind(kind), "removed", origin)
    return True


def of_client(session: Session, client_id: UUID) -> list[ClientMark]:
    """Return the marks of a client, in a stable order."""
    query = select(ClientMark).where(col(ClientMark.client_id) == client_id)
    return list(session.exec(query.order_by(col(ClientMark.kind), col(ClientMark.value))))


def note_agency(session: Session, urls: Iterable[str], emails: Iterable[str]) -> None:
    """Make the marks of the agency those that its settings name. Changes nothing if they are."""
    lock_scope(session, "marks of the agency")
    wanted = {(MarkKind.URL.value, url) for url in urls if url}
    wanted |= {(MarkKind.EMAIL.value, email.lower()) for email in emails if email}
    query = select(ClientMark).where(col(ClientMark.client_id).is_(None), col(ClientMark.entered_by) == AGENCY)
    stored = {(mark.kind, mark.value): mark for mark in session.exec(query)}
    for key in stored.keys() - wanted:
        session.delete(stored[key])
    for kind, value in sorted(wanted - stored.keys()):
        session.add(ClientMark(kind=kind, value=value, entered_by=AGENCY))
    session.flush()


def normal(kind: MarkKind, value: str) -> str:
    """Return a mark in the one form by which it is recognised. Raises InvalidAddress."""
    plain = " ".join(value.split())
    match kind:
        case MarkKind.PHONE:
            return normalise(Channel.SMS, plain)
        case MarkKind.EMAIL:
            return normalise(Channel.EMAIL, plain)
        case MarkKind.DOMAIN:
            hosts = hosts_of(plain if "://" in plain else f"https://{plain}")
            if len(hosts) != 1 or "." not in hosts[0][2]:
                raise InvalidAddress("not a domain; write it like acmeplumbing.com")
            return hosts[0][2]
        case MarkKind.URL:
            if not plain.startswith("https://"):
                raise InvalidAddress("not the beginning of a link; write it like https://portal.agency.example/")
        case MarkKind.NAME:
            if len(plain) < SHORTEST:
                raise InvalidAddress(f"a name of fewer than {SHORTEST} characters is in too many words")
    return plain


_KEPT: dict[UUID, Businesses] = {}


def _changed(session: Session, client_id: UUID, kind: MarkKind, what: str, origin: Origin) -> None:
    events.record(session, EventKind.MARK_ENTERED, origin, Subject(origin.actor, client_id), what, mark=kind.value)
    announce_all(session, list(session.execute(_WAITING, {"client": client_id}).scalars()))


def _read(session: Session) -> Businesses:
    marks: defaultdict[UUID | None, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for mark in session.exec(select(ClientMark)):
        marks[mark.client_id][mark.kind].append(mark.value)
    for client in session.execute(_CLIENTS):
        of = marks[client.id]
        of[MarkKind.NAME].append(client.name)
        if client.phone:
            of[MarkKind.PHONE].append(_e164(client.phone))
    parties = {owner: _party(of) for owner, of in marks.items()}
    agency = parties.pop(None, Party())
    return Businesses(agency=agency, clients={owner: party for owner, party in parties.items() if owner})


def _party(of: dict[str, list[str]]) -> Party:
    emails = of.get(MarkKind.EMAIL, [])
    return Party(
        names=tuple(sorted(of.get(MarkKind.NAME, []))),
        phones=tuple(sorted(of.get(MarkKind.PHONE, []))),
        emails=tuple(sorted(emails)),
        domains=tuple(sorted(of.get(MarkKind.DOMAIN, []))),
        urls=tuple(sorted(of.get(MarkKind.URL, []))),
    )


@lru_cache(maxsize=4096)
def _e164(phone: str) -> str:
    try:
        return normalise(Channel.SMS, phone)
    except InvalidAddress:  # entered before numbers were checked; it is shown as it is, and recognised as it is
        return phone
