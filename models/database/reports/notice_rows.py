"""Messages about a report on PostgreSQL: who at the client receives them, and their place in the ledger."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models.copywriting import TemplateVersion
from models.database import client_contacts, runs
from models.database.engine import transaction
from models.database.portal.links import LinkTo
from models.database.reports import opening
from models.database.sending import planning
from models.database.tables.copywriting import Template
from models.database.tables.ledger import Message
from models.database.tables.people import Client, ClientContact
from models.database.tables.reports import ReportPeriod
from models.digests.figures import Period
from models.digests.notifying import ContactNotice, step_of
from models.enrollment import DraftMessage
from models.errors import UnusableTemplate
from models.terms import Channel, MessageState

RECEIVES = "reports"

_HAS_READ = text(
    """
    SELECT DISTINCT contact_id FROM post_view
    WHERE post_id = :post AND discounted = '' AND level IN ('viewed', 'viewed_authenticated')
    """
)


class NoticeRows:
    """Implements what the activities need to tell people of a report.

    Args:
        engine: the way to the rows.
        link_to: issues the link of one person to one post.
    """

    def __init__(self, engine: Engine, link_to: LinkTo) -> None:
        self._engine = engine
        self._link_to = link_to

    def notices(self, run_id: UUID, key: str, *, unread_only: bool) -> list[ContactNotice]:
        """Return who is to be told and has no message of this text yet; nobody of a digest that was withdrawn.

        Issues their links. Raises UnknownRecord.
        """
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            if row.post_id is None or not opening.is_shown(session, row):
                return []
            client = session.get_one(Client, row.client_id)
            told = set(_steps(session, run_id, key))
            read = set(session.execute(_HAS_READ, {"post": row.post_id}).scalars()) if unread_only else set()
            return [
                notice
                for contact in client_contacts.who_receive(session, client.id, RECEIVES)
                if contact.id not in read and step_of(key, contact.id) not in told
                for notice in self._notice(session, row, client, contact, row.post_id)
            ]

    def template(self, key: str) -> TemplateVersion:
        """Return the newest version of a text. Raises UnusableTemplate if there is none."""
        with transaction(self._engine) as session:
            newest = select(Template).where(col(Template.key) == key).order_by(col(Template.version).desc())
            row = session.exec(newest).first()
            if row is None:
                raise UnusableTemplate(f"there is no template {key}; run `comms library add`")
            return TemplateVersion.model_validate(row, from_attributes=True)

    def plan(self, run_id: UUID, key: str, drafts: Sequence[DraftMessage]) -> tuple[str, ...]:
        """Enter messages into the ledger; return the steps of all that were entered for this text. Safe to repeat."""
        with transaction(self._engine) as session:
            run = runs.existing(session, run_id)
            for draft in drafts:
                planning.plan(session, run, draft, MessageState.READY)
            return tuple(_steps(session, run_id, key))

    def _notice(
        self, session: Session, row: ReportPeriod, client: Client, contact: ClientContact, post_id: UUID
    ) -> list[ContactNotice]:
        recipient = client_contacts.recipient(contact, Channel.EMAIL, client.time_zone)
        if recipient is None:
            return []
        fields = {
            "first_name": contact.name.partition(" ")[0],
            "client_name": client.name,
            "client_postal_address": client.postal_address,
            "client_phone": client.phone,
            "report_period": Period(first=row.starts, last=row.ends).in_words,
            "portal_link": self._link_to(session, contact.id, post_id),
        }
        return [ContactNotice(contact_id=contact.id, recipient=recipient, fields=fields)]


def _steps(session: Session, run_id: UUID, key: str) -> list[str]:
    begins = f"{key.rpartition('/')[2]}:"
    planned = select(Message.step).where(col(Message.run_id) == run_id, col(Message.occurrence) == 1)
    return [step for step in session.exec(planned.order_by(col(Message.position))) if step.startswith(begins)]
