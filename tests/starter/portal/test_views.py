"""How surely a post was seen: what programs do does not count."""

from uuid import UUID

import pytest

from models.database.engine import transaction
from models.database.portal.views import seen
from models.portal.views import ViewLevel
from tests.database.portal.desk import PostDesk
from tests.starter.conftest import Api
from tests.starter.portal.conftest import Reader, a_reader


@pytest.fixture
def post(desk: PostDesk) -> UUID:
    return desk.published()


def _level(api: Api, post: UUID) -> ViewLevel | None:
    with transaction(api.engine) as session:
        return next((one.level for one in seen(session, post)), None)


def _looks(api: Api) -> list[tuple[str, str, int]]:
    rows = api.rows("SELECT level, discounted, times FROM post_view ORDER BY level, discounted")
    return [(row.level, row.discounted, row.times) for row in rows]


def _time_passes(api: Api, seconds: int) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE post_view SET last_at = last_at - interval '{seconds} seconds'")


async def test_a_followed_link_counts_and_a_look_by_a_program_does_not(api: Api, reader: Reader, post: UUID) -> None:
    await api.http.head(f"{reader.link}/posts/{post}", headers=reader.headers)
    await api.http.get(f"{reader.link}/posts/{post}", headers={"User-Agent": "Barracuda Sentinel (EE)"})
    assert _level(api, post) is None

    await reader.get(f"/posts/{post}")
    await reader.get(f"/posts/{post}")
    assert _level(api, post) is ViewLevel.LINK_HIT
    assert _looks(api) == [("link_hit", "", 2), ("link_hit", "head", 1), ("link_hit", "program", 1)]
    assert not api.rows("SELECT 1 FROM event WHERE kind = 'post_viewed'")


async def test_a_link_followed_just_after_its_delivery_does_not_count(api: Api, reader: Reader, post: UUID) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, "
            "address, address_hash, time_zones, immediate, consent_needed, subject, body, content_hash, state, lifetime, "
            "fence, checks_done, gate, accepted_at) SELECT gen_random_uuid(), client_id, run_id, 'k', 'notice', 1, 0, 'contact', "
            "'email', 'ses', 'pat@acme.example', 'h', '{}', true, 2, 's', 'b', 'h', 'accepted', interval '1 hour', 1, 0, "
            "'[]', clock_timestamp() FROM post"
        )
    await reader.get(f"/posts/{post}")
    assert _looks(api) == [("link_hit", "too_early", 1)]

    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET accepted_at = accepted_at - interval '6 seconds'")
    await reader.get(f"/posts/{post}")
    assert _level(api, post) is ViewLevel.LINK_HIT


async def test_links_followed_all_at_once_do_not_count(api: Api, reader: Reader, desk: PostDesk, post: UUID) -> None:
    second = desk.published(number=2, title="Another one")
    await reader.get(f"/posts/{post}")
    await reader.get(f"/posts/{second}")
    assert _level(api, second) is None

    _time_passes(api, 10)
    await reader.get(f"/posts/{second}")
    assert _level(api, second) is ViewLevel.LINK_HIT


async def test_a_page_counts_as_viewed_once_it_was_visible_for_three_seconds(
    api: Api, reader: Reader, post: UUID
) -> None:
    assert (await reader.post(f"/posts/{post}/seen")).status_code == 204
    await reader.get(f"/posts/{post}")
    assert (await reader.post(f"/posts/{post}/seen")).status_code == 204
    assert _level(api, post) is ViewLevel.LINK_HIT, "nobody can have seen it for three seconds"

    _time_passes(api, 3)
    await reader.post(f"/posts/{post}/seen")
    await reader.post(f"/posts/{post}/seen")
    assert _level(api, post) is ViewLevel.VIEWED
    assert len(api.rows("SELECT 1 FROM event WHERE kind = 'post_viewed' AND reason = 'viewed'")) == 1


async def test_saying_that_it_was_read_is_surest_and_of_that_person_only(
    api: Api, reader: Reader, desk: PostDesk, post: UUID
) -> None:
    assert "I have read this" in (await reader.get(f"/posts/{post}")).text
    answer = await reader.post(f"/posts/{post}/read")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{reader.link}/posts/{post}")
    assert "You confirmed on" in (await reader.get(f"/posts/{post}")).text
    assert _level(api, post) is ViewLevel.VIEWED_AUTHENTICATED

    someone_else = a_reader(api, desk.client, "kim@acme.example")
    assert "I have read this" in (await someone_else.get(f"/posts/{post}")).text


async def test_a_correction_is_read_anew(api: Api, reader: Reader, desk: PostDesk, post: UUID) -> None:
    await reader.post(f"/posts/{post}/read")
    desk.correct(post, body="As many people called in October as before.")
    desk.review_twice(post)
    desk.publish(post)

    assert "I have read this" in (await reader.get(f"/posts/{post}")).text


async def test_a_get_confirms_nothing(api: Api, reader: Reader, post: UUID) -> None:
    for what in ("read", "seen"):
        assert (await reader.get(f"/posts/{post}/{what}")).status_code == 404
    assert not api.rows("SELECT 1 FROM post_view")
