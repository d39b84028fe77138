"""What each check of the gate looked at, as the rows stood at that moment: ids, times and people, for showing them.

The claim alone decides, from its own facts; this finds the rows that stand behind them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from models.database.explaining import rows
from models.database.permission.consent import REOPENING_SOURCES
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.permission.scopes import HOLDS
from models.explaining.consent import Standing, standing
from models.explaining.known import RunKnown
from models.explaining.phrases import Row, rung

_PAUSE = text(
    f"""
    SELECT p.id AS pause_id, p.scope, p.owner, p.code, p.reason, p.source, p.epoch, p.held_work, p.ends_at, p.at AS since
    FROM pause p JOIN run r ON r.id = :run
    WHERE p.scope = :scope AND p.at <= :at AND (p.lifted_at IS NULL OR p.lifted_at > :at) AND {HOLDS} ORDER BY p.at LIMIT 1
    """
)
_PASSED = text(
    f"""
    SELECT p.scope AS incident_paused, p.owner, p.at AS since FROM pause p JOIN run r ON r.id = :run
    WHERE p.scope = ANY (:scopes) AND p.at <= :at AND (p.lifted_at IS NULL OR p.lifted_at > :at) AND NOT {HOLDS}
    ORDER BY p.at LIMIT 1
    """
)
_GAP = text(
    """
    SELECT began_at, ended_at, closed_at FROM inbound_gap
    WHERE began_at <= :at AND (closed_at IS NULL OR closed_at > :at) ORDER BY id LIMIT 1
    """
)
_LAST_SIGN = text("SELECT at FROM heartbeat WHERE part = 'inbound'")
_LEDGER = text(
    """
    SELECT kind, at, reason, actor FROM event WHERE kind IN ('ledger_held', 'ledger_released') AND at <= :at
    ORDER BY id DESC LIMIT 1
    """
)
_APPROVALS = text(
    """
    SELECT a.id AS approval_id, a.subject, a.review, a.risk, a.approver, a.content_hash, a.requested_at, a.expires_at, d.decision,
        d.approver AS decided_by, d.at AS decided_at, d.channel AS decided_through
    FROM approval a JOIN approval_item i ON i.approval_id = a.id
        LEFT JOIN LATERAL (SELECT * FROM decision WHERE approval_id = a.id AND at <= :at ORDER BY id DESC LIMIT 1) d ON true
    WHERE i.content_hash = :approved_hash AND (a.subject = 'template' OR a.run_id = :run) AND a.requested_at <= :at
      AND (a.superseded_at IS NULL OR a.superseded_at > :at)
    ORDER BY (d.decision = 'approve') IS TRUE = :passed DESC, a.requested_at DESC LIMIT 1
    """
)
_SAME_TEXT = text(
    """
    SELECT id AS message_id, run_id, step, state, coalesce(accepted_at, lease_until) AS at FROM message
    WHERE client_id = :client AND channel = :channel AND address_hash = :address AND content_hash = :content AND id <> :id
      AND coalesce(accepted_at, lease_until) BETWEEN :at - interval '24 hours' AND :at ORDER BY 5 DESC LIMIT 1
    """
)
_NEWEST_NEWS = text(
    """
    SELECT id AS message_id, failure_class, delivery FROM message
    WHERE client_id = :client AND channel = :channel AND address_hash = :address AND id <> :id
      AND (failure_class IS NOT NULL OR delivery = 'delivered')
    ORDER BY planned_at DESC LIMIT 1
    """
)
_FINDINGS = text(
    """
    SELECT f.kind, f.severity, f.part, f.start, f.end, f.advice FROM wording_finding f
    WHERE f.check_id = (SELECT id FROM wording_check WHERE content_hash = :content AND client_id = :client
                        AND at <= :at + interval '5 seconds' -- the claim reads its clock first, then checks
                        ORDER BY id DESC LIMIT 1) AND f.severity <> 'warn'
    ORDER BY f.number
    """
)
_LANDLINE = text(
    "SELECT looked_up_at FROM phone_line WHERE client_id = :client AND address_hash = :address AND line_type = 'landline'"
)
_TASK = text(
    """
    SELECT id, owner, opened_at, closed_at, closed_by FROM owner_task
    WHERE kind = :kind AND subject = :subject AND opened_at <= :at ORDER BY opened_at DESC LIMIT 1
    """
)


class Asked(NamedTuple):
    """One check that was made: how it ended and its own note."""

    passed: bool
    saw: str


class Looking:
    """Finds what the checks of one message looked at.

    Args:
        session: of the caller's transaction; nothing is locked or written.
        message: the message row.
        run: its run.
        at: the moment of the checks.
        decision: what the sending rules said then, as stored with the message; empty for one of before there were any.
    """

    def __init__(self, session: Session, message: Row, run: RunKnown, at: datetime, decision: Row) -> None:
        self._session = session
        self._message = message
        self._run = run
        self._at = at
        self._decision = decision
        self._where = {
            "id": message["id"], "client": message["client_id"], "channel": message["channel"], "at": at,
            "address": message["address_hash"], "content": message["content_hash"], "run": message["run_id"],
            "approved_hash": message["approved_hash"],
        }  # fmt: skip

    def at_what(self, asked: Mapping[str, Asked]) -> dict[str, Row]:
        """Return the inputs of every check that was asked, by rule. A rule that is not known here has none."""
        consent = self._consent()
        finders: dict[str, Callable[[Asked], dict[str, Any]]] = {
            "the run goes on": self._run_goes_on,
            "no opt-out": lambda _: {"opt_out": consent.opt_out, "opted_in_again": consent.opted_in_again},
            "consent covers it": lambda _: self._covered(consent),
            "the address can receive": self._can_receive,
            "still fresh": self._fresh,
            "not paused": self._not_paused,
            "its turn has come": lambda _: {"turn_at": self._message["turn_at"]},
            "the ledger is whole": lambda _: self._ledger(),
            "nothing that came in is missing": self._nothing_missing,
            "no doubtful opt-out": lambda _: {"held": consent.held, "task": self._doubt_task()},
            "the lead is not away": lambda _: {"away_until": self._run.row["away_until"]},
            "this wording is approved": lambda check: self._first(_APPROVALS, passed=check.passed) or {},
            "its wording may be read": self._wording,
            "not the same text twice a day": lambda _: self._same_text(),
            "the follow-up is not over": lambda check: {"saw": check.saw},
            "nothing to the person comes first": lambda _: {"kind": self._decision.get("gives_way_to")},
            "within the caps": lambda check: {"saw": check.saw, **self._decision.get("cap", {})},
            "outside quiet hours": lambda _: self._hours(),
        }
        return {rule: finders[rule](check) for rule, check in asked.items() if rule in finders}

    def _consent(self) -> Standing:
        of = self._message
        events = rows.consent_of(self._session, of["client_id"], of["channel"], of["address_hash"], self._at)
        return standing(events, REOPENING_SOURCES)

    def _run_goes_on(self, check: Asked) -> dict[str, Any]:
        if check.passed:
            return {"ended_by": None}
        row = self._run.row
        reply = next((dict(reply) for reply in self._run.replies if reply["ends_automation"]), None)
        return {
            "ended_by": check.saw,
            "outcome": row["outcome"],
            "closed_at": row["closed_at"],
            "stopped_by": row["stop_requested_by"],
            "rolled_back_by": row["roll_back_requested_by"],
            "reply": reply,
        }

    def _covered(self, consent: Standing) -> dict[str, Any]:
        given = consent.granted
        needed = rung(self._message["consent_needed"])
        return {"needed": needed, "given": rung(given["kind"]) if given else None, "event": given}

    def _can_receive(self, check: Asked) -> dict[str, Any]:
        newest = None if check.passed else self._first(_NEWEST_NEWS)
        line = None if check.passed or newest else self._first(_LANDLINE)
        return {
            "channel": self._message["channel"],
            "newest": newest,
            "landline": line["looked_up_at"] if line else None,
        }

    def _fresh(self, _: Asked) -> dict[str, Any]:
        message = self._message
        expires = message["expires_at"] or (self._at + message["lifetime"] if message["lifetime"] else None)
        return {"expires_at": expires, "lifetime": message["lifetime"]}

    def _not_paused(self, check: Asked) -> dict[str, Any]:
        if check.passed:
            scopes = [name for name in self._message["scopes"] if name is not None]
            return {"scopes": scopes} | (self._first(_PASSED, scopes=scopes) or {})
        return {"scope": check.saw} | (self._first(_PAUSE, scope=check.saw) or {})

    def _ledger(self) -> dict[str, Any]:
        newest = self._first(_LEDGER)
        return {"held_since": newest["at"] if newest and newest["kind"] == "ledger_held" else None, "newest": newest}

    def _nothing_missing(self, check: Asked) -> dict[str, Any]:
        if check.passed:
            return {"gap": None}
        last = self._first(_LAST_SIGN)
        return {"gap": self._first(_GAP), "last_sign_at": last["at"] if last else None}

    def _doubt_task(self) -> dict[str, Any] | None:
        return self._first(_TASK, kind=DOUBT_TASK, subject=self._message["address_hash"])

    def _same_text(self) -> dict[str, Any]:
        task = self._first(_TASK, kind="possible_duplicate", subject=str(self._message["id"]))
        return {"other": self._first(_SAME_TEXT), "task": task}

    def _wording(self, check: Asked) -> dict[str, Any]:
        found = self._session.execute(_FINDINGS, self._where).mappings()
        return {"saw": check.saw, "findings": [dict(one) for one in found]}

    def _hours(self) -> dict[str, Any]:
        decided, opens = self._decision, self._decision.get("next_open_at")
        zones = [
            {"zone": zone, "local": self._at.astimezone(ZoneInfo(zone)), "open": zone not in decided.get("shut_in", ())}
            for zone in decided.get("zones") or self._message["time_zones"]
        ]
        return {
            "zones": zones,
            "opens": datetime.fromisoformat(opens) if opens else None,
            "immediate": self._message["immediate"],
            **{name: decided.get(name, ()) for name in ("places", "rule_ids", "reasons")},
        }

    def _first(self, query: Any, **more: Any) -> dict[str, Any] | None:
        found = self._session.execute(query, self._where | more).mappings().first()
        return dict(found) if found else None
