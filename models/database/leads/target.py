"""What the leads of a source account start, read once for as many of them as come together."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session

from models.addresses import normalise
from models.database import intake
from models.database.tables.copywriting import Sequence
from models.database.tables.leads import SourceAccount
from models.database.tables.people import Client
from models.errors import InvalidAddress
from models.leads.judgement import RESPONSE_WINDOWS
from models.leads.options import SourceOptions
from models.leads.terms import Concern, Way
from models.terms import Channel

NOBODY_NAMED = "sales-ops"
"""Who answers for the leads of an account that names no owner and starts no sequence."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a member of staff wants for one lead, whatever its account says."""

    sequence: str | None = None
    version: int | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Whose leads they are, and what they start."""

    account: SourceAccount
    client: Client
    sequence: Sequence | None
    lacking: tuple[str, ...]
    """Fields of the client that the messages show and that are empty."""
    chosen: Chosen = field(default_factory=Chosen)

    @property
    def way(self) -> Way:
        """The way in."""
        return Way(self.account.way)

    @property
    def owner(self) -> str:
        """Who answers for these leads."""
        named = (
            self.chosen.owner
            or self.account.owner
            or (str(self.sequence.definition["owner"]) if self.sequence else None)
        )
        return named or NOBODY_NAMED

    @property
    def response_window(self) -> timedelta | None:
        """How old an event may be for an automatic first answer; None if its age does not matter."""
        return self.account.response_window or RESPONSE_WINDOWS[self.way]

    @property
    def options(self) -> SourceOptions:
        """What is set for the account's adapter."""
        return SourceOptions.model_validate(self.account.options)

    @property
    def obstacles(self) -> list[Concern]:
        """Why no lead of this account can be written to by itself, whatever it says."""
        if self.sequence is None:
            return [Concern.NO_SEQUENCE]
        return [Concern.CLIENT_INCOMPLETE] if self.lacking else []

    def own_numbers(self, tracking_number: str) -> frozenset[str]:
        """Return the numbers that are the client's own, E.164."""
        return frozenset(filter(None, map(_phone, (self.client.phone, tracking_number))))


def target_of(session: Session, account: SourceAccount, chosen: Chosen | None = None) -> Target:
    """Return what an account starts now; what a member of staff chose for this one lead goes before it."""
    client = session.get_one(Client, account.client_id)
    mine = chosen or Chosen()
    key, version = (mine.sequence, mine.version) if mine.sequence else (account.sequence, account.sequence_version)
    sequence = intake.sequence_by_key(session, key, version) if key else None
    lacking = tuple(intake.lacking(session, client, sequence)) if sequence else ()
    return Target(account, client, sequence, lacking, mine)


def _phone(written: str) -> str:
    try:
        return normalise(Channel.SMS, written) if written else ""
    except InvalidAddress:
        return ""
