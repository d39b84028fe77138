"""Numbers are looked up once, within a budget; only a landline keeps a text back, and nothing waits for an answer."""

from datetime import timedelta
from uuid import UUID

import pytest

from activities.line_types import LookUpFirst
from models.database.line_types import LineTypes
from models.line_types import LineType, of_twilio
from models.provider_settings import LookupSettings
from models.sending import Claimed, NotSent, NotSentReason, SendStep
from tests.database.world import PHONE, World

FIRST = "hello"


class Book:
    """Who is asked, and what for."""

    def __init__(self, answer: LineType) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def line_type(self, phone: str) -> LineType:
        self.asked.append(phone)
        return self.answer


def look_up(world: World, run: UUID, answer: LineType = LineType.MOBILE, **settings: object) -> list[str]:
    """Look up before the first text of a run; return which numbers were asked about."""
    book = Book(answer)
    LookUpFirst(LineTypes(world.engine, LookupSettings(**settings)), book)(SendStep(run_id=run, step=FIRST))
    return book.asked


def test_a_landline_gets_no_text_and_the_reason_is_said(world: World) -> None:
    run = world.run()
    assert look_up(world, run, LineType.LANDLINE) == [PHONE]

    result = world.claim(run)

    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.BAD_ADDRESS
    assert world.message(run)["gate"][-1]["saw"] == "a look-up found a landline"
    assert isinstance(world.claim(run, "mail"), Claimed)


@pytest.mark.parametrize("answer", [LineType.MOBILE, LineType.OTHER, LineType.UNKNOWN])
def test_nothing_else_keeps_a_text_back(world: World, answer: LineType) -> None:
    look_up(world, run := world.run(), answer)

    assert isinstance(world.claim(run), Claimed)


def test_a_number_to_which_a_text_was_delivered_takes_texts_whatever_a_look_up_says(world: World) -> None:
    delivered, next_one = world.run(), world.run(lead=world.lead("Max"))
    world.sent(delivered)
    world.rows("UPDATE message SET delivery = 'delivered' WHERE run_id = :run AND step = 'hello'", run=delivered)
    world.rows("UPDATE message SET content_hash = 'another' WHERE run_id = :run", run=delivered)
    look_up(world, next_one, LineType.LANDLINE)

    assert isinstance(world.claim(next_one), Claimed)


def test_a_number_is_looked_up_once_until_the_answer_is_old(world: World) -> None:
    run, again = world.run(), world.run(lead=world.lead("Max"))
    assert look_up(world, run) == [PHONE]
    assert look_up(world, again) == []

    world.rows("UPDATE phone_line SET looked_up_at = looked_up_at - interval '91 days'")

    assert look_up(world, again) == [PHONE]


def test_what_could_not_be_found_out_is_asked_again_the_next_day(world: World) -> None:
    run = world.run()
    assert look_up(world, run, LineType.UNKNOWN) == [PHONE]
    assert look_up(world, run) == []

    world.rows("UPDATE phone_line SET looked_up_at = looked_up_at - interval '25 hours'")

    assert look_up(world, run) == [PHONE]


def test_beyond_the_budget_of_a_day_nothing_is_looked_up_and_nothing_waits(world: World) -> None:
    first, second = world.run(), world.run(lead=world.lead("Max", "+13035550124"))
    assert look_up(world, first, per_day=1) == [PHONE]

    assert look_up(world, second, LineType.LANDLINE, per_day=1) == []
    assert isinstance(world.claim(second), Claimed)


def test_emails_are_not_looked_up(world: World) -> None:
    book, run = Book(LineType.LANDLINE), world.run()
    lookup = LookUpFirst(LineTypes(world.engine, LookupSettings(good_for=timedelta(days=1))), book)
    lookup(SendStep(run_id=run, step="mail"))

    assert book.asked == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mobile", LineType.MOBILE),
        ("landline", LineType.LANDLINE),
        ("fixedVoip", LineType.OTHER),
        ("unknown", LineType.UNKNOWN),
        (None, LineType.UNKNOWN),
    ],
)
def test_the_kinds_of_twilio_are_read(said: object, meant: LineType) -> None:
    assert of_twilio(said) is meant
