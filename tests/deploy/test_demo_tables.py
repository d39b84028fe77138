"""The tables of the demonstration: one line that did not go as told says so, and the whole is not as told."""

from io import StringIO

import pytest
from rich.console import Console

from deploy.local.demo.lines import Line, show
from deploy.local.players.browser import link_in


@pytest.mark.parametrize(("last", "as_told"), [(True, True), (False, False)])
def test_all_went_as_told_only_if_every_line_did(last: bool, as_told: bool) -> None:
    said = StringIO()
    lines = [Line("Mia", "a job is done", "asked"), Line("Noa", "a job [is] done", "suppressed", "[opted out]", last)]

    assert show(Console(file=said, width=100), "Review requests", lines) is as_told
    assert "[opted out]" in said.getvalue()
    assert ("not as told" in said.getvalue()) is not as_told


def test_a_person_finds_the_link_of_a_mail_and_no_other() -> None:
    mail = "Unsubscribe: http://127.0.0.1:20001/u/abc\nIt is ready: http://127.0.0.1:20001/portal/To-ken_1\n"

    assert link_in(mail) == "http://127.0.0.1:20001/portal/To-ken_1"
    assert link_in("http://127.0.0.1:20001/r/abc-1") == "http://127.0.0.1:20001/r/abc-1"
    assert link_in("Nothing here") is None
