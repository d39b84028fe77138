"""Sending rules through the API: who may enter them, what is refused, what is shown."""

from typing import Any

import pytest

from tests.starter.conftest import Api

NEW = {"kind": "hours", "valid_from": "2026-01-01", "source": "the client's wish"}
NARROW = NEW | {
    "jurisdiction": "client",
    "client": "acme-plumbing",
    "value": {"daily": "10:00-18:00", "sunday": "closed"},
}
WIDE = NARROW | {"value": {"daily": "07:00-21:00"}}


async def listed(api: Api, **where: Any) -> dict[str, Any]:
    answer = await api.get("/v1/rules", **where)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def entered(api: Api, body: dict[str, Any], by: str = "approver") -> dict[str, Any]:
    answer = await api.post("/v1/rules", body, by=by)
    assert answer.status_code == 201, answer.text
    line: dict[str, Any] = answer.json()
    return line


async def test_what_holds_in_a_state_on_a_date_is_shown_with_its_sources(api: Api) -> None:
    before, after = await listed(api, state="PA", on="2026-10-16"), await listed(api, state="PA", on="2026-10-19")

    assert (before["follow_up"], before["at_once"]) == ("09:00-20:00", "08:00-21:00")
    assert (after["follow_up"], after["at_once"]) == ("09:00-19:00", "09:00-19:00")
    assert {"US/hours", "US-PA/hours", "agency/hours"} <= {line["key"] for line in before["rules"]}
    assert "US-FL/hours" not in {line["key"] for line in before["rules"]}
    [newer] = [line for line in after["rules"] if line["key"] == "US-PA/hours/2"]
    assert newer["note"].startswith("Uncertain")
    assert all(line["source"] and line["in_words"] for line in before["rules"] + after["rules"])
    replaced = await listed(api, state="PA", on="2026-10-19", replaced=True)
    assert [line["replaced_by"] for line in replaced["rules"] if line["key"] == "US-PA/hours"] == [newer["id"]]


async def test_a_holiday_a_zone_and_nothing_at_all_have_their_hours(api: Api) -> None:
    assert (await listed(api, state="AL", on="2026-11-26"))["at_once"] == "closed"
    assert (await listed(api, zone="America/Los_Angeles", on="2026-11-04"))["follow_up"] == "09:00-20:00"
    unknown = await listed(api, on="2026-11-04")
    assert (unknown["places"], unknown["follow_up"]) == ([], "09:00-20:00 and 12:00-20:00 America/New_York")
    assert (await api.get("/v1/rules", zone="Mars/Base")).status_code == 422


async def test_a_client_may_narrow_its_hours(api: Api) -> None:
    line = await entered(api, NARROW)

    where = {"state": "CO", "on": "2026-11-04"}
    assert (await listed(api, **where, client="acme-plumbing"))["follow_up"] == "10:00-18:00"
    assert (await listed(api, **where))["follow_up"] == "09:00-20:00"
    assert (line["client"], line["entered_by"], line["in_force"]) == ("acme-plumbing", "approver", True)
    assert api.rows("SELECT kind, actor, facts ->> 'rule' FROM event WHERE kind = 'rule_entered'") == [
        ("rule_entered", "approver", str(line["id"]))
    ]


async def test_a_client_may_not_widen_them_unless_somebody_overrides_the_rule_by_name(api: Api) -> None:
    refused = await api.post("/v1/rules", WIDE, by="approver")
    assert refused.status_code == 422
    assert "wider than rule" in refused.json()["detail"]
    assert "override rule" in refused.json()["detail"]
    where = {"state": "CO", "on": "2026-11-04", "client": "acme-plumbing"}
    ids = {line["key"]: line["id"] for line in (await listed(api, **where))["rules"]}

    override = WIDE | {"overrides": ids["agency/hours"], "reason": "its customers asked for early texts"}
    line = await entered(api, override, by="incident-owner")

    shown = await listed(api, **where)
    assert shown["follow_up"] == "08:00-21:00"  # the law still holds
    both = {one["id"]: one["replaced_by"] for one in shown["rules"] if one["id"] in (line["id"], ids["agency/hours"])}
    assert both == {line["id"]: None, ids["agency/hours"]: line["id"]}
    assert (line["reason"], line["entered_by"]) == ("its customers asked for early texts", "incident-owner")


async def test_a_client_may_not_raise_a_cap(api: Api) -> None:
    cap = NARROW | {"kind": "cap", "channel": "sms", "value": {"messages": 4, "within": "PT24H"}}

    assert (await api.post("/v1/rules", cap, by="approver")).status_code == 422
    await entered(api, cap | {"value": {"messages": 2, "within": "PT24H"}})


async def test_a_rule_is_superseded_once_and_withdrawn_with_a_reason(api: Api) -> None:
    rule = (await entered(api, NARROW))["id"]
    newer = {"value": {"daily": "11:00-17:00"}, "valid_from": "2026-01-01", "source": "a second wish"}
    path = f"/v1/rules/{rule}/successor"
    successor = (await api.post(path, newer, by="approver")).json()

    assert (successor["supersedes"], successor["client"], successor["kind"]) == (rule, "acme-plumbing", "hours")
    again = await api.post(path, newer, by="approver")
    assert (again.status_code, "supersede that one" in again.json()["detail"]) == (422, True)
    withdrawal = newer | {"value": {}}
    path = f"/v1/rules/{successor['id']}/successor"
    assert (await api.post(path, withdrawal, by="approver")).json()["errors"][0]["field"] == "reason"
    assert (await api.post(path, withdrawal | {"reason": "back to normal"}, by="approver")).status_code == 201
    shown = await listed(api, state="CO", on="2026-11-04", client="acme-plumbing")
    assert shown["follow_up"] == "09:00-20:00"


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"value": {"daily": "8-21"}}, "value", "08:00-21:00"),
        ({"value": {"weekdays": "08:00-20:00"}}, "value", "say what holds on a saturday"),
        ({"value": {}}, "value", "only withdraws"),
        ({"client": None}, "value", "names its client"),
        ({"client": "nobody"}, "client", "no such client"),
        ({"overrides": 1}, "value", "with a reason"),
        ({"overrides": 99_999, "reason": "why not"}, "overrides", "there is no rule"),
        (
            {"kind": "cap", "value": {"messages": 9}, "overrides": 1, "reason": "why not"},
            "overrides",
            "is about hours",
        ),
        ({"valid_until": "2025-01-01"}, "value", "before valid_from"),
        ({"place": "Florida"}, "place", "pattern"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused_in_words(
    api: Api, change: dict[str, Any], field: str, said: str
) -> None:
    answer = await api.post("/v1/rules", NARROW | change, by="approver")

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert said in error["message"]
    assert api.value("SELECT count(*) FROM sending_rule WHERE key IS NULL") == 0


async def test_only_approvers_and_incident_owners_enter_rules_and_nobody_changes_one(api: Api) -> None:
    assert (await api.post("/v1/rules", NARROW, by="sales-ops")).status_code == 403
    assert (await api.post("/v1/rules/1/successor", {"value": {}}, by="engineer")).status_code == 403
    for statement in ("UPDATE sending_rule SET note = 'x'", "DELETE FROM sending_rule"):
        with pytest.raises(Exception, match="never changed or deleted"):
            api.rows(statement)
