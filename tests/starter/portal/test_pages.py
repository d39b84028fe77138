"""What people at a client read in the portal, and what nobody reads there."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from models.portal.posts import InternalNote
from tests.database.portal.desk import PostDesk
from tests.starter.conftest import Api
from tests.starter.portal.conftest import BROWSER, Reader, a_link, a_reader

CANARIES = ("zebra-in-the-note", "walrus-in-the-draft", "Zephyrine", "303-555-0123", "+13035550123", "call-1")


async def test_a_reader_sees_what_was_published_with_its_figures_and_their_sources(
    reader: Reader, desk: PostDesk
) -> None:
    post = desk.published()
    listed = await reader.get()
    shown = await reader.get(f"/posts/{post}")

    assert listed.status_code == shown.status_code == 200
    assert "Acme Plumbing" in listed.text
    assert f"{reader.link}/posts/{post}" in listed.text
    for words in ("Your October report", "More people called in October.", "41", "Call tracking, read Nov 3, 2026"):
        assert words in shown.text
    assert "As of Nov 3, 2026, 8:00 AM MST." in shown.text


async def test_a_link_to_a_post_leads_there_and_to_the_list_once_it_is_withdrawn(
    reader: Reader, desk: PostDesk, api: Api
) -> None:
    post = desk.published()
    to_the_post = Reader(api, reader.contact, a_link(api.engine, reader.contact, post))
    assert str((await to_the_post.get()).url).endswith(f"/posts/{post}")

    desk.withdraw(post)
    assert str((await to_the_post.get()).url).endswith("/posts")


async def test_everything_that_may_not_be_seen_is_answered_alike(
    api: Api, reader: Reader, desk: PostDesk, other: PostDesk
) -> None:
    withdrawn = desk.published(number=1)
    desk.withdraw(withdrawn)
    draft = desk.stage(number=2).post_id
    theirs = other.published()
    of_nobody = await reader.get(f"/posts/{uuid4()}")
    paths = [f"/posts/{post}" for post in (withdrawn, draft, theirs, "not-an-id", "../preferences/x")]
    answers = [await reader.get(path) for path in (*paths, "/anything", "/posts/x/y")]
    answers += [await reader.post(f"/posts/{post}/{what}") for post in (theirs, draft) for what in ("seen", "read")]

    assert of_nobody.status_code == 404
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, of_nobody.text)}
    assert not api.rows("SELECT 1 FROM post_view")


async def test_unknown_expired_and_revoked_links_are_answered_alike(api: Api, reader: Reader, desk: PostDesk) -> None:
    expired = a_link(api.engine, reader.contact, desk.published(), timedelta(0))
    nothing = await api.http.get("/portal/" + "A" * 43)
    short = await api.http.get("/portal/x")
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE portal_link SET revoked_at = now() WHERE expires_at > now()")
    answers = [await reader.get(), await api.http.get(expired), short, await api.http.get("/portal")]

    assert nothing.status_code == 404
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, nothing.text)}
    differing = {name for answer in answers for name in answer.headers} ^ set(nothing.headers)
    assert not differing


async def test_somebody_who_left_opens_nothing(api: Api, reader: Reader) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE client_contact SET active = false")
    assert (await reader.get()).status_code == 404


async def test_nobody_stores_embeds_or_is_told_of_a_page(reader: Reader, desk: PostDesk) -> None:
    post = desk.published()
    for path in ("/posts", f"/posts/{post}", "/preferences", "/posts.json", f"/posts/{uuid4()}"):
        answer = await reader.get(path)
        policy = answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "set-cookie" not in answer.headers
        assert not re.search(r"<script(?![^>]* src=\"/portal/)|\son\w+=|style=|<style", answer.text)
        assert not re.search(r"(?:src|href|action)=\"(?!/portal/)", answer.text)


async def test_wording_is_never_markup(reader: Reader, desk: PostDesk) -> None:
    desk.published(title="Fish & chips < more", figures=())
    listed = await reader.get()
    assert "Fish &amp; chips &lt; more" in listed.text


async def test_no_page_and_no_answer_holds_what_is_internal(
    api: Api, reader: Reader, desk: PostDesk, other: PostDesk
) -> None:
    note = InternalNote(label="note", text=CANARIES[0])
    post = desk.published(internal=(note,))
    desk.stage(number=2, title="A draft", body=CANARIES[1])
    desk.correct(post, body=CANARIES[1])
    other.published(title="For Bramble only", body=CANARIES[1])
    paths = ("", "/posts", f"/posts/{post}", "/preferences", "/posts.json")
    pages = {path: (await reader.get(path)).text for path in paths}

    assert all("Acme" in page for page in pages.values() if page)
    hidden = (*CANARIES, "Bramble", "A draft", "pat@acme.example", str(desk.run), str(reader.contact), "report/2026-10")
    assert [(path, word) for path, page in pages.items() for word in hidden if word in page] == []


async def test_the_feed_has_the_fields_of_the_pages_and_no_others(reader: Reader, desk: PostDesk) -> None:
    desk.published()
    feed = (await reader.get("/posts.json")).json()
    [post] = feed["posts"]

    assert set(feed) == {"client", "posts"}
    assert set(post) == {"id", "kind", "title", "text", "as_of", "published_at", "corrected_at", "figures"}
    assert set(post["figures"][0]) == {"label", "shown", "source", "period", "as_of", "basis"}


async def test_a_corrected_post_says_so(reader: Reader, desk: PostDesk) -> None:
    post = desk.published()
    desk.correct(post, body="As many people called in October as before.")
    assert "Corrected" not in (await reader.get(f"/posts/{post}")).text
    desk.review_twice(post)
    desk.publish(post)

    assert "Corrected on" in (await reader.get(f"/posts/{post}")).text
    assert "Corrected on" in (await reader.get("/posts")).text


async def test_a_thread_leads_to_its_other_posts(reader: Reader, desk: PostDesk) -> None:
    first = desk.published(number=1, thread="incident/1", title="We noticed a problem")
    second = desk.published(number=2, thread="incident/1", title="It works again")
    desk.published(number=1, thread="report/1", title="A report")
    shown = (await reader.get(f"/posts/{first}")).text
    assert str(second) in shown
    assert "A report" not in shown


async def test_an_error_inside_is_answered_with_a_reference_only(
    api: Api, reader: Reader, desk: PostDesk, caplog: pytest.LogCaptureFixture
) -> None:
    post = desk.published()
    with api.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE post_view RENAME COLUMN times TO often")
    answer = await reader.get(f"/posts/{post}")

    reference = re.search(r"reference ([0-9a-f]{12})", answer.text)
    assert (answer.status_code, bool(reference)) == (500, True)
    assert reference is not None
    assert reference[1] in str([record.__dict__ for record in caplog.records])
    assert "post_view" not in answer.text
    assert reader.link.split("/")[-1] not in caplog.text


async def test_a_link_that_is_used_too_often_is_asked_to_wait(api: Api, reader: Reader, desk: PostDesk) -> None:
    statuses = [(await reader.get("/preferences")).status_code for _ in range(62)]
    assert statuses[:55] == [200] * 55
    assert statuses[-1] == 429

    someone_else = a_reader(api, desk.client, "kim@acme.example")
    assert (await someone_else.get("/preferences")).status_code == 200


async def test_whoever_tries_links_out_is_stopped_and_those_that_work_go_on(api: Api, reader: Reader) -> None:
    assert (await reader.get("/posts")).status_code == 200
    tried = [await api.http.get(f"/portal/{number:043d}", headers=BROWSER) for number in range(62)]
    assert [answer.status_code for answer in tried[:60]] == [404] * 60
    assert tried[-1].status_code == 429
    assert (await reader.get("/posts")).status_code == 200
