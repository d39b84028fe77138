"""Explaining one message: the rows of it, its gate as it was asked last and as it would be now, and the sentences about both."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models.addresses import masked
from models.database.explaining import rows
from models.database.explaining.inputs import Asked, Looking
from models.database.permission.consent import REOPENING_SOURCES
from models.database.sending import claims
from models.database.sending.facts import Rules
from models.database.sending.rules_in_force import decision_json
from models.errors import UnknownRecord
from models.explaining import calls, check_lines, sentences, whats_next
from models.explaining.answers import Judgement, MessageExplanation, Remedy
from models.explaining.checks import every_check
from models.explaining.consent import standing
from models.explaining.known import UNSETTLED, Known, RunKnown
from models.explaining.phrases import Row
from models.explaining.remedies import to_change


def explain_message(session: Session, message_id: UUID, rules: Rules) -> MessageExplanation:
    """Return why a message went out, did not, or waits. Reads only; takes no lock.

    Raises:
        UnknownRecord: there is no such message.
    """
    message = rows.message(session, message_id)
    run = rows.run(session, message["run_id"]) if message else None
    if message is None or run is None:
        raise UnknownRecord(f"there is no message {message_id}")
    return explained(session, message, run, rules)


def explained(session: Session, message: Row, run: RunKnown, rules: Rules) -> MessageExplanation:
    """Return the explanation of a message of a run that has been read."""
    known = _known(session, message, run, rules)
    now = _now(session, known, rules) if known.state in UNSETTLED else None
    return MessageExplanation(
        message_id=message["id"],
        lead_id=run.row["lead_id"],
        client=run.row["client"],
        to=masked(message["address"]),
        question=sentences.question(known),
        answer=sentences.answer(known),
        to_change=_to_change(known, now),
        next=whats_next.of_message(known, now),
        asked_at=known.asked_at,
        checks=check_lines.lines(known, message["gate"], known.seen),
        calls=calls.of_message(known),
        now=now,
        **{name: message[name] for name in _SHOWN},
    )


def _known(session: Session, message: Row, run: RunKnown, rules: Rules) -> Known:
    gate: Sequence[Row] = message["gate"]
    attempts = rows.attempts(session, message["id"])
    events = rows.events(session, message["id"])
    asked_at = _asked_at(gate, attempts, events)
    seen: dict[str, Row] = {}
    if asked_at:
        asked = {check["rule"]: Asked(check["passed"], str(check["saw"])) for check in gate}
        seen = Looking(session, message, run, asked_at, message["window_decision"]).at_what(asked)
    consent = rows.consent_of(session, message["client_id"], message["channel"], message["address_hash"])
    return Known(
        message=message,
        run=run,
        attempts=attempts,
        evidence=rows.evidence(session, message["id"]),
        events=events,
        resend=rows.newest_resend(session, message["id"]),
        tasks=[task for task in run.tasks if _is_about(task, message)],
        asked_at=asked_at,
        seen=seen,
        opt_out=standing(consent, REOPENING_SOURCES).opt_out,
    )


def _asked_at(gate: Sequence[Row], attempts: list[Row], events: list[Row]) -> datetime | None:
    """Return when the gate was asked last. Gates of before 0.3 do not say; then its effect tells."""
    if not gate:
        return None
    if at := gate[-1].get("at"):
        return datetime.fromisoformat(at)
    effects = [row["started_at"] for row in attempts[-1:]]
    effects += [event["at"] for event in events if event["kind"] in ("message_held", "message_not_sent")]
    return max(effects, default=None)


def _is_about(task: Row, message: Row) -> bool:
    return bool(task["message_id"] == message["id"] or task["subject"] in (str(message["id"]), message["address_hash"]))


def _now(session: Session, known: Known, rules: Rules) -> Judgement:
    gathered = claims.look(session, known.message, rules)
    checks = every_check(gathered.facts)
    asked = {check.rule: Asked(check.passed, check.saw) for check in checks}
    # The row knows until when it stays fresh, whether or not it has been claimed before.
    message = {**known.message, "expires_at": gathered.facts.expires_at}
    seen = Looking(session, message, known.run, gathered.facts.now, decision_json(gathered.decision)).at_what(asked)
    lines = check_lines.lines(known, [check.as_json() for check in checks], seen)
    return Judgement(
        at=gathered.facts.now,
        answer=sentences.asked_now(known, lines),
        checks=lines,
        until=gathered.verdict.until,
    )


def _to_change(known: Known, now: Judgement | None) -> list[Remedy]:
    in_the_way = check_lines.in_the_way(now.checks) if now else []
    names = check_lines.names_for_remedies(known, known.seen)
    return to_change(known, in_the_way, names)


_SHOWN = (
    "run_id", "step", "occurrence", "audience", "channel", "state", "reason", "failure_class", "delivery",
    "provider_message_id",
)  # fmt: skip
