"""After a run: saying what became of its lead, and correcting what has left and cannot be recalled."""

import re
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Form
from fastapi.responses import Response
from pydantic import ValidationError

from models.database import run_surroundings, timeline
from models.database.engine import transaction
from models.outcomes.money import minor_value
from models.outcomes.told import EvidenceKind, LeadOutcome, ValueBasis
from models.outcomes.web_hook import EvidenceBody, ValueBody
from models.terms import Channel, LostReason
from starter.api import corrections, outcomes
from starter.api.corrections import CorrectionBody, WordingBody
from starter.api.outcomes import OutcomeSaid
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import MayStop
from starter.problems import field_problem
from starter.resources import Uses

router = console_router()
Once = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]
"""Made with the form, so that a form that is sent twice says one thing."""
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=2000)]
_AMOUNT = re.compile(r"\d{1,10}(\.\d{1,2})?")


def _options(terms: Any) -> list[tuple[str, str]]:
    return [(term.value, term.value.replace("_", " ")) for term in terms]


@router.get("/console/runs/{run_id}/outcome")
def outcome_form(run_id: UUID, visit: MayStop, uses: Uses) -> Response:
    """Show what was said of the lead so far, and a form to say more."""
    with transaction(uses.engine) as session:
        lead_id = _lead_of(timeline.existing(session, run_id)["lead_id"])
    return page(
        "run_outcome.html.jinja",
        visit,
        run_id=run_id,
        said=outcomes.read(lead_id, visit.caller, uses),
        once=uuid4().hex,
        outcomes=_options(LeadOutcome),
        evidence=_options(EvidenceKind),
        reasons=[("", "not lost"), *_options(LostReason)],
        bases=[("", "not known"), *_options(ValueBasis)],
    )


@router.post("/console/runs/{run_id}/outcome")
def say_outcome(
    run_id: UUID,
    visit: MayStop,
    sent: Sent,
    uses: Uses,
    once: Once,
    outcome: Annotated[LeadOutcome, Form()],
    evidence_kind: Annotated[EvidenceKind, Form()],
    evidence_id: Short,
    lost_reason: Short = "",
    basis: Short = "",
    amount: Short = "",
    currency: Short = "USD",
) -> Response:
    """Add a statement about the lead."""
    with transaction(uses.engine) as session:
        lead_id = _lead_of(timeline.existing(session, run_id)["lead_id"])
    try:
        evidence = EvidenceBody(kind=evidence_kind, id=evidence_id.strip())
        value = (
            ValueBody(basis=ValueBasis(basis), currency=currency, amount_minor=_minor(amount, currency, basis))
            if basis
            else None
        )
        reason = LostReason(lost_reason) if lost_reason else None
    except (ValidationError, ValueError):
        sentence = "the evidence takes letters, digits and . _ : / # -, an amount is a number such as 189.50"
        raise field_problem("evidence", sentence) from None
    body = OutcomeSaid(outcome=outcome, evidence=evidence, value=value, lost_reason=reason, at=None)
    counts = outcomes.say(lead_id, body, once, visit.caller, uses)
    return back(f"/console/runs/{run_id}", f"Noted. The lead now counts as {counts.disposition.replace('_', ' ')}.")


@router.get("/console/runs/{run_id}/correction")
def correction_form(run_id: UUID, visit: MayStop, uses: Uses) -> Response:
    """Show what has left, and a form for what shall be said instead."""
    with transaction(uses.engine) as session:
        timeline.existing(session, run_id)
        channels = run_surroundings.left_by(session, run_id)
    return page("run_correction.html.jinja", visit, run_id=run_id, channels=channels, once=uuid4().hex)


@router.post("/console/runs/{run_id}/correction")
def correct(
    run_id: UUID,
    visit: MayStop,
    sent: Sent,
    uses: Uses,
    once: Once,
    sms: Long = "",
    email: Long = "",
    subject: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Start the run that carries the correction; it waits for the approval of its wording."""
    texts = {Channel.SMS: ("", sms.strip()), Channel.EMAIL: (subject.strip(), email.strip())}
    try:
        wording = [WordingBody(channel=to, subject=head, body=text) for to, (head, text) in texts.items() if text]
        body = CorrectionBody(wording=wording)
    except ValidationError:
        raise field_problem("wording", "say what is right, in plain characters, for at least one channel") from None
    started = corrections.correct(run_id, body, once, visit.caller, uses)
    said = "The correction waits for the approval of its wording. This is its run."
    return back(f"/console/runs/{started.run_id}", said)


def _lead_of(lead_id: UUID | None) -> UUID:
    if lead_id is None:
        raise field_problem("run", "this run has no lead, so nothing became of one")
    return lead_id


def _minor(amount: str, currency: str, basis: str) -> int:
    """Return an amount such as `189.50` in minor units. Raises ValueError."""
    value = minor_value(amount.strip(), currency, ValueBasis(basis)) if _AMOUNT.fullmatch(amount.strip()) else None
    if value is None:
        raise ValueError("not an amount")
    return value.minor
