"""What is to be said of a version of a text or a sequence before it is used, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping
from sqlmodel import Session

from models.copywriting import SequenceVersion, TemplateVersion
from models.database import wording
from models.review_requests.planning import unusable
from models.terms import ApprovalPolicy, ConsentKind, RunKind
from models.wording.findings import Severity

APPROVAL = {
    "approve": "approved",
    "reject": "rejected",
    "revoke": "approval taken back",
    "waiting": "waiting",
    "none": "nobody was asked",
}
TONES = {"approve": "good", "reject": "bad", "revoke": "bad", "waiting": "warn", "none": "quiet"}
_SEVERITY = {
    Severity.BLOCK: ("must not leave", "bad"),
    Severity.NEEDS_APPROVAL: ("each wording must be approved", "warn"),
    Severity.WARN: ("look at it", "info"),
}


class Remark(NamedTuple):
    """One thing to know: how grave it is, and what to do."""

    weight: str
    tone: str
    sentence: str


def remarks_on_text(session: Session, template: TemplateVersion) -> list[Remark]:
    """Return what the checks find in a text with every branch shown."""
    found = wording.look_at_template(session, template).found
    return [Remark(*_SEVERITY[one.severity], one.advice) for one in found]


def remarks_on_findings(found: Sequence[Any]) -> list[Remark]:
    """Return findings, as the API shows them, in words."""
    return [Remark(*_SEVERITY[Severity(one.severity)], one.advice) for one in found]


def remarks_on_sequence(
    session: Session, sequence: SequenceVersion, texts: Mapping[tuple[str, int], RowMapping]
) -> list[Remark]:
    """Return what speaks against starting a sequence now, and what is found in its texts.

    Args:
        session: to look at rows.
        sequence: one version.
        texts: every stored text by key and version, with the state of its approval.
    """
    told: list[Remark] = []
    if sequence.kind is RunKind.REVIEW_REQUEST and (why := unusable(sequence)):
        told.append(Remark("cannot be used", "bad", why))
    for step in sequence.steps:
        text = texts.get((step.template, step.version))
        if text is None:
            told.append(Remark("cannot be used", "bad", f"Step {step.key}: its text is not stored."))
            continue
        if sequence.approval is ApprovalPolicy.TEMPLATE and text["approval"] != "approve":
            standing = APPROVAL[text["approval"]]
            told.append(Remark("is held", "warn", f"Step {step.key}: its text is not approved ({standing})."))
        version = TemplateVersion.model_validate({name: text[name] for name in TemplateVersion.model_fields})
        told += [
            remark._replace(sentence=f"Step {step.key}: {remark.sentence}")
            for remark in remarks_on_text(session, version)
        ]
    return told


def rung(consent_needed: int) -> str:
    """Return the rung of consent by its name."""
    return ConsentKind(consent_needed).name.lower()
