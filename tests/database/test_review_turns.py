"""Who is asked for a review and when, as rows: so many a day, once in the cool-down, and no rating has a say in it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from models.database.engine import transaction
from models.database.review_requests.requests import ReviewRequests
from models.review_requests.eligibility import NotAsked
from tests.database.fit_to_send import make_fit_to_send
from tests.review_desk import ReviewDesk

HOUR, PATIENCE = timedelta(hours=1), timedelta(minutes=5)


@pytest.fixture
def desk(engine: Engine) -> ReviewDesk:
    make_fit_to_send(engine)
    made = ReviewDesk(engine)
    made.furnish(asks_per_day=2)
    return made


@pytest.fixture
def requests(desk: ReviewDesk) -> ReviewRequests:
    return ReviewRequests(desk.engine)


def test_only_so_many_are_asked_on_one_day_and_the_rest_on_the_next(desk: ReviewDesk, requests: ReviewRequests) -> None:
    turns = [requests.take_turn(desk.another(number)) for number in range(5)]

    assert [turn.may_ask for turn in turns] == [True, True, False, False, False]
    days = desk.value("SELECT array_agg(asked_on - (SELECT min(asked_on) FROM job) ORDER BY job_id) FROM job")
    assert days == [0, 0, 1, 1, 2]


def test_twelve_at_once_do_not_take_the_place_of_two(desk: ReviewDesk, requests: ReviewRequests) -> None:
    runs = [desk.another(number) for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        turns = list(threads.map(requests.take_turn, runs))

    assert sum(turn.may_ask for turn in turns) == 2
    assert desk.value("SELECT max(count) FROM (SELECT count(*) FROM job GROUP BY asked_on) by_day") == 2


def test_whoever_missed_their_day_gets_another_one_and_takes_nobodys_place(
    desk: ReviewDesk, requests: ReviewRequests
) -> None:
    late = desk.another(1)
    requests.take_turn(late)
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE job SET asked_on = asked_on - 1, ask_from = ask_from - interval '1 day'"))
    for number in (2, 3):
        assert requests.take_turn(desk.another(number)).may_ask

    assert not requests.take_turn(late).may_ask


def test_asking_again_for_ones_turn_keeps_it(desk: ReviewDesk, requests: ReviewRequests) -> None:
    run_id = desk.another(1)
    first = requests.take_turn(run_id)
    for number in (2, 3, 4):
        requests.take_turn(desk.another(number))

    assert (first.may_ask, requests.take_turn(run_id).may_ask) == (True, True)
    assert desk.value("SELECT count(*) FROM event WHERE kind = 'review_scheduled' AND run_id = :r", r=run_id) == 1


def test_bad_reviews_and_clicks_without_one_change_nobodys_turn(desk: ReviewDesk, requests: ReviewRequests) -> None:
    before = desk.another(1)
    desk.sent(before, timedelta(days=100))
    desk.see("C 1", stars=1, after=-timedelta(days=99))
    for stars in (1, 2, 3):
        desk.see(f"Somebody {stars}", stars)
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE run SET closed_at = clock_timestamp()"))
    unhappy = desk.report("job-9", phone="+13035550001", email="c1@example.com").run_id

    turn = requests.take_turn(unhappy)

    assert (turn.may_ask, turn.not_asked) == (True, None)


def test_who_was_asked_within_the_cool_down_is_left_alone_by_any_address(
    desk: ReviewDesk, requests: ReviewRequests
) -> None:
    desk.sent(desk.another(1), timedelta(days=89))
    by_email = desk.report("job-2", phone="", email="c1@example.com").run_id
    by_phone = desk.report("job-3", phone="+13035550001", email="").run_id

    assert [requests.take_turn(run).not_asked for run in (by_email, by_phone)] == [NotAsked.ASKED_LATELY] * 2


def test_after_the_cool_down_they_are_asked_again(desk: ReviewDesk, requests: ReviewRequests) -> None:
    asked = desk.another(1)
    desk.sent(asked, timedelta(days=91))
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE run SET closed_at = clock_timestamp() WHERE id = :run"), {"run": asked})

    assert requests.take_turn(desk.report("job-2", phone="+13035550001", email="").run_id).may_ask


def test_reminders_take_places_of_the_day_as_asks_do(desk: ReviewDesk, requests: ReviewRequests) -> None:
    first, second, third = (desk.another(number) for number in (1, 2, 3))
    requests.take_turn(first)
    requests.take_turn(second)
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE job SET asked_on = asked_on - 3, ask_from = ask_from - interval '3 days'"))
    assert requests.take_turn(third).may_ask

    assert requests.take_turn_to_remind(first).may_ask
    put_off = requests.take_turn_to_remind(second)
    assert not put_off.may_ask
    assert requests.take_turn_to_remind(second) == put_off
    assert requests.take_turn_to_remind(first).may_ask
    assert not requests.take_turn(desk.another(4)).may_ask
    assert desk.value("SELECT max(reminded_on) - min(reminded_on) FROM job") == 1


def test_who_was_asked_today_in_vain_is_written_to_the_other_way_on_the_same_day(
    desk: ReviewDesk, requests: ReviewRequests
) -> None:
    runs = [desk.another(number) for number in (1, 2)]
    for run in runs:
        assert requests.take_turn(run).may_ask

    assert [requests.take_turn_to_remind(run).may_ask for run in runs] == [True, True]
