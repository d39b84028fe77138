"""Reading the library: every version of every text and sequence, with the state of each text's approval."""

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from models.copywriting import SequenceVersion
from models.database.tables.copywriting import Sequence

_TEMPLATES = text(
    """
    SELECT t.id, t.key, t.version, t.channel, t.consent_needed, t.subject, t.body, t.content_hash, t.created_by, t.created_at,
        a.id AS approval_id, a.approver,
        coalesce((SELECT d.decision FROM decision d WHERE d.approval_id = a.id ORDER BY d.id DESC LIMIT 1),
                 CASE WHEN a.id IS NULL THEN 'none' ELSE 'waiting' END) AS approval
    FROM template t LEFT JOIN LATERAL (
        SELECT id, approver FROM approval
        WHERE subject = 'template' AND subject_id = t.id AND superseded_at IS NULL ORDER BY requested_at DESC LIMIT 1) a ON true
    ORDER BY t.key, t.version DESC
    """
)
_RESTS_ON = text(
    """
    SELECT count(*) AS messages, count(DISTINCT m.run_id) AS runs FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.approved_hash = :text AND m.audience = 'contact' AND m.state IN ('planned', 'ready') AND r.closed_at IS NULL
    """
)


def templates(session: Session) -> list[RowMapping]:
    """Return every text, the newest version first. `approval`: its newest decision, else `waiting`, or `none` if unasked."""
    return list(session.execute(_TEMPLATES).mappings())


def rests_on(session: Session, content_hash: str) -> tuple[int, int]:
    """Return how many messages have not left that rest on the approval of a text, and of how many runs they are."""
    row = session.execute(_RESTS_ON, {"text": content_hash}).one()
    return row.messages, row.runs


def sequences(session: Session) -> list[SequenceVersion]:
    """Return every sequence, the newest version first."""
    query = select(Sequence).order_by(col(Sequence.key), col(Sequence.version).desc())
    return [SequenceVersion.model_validate(row.definition) for row in session.exec(query)]
