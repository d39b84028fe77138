"""What a fresh database needs before the first run: staff with API keys, and approved templates and sequences."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlmodel import Session, col, select

from models.copywriting import SequenceVersion, TemplateVersion
from models.database import wording
from models.database.events import Origin
from models.database.locks import lock_scope
from models.database.permission import approvals
from models.database.staff import api_key_hash, new_api_key
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.people import Staff
from models.errors import Final, KeyReusedWithDifferentContent, WordingBlocked
from models.review_requests.library import check_review_requests
from models.terms import ApprovalPolicy, DecisionChannel, DecisionKind, Role
from models.wording.audiences import Stage

COMMAND = "command"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff to enter."""

    handle: str
    roles: tuple[Role, ...]
    wants_email: bool = False

    @property
    def email(self) -> str:
        """The address of a notice to them."""
        return f"{self.handle}@agency.example"


DEFAULT_STAFF = (
    StaffMember("sales-ops", (Role.SALES_OPS,)),
    StaffMember("approver", (Role.APPROVER,), wants_email=True),
    StaffMember("approver-2", (Role.APPROVER,)),
    StaffMember("privacy-reviewer", (Role.PRIVACY_REVIEWER,)),
    StaffMember("privacy-reviewer-2", (Role.PRIVACY_REVIEWER,)),
    StaffMember("incident-owner", (Role.INCIDENT_OWNER,)),
    StaffMember("engineer", (Role.ENGINEER,)),
)
DEFAULT_APPROVER = "approver"
"""Asked for a template that no sequence of its library uses."""


class Library(Protocol):
    """Template and sequence versions that belong together."""

    @property
    def templates(self) -> tuple[TemplateVersion, ...]:
        """The texts."""

    @property
    def sequences(self) -> tuple[SequenceVersion, ...]:
        """What sends them, in which order."""


class NotApproved(Final):
    """Whoever was to approve the library may not. The message says why."""


@dataclass(slots=True)
class Added:
    """What was new in a library: names such as `web_lead/answer v1`, and the approvals that were opened."""

    templates: list[str] = field(default_factory=list)
    sequences: list[str] = field(default_factory=list)
    approvals: list[UUID] = field(default_factory=list)


def seed_staff(session: Session, staff: Iterable[StaffMember] = DEFAULT_STAFF) -> dict[str, str]:
    """Enter staff who are missing. Returns the new API keys by handle; who has a key keeps it. Safe to repeat.

    A key cannot be read again: only its hash is stored.
    """
    lock_scope(session, "seeding")
    keys = {}
    for member in staff:
        row = session.get(Staff, member.handle)
        if row is None:
            roles = [role.value for role in member.roles]
            row = Staff(handle=member.handle, email=member.email, roles=roles, wants_email=member.wants_email)
            session.add(row)
        if row.api_key_hash is None:
            keys[member.handle] = new_api_key()
            row.api_key_hash = api_key_hash(keys[member.handle])
    session.flush()
    return keys


def add_library(session: Session, library: Library, created_by: str, approve_as: str | None = None) -> Added:
    """Store the versions that are new and ask for approval of each new text. Safe to repeat.

    Args:
        session: an open transaction.
        library: what to store.
        created_by: the author, who may not approve.
        approve_as: an approver who decides at once on what is new; None leaves it waiting. A text that was stored
            before keeps its decisions, a rejection too.

    Raises:
        KeyReusedWithDifferentContent: a version with this name is stored with other content.
        NotApproved: `approve_as` may not approve.
        UnusableTemplate: a text or a sequence must not be used to ask for reviews; says which one and why.
        WordingBlocked: a text holds what must not leave, or what needs an approval of each wording.
    """
    check_review_requests(library.templates, library.sequences)
    lock_scope(session, "seeding")
    added = Added()
    for template in library.templates:
        _add_template(session, template, library, created_by, approve_as, added)
    for sequence in library.sequences:
        _add_sequence(session, sequence, created_by, added)
    session.flush()
    return added


def _add_template(
    session: Session,
    template: TemplateVersion,
    library: Library,
    created_by: str,
    approve_as: str | None,
    added: Added,
) -> None:
    name = f"{template.key} v{template.version}"
    same_name = select(Template).where(col(Template.key) == template.key, col(Template.version) == template.version)
    stored = session.exec(same_name).first()
    if stored is not None:
        if stored.content_hash != template.content_hash:
            raise KeyReusedWithDifferentContent(f"template {name} is stored with other content; make it a new version")
        return
    found = wording.check_template(session, Stage.APPROVAL, template)
    found.refuse_blocked(f"template {name}")
    if found.needs_exact_approval and _is_approved_by_template(template, library):
        raise WordingBlocked(
            f"template {name} cannot be approved once for all: {found.in_short}. Reword it, or let its sequences have "
            "`approval: run`, so that each wording is approved as it stands"
        )
    row = Template(**template.model_dump(), content_hash=template.content_hash, created_by=created_by)
    session.add(row)
    session.flush()
    approver = _approver_of(template, library)
    approval = approvals.open_for_template(session, row.id, row.content_hash, approver, created_by)
    if approve_as is not None:
        origin, channel = Origin(COMMAND, approve_as), DecisionChannel.COMMAND
        verdict = approvals.decide(
            session, approval.id, DecisionKind.APPROVE, approval.content_hash, origin, channel, "approved when added"
        )
        if verdict.refusal is not None:
            raise NotApproved(f"{approve_as} cannot approve template {name}: {verdict.refusal}")
    added.templates.append(name)
    added.approvals.append(approval.id)


def _add_sequence(session: Session, sequence: SequenceVersion, created_by: str, added: Added) -> None:
    name = f"{sequence.key} v{sequence.version}"
    same_name = select(Sequence).where(col(Sequence.key) == sequence.key, col(Sequence.version) == sequence.version)
    stored = session.exec(same_name).first()
    if stored is not None:
        if SequenceVersion.model_validate(stored.definition) != sequence:
            raise KeyReusedWithDifferentContent(f"sequence {name} is stored with other content; make it a new version")
        return
    definition = sequence.model_dump(mode="json")
    session.add(
        Sequence(
            key=sequence.key,
            version=sequence.version,
            title=sequence.title,
            definition=definition,
            created_by=created_by,
        )
    )
    added.sequences.append(name)


def _is_approved_by_template(template: TemplateVersion, library: Library) -> bool:
    used_by = [
        sequence
        for sequence in library.sequences
        if any((step.template, step.version) == (template.key, template.version) for step in sequence.steps)
    ]
    return not used_by or any(sequence.approval is ApprovalPolicy.TEMPLATE for sequence in used_by)


def _approver_of(template: TemplateVersion, library: Library) -> str:
    for sequence in library.sequences:
        if any((step.template, step.version) == (template.key, template.version) for step in sequence.steps):
            return sequence.approver
    return DEFAULT_APPROVER
