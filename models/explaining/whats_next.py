"""What comes next for a message and for its run, when, and whose turn it is. Pure.

The workflow counts its waits from when it hears of something, so a moment here may be some seconds early.
"""

from datetime import datetime, timedelta

from models.explaining import digest_sentences, reviews
from models.explaining.answers import Judgement, Step
from models.explaining.incidents import course_of_incident
from models.explaining.known import Known, RunKnown
from models.explaining.phrases import Row, at
from models.failure_classes import FailureClass
from models.sending import HoldReason
from models.terms import IN_DOUBT, MessageState, RunKind, RunState

ASKED_AGAIN_AFTER = timedelta(hours=1)
"""A held message is asked for again after this time at the latest: `workflows.delivering.LOOK_AGAIN`."""
MAY_REPEAT = (FailureClass.TRANSIENT, FailureClass.CONFIG)
"""Failed deliveries after which there is one repeat: `workflows.outreach_sequence.WORTH_REPEATING`."""
WORKFLOW, RELAY, RECONCILER = "the workflow", "the relay", "the reconciler"


def of_message(known: Known, now: Judgement | None) -> list[Step]:
    """Return what comes next for a message."""
    message, run = known.message, known.run
    match known.state:
        case MessageState.DISPATCHING:
            what = "If its worker has not reported by then, the outcome counts as unknown and the provider is asked."
            return [Step(what=what, at=message["lease_until"], who=RECONCILER)]
        case MessageState.UNKNOWN:
            return [_looked_up(known), _given_to_person(known)]
        case MessageState.ESCALATED:
            return _with_a_person(known)
        case MessageState.PLANNED | MessageState.READY if run.row["closed_at"] is None and not _is_ending(run):
            return _waiting(known, now)
        case _:
            return of_run(run)


def of_run(run: RunKnown) -> list[Step]:
    """Return what comes next for a run."""
    return [*course_of(run), *(on_list(task) for task in run.open_tasks)]


def course_of(run: RunKnown) -> list[Step]:
    """Return what comes next in a run by itself, or waits for somebody's decision."""
    row = run.row
    if row["closed_at"] is not None:
        if row["roll_back_requested_by"] and run.rolled_back_at is None:
            return [Step(what="What can be taken back is being taken back.", who=WORKFLOW)]
        return [Step(what="Nothing more comes by itself: the run has ended.", who="nobody")]
    if run.announcement and row["started_at"] is None:
        error = f" The last try failed: {run.announcement['last_error']}." if run.announcement["last_error"] else ""
        return [Step(what=f"Temporal is told of the run.{error}", at=run.announcement["next_try_at"], who=RELAY)]
    if _is_ending(run):
        return [Step(what="The run ends as soon as its workflow has read that.", who=WORKFLOW)]
    if row["kind"] == RunKind.REPORT_DIGEST:
        return digest_sentences.course_of(RunState(row["state"]))
    if run.incident is not None:
        return course_of_incident(run.incident, row)
    if run.job is not None and run.job["waits_since"] is not None:
        return reviews.course(run.job, run.messages, dict(run.steps))
    if not run.messages:
        return [Step(what="A worker takes the run up and plans its messages.", who=WORKFLOW)]
    if all(message["state"] == MessageState.PLANNED for message in run.messages):
        return _approval(run)
    return _steps(run) if run.job is None else reviews.course(run.job, run.messages, dict(run.steps))


def _steps(run: RunKnown) -> list[Step]:
    tried = [message for message in run.messages if _has_had_its_turn(message)]
    if not tried:
        return [_due(run.messages[0], None)]
    newest = tried[-1]
    if newest["state"] in (MessageState.READY, *IN_DOUBT):
        sentence = f"Step {newest['step']} comes to an end first; its own explanation says what it waits for."
        return [Step(what=sentence, who=WORKFLOW)]
    delay, window = run.steps.get(newest["step"], (timedelta(0), timedelta(0)))
    following = next((m for m in run.messages if m["position"] > newest["position"] and not _has_had_its_turn(m)), None)
    if newest["state"] == MessageState.ACCEPTED and newest["failure_class"] is None:
        until: datetime = newest["accepted_at"] + window
        waits = Step(what=f"A reply to step {newest['step']} is waited for until then.", at=until, who="the lead")
        return [waits, _after(run, following, until)]
    if newest["failure_class"] in MAY_REPEAT and newest["occurrence"] == 1:
        sentence = f"Step {newest['step']} is repeated once, {run.repeat_after} after it failed, through every check."
        return [Step(what=sentence, who=WORKFLOW)]
    return [_after(run, following, None)]


def _after(run: RunKnown, following: Row | None, end: datetime | None) -> Step:
    if following is None:
        return Step(what="Then the run ends: no step is left.", at=end, who=WORKFLOW)
    delay, _ = run.steps.get(following["step"], (timedelta(0), timedelta(0)))
    return _due(following, end + delay if end else None)


def _due(message: Row, when: datetime | None) -> Step:
    sentence = f"Step {message['step']} by {message['channel']} is due, if nothing ends the run before."
    return Step(what=sentence, at=when, who=WORKFLOW)


def _waiting(known: Known, now: Judgement | None) -> list[Step]:
    held = known.held_because
    if known.state is MessageState.PLANNED:
        return _approval(known.run)
    if held is None and not known.is_to_be_sent_again:
        return of_run(known.run)
    tasks = [on_list(task) for task in known.tasks if task["closed_at"] is None]
    if held is HoldReason.TRY_LATER or known.is_to_be_sent_again:
        return [
            Step(what="The gate is asked again and, if it is open, the provider is called again.", who=WORKFLOW),
            *tasks,
        ]
    opening = now.until if now else None
    if opening:
        return [
            Step(
                what="Every check is made again then.",
                at=opening,
                who=WORKFLOW,
            ),
            *tasks,
        ]
    latest = known.asked_at + ASKED_AGAIN_AFTER if known.asked_at else None
    sentence = "Every check is made again as soon as that changes, and by then in any case."
    expires = known.message["expires_at"]
    stale = [Step(what="It becomes stale and never leaves.", at=expires, who="the clock")] if expires else []
    return [*tasks, Step(what=sentence, at=latest, who=WORKFLOW), *stale]


def _approval(run: RunKnown) -> list[Step]:
    approval = run.approval
    if approval is None:
        return [Step(what="The wording is approved or rejected.", who="an approver")]
    decide = Step(
        what=f"{approval['approver']} approves or rejects the wording (approval {approval['id']}); "
        "after that moment the run ends as not approved.",
        at=approval["expires_at"],
        who=approval["approver"],
    )
    if approval["escalated_at"]:
        return [decide]
    due = approval["requested_at"] + run.escalate_after
    told = f"{run.row['escalation_owner']} is told that nobody has decided."
    return [decide, Step(what=told, at=due, who=WORKFLOW)] if due < (approval["expires_at"] or due) else [decide]


def _looked_up(known: Known) -> Step:
    looks = known.message["checks_done"]
    said = f"The provider is asked what became of the call ({looks} looks so far)."
    return Step(what=said, at=known.message["next_check_at"], who=RECONCILER)


def _given_to_person(known: Known) -> Step:
    owner = known.run.row["escalation_owner"]
    return Step(what=f"If no look tells, it is given to {owner}. It is never sent again by itself.", who=owner)


def _with_a_person(known: Known) -> list[Step]:
    tasks = [on_list(task) for task in known.tasks if task["closed_at"] is None]
    wish = known.resend
    if wish and wish["result"] is None:
        if wish["confirmed_by"] is None:
            said = f"{wish['asked_by']} asked at {at(wish['asked_at'])} for it to be sent again; a second person must agree."
            return [Step(what=said, who="a second person"), *tasks]
        said = f"{wish['asked_by']} and {wish['confirmed_by']} want it sent again; the provider is looked at once more."
        return [Step(what=said, who=RECONCILER), *tasks]
    return tasks or [Step(what="Somebody finds out whether it left.", who=known.run.row["escalation_owner"])]


def on_list(task: Row) -> Step:
    """Return what a task on a person's list asks for."""
    return Step(what=task["instruction"], who=task["owner"])


def _has_had_its_turn(message: Row) -> bool:
    untouched = message["state"] in (MessageState.PLANNED, MessageState.READY)
    return not untouched or message["fence"] > 0 or message["reason"] is not None


def _is_ending(run: RunKnown) -> bool:
    row = run.row
    ends = any(reply["ends_automation"] for reply in run.replies)
    return bool(row["stop_requested_by"] or row["roll_back_requested_by"] or ends)
