from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.rule_book import Addressed, RuleBook, hours_of
from models.rule_words import in_words
from models.sending_rules import SendingRule, parsed
from models.shipped_rules import places_of_area_codes, shipped_rules
from models.terms import Channel

ACME, OTHER = UUID(int=1), UUID(int=2)
MONDAY = date(2026, 11, 2)
WEEK = timedelta(days=7)


def rule(number: int, hours: str | None = "08:00-20:00", **given: Any) -> SendingRule:
    value = {"daily": hours} if hours else {}
    usual = {"kind": "hours", "jurisdiction": "federal", "value": value, "valid_from": MONDAY, "source": "test"}
    return SendingRule.model_validate(usual | {"id": number, "entered_by": "test"} | given)


def allowed(day: date, *rules: SendingRule, client: UUID | None = None, place: str = "US-NY") -> str:
    book = RuleBook(rules)
    concerning = book.concerning(Addressed(client, Channel.SMS, (place,)), immediate=False)
    return str(hours_of(book.in_force(concerning, day, client), day))


def test_every_rule_must_allow_it_so_that_the_strictest_decides() -> None:
    assert allowed(MONDAY, rule(1), rule(2, "09:00-21:00")) == "09:00-20:00"
    assert allowed(MONDAY, rule(1), rule(2, "20:00-21:00")) == "None"


def test_a_rule_holds_from_its_first_day_to_its_last() -> None:
    short = rule(2, "10:00-18:00", valid_from=MONDAY + WEEK, valid_until=MONDAY + WEEK)
    days = [MONDAY + timedelta(days=n) for n in (6, 7, 8)]
    assert [allowed(day, rule(1), short) for day in days] == ["08:00-20:00", "10:00-18:00", "08:00-20:00"]


def test_a_newer_rule_stands_in_for_an_older_one_as_long_as_it_is_dated() -> None:
    newer = rule(2, "06:00-22:00", supersedes=1, valid_from=MONDAY + WEEK, valid_until=MONDAY + 2 * WEEK)
    newest = rule(3, "07:00-21:00", supersedes=2, valid_from=MONDAY + WEEK)
    days = [MONDAY, MONDAY + WEEK, MONDAY + 3 * WEEK]
    assert [allowed(day, rule(1), newer) for day in days] == ["08:00-20:00", "06:00-22:00", "08:00-20:00"]
    assert [allowed(day, rule(1), newer, newest) for day in days] == ["08:00-20:00", "07:00-21:00", "07:00-21:00"]


def test_a_rule_without_a_value_withdraws_another() -> None:
    withdrawn = rule(2, None, supersedes=1)
    assert allowed(MONDAY, rule(1), withdrawn, rule(3, "09:00-21:00")) == "09:00-21:00"
    assert allowed(MONDAY, rule(1), withdrawn) == "None"


def test_an_override_is_for_its_client_alone() -> None:
    wide = rule(2, "06:00-22:00", jurisdiction="client", client_id=ACME, overrides=1, reason="written consent")
    assert allowed(MONDAY, rule(1), wide, client=ACME) == "06:00-22:00"
    assert allowed(MONDAY, rule(1), wide, client=OTHER) == "08:00-20:00"
    assert allowed(MONDAY, rule(1), wide, rule(3, "09:00-21:00", supersedes=2, jurisdiction="client", client_id=ACME,
                                               overrides=1, reason="less"), client=ACME) == "09:00-21:00"  # fmt: skip


def test_a_clients_own_rule_narrows_and_never_widens() -> None:
    own = rule(2, "06:00-12:00", jurisdiction="client", client_id=ACME)
    assert allowed(MONDAY, rule(1), own, client=ACME) == "08:00-12:00"
    assert allowed(MONDAY, rule(1), own, client=OTHER) == "08:00-20:00"


def test_a_rule_of_a_country_holds_in_its_states_and_nowhere_else() -> None:
    canada, california = rule(1, "10:00-18:00", place="CA"), rule(2, "09:00-21:00", place="US-CA")
    everywhere = rule(3)
    assert allowed(MONDAY, everywhere, canada, california, place="CA-ON") == "10:00-18:00"
    assert allowed(MONDAY, everywhere, canada, california, place="US-CA") == "09:00-20:00"


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("hours", {"daily": "8-21"}, "write hours as 08:00-21:00, or closed"),
        ("hours", {"daily": "25:00-26:00"}, "no such time of day"),
        ("hours", {"daily": "21:00-08:00"}, "begin before they end"),
        ("hours", {"weekdays": "08:00-21:00"}, "say what holds on a saturday"),
        ("hours", {"daily": "08:00-21:00", "zone": "Mars/Base"}, "IANA time zone"),
        ("hours", {"daily": "08:00-21:00", "mondays": "closed"}, "mondays"),
        ("holidays", {}, "name a calendar"),
        ("cap", {"messages": 3, "within": "P60D"}, "within"),
        ("cap", {"messages": 0, "within": "P1D"}, "messages"),
        ("cap", {"within": "P1D"}, "give messages and within"),
        ("cap", {"messages": 1, "ends_after": "P1D"}, "give messages and within"),
        ("priority", {"order": []}, "order"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_in_words(kind: str, value: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parsed(kind, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": ACME},
        {"jurisdiction": "client"},
        {"jurisdiction": "client", "client_id": ACME, "overrides": 1},
        {"valid_until": MONDAY - WEEK},
        {"value": {}},
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="."):
        rule(1, **wrong)


def test_every_shipped_rule_has_a_source_and_reads_as_a_sentence() -> None:
    for shipped in shipped_rules():
        assert shipped.source
        assert shipped.verified_on or shipped.note.startswith("Uncertain")
        assert in_words(shipped)
    said = {shipped.key: in_words(shipped) for shipped in shipped_rules()}
    assert said["US-RI/hours"] == "US-RI, every channel: weekdays 09:00-18:00; saturday 10:00-17:00; sunday closed"
    assert said["agency/cap/gap"] == "everywhere, every channel, but for an immediate answer: at most 1 in 4 hours"
    assert (
        said["agency/priority"]
        == "everywhere, every channel: incident_notice before outreach/report_digest/review_request"
    )


def test_every_area_code_has_a_place() -> None:
    issued = places_of_area_codes()
    assert (issued["212"], issued["305"], issued["416"]) == (("US-NY",), ("US-FL",), ("CA-ON",))
    assert all(len(code) == 3 for code in issued)
