"""Source accounts: configuration of who brings whose leads, and the credentials by which they show who they are."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database.engine import now
from models.database.tables.leads import SourceAccount
from models.database.tables.people import Client
from models.leads.terms import Way
from models.sealing import KeyRing

OVERLAP = timedelta(hours=24)
"""How long the credential of before is still good after a change."""
SHOWN = frozenset({Way.THUMBTACK, Way.ANGI, Way.GOOGLE_ADS})
"""Ways that show their secret in the request. It is only compared, so its hash is enough; the others sign with it."""


class BelongsToAnotherClient(Exception):
    """An account never changes its client: its leads would be another business's."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret as it is kept. `hashed` if it is the SHA-256 of the secret, else the secret itself."""

    secret: bytes
    hashed: bool

    def is_shown_by(self, shown: str) -> bool:
        """Return whether this text is the secret, in a time that says nothing about it."""
        given = shown.encode(errors="replace")
        return hmac.compare_digest(hashlib.sha256(given).digest() if self.hashed else given, self.secret)


def find(session: Session, way: Way, account: str) -> SourceAccount | None:
    """Return an account, or None."""
    found = select(SourceAccount).where(col(SourceAccount.way) == way, col(SourceAccount.account) == account)
    return session.exec(found).first()


def put(
    session: Session, way: Way, account: str, client: Client, given: Mapping[str, Any], created_by: str
) -> tuple[SourceAccount, bool]:
    """Enter an account, or change those of its fields that are given. Returns it, and whether it is new.

    Raises:
        BelongsToAnotherClient: it is there, of another client.
    """
    new = SourceAccount(way=way, account=account, client_id=client.id, created_by=created_by, **given)
    added = session.execute(
        insert(SourceAccount)
        .values(new.model_dump(exclude_none=True))
        .on_conflict_do_nothing()
        .returning(col(SourceAccount.id))
    ).first()
    same = select(SourceAccount).where(col(SourceAccount.way) == way, col(SourceAccount.account) == account)
    stored = session.exec(same.with_for_update()).one()
    if stored.client_id != client.id:
        raise BelongsToAnotherClient
    if added is None:
        stored.sqlmodel_update(dict(given))
        session.flush()
    return stored, added is not None


def change_credential(session: Session, account: SourceAccount, ring: KeyRing, secret: str) -> None:
    """Give an account a secret. The one of before stays good for a while, so that no lead is lost meanwhile."""
    if account.credential is not None:
        account.previous_credential, account.previous_sealed_with = account.credential, account.sealed_with
        account.previous_until = now(session) + OVERLAP
    if Way(account.way) in SHOWN:
        account.credential, account.sealed_with = hashlib.sha256(secret.encode()).digest(), None
    else:
        account.credential, account.sealed_with = ring.seal(secret.encode()), ring.active
    session.flush()


def credentials_of(session: Session, account: SourceAccount, ring: KeyRing) -> list[Credential]:
    """Return what is good now: the newest first, and the one of before while they overlap.

    Raises:
        UnreadableSeal: its key is no longer on the ring.
    """
    kept = [(account.credential, account.sealed_with)]
    if account.previous_until is not None and account.previous_until > now(session):
        kept.append((account.previous_credential, account.previous_sealed_with))
    return [
        Credential(bytes(secret), hashed=True) if key is None else Credential(ring.open(key, bytes(secret)), False)
        for secret, key in kept
        if secret is not None
    ]


def listed(session: Session, clients: Sequence[UUID] | None = None) -> list[tuple[SourceAccount, str]]:
    """Return accounts of these clients (None: all) with the keys of those, by way and name."""
    query = select(SourceAccount, Client.key).join(Client, col(Client.id) == col(SourceAccount.client_id))
    if clients is not None:
        query = query.where(col(SourceAccount.client_id).in_(clients))
    return list(session.exec(query.order_by(col(SourceAccount.way), col(SourceAccount.account))))
