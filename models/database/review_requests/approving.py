"""Whether wording that is to be approved may ask for a review at all. The claim asks again about what leaves."""

from sqlmodel import Session, col, select

from models.approving import ApprovalSubject
from models.copywriting import SequenceVersion, TemplateVersion
from models.database.tables.approvals import Approval
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.ledger import Message
from models.database.tables.runs import Run
from models.review_requests.planning import Part, part_of
from models.review_requests.wording import is_review_request, refusals
from models.terms import RunKind
from models.wording.findings import Severity
from models.wording.reading import read
from models.wording.reviews import reviews
from models.wording.surroundings import Purpose, Surroundings

_REVIEWS = Surroundings(purpose=Purpose.REVIEW_REQUEST)


def is_forbidden(session: Session, approval: Approval) -> bool:
    """Return whether an approval covers wording that must not ask for a review: a template, or the messages of a run."""
    match approval.subject:
        case ApprovalSubject.TEMPLATE:
            return _template(session, approval)
        case ApprovalSubject.RUN:
            return _messages(session, approval)
        case _:
            return False


def _template(session: Session, approval: Approval) -> bool:
    row = session.get(Template, approval.subject_id)
    if row is None:
        return False
    template = TemplateVersion.model_validate(row, from_attributes=True)
    parts = _parts(session, template)
    if not parts and not is_review_request(template.subject, template.body):
        return False
    return bool(refusals(template.subject, template.body, asks=Part.THANKS not in parts))


def _parts(session: Session, template: TemplateVersion) -> set[Part | None]:
    """Return what a template is used for in sequences that ask for reviews."""
    of_reviews = col(Sequence.definition)["kind"].astext == RunKind.REVIEW_REQUEST.value
    sequences = (
        SequenceVersion.model_validate(found) for found in session.exec(select(Sequence.definition).where(of_reviews))
    )
    return {
        part_of(step.key)
        for sequence in sequences
        for step in sequence.steps
        if (step.template, step.version) == (template.key, template.version)
    }


def _messages(session: Session, approval: Approval) -> bool:
    run = session.get(Run, approval.subject_id)
    if run is None or run.kind != RunKind.REVIEW_REQUEST:
        return False
    planned = select(Message).where(col(Message.run_id) == run.id, col(Message.audience) == "contact")
    texts = (text for message in session.exec(planned) for text in (message.subject, message.body))
    return any(spot.severity is Severity.BLOCK for text in texts for spot in reviews(read("body", text), _REVIEWS))
