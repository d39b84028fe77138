"""The kinds of activity call, by name, so that a reader sees which kind of call it is and not seven timeouts."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy

from models.errors import FINAL_ERRORS


class CallOptions(TypedDict):
    """What every activity call needs to say."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


class LongCallOptions(CallOptions):
    """The same of a call that may take long: it is begun again soon after its worker has died."""

    heartbeat_timeout: timedelta


SIGN_OF_LIFE = timedelta(seconds=15)
"""After so long without a heartbeat a worker is taken for dead."""


ROWS = CallOptions(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=FINAL_ERRORS,
    ),
)
"""A short read or write of our own rows, as a local activity. Waits for the database as long as it takes."""

CRM = LongCallOptions(
    heartbeat_timeout=SIGN_OF_LIFE,
    start_to_close_timeout=timedelta(seconds=60),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=2),
        maximum_interval=timedelta(minutes=10),
        non_retryable_error_types=FINAL_ERRORS,
    ),
)
"""Calls to the CRM, repeatable by our own key."""

SOURCES = LongCallOptions(
    heartbeat_timeout=SIGN_OF_LIFE,
    start_to_close_timeout=timedelta(minutes=5),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=2),
        maximum_interval=timedelta(minutes=10),
        non_retryable_error_types=FINAL_ERRORS,
    ),
)
"""Reading every source of a report. A source that does not answer is a result, not an error; a killed worker is replaced soon."""

DRAFTING = LongCallOptions(
    heartbeat_timeout=SIGN_OF_LIFE,
    start_to_close_timeout=timedelta(seconds=60),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=5),
        maximum_interval=timedelta(minutes=2),
        non_retryable_error_types=FINAL_ERRORS,
    ),
)
"""The first text of a draft. After some tries it is written without a model, so it ends; a killed worker is replaced soon."""


def sending(timeout: timedelta, interval: timedelta) -> CallOptions:
    """One sending activity. It may be retried without limit: the ledger allows one live attempt."""
    return CallOptions(
        start_to_close_timeout=timeout,
        retry_policy=RetryPolicy(
            initial_interval=interval,
            maximum_interval=timedelta(minutes=5),
            non_retryable_error_types=FINAL_ERRORS,
        ),
    )
