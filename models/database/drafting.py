"""Drafts as the drafting activity uses them."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from models.database import drafts, wording
from models.database.drafts import Text
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.drafts import Draft
from models.drafting import Drafted, DraftSource, Material
from models.errors import UnknownRecord
from models.wording.audiences import Audience, Stage
from models.wording.judging import Findings
from models.wording.slots import Filled

DRAFTER = Origin("workflow", "drafter")


class Drafts:
    """Drafts on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def written(self, draft_id: UUID) -> Drafted | None:
        """Return a draft that has a text, None if it has none yet. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            draft = drafts.existing(session, draft_id)
            return _drafted(session, draft) if draft.revision else None

    def material(self, draft_id: UUID) -> Material:
        """Return what a draft is to be written from. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            draft = drafts.existing(session, draft_id)
            if draft.material is None:
                raise UnknownRecord(f"draft {draft_id} was ordered without anything to write it from")
            return Material.model_validate(draft.material)

    def look(self, draft_id: UUID, text: Filled) -> Findings:
        """Return what the checks find in a text for a draft. Writes nothing."""
        with transaction(self._engine) as session:
            draft = drafts.existing(session, draft_id)
            audience = Audience.model_validate(draft.audience).model_copy(update={"figures": text.figures})
            return wording.look_at(session, Stage.DRAFT, draft.client_id, text.subject, text.body, audience)

    def keep(self, draft_id: UUID, text: Filled, source: DraftSource, author: str, note: str) -> Drafted:
        """Give a draft its first text, internal. Safe to repeat: the first one stays."""
        first = Text(text.subject, text.body, source, author, note, text.figures)
        with transaction(self._engine) as session:
            drafts.write_first(session, draft_id, first, DRAFTER)
            return _drafted(session, drafts.existing(session, draft_id))


def _drafted(session: Session, draft: Draft) -> Drafted:
    newest = drafts.newest(session, draft)
    source = DraftSource(newest.source)
    return Drafted(draft_id=draft.id, content_hash=newest.content_hash, source=source, note=newest.note)
