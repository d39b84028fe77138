"""Comparing the ledger with the providers after it was restored. Runs beside the worker; it never sends."""

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from activities.recovery_ports import Recoveries, SentRecords
from models.errors import TryAgain
from models.receiving import OVERLAP
from models.recovering import Asked, Recorded, pair

log = logging.getLogger("worker")
BATCH = 500


class Recovery:
    """Takes up what a person has asked for, step by step, so that it may be broken off and taken up again anywhere.

    Args:
        recoveries: the rows.
        records: a provider's record of what it has accepted; None if there is no account.
        provider: its name in the ledger.
        running: returns the runs whose workflows run, or None if the workflow server does not answer.
    """

    def __init__(
        self,
        recoveries: Recoveries,
        records: SentRecords | None,
        provider: str,
        running: Callable[[], Sequence[UUID] | None],
    ) -> None:
        self._recoveries = recoveries
        self._records = records
        self._provider = provider
        self._running = running

    def sweep(self) -> bool:
        """Notice a replaced ledger, and go on with a reconciliation if one was asked for. Safe to repeat.

        Returns whether one was finished.
        """
        if self._recoveries.hold_if_replaced():
            log.error("the ledger was restored or replaced; nothing is sent to contacts until a person releases it")
        with self._recoveries.taken() as asked:
            if asked is None:
                return False
            try:
                if not asked.is_compared:
                    self._compare(asked)
                return self._recoveries.finish(asked)
            except TryAgain as error:
                log.warning("the reconciliation waits", extra={"reason": str(error)})
                self._recoveries.interrupted(asked, str(error))
                return False
            except Exception as error:
                self._recoveries.interrupted(asked, type(error).__name__)
                raise

    def _compare(self, asked: Asked) -> None:
        self._recoveries.begin(asked, listed=[self._provider] if self._records else [])
        unbound = self._unbound(asked, self._records) if self._records else []
        pairing = pair(unbound, self._recoveries.unfinished(asked, unbound))
        for row, one in pairing.bound:
            self._recoveries.bind(row, one)
        self._recoveries.keep_foreign(pairing.foreign)
        self._recoveries.compared(asked, self._running())

    def _unbound(self, asked: Asked, records: SentRecords) -> list[Recorded]:
        found: list[Recorded] = []
        read = 0
        listed: Iterator[Recorded] = iter(records.sent_since(asked.since - OVERLAP))
        while batch := list(islice(listed, BATCH)):
            read += len(batch)
            found += self._recoveries.unbound(batch)
            self._recoveries.progress(asked, read)
        return found
