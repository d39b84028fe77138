"""Auditing the ledger against what the providers list. Runs beside the worker; it only reads, and tells what it finds."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from activities.recovery_ports import AccountHistory, Audits
from models.audit import AuditReport, ProviderRecord
from models.errors import TryAgain
from models.receiving import OVERLAP
from models.recovering import Asked, Recorded

log = logging.getLogger("worker")
BATCH = 500
PAUSE = timedelta(minutes=1)
"""How long a provider is left alone that did not answer and did not say when to come back."""


class Auditor:
    """Carries out audits that a person has asked for, and asks for one itself when the newest is too old.

    Args:
        audits: the rows.
        history: a provider's list of all that its account has sent and received; None if there is no account. A provider
            that keeps no list, such as Amazon SES, is not covered.
        provider: its name in the ledger.
        clock: seconds that only increase.
    """

    def __init__(
        self,
        audits: Audits,
        history: AccountHistory | None,
        provider: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audits = audits
        self._history = history
        self._provider = provider
        self._clock = clock
        self._rests_until = clock()

    def sweep(self) -> AuditReport | None:
        """Carry out one audit if one is asked for or due; returns what it found. Safe to repeat, and to break off anywhere."""
        if self._clock() < self._rests_until:
            return None
        self._audits.ask_if_due()
        with self._audits.taken() as asked:
            if asked is None:
                return None
            try:
                return self._audits.finish(asked, self._record(asked, self._history) if self._history else None)
            except TryAgain as error:
                log.warning("the audit waits", extra={"reason": str(error)})
                self._audits.interrupted(asked, str(error))
                self._rests_until = self._clock() + (error.after or PAUSE).total_seconds()
                return None
            except Exception as error:
                self._audits.interrupted(asked, type(error).__name__)
                raise

    def _record(self, asked: Asked, history: AccountHistory) -> ProviderRecord:
        # The list first, then the rows: a claim is committed before its call, so that whatever is listed has its row by then.
        until = self._audits.complete_until()
        sent = self._sent(asked, history)
        received = list(history.received_since(asked.since))
        return self._audits.record(asked, self._provider, sent, received, until)

    def _sent(self, asked: Asked, history: AccountHistory) -> list[Recorded]:
        sent: list[Recorded] = []
        for one in history.sent_since(asked.since - OVERLAP):
            sent.append(one)
            if len(sent) % BATCH == 0:
                self._audits.progress(asked, len(sent))
        self._audits.progress(asked, len(sent))
        return sent
