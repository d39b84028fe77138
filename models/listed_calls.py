"""A provider's list as an audit needs it: every listed message set beside what the ledger has of it. Pure.

A list shows messages, not requests. It carries no token of an attempt and holds wording as the provider stores it, so both are
filled in from the ledger where they can be told.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.audit import LISTED, ProviderCall
from models.reconciling import Doubt, Listed, candidates, same_wording
from models.recovering import Recorded


@dataclass(frozen=True, slots=True)
class Wording:
    """What the ledger has stored of a message, opened if it was sealed. Holds personal data; stays in the worker's memory."""

    body: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An attempt that its provider has not accepted as far as we know: under way, in doubt, or told not to have left."""

    doubt: Doubt
    token_hash: str
    content_hash: str


def listed_calls(
    provider: str,
    recorded: Sequence[Recorded],
    bound: Mapping[str, Wording],
    unanswered: Sequence[Unanswered],
    until: datetime,
) -> Iterator[ProviderCall]:
    """Return the calls that a list proves, oldest first.

    Args:
        provider: its name in the ledger.
        recorded: what the list shows, the newest first.
        bound: the stored wording of messages that are bound to a listed one, by the provider's id.
        unanswered: attempts around that time to any of the recipients.
        until: what is younger and explained by nothing is left out; its claim may be about to be seen. Aware.
    """
    # A list knows whole seconds; within one its own order decides.
    oldest_first = sorted((each.listed for each in reversed(recorded)), key=lambda listed: listed.created_at)
    for seq, one in enumerate(oldest_first, start=1):
        wording, attempt = bound.get(one.provider_id), None
        if wording is None:
            attempt = next((each for each in unanswered if candidates(each.doubt, [one])), None)
        if wording is None and attempt is None and one.created_at > until:
            continue
        yield ProviderCall(
            provider=provider,
            seq=seq,
            at=one.created_at,
            operation=LISTED,
            accepted=True,
            token_hash=attempt.token_hash if attempt else None,
            to_sha256=_sha256(one.to),
            body_sha256=attempt.content_hash if attempt else _content_hash(one, wording),
            provider_id=one.provider_id,
        )


def _content_hash(one: Listed, wording: Wording | None) -> str:
    if wording is not None and same_wording(one.body, wording.body):
        return wording.content_hash
    return _sha256(one.body)


def _sha256(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()
