"""A report of one client, and a digest of its newest period."""

import pytest

from tests.database.reports.desk import ReportDesk
from tests.database.world import World


@pytest.fixture
def desk(world: World) -> ReportDesk:
    return ReportDesk(world)
