"""An edit that would break a review request under way is noticed."""

import pytest
from temporalio.workflow import NondeterminismError

from tests.histories.looks_once_more import LooksOnceMore
from tests.histories.record import known
from tests.histories.test_replay import replay


async def test_a_look_at_another_place_is_noticed() -> None:
    path = known("review_request.a_customer_is_asked_by_text_reminded*.json")
    with pytest.raises(NondeterminismError):
        await replay(path, path.read_text(), LooksOnceMore)
