"""Figures of a test, told to whoever runs it: they are measured, not asserted."""

import sys
from collections.abc import Callable, Sequence

import pytest

Tell = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Write a line past the capture of the tests."""

    def told(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return told


def percentiles(seconds: Sequence[float]) -> str:
    """Return the median, the 99th percentile and the longest, in milliseconds."""
    ordered = sorted(seconds)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, longest {ordered[-1] * 1000:.1f} ms, of {len(ordered)}"
