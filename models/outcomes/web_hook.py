"""What a receiver of our signed web hook says back, signed in the same way: `lead.disposition_set`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from models.outcomes.told import EvidenceKind, LeadOutcome, ToldOutcome, UnusableOutcome, Value, ValueBasis
from models.terms import LostReason

DISPOSITION_SET = "lead.disposition_set"
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/#-]{1,200}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ValueBody(_Strict):
    """What a booking is worth."""

    basis: ValueBasis
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(examples=["USD"])
    amount_minor: Annotated[int, Field(ge=0, le=10**12, description="In minor units, such as cents.")]


class EvidenceBody(_Strict):
    """Where it can be looked up."""

    kind: EvidenceKind
    id: Reference = Field(examples=["INV-2231"])


class OutcomeBody(_Strict):
    """What became of a lead: booked with evidence, lost for a reason, or open again."""

    outcome: LeadOutcome
    evidence: EvidenceBody
    value: ValueBody | None = Field(None, description="Of a booking, if it is known.")
    lost_reason: LostReason | None = Field(None, description="Of what is lost; needed there.")

    def told(self, at: datetime) -> ToldOutcome:
        """Return the statement. Raises UnusableOutcome if it says half of something."""
        value = Value(self.value.basis, self.value.currency, self.value.amount_minor) if self.value else None
        return ToldOutcome(self.outcome, at, self.evidence.kind, self.evidence.id, value, self.lost_reason)


class _Of(OutcomeBody):
    lead_id: Annotated[str, StringConstraints(max_length=64)]


class _Event(BaseModel):
    type: Literal["lead.disposition_set"]
    timestamp: AwareDatetime
    data: _Of


def read(raw: bytes) -> tuple[str, ToldOutcome]:
    """Return our id of the lead, and what is said of it. Raises UnusableOutcome."""
    try:
        event = _Event.model_validate_json(raw)
    except ValidationError as error:
        fields = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
        raise UnusableOutcome(f"cannot be used: {', '.join(fields)[:200]}") from None
    return event.data.lead_id, event.data.told(event.timestamp)
