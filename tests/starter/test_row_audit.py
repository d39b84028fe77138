"""The audit of rows as its page uses it: bounded, and made once for all who look within a minute."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.database.audit import TookTooLong, audit
from models.patience_settings import TimerSettings
from starter.console.row_audit import RowAudit


def test_whoever_looks_within_a_minute_sees_what_the_first_has_found(engine: Engine) -> None:
    rows = RowAudit(engine, TimerSettings())
    assert rows.newest is None
    found = rows.check()
    assert found.report.is_clean
    assert rows.check() is found
    assert rows.newest is found


def test_an_audit_that_somebody_waits_for_is_given_up_in_time(engine: Engine) -> None:
    with pytest.raises(TookTooLong, match="could not be checked within 0 seconds"):
        audit(engine, None, within=timedelta(milliseconds=1))
    assert audit(engine, None).is_clean  # the next one has its time again
