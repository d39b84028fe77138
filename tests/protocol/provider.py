"""A provider of SMS in this process: it takes requests, decides later, and remembers what it has accepted."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from models.audit import ProviderCall
from models.identity import token_hash
from models.reconciling import Listed
from models.sending import Envelope

_numbers = count(1)


class Provider:
    """What it has received, as its log tells it, and what is on its list."""

    def __init__(self) -> None:
        self.calls: dict[str, ProviderCall] = {}
        self._envelopes: dict[str, Envelope] = {}

    def receive(self, envelope: Envelope) -> None:
        """Take one request; whether it is accepted is decided later."""
        number = next(_numbers)
        call = ProviderCall(
            provider="twilio",
            seq=number,
            at=datetime.now(UTC),
            operation="create_message",
            accepted=False,
            token_hash=token_hash(envelope.token),
            to_sha256=_sha256(envelope.to),
            body_sha256=_sha256(envelope.body),
        )
        # Under a name of its own, so that a second request of one attempt would be seen.
        name = envelope.token if envelope.token not in self.calls else f"{envelope.token}/{number}"
        self.calls[name], self._envelopes[name] = call, envelope

    def accept(self, token: str) -> str:
        """Accept what was received and return its id."""
        provider_id = f"SM{self.calls[token].seq:032x}"
        self.calls[token] = replace(self.calls[token], accepted=True, provider_id=provider_id)
        return provider_id

    def set_back(self, hashes: Collection[str], time: timedelta) -> None:
        """Let so much time have passed since the requests whose tokens have these hashes."""
        for name, call in self.calls.items():
            if call.token_hash in hashes:
                self.calls[name] = replace(call, at=call.at - time)

    def accepted_id(self, token: str) -> str | None:
        """Return the id of what was accepted of an attempt, if anything was."""
        call = self.calls.get(token)
        return call.provider_id if call else None

    def sent_to(self, address: str, since: datetime) -> Iterable[Listed]:
        """List what was accepted, as the reconciler asks."""
        accepted = ((call, self._envelopes[name]) for name, call in self.calls.items() if call.provider_id)
        return [
            Listed(str(call.provider_id), envelope.to, envelope.body, call.at)
            for call, envelope in accepted
            if envelope.to == address and call.at >= since
        ]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
