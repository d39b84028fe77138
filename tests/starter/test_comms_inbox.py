import pytest
from sqlalchemy import Engine, text

from tests.starter import test_comms_api
from tests.starter.test_comms_api import MISSED_CALL, Desk

database_url, desk = test_comms_api.database_url, test_comms_api.desk


@pytest.fixture
def set_aside(engine: Engine, desk: Desk) -> str:
    """A text that was set aside; another one that says nothing of its sender."""
    desk.started(*MISSED_CALL)
    desk.texts("STOP")
    desk.texts("hello", From="")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM reply"))
        connection.execute(text("UPDATE inbox SET state = 'poison'"))
        return str(connection.execute(text("SELECT id FROM inbox ORDER BY received_at LIMIT 1")).scalar_one())


def test_one_is_tried_again_by_its_id(desk: Desk, set_aside: str) -> None:
    first, again = (desk.comms("inbox", "retry", set_aside, by="engineer") for _ in range(2))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "Tried again: 1." in first.stderr
    assert "Tried again: 0." in again.stderr


def test_everything_is_tried_again_and_what_stays_is_named(desk: Desk, set_aside: str) -> None:
    said = desk.comms("inbox", "retry", "--all", by="incident-owner")

    assert said.exit_code == 1
    assert "Tried again: 1." in said.stderr
    assert "Still cannot be taken in" in said.stderr
    assert set_aside not in said.stderr


def test_one_says_which(desk: Desk) -> None:
    for arguments in ([], ["some", "--all"]):
        said = desk.comms("inbox", "retry", *arguments, by="engineer")
        assert said.exit_code == 2
        assert "ID, or --all" in said.stderr
