"""Only the account's own source gets in, through its own address, with its own credential; all others hear the same."""

import json
import time
from typing import Any

import pytest

from deploy.local.players import angi, callrail, google_ads, thumbtack, twilio_voice, web_form
from deploy.local.players.request import Sent
from starter.webhooks.standard_webhooks import signature
from tests.starter.conftest import PUBLIC, Api
from tests.starter.leads.conftest import PHONE, Door, Open
from tests.starter.leads.test_every_source import LEADS

WAYS = list(LEADS)


async def _nothing_came_of(api: Api, *answers: Any) -> None:
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    for table in ("inbox", "lead_event", "run", "lead"):
        assert api.value(f"SELECT count(*) FROM {table}") == 0


@pytest.mark.parametrize("way", WAYS)
async def test_every_wrong_way_in_is_refused_alike_and_nothing_is_kept(api: Api, door: Open, way: str) -> None:
    here: Door = await door(way)
    right = here.signs(LEADS[way])
    account, token = here.path.rsplit("/", 1)[1].split(".")
    stem = here.path.rsplit("/", 1)[0]
    other = "A" * 22 if token[0] != "A" else "B" * 22
    forged = Door(api, way, here.path, "whsec_" + "A" * 32 if way == "web_form" else "some-other-secret")

    await _nothing_came_of(
        api,
        await forged.receives(LEADS[way]),
        await api.http.post(here.path, content=json.dumps(LEADS[way]).encode()),
        await here.post(right, f"{stem}/nobody.{token}"),
        await here.post(right, f"{stem}/{account}.{other}"),
        await here.post(right, f"{stem}/{account}"),
        await here.post(right, f"/webhooks/leads/import/{account}.{token}"),
        await here.post(right, f"/webhooks/leads/nowhere/{account}.{token}"),
        await here.post(right, f"{stem}/%00.{token}"),
    )
    assert api.value("SELECT count(*) FROM event WHERE kind = 'web_hook_refused' AND source = 'lead_source'") >= 1


async def test_the_address_of_one_account_is_worthless_for_another(api: Api, door: Open) -> None:
    mine, theirs = await door("angi", "mine"), await door("angi", "theirs")

    await _nothing_came_of(
        api, await mine.post(theirs.signs(LEADS["angi"])), await theirs.post(mine.signs(LEADS["angi"]))
    )


async def test_a_signature_holds_for_these_bytes_and_this_address_only(api: Api, door: Open) -> None:
    rail, voice, form = await door("callrail"), await door("twilio_voice"), await door("web_form")
    twin = await door("twilio_voice", "twin", secret=voice.secret)
    sent = [rail.signs(LEADS["callrail"]), form.signs(LEADS["web_form"])]

    await _nothing_came_of(
        api,
        *[await way.post(Sent(one.body + b" ", one.headers)) for way, one in zip((rail, form), sent, strict=True)],
        await twin.post(voice.signs(LEADS["twilio_voice"])),
        await voice.post(twilio_voice.sent(LEADS["twilio_voice"], f"{PUBLIC}{voice.path}?x=1", voice.secret)),
    )


@pytest.mark.parametrize("minutes", [-6, 6, 600])
async def test_a_form_that_was_signed_long_ago_is_refused(api: Api, door: Open, minutes: int) -> None:
    here = await door("web_form")

    await _nothing_came_of(api, await here.receives(LEADS["web_form"], at=time.time() - minutes * 60))


async def test_a_changed_secret_is_good_at_once_and_the_one_of_before_for_a_day(api: Api, door: Open) -> None:
    before = await door("angi")
    after = await door("angi", new_secret=True)
    assert before.secret != after.secret

    for number, way in enumerate((before, after)):
        assert (await way.receives(angi.lead(PHONE, f"lead-{number}"))).status_code == 200
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE source_account SET previous_until = now()")
    assert (await before.receives(angi.lead(PHONE, "lead-3"))).status_code == 403


async def test_a_new_address_makes_the_old_one_worthless_at_once(door: Open) -> None:
    before = await door("thumbtack")
    after = await door("thumbtack", new_address=True, secret=before.secret)

    assert (await before.receives(LEADS["thumbtack"])).status_code == 403
    assert (await after.receives(LEADS["thumbtack"])).status_code == 200


async def test_a_disabled_account_is_no_account(door: Open) -> None:
    here = await door("angi")
    await door("angi", enabled=False)

    assert (await here.receives(LEADS["angi"])).status_code == 403


async def test_no_secret_is_stored_as_it_is_or_shown_twice(api: Api, door: Open) -> None:
    for way in WAYS:
        here = await door(way)
        [kept] = api.rows("SELECT * FROM source_account WHERE way = :way", way=way)
        assert here.secret.encode() not in bytes(kept.credential)
        assert kept.sealed_with == (None if way in ("thumbtack", "angi", "google_ads") else "k1")
        listed = (await api.get("/v1/lead-sources")).text
        assert here.secret not in listed


async def test_whose_leads_they_are_is_not_for_the_payload_to_say(api: Api, door: Open) -> None:
    await api.post("/v1/clients", {"key": "other", "name": "Other"})
    here = await door("web_form")
    await here.receives(
        web_form.lead(PHONE, client="other", client_id="other", sequence="missed_call", owner="engineer")
    )

    assert api.rows("SELECT c.key, s.key, r.owner FROM run r JOIN client c ON c.id = r.client_id "
                    "JOIN sequence s ON s.id = r.sequence_id") == [("acme-plumbing", "quote_request", "sales-ops")]  # fmt: skip


async def test_an_account_never_changes_its_client(api: Api, door: Open) -> None:
    await door("angi")
    await api.post("/v1/clients", {"key": "other", "name": "Other"})
    answer = await api.http.put("/v1/lead-sources/angi/acme", json={"client": "other"}, headers=api.shows("sales-ops"))

    assert answer.status_code == 422
    assert "another client" in answer.json()["detail"]


async def test_a_body_above_the_limit_is_refused_before_it_is_read(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    answer = await here.receives(thumbtack.lead(PHONE, padding="x" * 300_000))

    assert answer.status_code == 413


async def test_a_secret_of_another_scheme_is_refused_when_it_is_entered(api: Api) -> None:
    body = {"client": "acme-plumbing", "secret": "not-base64!"}
    answer = await api.http.put("/v1/lead-sources/web_form/acme", json=body, headers=api.shows("sales-ops"))

    assert answer.status_code == 422
    assert (
        await api.http.put(
            "/v1/lead-sources/callrail/acme", json={"client": "acme-plumbing"}, headers=api.shows("sales-ops")
        )
    ).status_code == 422


def test_the_published_example_of_standard_webhooks_is_reproduced() -> None:
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_callrails_signature_is_the_base64_of_an_hmac_sha1() -> None:
    assert callrail.signed(b'{"a":1}', "key").headers["Signature"] == "tVV6S488wwjRnrT2nzNjkqMe73s="


async def test_googles_key_is_part_of_the_body(door: Open) -> None:
    here = await door("google_ads")

    assert (await here.post(google_ads.sent(google_ads.lead(PHONE), "wrong-key"))).status_code == 403
    assert (await here.post(google_ads.sent(google_ads.lead(PHONE, is_test=True), here.secret))).status_code == 200
    assert here.event().state == "test"
