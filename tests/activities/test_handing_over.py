from uuid import UUID

import pytest
from sqlalchemy import RowMapping

from activities.handing_over import HandoffActivities
from activities.taking_back import TakingBackActivities
from models.database.handoffs import Handoffs
from models.errors import TryAgain
from models.handoff import CrmRecord
from models.outreach import RunReference, UndoReport
from models.terms import ApprovalPolicy
from tests.activities.crm import CrmInMemory
from tests.activities.undoing import taking_back
from tests.database.world import World


@pytest.fixture
def crm() -> CrmInMemory:
    return CrmInMemory()


@pytest.fixture
def handing(world: World, crm: CrmInMemory) -> HandoffActivities:
    return HandoffActivities(Handoffs(world.engine), crm)


@pytest.fixture
def taking(world: World, crm: CrmInMemory) -> TakingBackActivities:
    return taking_back(world.engine, crm)


def _replied(world: World) -> RunReference:
    run = world.run()
    world.text("Yes please")
    return RunReference(run_id=run)


def _key(world: World, reference: RunReference) -> str:
    return str(world.one("SELECT lead_id FROM run WHERE id = :run", run=reference.run_id)["lead_id"])


def _handoff(world: World) -> RowMapping:
    return world.one("SELECT * FROM handoff")


def _undo(world: World, step: str = "handoff") -> RowMapping:
    return world.one("SELECT * FROM undo WHERE step = :step", step=step)


def test_a_lead_is_handed_over_once(world: World, crm: CrmInMemory, handing: HandoffActivities) -> None:
    reference = _replied(world)

    assert handing.hand_to_crm(reference)
    assert handing.hand_to_crm(reference)

    assert crm.writes == 1
    handoff = _handoff(world)
    assert (handoff["state"], handoff["contact_id"]) == ("accepted", f"c-{_key(world, reference)}")
    assert len(world.events("handed_over")) == 1


def test_the_undo_is_committed_before_the_crm_is_called(world: World, handing: HandoffActivities) -> None:
    reference = _replied(world)
    seen: list[str] = []

    class Watching(CrmInMemory):
        def find(self, key: str) -> CrmRecord | None:
            seen.extend([_handoff(world)["state"], _undo(world)["state"]])
            return super().find(key)

    HandoffActivities(Handoffs(world.engine), Watching()).hand_to_crm(reference)

    assert seen == ["prepared", "registered"]


def test_a_lost_answer_and_a_repeat_leave_one_record_and_the_first_snapshot(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    crm.loses_answers = 1

    with pytest.raises(TryAgain):
        handing.hand_to_crm(reference)
    assert handing.hand_to_crm(reference)

    assert len(crm.records) == 1
    assert _handoff(world)["snapshot"]["before"] is None  # not what our own first write left there
    assert taking.take_back(reference).undone == 1
    assert crm.records == {}


def test_what_the_crm_refuses_is_a_task_and_nothing_to_take_back(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    crm.refuses = True

    assert not handing.hand_to_crm(reference)

    [task] = world.tasks("handoff_failed")
    assert task["owner"] == "sam"
    assert _handoff(world)["state"] == "given_to_person"
    assert taking.take_back(reference) == UndoReport(run_id=reference.run_id, nothing_to_undo=1)


def test_without_a_crm_every_lead_goes_to_a_person(world: World) -> None:
    reference = _replied(world)

    assert not HandoffActivities(Handoffs(world.engine), None).hand_to_crm(reference)
    assert len(world.tasks("handoff_failed")) == 1


def test_what_we_created_and_nobody_touched_is_archived(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    handing.hand_to_crm(reference)

    assert taking.take_back(reference) == UndoReport(run_id=reference.run_id, undone=1)

    assert crm.archived == [f"c-{_key(world, reference)}"]
    assert _handoff(world)["state"] == "voided"
    assert _undo(world)["state"] == "undone"
    again = taking.take_back(reference)
    assert (again.undone, len(crm.archived)) == (1, 1)  # nothing is left to do


def test_what_we_created_and_somebody_changed_is_left_to_a_person(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    handing.hand_to_crm(reference)
    crm.change(_key(world, reference), phone="+13035550177")

    assert taking.take_back(reference).given_to_person == 1

    assert crm.archived == []
    [task] = world.tasks("undo")
    assert task["evidence"]["why"] == "created by us, changed since"
    assert _handoff(world)["state"] == "given_to_person"  # the CRM still has the lead


def test_what_was_there_before_gets_back_only_what_is_still_ours(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    key = _key(world, reference)
    crm.records[key] = CrmRecord(
        "c-0", "d-0", {"firstname": "Leah", "phone": "1", "lead_status": "cold"}, {"stage": "old"}
    )
    handing.hand_to_crm(reference)
    crm.change(key, phone="+13035550177")

    assert taking.take_back(reference).undone == 1

    record = crm.records[key]
    assert record.contact == {"firstname": "Leah", "phone": "+13035550177", "lead_status": "cold"}
    assert record.deal == {"stage": "old"}
    assert crm.archived == []


def test_a_record_of_an_earlier_run_is_not_taken_back_by_a_run_that_never_wrote(
    world: World, crm: CrmInMemory, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    Handoffs(world.engine).prepare(reference.run_id)  # and then the worker died
    crm.records[_key(world, reference)] = CrmRecord("c-0", "d-0", {"firstname": "Lea"}, {})

    assert taking.take_back(reference) == UndoReport(run_id=reference.run_id, nothing_to_undo=1)
    assert crm.archived == []


def test_an_undo_copes_with_a_record_that_is_gone(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    reference = _replied(world)
    handing.hand_to_crm(reference)
    crm.records.clear()

    assert taking.take_back(reference) == UndoReport(run_id=reference.run_id, nothing_to_undo=1)


def test_one_undo_that_fails_does_not_stop_the_others(
    world: World, crm: CrmInMemory, handing: HandoffActivities, taking: TakingBackActivities
) -> None:
    run = world.run()
    claim = world.sent(run)
    reference = RunReference(run_id=run)
    handing.hand_to_crm(reference)
    crm.refuses = True

    report = taking.take_back(reference)

    assert report == UndoReport(run_id=run, given_to_person=1, not_undoable=1)
    assert _undo(world)["reason"] == "FORBIDDEN"
    assert _undo(world, f"send:{claim.message_id}")["reason"] == "a sent message cannot be recalled"
    assert len(world.tasks("undo")) == 2


def test_sent_messages_of_a_run_are_one_task(world: World, taking: TakingBackActivities) -> None:
    run = world.run()
    world.sent(run)
    world.sent(run, "again", "SM" + "b" * 32)

    assert taking.take_back(RunReference(run_id=run)).not_undoable == 2

    [task] = world.tasks("undo")
    assert task["subject"] == str(run)


def test_a_message_that_never_left_needs_no_correction(world: World, taking: TakingBackActivities) -> None:
    run = world.run()
    world.claimed(run)
    world.rows("UPDATE message SET state = 'ready' WHERE step = 'hello'")

    assert taking.take_back(RunReference(run_id=run)) == UndoReport(run_id=run, nothing_to_undo=1)
    assert world.tasks() == []


def test_a_notice_to_a_colleague_is_nothing_to_take_back(world: World, taking: TakingBackActivities) -> None:
    run = world.run(ApprovalPolicy.RUN)
    notice = world.enrollments.notice_for(run)
    assert notice is not None
    world.enrollments.plan_notice(notice, "Approval needed", "code")
    world.sent(run, "approval_notice", "ses-1")

    assert taking.take_back(RunReference(run_id=run)) == UndoReport(run_id=run)


def test_a_run_without_steps_has_nothing_to_take_back(world: World, taking: TakingBackActivities) -> None:
    run: UUID = world.run()

    assert taking.take_back(RunReference(run_id=run)) == UndoReport(run_id=run)
