"""The fault plan: what shall go wrong, for whom, and how often it did.

A rule addresses requests by recipient, by operation, by their number among the matching ones, or by any
combination; what a rule leaves out matches everything. Rules live in memory: a restarted stand-in has none.

Two kinds, told apart by name: a *request fault* spoils the answer to a request, and the first matching rule wins;
a *callback fault* spoils what the provider sends later (status callbacks, inbound messages, events), and every
matching rule applies.
"""

import uuid
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class RequestFault(StrEnum):
    """What can happen to one request. Params in brackets; durations are seconds."""

    REFUSE = "refuse"  # not accepted (status=400, code, message)
    RATE_LIMIT = "rate_limit"  # not accepted, 429 (retry_after=1, code, message)
    ERROR_BEFORE = "error_before"  # not accepted, then 5xx (status=500)
    ERROR_AFTER = "error_after"  # accepted, then 5xx (status=500)
    ACCEPT_THEN_HANG = "accept_then_hang"  # accepted, then no answer for a while (seconds=30)
    ACCEPT_THEN_RESET = "accept_then_reset"  # accepted, then the socket is reset
    RESET_BEFORE = "reset_before"  # not accepted, the socket is reset
    HALF_ANSWER = "half_answer"  # accepted, then the answer breaks off in the middle
    GARBAGE = "garbage"  # accepted, then the usual status with text that is not JSON
    SLOW = "slow"  # waits, and only then works and answers as usual (seconds=1)
    REDIRECT = "redirect"  # not accepted (location, status=307)


class CallbackFault(StrEnum):
    """What can happen to what is sent later. Params in brackets; durations are seconds."""

    DELAYED = "callbacks_delayed"  # each comes later than it should (seconds=5)
    DOUBLED = "callbacks_doubled"  # each comes twice
    REORDERED = "callbacks_reordered"  # last first
    DROPPED = "callbacks_dropped"  # none comes
    FORGED = "callbacks_forged"  # one more comes, with a bad signature
    LATE = "callbacks_late"  # the last one comes long after the others (seconds=60)


class Match(BaseModel):
    """Which requests a rule is about; None matches all. `nth` counts, from 1, those that match the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipient: str | None = None
    operation: str | None = None
    nth: int | None = Field(default=None, ge=1)


class FaultRule(BaseModel):
    """One line of the plan. `times` limits how often it fires; None is for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(default_factory=lambda: uuid.uuid4().hex[:8])
    match: Match = Match()
    fault: RequestFault | CallbackFault
    params: dict[str, Any] = {}
    times: int | None = Field(default=None, ge=0)

    def seconds(self, default: float) -> float:
        """The rule's duration in seconds, or `default` where the rule names none."""
        return float(self.params.get("seconds", default))

    def status(self, default: int) -> int:
        """The rule's HTTP status, or `default`."""
        return int(self.params.get("status", default))


class FaultPlan:
    """All rules, with what each has seen and how often it fired."""

    def __init__(self, rules: Iterable[FaultRule] = ()) -> None:
        self._rules: dict[str, FaultRule] = {}
        self._seen: dict[str, int] = {}
        self._fired: dict[str, int] = {}
        for rule in rules:
            self.add(rule)

    def add(self, rule: FaultRule) -> None:
        """Put a rule at the end of the plan; one with the same id is replaced and counts anew."""
        self.remove(rule.id)
        self._rules[rule.id] = rule
        self._seen[rule.id] = self._fired[rule.id] = 0

    def remove(self, rule_id: str) -> bool:
        """Take a rule out; False if there was none."""
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Forget every rule."""
        self._rules.clear()

    def described(self) -> list[dict[str, Any]]:
        """Every rule as JSON, with `fired`: how often it has acted."""
        return [rule.model_dump(mode="json") | {"fired": self._fired[rule.id]} for rule in self._rules.values()]

    def request_fault(self, operation: str, *recipients: str | None) -> FaultRule | None:
        """The fault of this request, counted as fired, or None. Call once per request.

        Args:
            operation: what the request asks for.
            recipients: every name by which a rule may address the other person; None names nobody.
        """
        fired = self._firing(RequestFault, (operation,), recipients, first_only=True)
        return fired[0] if fired else None

    def callback_faults(self, recipient: str | None, *operations: str) -> list[FaultRule]:
        """The faults of what will be sent later about one message, counted as fired.

        Args:
            recipient: the address of the other person.
            operations: the names by which a rule may speak of it, such as `create_message` and `status_callback`.
        """
        return self._firing(CallbackFault, operations, (recipient,), first_only=False)

    def _firing(
        self, kind: type[StrEnum], operations: tuple[str, ...], recipients: tuple[str | None, ...], *, first_only: bool
    ) -> list[FaultRule]:
        firing: list[FaultRule] = []
        for rule in self._rules.values():
            if not isinstance(rule.fault, kind) or not _is_about(rule.match, operations, recipients):
                continue
            self._seen[rule.id] += 1
            if rule.times is not None and self._fired[rule.id] >= rule.times:
                continue
            if rule.match.nth is not None and self._seen[rule.id] != rule.match.nth:
                continue
            if first_only and firing:
                continue  # it has seen the request, so its own count of matches stays true
            self._fired[rule.id] += 1
            firing.append(rule)
        return firing


def _is_about(match: Match, operations: tuple[str, ...], recipients: tuple[str | None, ...]) -> bool:
    if match.operation is not None and match.operation not in operations:
        return False
    if match.recipient is None:
        return True
    return any(match.recipient.lower() == name.lower() for name in recipients if name is not None)
