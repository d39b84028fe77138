"""What an audit compares and what it says: the providers' own request logs against the ledger. The pure part."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.identity import token_hash

SENDING = frozenset({"create_message", "send_email"})
"""The operations of a request log that may put a message on its way; all others only read or administer."""
RECEIVING = "receive_message"
"""The operation under which a request log notes what somebody has written to us."""
LISTED = "listed_message"
"""The operation of what is no request but a message in a provider's list, which is named by the provider's id."""
LOGS, TOLD = "*.requests.jsonl", "*.told.jsonl"
"""What a provider was asked, and what it has told us of its own accord."""

INVARIANTS = {
    "I1": "No message was accepted by its provider more than once.",
    "I2": "No attempt called its provider more than once.",
    "I3": "No provider was called without a committed claim.",
    "I4": "Whatever the ledger calls accepted, its provider has.",
    "I5": "Whatever the ledger says did not leave, no provider accepted.",
    "I6": "Every accepted message is bound to the id that its provider gave.",
    "I7": "Whatever is past its moment is settled or on somebody's list, and no doubt lasts longer than it may.",
    "I8": "Every escalated message is on somebody's list.",
    "I9": "Every run that was asked for has started, has ended, or is about to be announced.",
    "I10": "Nothing was claimed after an opt-out.",
    "I11": "Nothing was claimed inside a pause.",
    "I12": "Nothing was claimed without an approver's decision on this very wording.",
    "I13": "What left is the wording that was stored, to the address that was stored.",
    "I14": "Whatever came in was taken care of within a minute.",
    "I15": "No address was sent the same text twice within a day, unless the first was not delivered.",
    "I16": "Every message has an explanation: it left, or a reason, a next check or a person says why not.",
    "I17": "Whatever a provider has received for us has come in.",
    "I18": "Every message is known by business facts alone, so that nothing can make a second one of it.",
    "I19": "Nobody was opted out by a link that was only followed.",
    "I20": "Whatever came in as a provider's word, that provider has told.",
    "I21": "Nothing of one client, not even a permission, was used for another.",
    "I22": "Every decision is as it was given: none was altered, or written past the service.",
}
"""What must hold, by id. The count of violations of each must be 0."""
FROM_RECORDS = frozenset({"I1", "I2", "I3", "I4", "I5", "I6", "I13", "I15", "I17"})
"""Those that can be checked only against what the providers say."""
FROM_TOLD = frozenset({"I20"})
"""Those that can be checked only where a provider notes what it tells us. The lists of real providers do not show that."""
FROM_MARKS = frozenset({"I22"})
"""Those that can be checked only by whoever has the key of the marks of decisions."""


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """One request as its provider saw it. Address and text are hashes (sha256, hex), as is the attempt's token."""

    provider: str
    seq: int
    at: datetime
    operation: str
    accepted: bool
    token_hash: str | None = None
    to_sha256: str | None = None
    body_sha256: str | None = None
    provider_id: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One message that a provider has received for us, by the id it gave."""

    provider: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """One callback, event or text as its provider sent it: `key` names it as the inbox does, with the token of its address."""

    provider: str
    key: str
    token_hash: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """What providers say, and how far it reaches.

    Args:
        calls: every sending request of a log; of a list, the messages that exist, which carry no token.
        received: what was written to us.
        providers: whose word this is; of the others nothing is known.
        since: what was called before need not be in it; None if it reaches back to the beginning. Aware.
        until: what was called later need not be in it; None if it reaches up to now. Aware.
        told: what they have told us of their own accord.
        tellers: the providers of which that is known.
        told_until: what came in later need not be in it; None if all must. Aware.
    """

    calls: Sequence[ProviderCall]
    received: Sequence[Received] = ()
    providers: frozenset[str] = frozenset({"twilio", "ses"})
    since: datetime | None = None
    until: datetime | None = None
    told: Sequence[Told] = ()
    tellers: frozenset[str] = frozenset()
    told_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, how often it was violated, and ids of up to five violations (messages, runs, calls or rows)."""

    invariant: str
    bad: int
    examples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What must hold."""
        return INVARIANTS[self.invariant]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many messages stand where, and what their providers say. Counted in messages, staff notices included."""

    planned: int
    accepted: int
    refused: int
    suppressed: int
    cancelled: int
    expired: int
    waiting: int
    in_doubt: int
    escalated: int
    provider_acceptances: int
    duplicates: int
    """Acceptances beyond the first of a message."""
    lost: int
    """Messages that the ledger calls accepted and no provider has, and acceptances that the ledger knows nothing of."""
    unexplained: int
    """Messages of which nobody can say why they have not left."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The findings in the order of `INVARIANTS`, and the totals. Without the providers' word, what needs it is missing."""

    findings: tuple[Finding, ...]
    totals: Totals
    with_records: bool = True
    faults: Mapping[str, int] = field(default_factory=dict)
    """How many requests of the logs a fault was injected into, by its name."""

    @property
    def is_clean(self) -> bool:
        """Whether everything that was checked holds."""
        return all(finding.bad == 0 for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "clean": self.is_clean,
            "findings": [asdict(finding) | {"sentence": finding.sentence} for finding in self.findings],
            "totals": asdict(self.totals),
            "faults": dict(self.faults),
        }

    def bad(self, invariant: str) -> int:
        """Return how often one invariant was violated. Raises KeyError if it was not checked."""
        return {finding.invariant: finding.bad for finding in self.findings}[invariant]


def log_files(places: Iterable[Path]) -> list[Path]:
    """Return the logs of providers among files, in directories and in those right inside them.

    Raises:
        FileNotFoundError: there is none at a place.
    """
    files: list[Path] = []
    for place in places:
        # No deeper: a stack's directory also holds a database, whose files come and go.
        inside = [found for kind in (LOGS, TOLD) for folder in ("", "*/") for found in place.glob(f"{folder}{kind}")]
        found = sorted(inside) if place.is_dir() else [place]
        if not found or not found[0].exists():
            raise FileNotFoundError(f"there is no request log at {place}")
        files += found
    return list(dict.fromkeys(files))


def read_record(files: Iterable[Path]) -> ProviderRecord:
    """Return what logs of providers say. A last line that a crash has torn is left out.

    Raises:
        ValueError: a line is not of such a log; says which.
    """
    calls: list[ProviderCall] = []
    received: list[Received] = []
    told: list[Told] = []
    tellers = set()
    told_until = datetime.now(UTC)
    for file in files:
        provider = file.name.partition(".")[0]
        if file.match(TOLD):
            tellers.add(provider)
        for number, line in enumerate(file.read_bytes().splitlines(keepends=True), start=1):
            if not line.endswith(b"\n"):
                continue
            try:
                logged = json.loads(line)
                if file.match(TOLD):
                    told.append(Told(provider, "|".join(logged["told"]), _hashed(logged["token"])))
                elif logged["operation"] in SENDING:
                    calls.append(_call(provider, logged))
                elif logged["operation"] == RECEIVING:
                    received.append(Received(provider, logged["provider_id"]))
            except (KeyError, TypeError, json.JSONDecodeError):
                raise ValueError(f"{file}, line {number} is not of a request log") from None
    return ProviderRecord(calls, received, told=told, tellers=frozenset(tellers), told_until=told_until)


def _call(provider: str, logged: Mapping[str, Any]) -> ProviderCall:
    return ProviderCall(
        provider=provider,
        seq=logged["seq"],
        at=datetime.fromisoformat(logged["at"]),
        operation=logged["operation"],
        accepted=logged["accepted"],
        token_hash=_hashed(logged["token"]),
        to_sha256=logged["to_sha256"],
        body_sha256=logged["body_sha256"],
        provider_id=logged["provider_id"],
        fault=logged["fault"],
    )


def _hashed(token: str | None) -> str | None:
    return token_hash(token) if token else None
