"""One person, one voice: a contact is in one open run of a purpose at a time."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.starter.builders import an_order
from tests.starter.conftest import Api


def another(name: str, **lead: Any) -> dict[str, Any]:
    """The same person, entered once more by another source."""
    return an_order(lead={"source": "web_form", "source_lead_id": name, **lead})


async def test_a_person_who_is_enrolled_is_not_enrolled_again_and_the_open_run_is_named(api: Api) -> None:
    first = (await api.start(an_order())).json()

    answer = await api.start(another("form-1"), key="k2")

    assert answer.status_code == 200
    assert (answer.json()["run_id"], answer.json()["already_enrolled"], answer.json()["state"]) == (
        first["run_id"], True, None,
    )  # fmt: skip
    assert "nothing new was started" in answer.json()["in_words"]
    assert (first["already_enrolled"], api.value("SELECT count(*) FROM run")) == (False, 1)
    assert api.value("SELECT count(*) FROM lead") == 2  # what was said is kept
    assert api.rows("SELECT kind, run_id::text FROM event WHERE kind = 'already_enrolled'") == [
        ("already_enrolled", first["run_id"])
    ]


async def test_the_same_second_request_gets_the_same_answer_also_when_the_run_has_ended(api: Api) -> None:
    await api.start(an_order())
    second = await api.start(another("form-1"), key="k2")
    api.rows("DELETE FROM active_enrollment RETURNING run_id")

    again = await api.start(another("form-1"), key="k2")

    assert (again.status_code, again.json()) == (200, second.json())
    assert api.value("SELECT count(*) FROM event WHERE kind = 'already_enrolled'") == 1


async def test_an_email_that_is_enrolled_is_the_same_person_under_another_number(api: Api) -> None:
    first = await api.start(an_order(lead={"email": "zeph@example.com"}))
    second = await api.start(another("form-1", phone="+13035550124", email="Zeph@Example.com"), key="k2")

    assert second.json()["run_id"] == first.json()["run_id"]


async def test_another_purpose_another_client_and_another_person_are_enrolled(api: Api) -> None:
    await api.post(
        "/v1/clients", {"key": "other", "name": "Other", "phone": "+13035550100", "postal_address": "1 Road"}
    )
    await api.start(an_order())
    others = (
        another("form-1") | {"sequence": "web_lead"},
        an_order() | {"client": "other"},
        another("form-2", phone="+13035550124", email=""),
    )
    answers = [await api.start(order, key=f"k{n}") for n, order in enumerate(others)]

    assert [answer.status_code for answer in answers] == [202] * 3
    assert api.value("SELECT count(*) FROM run") == 4


async def test_a_stopped_run_makes_room_at_once(api: Api) -> None:
    first = (await api.start(an_order())).json()["run_id"]
    await api.post(f"/v1/runs/{first}/stop", {"reason": "entered wrongly"}, by="incident-owner")

    assert (await api.start(another("form-1"), key="k2")).status_code == 202


@pytest.mark.parametrize("source", ["web_form", "import"])
async def test_of_ten_sources_that_enter_a_person_at_once_one_starts_a_run(api: Api, source: str) -> None:
    orders = [another(f"entry-{n}", source=source) for n in range(10)]  # those of an import bring no consent
    answers = await asyncio.gather(*(api.start(order, key=f"k{n}") for n, order in enumerate(orders)))

    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [202]
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert api.value("SELECT count(*) FROM run") == 1


async def test_the_database_itself_refuses_a_second_enrollment(api: Api) -> None:
    await api.start(an_order())

    with pytest.raises(IntegrityError), api.engine.begin() as connection:
        connection.execute(text("INSERT INTO active_enrollment SELECT * FROM active_enrollment"))
