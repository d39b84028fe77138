"""Steering one run: each control is a page that names what it comes to, and a button that does it by the API's own function."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response
from sqlmodel import Session

from models.compensation import Prospect
from models.database import rollbacks, run_surroundings, timeline
from models.database.engine import transaction
from models.database.locks import scope_key
from models.database.permission import pauses
from models.database.tables.pauses import Pause
from models.plurals import counted
from models.terms import PauseScope, RunKind, UndoState
from starter.api import controls
from starter.api import rollbacks as rollback_api
from starter.api.controls import Because, ResumeOfRun
from starter.api.fields import Reason
from starter.api.pause_views import Effect, PauseTerms
from starter.api.rollbacks import RollbackWish
from starter.callers import INCIDENT_OWNER, MAY_STOP, READ_REPLIES
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.run_lines import KINDS
from starter.console.visiting import Anybody, IncidentOwner, MayStop, Visit
from starter.resources import Uses

router = console_router()
Why = Annotated[Reason, Form()]


def _named(session: Session, visit: Visit, run_id: UUID) -> str:
    """Return a run by its words: the kind, and whom it writes to if that may be shown."""
    found = timeline.existing(session, run_id)
    what: str = found["sequence_title"] or KINDS[RunKind(found["kind"])]
    name = run_surroundings.name_of(session, found["lead_id"]) if found["lead_id"] else ""
    return f"“{what}” to {name}" if name and visit.caller.may(READ_REPLIES) else f"“{what}” of {found['client']}"


def _unsent(session: Session, run_id: UUID) -> str:
    return counted(rollbacks.plan(session, run_id).unsent, "message")


def _held_by(session: Session, run_id: UUID) -> Sequence[Pause]:
    return pauses.of_scope(session, scope_key(PauseScope.RUN, run_id=run_id))


def _done(run_id: UUID | str, effect: Effect, done: str, before: str) -> Response:
    """Lead back to the run, and say what was done and what was already on its way."""
    flying = counted(len(effect.in_flight), "message")
    said = done if effect.changed else before
    return back(
        f"/console/runs/{run_id}", said if not effect.in_flight else f"{said} {flying} had left before; see below."
    )


@router.get("/console/runs/{run_id}/pause")
def pause_form(run_id: UUID, visit: IncidentOwner, uses: Uses) -> Response:
    """Show what a pause holds."""
    with transaction(uses.engine) as session:
        name, unsent = _named(session, visit, run_id), _unsent(session, run_id)
    consequence = (
        f"This holds {name}: {unsent} will not leave until it is resumed. Replies and opt-outs are still taken in."
    )
    return _form(visit, run_id, "Pause", "pause", consequence)


@router.post("/console/runs/{run_id}/pause")
def pause(run_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, reason: Why) -> Response:
    """Hold a run."""
    effect = controls.pause(run_id, PauseTerms(reason=reason), visit.caller, uses)
    return _done(run_id, effect, "It is paused. Nothing more leaves until it is resumed.", "It was paused before.")


@router.get("/console/runs/{run_id}/resume")
def resume_form(run_id: UUID, visit: IncidentOwner, uses: Uses) -> Response:
    """Show whose pauses a resume lifts."""
    with transaction(uses.engine) as session:
        name, unsent, held_by = _named(session, visit, run_id), _unsent(session, run_id), _held_by(session, run_id)
    consequence = f"{name} goes on: {unsent} pass every check again, and leave if they still may."
    return _form(visit, run_id, "Resume", "resume", consequence, pauses=held_by)


@router.post("/console/runs/{run_id}/resume")
def resume(
    run_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, reason: Why, epoch: Annotated[int, Form(ge=1)]
) -> Response:
    """Lift the pause that was shown."""
    effect = controls.resume(run_id, ResumeOfRun(reason=reason, epoch=epoch), visit.caller, uses)
    return _done(
        run_id, effect, "It was resumed. Each message passes every check again.", "That pause was lifted before."
    )


@router.get("/console/runs/{run_id}/stop")
def stop_form(run_id: UUID, visit: MayStop, uses: Uses) -> Response:
    """Show what a stop ends."""
    with transaction(uses.engine) as session:
        name, unsent = _named(session, visit, run_id), _unsent(session, run_id)
    consequence = f"This ends {name} for good: {unsent} will never leave. What was sent stays sent. There is no undo."
    return _form(visit, run_id, "Stop", "stop", consequence, danger=True)


@router.post("/console/runs/{run_id}/stop")
def stop(run_id: UUID, visit: MayStop, sent: Sent, uses: Uses, reason: Why) -> Response:
    """End a run."""
    effect = controls.stop(run_id, Because(reason=reason), visit.caller, uses)
    return _done(
        run_id, effect, "It is stopped. Nothing more of it leaves.", "It had been stopped, or had ended, before."
    )


@router.get("/console/runs/{run_id}/roll-back")
def roll_back_form(run_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show every step with its undo, newest first: what would be done, or what became of it."""
    with transaction(uses.engine) as session:
        name = _named(session, visit, run_id)
    plan = rollback_api.preview(run_id, visit.caller, uses)
    left = sum(step.prospect is Prospect.CORRECT for step in plan.steps)
    taken = counted(len(plan.steps) - left, "step")
    lasting = f" {counted(left, 'message has', 'messages have')} left and cannot be recalled." if left else ""
    unsent = f" {counted(plan.unsent, 'message')} will never leave." if plan.unsent else ""
    consequence = f"This ends {name} and takes back {taken} as shown.{lasting}{unsent}"
    may = visit.caller.may(INCIDENT_OWNER) and plan.asked_by is None
    may_correct = visit.caller.may(MAY_STOP) and any(step.state is UndoState.NOT_UNDOABLE for step in plan.steps)
    shown: dict[str, Any] = {"run_id": run_id, "run": name, "plan": plan, "consequence": consequence}
    return page("run_roll_back.html.jinja", visit, **shown, may=may, may_correct=may_correct)


@router.post("/console/runs/{run_id}/roll-back")
def roll_back(
    run_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, reason: Why, plan: Annotated[str, Form(max_length=64)]
) -> Response:
    """End a run and take back what was seen; nothing, if meanwhile it would be something else."""
    wish = RollbackWish.model_construct(reason=reason, plan=plan)  # any other text is no plan that was seen: 409
    effect = rollback_api.roll_back(run_id, wish, visit.caller, uses)
    done = "It is being rolled back; what becomes of each step is shown here."
    return _done(f"{run_id}/roll-back", effect, done, "Its rollback was asked for before.")


def _form(
    visit: Visit,
    run_id: UUID,
    label: str,
    control: str,
    consequence: str,
    danger: bool = False,
    pauses: Sequence[Pause] = (),
) -> Response:
    return page(
        "run_control.html.jinja",
        visit,
        run_id=run_id,
        label=label,
        control=control,
        consequence=consequence,
        danger=danger,
        pauses=pauses,
    )
