"""What the service pauses because of what came in, or because an audit has found promises broken."""

from collections.abc import Sequence
from typing import Any

from models.database.engine import now, transaction
from models.database.permission import pauses
from models.database.permission.pause_watch import PauseWatch
from models.database.recovery.inquiries import AUDIT
from models.database.tables.leads import LeadEventRow, SourceAccount
from models.database.tables.recovery import Inquiry
from models.leads.terms import LeadEventState, Way
from models.patience_settings import PauseSettings
from models.pausing import Watched
from tests.database.resuming import policy, preview, resume
from tests.database.test_automatic_pauses import paused
from tests.database.world import World

CLEAR, UNCLEAR = LeadEventState.ACCEPTED, LeadEventState.NEEDS_PERSON


def _watch(world: World, **settings: Any) -> Watched:
    return PauseWatch(world.engine, policy(world), PauseSettings(**settings)).sweep()


def _imported(world: World, states: Sequence[str]) -> None:
    with transaction(world.engine) as session:
        account = SourceAccount(way=Way.IMPORT, account="list", client_id=world.client, created_by="sam")
        session.add(account)
        session.flush()
        for number, state in enumerate(states):
            session.add(
                LeadEventRow(
                    source_account_id=account.id, client_id=world.client, way=Way.IMPORT, source="import", kind="lead",
                    source_event_id=str(number), source_lead_id=str(number), dedupe_key=str(number), schema_version=1,
                    owner="sam", state=state,
                )
            )  # fmt: skip


def _audited(world: World, **broken: int) -> None:
    findings = [{"invariant": name, "bad": bad, "examples": []} for name, bad in broken.items()]
    with transaction(world.engine) as session:
        moment = now(session)
        session.add(Inquiry(kind=AUDIT, since=moment, asked_by="s", finished_at=moment, report={"findings": findings}))


def test_a_list_of_which_much_is_unclear_pauses_its_client_for_its_owner(world: World) -> None:
    _imported(world, [CLEAR] * 10 + [UNCLEAR] * 10)

    assert _watch(world) == Watched(1, 0)

    [pause] = paused(world)
    assert (pause["scope"], pause["code"], pause["owner"]) == (f"client:{world.client}", "import", "sam")
    assert pause["evidence"] == {"unclear": 10, "imported": 20}
    assert [task["owner"] for task in world.tasks("automatic_pause")] == ["sam"]


def test_a_short_list_or_a_few_unclear_rows_pause_nothing(world: World) -> None:
    _imported(world, [CLEAR] * 11 + [UNCLEAR] * 9)
    assert _watch(world) == Watched(0, 0)
    assert _watch(world, import_minimum=21, import_share=0.1) == Watched(0, 0)


def test_an_audit_that_finds_another_clients_row_used_pauses_everything_until_somebody_has_decided(
    world: World,
) -> None:
    _audited(world, I1=0, I21=2)

    assert _watch(world) == Watched(1, 0)
    [pause] = paused(world)
    assert (pause["scope"], pause["code"], pause["evidence"]["broken"]) == ("everything", "privacy", {"I21": 2})

    with transaction(world.engine) as session:
        [found] = pauses.paused_now(session)
    assert resume(world, found, preview(world, found))
    assert _watch(world) == Watched(0, 0)
    _audited(world, I21=1)
    assert _watch(world) == Watched(1, 0)


def test_an_audit_that_finds_a_message_after_an_opt_out_pauses_everything_for_compliance(world: World) -> None:
    _audited(world, I10=1, I14=5)

    assert _watch(world) == Watched(1, 0)

    [pause] = paused(world)
    assert (pause["code"], pause["evidence"]["broken"]) == ("compliance", {"I10": 1})


def test_an_audit_that_finds_nothing_that_hurts_people_pauses_nothing(world: World) -> None:
    _audited(world, I10=0, I14=5)
    assert _watch(world) == Watched(0, 0)
