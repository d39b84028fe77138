"""`kill -9` of the worker, of Temporal and of PostgreSQL in the middle of sending: every run ends, and nothing is sent twice."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest
from rich.console import Console

from deploy.local.demo.answering_doubts import answer_doubts
from models.identity import token_hash
from tests.stack.personal_data import files, forms, found, histories
from tests.stack.scene import Lead, Run, Scene, until

pytestmark = pytest.mark.timeout(180)

PARTS = ("worker", "temporal", "postgres")
AREA_CODES = {"worker": 251, "temporal": 256, "postgres": 334}
AWAY_SECONDS = 1.5
ENDS = {"Answers": "replied", "Asks": "replied", "Stops": "opted_out", "Waits": "no_response", "Reads": "no_response"}
"""How each lead's story ends if their first message is accepted; the first word of their name tells the story."""
SAYS = {"Answers": "Yes, on Tuesday please", "Asks": "How much would that be?", "Stops": "STOP"}
SEQUENCES = {"Waits": "stack_text_then_mail", "Reads": "stack_mail"}


@dataclass(frozen=True)
class Survivor:
    """A lead whose run was under way when a part was killed, and how it ended."""

    lead: Lead
    run: Run
    accepted: int
    """How many of their first messages the provider has accepted."""

    @property
    def story(self) -> str:
        return self.lead.last_name


def _leads(part: str) -> list[Lead]:
    area = AREA_CODES[part]
    return [
        Lead(
            f"{story}{part.title()}",
            f"+1{area}55501{number:02d}",
            SEQUENCES.get(story, "stack_answered"),
            last_name=story,
            service_type=f"a broken {part}",
        )
        for number, story in enumerate(ENDS, 1)
    ]


@pytest.fixture(scope="module")
async def survivors(scene: Scene) -> dict[str, list[Survivor]]:
    """Three waves of leads; in the middle of each a part is killed, and started again."""
    office, leads, waves = scene.office, dict[str, Lead](), dict[str, list[str]]()
    async with asyncio.TaskGroup() as acting:
        answering = acting.create_task(answer_doubts(office, leads, Console(quiet=True)))
        for part in PARTS:
            wave = _leads(part)
            # A slow provider, so that the calls are under way when the part dies.
            for lead in (wave[0], wave[2]):
                match = {"recipient": lead.phone, "operation": "create_message"}
                rule = {
                    "id": _slow(lead),
                    "match": match,
                    "fault": "slow",
                    "params": {"seconds": 1.2},
                    "times": 1,
                }
                await office.inject("twilio", rule)
            run_ids = [await office.start(lead.order()) for lead in wave]
            leads |= zip(run_ids, wave, strict=True)
            waves[part] = run_ids
            await until(_under_way(scene, wave[0]))
            async with scene.without(part):
                for run_id, lead in zip(run_ids, wave, strict=True):
                    acting.create_task(_act(scene, run_id, lead))
                await asyncio.sleep(AWAY_SECONDS)
        ended = {part: await scene.until_closed(run_ids, 60) for part, run_ids in waves.items()}
        answering.cancel()
    return {part: [await _survivor(scene, leads[run["id"]], run) for run in ended[part]] for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
async def test_every_run_under_way_when_a_part_is_killed_ends_as_its_story_says(
    survivors: dict[str, list[Survivor]], part: str
) -> None:
    for one in survivors[part]:
        # What the kill kept from leaving, a person has closed as not sent after looking it up. The lead may still write.
        ends = {ENDS[one.story]} if one.accepted else {ENDS[one.story], "unreachable"}
        assert one.run["outcome"] in ends, one.story
        assert one.accepted <= 1


async def test_a_call_that_the_worker_did_not_survive_is_found_at_the_provider(
    survivors: dict[str, list[Survivor]],
) -> None:
    slow = next(one for one in survivors["worker"] if one.story == "Answers")
    told = [event["source"] for event in slow.run["timeline"] if event["kind"] == "message_accepted"]
    assert (slow.accepted, len(told)) == (1, 1)
    assert told[0] in ("twilio", "reconciler")


async def test_what_comes_in_while_temporal_is_away_counts_at_once_and_is_carried_out_later(
    scene: Scene, survivors: dict[str, list[Survivor]]
) -> None:
    office, stack = scene.office, scene.stack
    stops = Lead("Stopping", "+12085550111", "stack_answered")
    starts = Lead("Starting", "+12085550112", "stack_text")
    stopping = await office.start(stops.order())
    await until(_accepted(scene, stopping))
    async with scene.without("temporal"):
        assert await office.reply(stops.phone, "STOP") == 200
        revoked = """
            SELECT count(*) FROM consent JOIN message USING (client_id, channel, address_hash)
            WHERE message.run_id = %s AND status = 'revoked'
        """
        assert scene.rows(revoked, stopping)[0][0] > 0
        key = json.loads(stack.site.credentials.read_text())["sales-ops"]
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "while-temporal-is-away"}
        async with httpx.AsyncClient(base_url=stack.urls["api"], headers=headers) as caller:
            answers = [await caller.post("/v1/outreach", json=starts.order()) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        starting, again = (str(answer.json()["run_id"]) for answer in answers)
        assert starting == again
        assert (await office.run(starting))["state"] == "requested"
        assert await scene.calls("sms", starts.phone) == []
    runs = await scene.until_closed([stopping, starting])
    assert [run["outcome"] for run in runs] == ["opted_out", "no_response"]
    assert [len(await scene.calls("sms", lead.phone)) for lead in (stops, starts)] == [1, 1]


async def test_every_invariant_holds_after_all_the_kills(scene: Scene, survivors: dict[str, list[Survivor]]) -> None:
    report = scene.audited()
    assert report.is_clean, [finding for finding in report.findings if finding.bad]
    assert (report.totals.duplicates, report.totals.lost, report.totals.unexplained) == (0, 0, 0)
    assert report.totals.accepted >= len(PARTS)


async def test_not_even_a_killed_part_leaves_personal_data_in_a_log_or_a_history(
    scene: Scene, survivors: dict[str, list[Survivor]]
) -> None:
    where = files(scene.stack.state) | await histories(scene)
    leads = [one.lead for wave in survivors.values() for one in wave]
    named = {form for lead in leads for form in forms(lead) - {lead.last_name}}
    assert found(where, named | {SAYS["Answers"], SAYS["Asks"], "Sorry we missed your call"}) == []


async def _act(scene: Scene, run_id: str, lead: Lead) -> None:
    """Answer the first text, if it ever arrives; write again if our side did not take it."""
    if lead.last_name not in SAYS:
        return
    try:
        await until(_accepted(scene, run_id, or_closed=True), 50)
    except TimeoutError:
        pytest.fail(f"{lead.name} is stuck: {await scene.office.run(run_id)}")
    if (await scene.office.run(run_id))["state"] != "closed":
        while await scene.office.reply(lead.phone, SAYS[lead.last_name]) != 200:
            await asyncio.sleep(1)


async def _survivor(scene: Scene, lead: Lead, run: Run) -> Survivor:
    channel, address = ("email", lead.email) if lead.last_name == "Reads" else ("sms", lead.phone)
    first = run["messages"][0]["id"]
    hashes = {row[0] for row in scene.rows("SELECT token_hash FROM attempt WHERE message_id = %s", first)}
    calls = [call for call in await scene.calls(channel, address) if token_hash(call["token"]) in hashes]
    return Survivor(lead, run, sum(call["accepted"] for call in calls))


def _accepted(scene: Scene, run_id: str, *, or_closed: bool = False) -> Callable[[], Awaitable[bool]]:
    async def is_so() -> bool:
        run = await scene.office.run(run_id)
        return any(m["state"] == "accepted" for m in run["messages"]) or (or_closed and run["state"] == "closed")

    return is_so


def _slow(lead: Lead) -> str:
    return f"slow-{lead.first_name}"


def _under_way(scene: Scene, lead: Lead) -> Callable[[], Awaitable[bool]]:
    """Whether the provider has the request and has not answered it: what is only claimed may never have left."""

    async def is_so() -> bool:
        return (await scene.office.fired("twilio")).get(_slow(lead), 0) > 0

    return is_so
