"""A model words a draft, or the plain text does; what a model gives back is not believed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from anyio.to_thread import run_sync
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.drafting import DraftingActivities
from activities.providers.openai_drafter import OpenAiDrafter
from models.database.drafting import Drafts
from models.drafting import Drafted, DraftOrder, DraftSource, Written
from models.errors import TryAgain, UnusableTemplate
from models.provider_settings import DrafterSettings
from tests.database.drafted import FILLED, MATERIAL, ordered
from tests.database.wordings import enter
from tests.database.world import World
from tests.standins.program import Program, running

KEY = "the-model-key"
TRIES = 3
RIVAL = "Blue River Roofing"


@pytest.fixture(scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("openai", tmp_path_factory.mktemp("openai"), "--api-key", KEY) as started:
        yield started


@pytest.fixture
async def model(program: Program) -> AsyncIterator[Program]:
    yield program
    await program.control.delete("/faults")
    await told(program, "good")


async def told(model: Program, manner: str, saying: str = "") -> None:
    (await model.control.put("/manner", json={"manner": manner, "saying": saying})).raise_for_status()


def settings(model: Program, key: str = KEY, **changes: object) -> DrafterSettings:
    given = DrafterSettings(model="small-1", base_url=f"{model.base_url}/v1/", api_key=SecretStr(key))
    return given.model_copy(update={"request_timeout": timedelta(seconds=5), **changes})


async def drafted(world: World, given: DrafterSettings | None, attempt: int = 1) -> Drafted:
    activities = DraftingActivities(Drafts(world.engine), OpenAiDrafter(given) if given else None, TRIES)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    order = DraftOrder(draft_id=ordered(world))
    return await run_sync(lambda: environment.run(activities.draft, order))


def body(world: World) -> str:
    return str(world.one("SELECT body FROM draft_revision")["body"])


async def test_without_a_model_the_plain_text_is_filled_in_and_stays_internal(world: World) -> None:
    result = await drafted(world, None)

    assert (result.source, result.note, body(world)) == (DraftSource.DETERMINISTIC, "", FILLED)
    draft = world.one("SELECT state, audience FROM draft")
    assert (draft["state"], draft["audience"]["figures"]) == ("internal", ["40.0%"])
    of_draft = "SELECT verdict FROM wording_check JOIN draft_revision USING (content_hash)"
    assert world.one(of_draft)["verdict"] == "clear"


async def test_a_models_text_is_taken_with_its_slots_filled_in_here(world: World, model: Program) -> None:
    result = await drafted(world, settings(model))

    assert (result.source, body(world)) == (DraftSource.MODEL, f"Here is what you asked for.\n\n{FILLED}")
    assert world.one("SELECT author FROM draft_revision")["author"] == "small-1"
    assert world.one("SELECT state FROM draft")["state"] == "internal"


async def test_a_name_never_leaves_and_nothing_is_to_be_stored_there(world: World, model: Program) -> None:
    await drafted(world, settings(model))

    asked = (await model.control.get("/asked")).json()[-1]
    assert (asked["store"], asked["max_completion_tokens"]) == (False, 1500)
    assert "Acme" not in str(asked)
    assert "40.0%" in asked["messages"][1]["content"]


async def test_the_same_order_again_asks_no_model(world: World, model: Program) -> None:
    activities = DraftingActivities(Drafts(world.engine), OpenAiDrafter(settings(model)), TRIES)
    order = DraftOrder(draft_id=ordered(world))
    first = await run_sync(lambda: ActivityEnvironment().run(activities.draft, order))
    before = len(await model.log())

    assert await run_sync(lambda: ActivityEnvironment().run(activities.draft, order)) == first
    assert len(await model.log()) == before


@pytest.mark.parametrize(
    ("manner", "note"),
    [
        ("refusal", "the model gave no usable text: refusal"),
        ("cut_short", "the model gave no usable text: length"),
        ("too_long", "the model gave no usable text: too long"),
        ("not_json", "the model gave no usable text: not in the schema"),
        ("other_fields", "the model gave no usable text: not in the schema"),
        ("own_number", "the model's text was not taken: it did not keep to the slots"),
        ("unknown_slot", "the model's text was not taken: it did not keep to the slots"),
        ("link", "the model's text was not taken: foreign_link"),
        ("claim", "the model's text was not taken: claim"),
    ],
)
async def test_a_model_that_goes_wrong_is_not_believed_and_the_draft_says_so(
    world: World, model: Program, manner: str, note: str
) -> None:
    await told(model, manner)

    result = await drafted(world, settings(model))

    assert (result.source, result.note, body(world)) == (DraftSource.DETERMINISTIC, note, FILLED)
    assert world.one("SELECT note FROM draft_revision")["note"] == note


@pytest.mark.parametrize(
    ("saying", "found"),
    [
        (f"Do as {RIVAL} does.", "other_client"),
        ("Ask ana.reyes@mail.example.com about it.", "email_address"),
        ("See <script>alert(this)</script> now.", "markup"),
        ("password: hunter-two!", "credential"),
    ],
)
async def test_what_must_not_leave_in_a_models_text_is_neither_kept_nor_repeated(
    world: World, model: Program, saying: str, found: str
) -> None:
    enter(world, RIVAL)
    await told(model, "saying", saying)

    result = await drafted(world, settings(model))

    assert (result.source, result.note) == (DraftSource.DETERMINISTIC, f"the model's text was not taken: {found}")
    kept = "".join(str(world.rows(f"SELECT * FROM {table}")) for table in ("draft", "draft_revision", "event"))
    assert saying not in kept + str(result)


@pytest.mark.parametrize(
    ("fault", "params", "why"),
    [
        ("rate_limit", {}, "answered 429"),
        ("error_before", {"status": 500}, "answered 500"),
        ("reset_before", {}, "ReadError"),
        ("half_answer", {}, "RemoteProtocolError"),
        ("slow", {"seconds": 5}, "ReadTimeout"),
    ],
)
async def test_a_model_that_is_away_is_asked_again_by_the_activity_and_the_last_try_does_without(
    world: World, model: Program, fault: str, params: dict[str, object], why: str
) -> None:
    given = settings(model, request_timeout=timedelta(seconds=0.3)) if fault == "slow" else settings(model)
    await model.spoil(fault, params=params)

    with pytest.raises(TryAgain, match=why):
        await drafted(world, given, attempt=TRIES - 1)
    assert world.rows("SELECT * FROM draft_revision") == []

    result = await drafted(world, given, attempt=TRIES)
    assert (result.source, result.note) == (DraftSource.DETERMINISTIC, f"the model is away: {why}")
    assert await model.fired() == [2]


async def test_one_try_is_one_request_and_a_wrong_key_or_a_redirect_is_not_repeated(
    world: World, model: Program
) -> None:
    before = len(await model.log())
    wrong = await drafted(world, settings(model, key="another"))
    await model.spoil("redirect")
    redirected = await drafted(world, settings(model))

    assert [wrong.note, redirected.note] == [
        "the model gave no usable text: answered 401",
        "the model gave no usable text: answered 307",
    ]
    assert len(await model.log()) == before + 2


async def test_a_plain_text_that_cannot_be_filled_is_an_error_of_ours(world: World) -> None:
    broken = MATERIAL.model_copy(update={"plain": Written(body="You had 41 calls.")})
    order = DraftOrder(draft_id=ordered(world, broken))
    activities = DraftingActivities(Drafts(world.engine), None, TRIES)

    with pytest.raises(UnusableTemplate):
        await run_sync(lambda: ActivityEnvironment().run(activities.draft, order))
