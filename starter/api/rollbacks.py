"""Rolling a run back: what it would do, and doing what was seen."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from models.compensation import PlannedUndo, Prospect, RollbackPlan
from models.database import rollbacks, runs
from models.database.engine import transaction
from models.database.rollbacks import NotAsSeen
from models.terms import UndoState
from starter.api.controls import ended
from starter.api.fields import Reason, Strict
from starter.api.pause_views import Effect
from starter.callers import Anybody, IncidentOwner
from starter.problems import Problem, ProblemBody
from starter.resources import Uses

router = APIRouter(prefix="/v1/runs/{run_id}/rollback", tags=["Steering"])


class StepOfRollback(BaseModel):
    """One step that the run has done, and how it is taken back."""

    step: str = Field(examples=["handoff"])
    kind: str = Field(examples=["crm_handoff"])
    about: str = Field(description="Id of the message, handoff, post or pause.")
    registered_at: datetime
    state: UndoState
    prospect: Prospect | None = Field(description="What would be done; null once it has ended.")
    in_words: str
    reason: str

    @classmethod
    def of(cls, planned: PlannedUndo) -> "StepOfRollback":
        """Return a step as it is shown."""
        return cls.model_validate(planned, from_attributes=True)


class Rollback(BaseModel):
    """What a rollback of the run would do, or has done: newest step first, as it is done."""

    run_id: UUID
    plan: str = Field(description="What you saw. Give it back with the request to roll back.")
    asked_by: str | None = Field(description="Null as long as nobody has asked for it.")
    steps: list[StepOfRollback]
    unsent: int = Field(description="Messages that have not left; they never would.")


class RollbackWish(Strict):
    """Why, and the plan that you saw."""

    reason: Reason
    plan: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="`plan` of GET on this address. If meanwhile something else would be done, the answer is 409."
    )


@router.get("", summary="See what a rollback would do, or has done")
def preview(run_id: UUID, caller: Anybody, uses: Uses) -> Rollback:
    """Return every step with its undo, newest first. Nothing is changed."""
    with transaction(uses.engine) as session:
        return _shown(rollbacks.plan(session, run_id), runs.existing(session, run_id).roll_back_requested_by)


@router.post("", summary="End a run and take back what was seen", responses={409: {"model": ProblemBody}})
def roll_back(run_id: UUID, wish: RollbackWish, caller: IncidentOwner, uses: Uses) -> Effect:
    """Also after the run has ended. Nothing more of it leaves; each step gets one outcome, shown by GET."""
    try:
        with transaction(uses.engine) as session:
            change = rollbacks.ask(session, run_id, caller.origin, wish.reason, wish.plan)
            return ended(session, run_id, change)
    except NotAsSeen as changed:
        raise Problem(HTTPStatus.CONFLICT, str(changed)) from None


def _shown(plan: RollbackPlan, asked_by: str | None) -> Rollback:
    steps = [StepOfRollback.of(step) for step in plan.steps]
    return Rollback(run_id=plan.run_id, plan=plan.fingerprint, asked_by=asked_by, steps=steps, unsent=plan.unsent)
