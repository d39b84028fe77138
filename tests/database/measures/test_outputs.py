"""The eight outputs over real rows of every kind of run."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database.engine import snapshot, transaction
from models.database.events import Origin, Subject, record
from models.database.measures import outputs
from models.database.measures.outputs import Wanted
from models.event_kinds import EventKind
from models.outputs import OutputRow, OutputView
from models.terms import DecisionKind, RunKind
from tests.database.measures.conftest import SECRET, Everything
from tests.database.world import EMAIL, PHONE

SEVEN = ("owner", "source", "channel", "client_safe_status", "follow_up_rule", "recovery_rule")
FIRST = {
    OutputView.DELIVERY_STATUS: "answered",
    OutputView.REPLY_CAPTURE: "answered",
    OutputView.OWNER_TASK: "answered",
    OutputView.APPROVAL_STATE: "waiting",
    OutputView.PORTAL_UPDATE: "digest",
    OutputView.INCIDENT_NOTE: "incident",
    OutputView.REPORT_DIGEST: "digest",
    OutputView.BOOKED_OUTCOME: "answered",
}
"""A run of which each output has something to say."""


def read(everything: Everything, view: OutputView, wanted: Wanted | None = None, limit: int = 500) -> list[OutputRow]:
    with snapshot(everything.world.engine) as session:
        return outputs.page(session, view, wanted or Wanted(every_run=True), limit)


def of_run(everything: Everything, view: OutputView, run: UUID) -> list[OutputRow]:
    return read(everything, view, Wanted(run=run))


@pytest.mark.parametrize("view", OutputView)
def test_every_run_is_in_every_output_with_all_that_a_row_must_say(everything: Everything, view: OutputView) -> None:
    rows = read(everything, view)
    kinds = {row.run_kind for row in rows if row.run_kind}
    assert kinds == {*RunKind} - {RunKind.TEMPLATE_TEST}
    columns = ", ".join((*SEVEN, "at"))
    stored = everything.world.rows(f"SELECT {columns} FROM output_{view}")

    assert {row.run_id for row in rows if row.run_id} == everything.runs
    assert len(stored) == len(rows)
    assert all(str(value or "").strip() for row in stored for value in row.values())
    assert of_run(everything, view, getattr(everything, FIRST[view]))
    assert len({row.id for row in rows}) == len(rows)


@pytest.mark.parametrize("view", OutputView)
def test_an_output_holds_neither_addresses_nor_what_people_wrote(everything: Everything, view: OutputView) -> None:
    shown = str([row.model_dump() for row in read(everything, view)])

    assert not [secret for secret in (SECRET, "gate code", PHONE, EMAIL, "Lea", "Pat") if secret in shown]


def test_each_output_says_what_its_row_says(everything: Everything) -> None:
    [sent, *_] = of_run(everything, OutputView.DELIVERY_STATUS, everything.answered)
    [reply] = of_run(everything, OutputView.REPLY_CAPTURE, everything.answered)
    [asked] = of_run(everything, OutputView.APPROVAL_STATE, everything.waiting)
    [note] = of_run(everything, OutputView.INCIDENT_NOTE, everything.incident)
    [digest] = of_run(everything, OutputView.REPORT_DIGEST, everything.digest)
    [booked] = of_run(everything, OutputView.BOOKED_OUTCOME, everything.answered)

    assert (reply.client_safe_status, reply.source, reply.channel) == ("Replied", "twilio", "sms")
    assert (asked.state, asked.channel, asked.owner) == ("waiting", "undecided", "ann")
    assert (note.state, note.client_safe_status, note.channel) == ("published", "Published", "portal")
    assert (digest.state, digest.client_safe_status, digest.owner) == ("published", "Published", "sam")
    assert (booked.state, booked.channel) == ("open", "crm")
    assert sent.owner == "sam"


def test_a_decision_changes_what_is_said_of_an_approval(changeable: Everything) -> None:
    changeable.world.decide(changeable.waiting, DecisionKind.REJECT)

    [asked] = of_run(changeable, OutputView.APPROVAL_STATE, changeable.waiting)

    assert (asked.state, asked.channel, asked.client_safe_status) == ("rejected", "api", "Reviewed")


def test_a_notice_that_has_reached_a_colleague_says_nothing_about_the_messages_of_the_run(
    changeable: Everything,
) -> None:
    world, run = changeable.world, changeable.waiting
    notice = world.rows("SELECT id, client_id FROM message WHERE run_id = :run", run=run)[0]
    world.rows("UPDATE message SET audience = 'staff' WHERE id = :notice", notice=notice["id"])
    with transaction(world.engine) as session:
        record(
            session,
            EventKind.DELIVERED,
            Origin("ses"),
            Subject("ann", notice["client_id"], run, message_id=notice["id"]),
        )

    assert {row.client_safe_status for row in of_run(changeable, OutputView.DELIVERY_STATUS, run)} == {
        "Awaiting approval"
    }


def test_a_message_that_its_run_has_dropped_no_longer_counts_as_being_prepared(changeable: Everything) -> None:
    world, run = changeable.world, changeable.waiting
    world.rows("UPDATE message SET state = 'cancelled', reason = 'run_ended' WHERE run_id = :run", run=run)

    dropped = of_run(changeable, OutputView.DELIVERY_STATUS, run)

    assert {row.client_safe_status for row in dropped} == {"Awaiting approval"}


def test_a_page_goes_on_where_the_one_before_has_ended(everything: Everything) -> None:
    whole = read(everything, OutputView.APPROVAL_STATE)
    found: list[OutputRow] = []
    with snapshot(everything.world.engine) as session:
        while len(found) < len(whole):
            after = (found[-1].at, found[-1].id) if found else None
            found += outputs.page(session, OutputView.APPROVAL_STATE, Wanted(every_run=True), 2, after)

    assert found == whole


def test_rows_are_those_of_the_named_clients_and_of_the_time_asked_for(everything: Everything) -> None:
    view, world = OutputView.APPROVAL_STATE, everything.world
    newest = read(everything, view)[0].at

    assert {row.client for row in read(everything, view, Wanted([world.client]))} == {"acme"}
    assert None in {row.client for row in read(everything, view)}
    assert read(everything, view, Wanted([])) == []
    assert read(everything, view, Wanted(since=newest + timedelta(seconds=1))) == []
    assert read(everything, view, Wanted(since=newest, every_run=True))


def test_a_run_without_anything_is_left_out_unless_asked_for(everything: Everything) -> None:
    view, run = OutputView.REPLY_CAPTURE, everything.untouched
    [empty] = read(everything, view, Wanted(run=run, every_run=True))

    assert read(everything, view, Wanted(run=run)) == []
    assert (empty.is_recorded, empty.state, empty.channel) == (False, "none", "none")
    assert empty.client_safe_status == "Request received"
