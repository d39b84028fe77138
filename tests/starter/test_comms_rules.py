"""`comms rules` against a served application."""

import json

from tests.starter import test_comms_api
from tests.starter.test_comms_api import Desk

database_url, desk = test_comms_api.database_url, test_comms_api.desk
WISH = ["--client", "acme-plumbing", "--from", "2026-01-01", "--source", "their wish"]


def test_the_rules_of_a_state_are_listed_with_their_sources(desk: Desk) -> None:
    said = desk.comms("rules", "list", "--state", "FL", "--on", "2026-11-04")

    assert said.exit_code == 0, said.stderr
    assert "47 CFR 64.1200(c)(1)" in said.stdout
    assert "Together they leave 09:00-20:00; for an answer within ten minutes 08:00-20:00." in said.stderr
    found = json.loads(desk.comms("rules", "list", "--state", "FL", "--on", "2026-11-04", "--json").stdout)
    assert found["places"] == ["US-FL"]


def test_a_rule_is_entered_superseded_and_refused_from_the_shell(desk: Desk) -> None:
    added = desk.comms("rules", "add", "hours", '{"daily": "10:00-18:00"}', *WISH, by="approver")
    assert added.exit_code == 0, added.stderr
    rule = added.stdout.strip()
    late = desk.comms("rules", "supersede", rule, '{"daily": "12:00-18:00"}', *WISH[2:], by="approver")
    assert late.exit_code == 0, late.stderr

    listed = desk.comms("rules", "list", "--state", "CO", "--on", "2026-11-04", "--client", "acme-plumbing")
    assert "Together they leave 12:00-18:00" in listed.stderr
    wide = desk.comms("rules", "add", "hours", '{"daily": "07:00-22:00"}', *WISH, by="approver")
    assert (wide.exit_code, "A client's rule may only narrow" in wide.stderr) == (1, True)
    assert "is not JSON" in desk.comms("rules", "add", "hours", "ten to six", *WISH, by="approver").stderr
    assert "needs the role" in desk.comms("rules", "add", "hours", '{"daily": "closed"}', *WISH).stderr
