"""The sending rules as claims ask them: read once for each version of the rows, then kept."""

from typing import Any, Literal
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.sending.rows import Row
from models.database.tables.sending_rules import SendingRule as StoredRule
from models.frequency import Contacts, Touch
from models.quiet_hours import WindowDecision
from models.rule_book import Addressed, RuleBook
from models.sending_hours import ANSWERED_AT_ONCE, Sender, SendingDecision, always_open, decide
from models.sending_rules import SendingRule
from models.terms import Channel, ConsentKind

_NOT_ASKED = SendingDecision(WindowDecision(allowed=True, zones=(), reasons=("a notice to a colleague",)))
FACTS = """
    (SELECT max(id) FROM sending_rule) AS rules_version, r.kind AS run_kind,
    coalesce(l.occurred_at, r.requested_at) AS asked_at,
    greatest(l.occurred_at, r.requested_at,
        (SELECT max(reply.at) FROM reply WHERE reply.lead_id = r.lead_id)) AS last_heard,
    (SELECT count(*) FROM message o WHERE o.run_id = m.run_id AND o.id <> m.id AND o.audience = 'contact'
        AND o.state IN ('accepted', 'dispatching', 'unknown', 'escalated') AND o.failure_class IS NULL) AS sent_of_run,
    ARRAY(SELECT DISTINCT o.kind FROM run o WHERE o.closed_at IS NULL AND o.id <> r.id AND o.kind <> r.kind
        -- The run of an incident goes on until its summary; it comes first only until the incident is resolved.
        AND NOT EXISTS (SELECT 1 FROM incident_client ic JOIN incident i ON i.id = ic.incident_id
                        WHERE ic.run_id = o.id AND i.resolved_at IS NOT NULL)
        AND o.client_id = r.client_id AND o.id IN (
            SELECT run_id FROM message WHERE client_id = m.client_id AND channel = m.channel AND address_hash = m.address_hash
            UNION SELECT id FROM run WHERE lead_id = r.lead_id)) AS other_kinds,
    touched.at AS touches, touched.promotional AS touches_promotional
"""
"""What the rules ask of message `m`, its run `r` and its lead `l`, as columns."""
TOUCHED = f"""
    LATERAL (
        SELECT array_agg(at ORDER BY at, promotional) AS at, array_agg(promotional ORDER BY at, promotional) AS promotional
        FROM (SELECT coalesce(o.accepted_at, o.lease_until) AS at, o.consent_needed = {int(ConsentKind.PROMOTIONAL)} AS promotional
              FROM message o WHERE o.client_id = m.client_id AND o.channel = m.channel AND o.address_hash = m.address_hash
                AND o.id <> m.id AND o.audience = 'contact' AND o.failure_class IS NULL
                AND o.state IN ('accepted', 'dispatching', 'unknown', 'escalated')) each_one
        WHERE at > clock_timestamp() - interval '31 days'
    ) touched
"""
"""What has left for the address of `m`, or may have: not what is known to have arrived nowhere."""


class RulesInForce:
    """Decides by the rules whether the hour, the caps and the order allow a message.

    Args:
        policy: `enforced`, or `always_open` for a local stack whose recipients are made up.
    """

    def __init__(self, policy: Literal["enforced", "always_open"]) -> None:
        self._always_open = policy == "always_open"
        self._kept: tuple[int | None, RuleBook] = (None, RuleBook(()))

    def __call__(self, session: Session, row: Row) -> SendingDecision:
        """Decide for a message row with `FACTS`, by its `now` (database clock). Notices to colleagues are not asked."""
        if row["audience"] != "contact":
            return _NOT_ASKED
        judge = always_open if self._always_open else decide
        return judge(self._book(session, row["rules_version"]), _sender(row))

    def _book(self, session: Session, version: int | None) -> RuleBook:
        # Rows are only added, one transaction after the other, so that the highest id names a version of them all.
        kept, book = self._kept
        if version != kept:
            book = rule_book(session)
            self._kept = version, book
        return book


def rule_book(session: Session, client_id: UUID | None = None) -> RuleBook:
    """Return every rule; of the clients' own only those of one client, if one is named."""
    query = select(StoredRule).order_by(col(StoredRule.id))
    if client_id is not None:
        query = query.where(col(StoredRule.client_id).is_(None) | (col(StoredRule.client_id) == client_id))
    return RuleBook(SendingRule.model_validate(row.model_dump()) for row in session.exec(query))


def _sender(row: Row) -> Sender:
    touches = zip(row["touches"] or (), row["touches_promotional"] or (), strict=True)
    promotional = row["consent_needed"] == ConsentKind.PROMOTIONAL
    return Sender(
        now=row["now"],
        zones=tuple(row["time_zones"]) or ("America/New_York",),
        addressed=Addressed(row["client_id"], Channel(row["channel"]), tuple(row["places"]), promotional),
        immediate_until=row["asked_at"] + ANSWERED_AT_ONCE if row["immediate"] else None,
        contacts=Contacts(tuple(Touch(*touch) for touch in touches), row["sent_of_run"], row["last_heard"]),
        kind=row["run_kind"],
        others=frozenset(row["other_kinds"]),
    )


def decision_json(decision: SendingDecision) -> dict[str, Any]:
    """Return what is stored with the message."""
    said = decision.window.model_dump(mode="json", exclude={"closes_in"})
    if decision.cap is not None:
        until = decision.cap.until
        said["cap"] = {"rule_id": decision.cap.rule_id, "until": until and until.isoformat(), "saw": decision.cap.saw}
    return said | ({"gives_way_to": decision.gives_way_to} if decision.gives_way_to else {})
