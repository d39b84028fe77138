"""The checks of wording on real rows: whose text it is, who else must not appear in it, and what was found, kept once."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.copywriting import TemplateVersion
from models.database.tables.wording import WordingCheck, WordingFinding
from models.database.wording_marks import Businesses, Stamp, businesses, colleagues, stamp_of
from models.identity import content_hash
from models.wording import templates
from models.wording.audiences import Audience, Stage
from models.wording.checking import check
from models.wording.findings import Finding
from models.wording.judging import Findings
from models.wording.surroundings import Party, Surroundings

RULES = 1
"""Raise it with every change of what the checks find: texts that wait are then checked anew."""
RULE_VERSION = f"'{RULES}/' || coalesce((SELECT stamp FROM wording_surroundings)::text, '')"
"""The version of rules and surroundings that is in force, as SQL."""
NEWEST = f"""(SELECT w.verdict FROM wording_check w WHERE w.content_hash = m.content_hash AND w.client_id = m.client_id
    AND w.rule_version = {RULE_VERSION} ORDER BY w.id DESC LIMIT 1)"""
"""What the newest check in force says of a message `m`, as SQL; NULL if it was never checked under this version."""
_BLOCKED = text(
    f"""
    SELECT DISTINCT f.kind FROM (
        SELECT DISTINCT ON (w.content_hash) w.id FROM wording_check w
        WHERE w.content_hash = ANY(:contents) AND w.client_id IS NOT DISTINCT FROM CAST(:client AS uuid)
          AND w.rule_version = {RULE_VERSION}
        ORDER BY w.content_hash, w.id DESC) newest
    JOIN wording_finding f ON f.check_id = newest.id WHERE f.severity = 'block' ORDER BY f.kind
    """
)
_AUDIENCE = text(
    "SELECT audience FROM wording_check WHERE content_hash = :content AND client_id = :client ORDER BY id DESC LIMIT 1"
)


def check_at(
    session: Session, stage: Stage, client_id: UUID | None, subject: str, body: str, audience: Audience
) -> Findings:
    """Check one text and keep what was found. Safe to repeat: the same check is stored once.

    Args:
        session: the caller's transaction.
        stage: when in its life it is looked at.
        client_id: whose text it is; None for a template, which is no client's.
        subject: as rendered; empty if there is none.
        body: as rendered.
        audience: who reads it, what for, and what its figures rest on.
    """
    known = stamp_of(session)
    found = _found(session, stage, client_id, subject, body, audience, known)
    parts = (client_id, found.content_hash, audience.hash, stage, found.rule_version)
    row = WordingCheck(
        identity=hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest(),
        client_id=client_id,
        content_hash=found.content_hash,
        audience=audience.model_dump(mode="json"),
        stage=stage,
        rule_version=found.rule_version,
        verdict=found.verdict,
    )
    statement = insert(WordingCheck).values(row.model_dump(exclude_none=True)).on_conflict_do_nothing()
    added = session.execute(statement.returning(col(WordingCheck.id))).scalar_one_or_none()
    if added is not None and found.found:
        lines = [one.model_dump() | {"check_id": added, "number": n} for n, one in enumerate(found.found)]
        session.execute(insert(WordingFinding).values(lines))
    return found


def look_at(
    session: Session, stage: Stage, client_id: UUID | None, subject: str, body: str, audience: Audience
) -> Findings:
    """Check one text as `check_at` would, for whoever wants to know: writes nothing."""
    return _found(session, stage, client_id, subject, body, audience, stamp_of(session, may_write=False))


def check_template(session: Session, stage: Stage, template: TemplateVersion) -> Findings:
    """Check a template with the text of all its branches. It may name no client: it is everybody's."""
    subject, body = templates.shown(template.subject), templates.shown(template.body)
    return check_at(session, stage, None, subject, body, templates.audience_of(template))


def look_at_template(session: Session, template: TemplateVersion) -> Findings:
    """Check a template as `check_template` would, for whoever wants to know: writes nothing."""
    subject, body = templates.shown(template.subject), templates.shown(template.body)
    return look_at(session, Stage.APPROVAL, None, subject, body, templates.audience_of(template))


def blocked(session: Session, client_id: UUID | None, contents: Sequence[str]) -> list[str]:
    """Return the classes for which the newest checks in force block any of a client's texts, empty if none does."""
    return list(session.execute(_BLOCKED, {"contents": list(contents), "client": client_id}).scalars())


def audience_given(session: Session, client_id: UUID, content: str) -> Audience | None:
    """Return the audience under which a text was checked last, None if it never was."""
    given = session.execute(_AUDIENCE, {"content": content, "client": client_id}).scalar_one_or_none()
    return Audience.model_validate(given) if given else None


def stored(session: Session, client_id: UUID | None, content: str) -> list[tuple[WordingCheck, tuple[Finding, ...]]]:
    """Return every check of a text, the newest first, with what it found."""
    whose = col(WordingCheck.client_id).is_(None) if client_id is None else col(WordingCheck.client_id) == client_id
    query = select(WordingCheck).where(whose, col(WordingCheck.content_hash) == content)
    checks = session.exec(query.order_by(col(WordingCheck.id).desc())).all()
    lines = select(WordingFinding).where(col(WordingFinding.check_id).in_([one.id for one in checks]))
    rows = session.exec(lines.order_by(col(WordingFinding.number))).all()
    return [
        (one, tuple(Finding.model_validate(row, from_attributes=True) for row in rows if row.check_id == one.id))
        for one in checks
    ]


def surroundings_of(session: Session, known: Stamp, client_id: UUID | None, audience: Audience) -> Surroundings:
    """Return whose text it is, who reads it, and who else must not appear in it."""
    own, others = _sides(businesses(session, known), client_id)
    if client_id is not None and audience.is_of_the_client:
        people = colleagues(session, client_id)
        own = own.model_copy(update={"emails": own.emails + people.emails, "phones": own.phones + people.phones})
    return Surroundings(
        purpose=audience.purpose,
        channel=audience.channel,
        own=own,
        others=others,
        sourced_figures=audience.figures,
        no_data_lost_is_proven=audience.no_data_lost_is_proven,
    )


def _found(
    session: Session,
    stage: Stage,
    client_id: UUID | None,
    subject: str,
    body: str,
    audience: Audience,
    known: Stamp,
) -> Findings:
    parts = {"subject": subject, "body": body} if subject else {"body": body}
    return Findings(
        content_hash=content_hash(subject, body),
        stage=stage,
        rule_version=f"{RULES}/{known.stamp}",
        found=check(parts, surroundings_of(session, known, client_id, audience), known.digest_key),
    )


def _sides(everybody: Businesses, client_id: UUID | None) -> tuple[Party, tuple[Party, ...]]:
    """Return whose text it is together with the agency, and everybody else."""
    sample = Party(phones=(templates.SAMPLE_PHONE,))
    mine = sample if client_id is None else everybody.clients.get(client_id, Party())
    own = Party(**{name: getattr(mine, name) + getattr(everybody.agency, name) for name in Party.model_fields})
    return own, tuple(party for owner, party in everybody.clients.items() if owner != client_id)
