"""Approvals that nobody decides on: told, told again, handed over, on somebody's list; whether a run waits or not."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from activities.approval_notices import ApprovalReminder, NoticeWriter
from activities.messaging import MessagingActivities
from models.approval_nudges import Patience
from models.approving import ApprovalSubject, AskFor, Refusal, Review, RiskClass
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals
from models.database.permission.approval_notices import ApprovalNotices
from models.database.permission.approval_watch import ApprovalWatch
from models.database.tables.approvals import Approval
from models.provider_answers import Answer, no_connection
from models.sending import Envelope
from models.terms import ApprovalPolicy, Channel, DecisionChannel, DecisionKind
from tests.database.test_approvals import ask
from tests.database.world import KEY, World, accepted

HOUR = timedelta(hours=1)


class Post:
    """An email provider that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.is_away = False

    def send(self, envelope: Envelope) -> Answer:
        if self.is_away:
            return no_connection("refused")
        self.sent.append(envelope)
        return accepted(f"ses-{len(self.sent)}")


class Watch:
    """The standing duty, and a clock that is set by making approvals older."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.post = Post()
        notices = ApprovalNotices(world.ring, KEY, HOUR, HOUR)
        watch = ApprovalWatch(world.engine, notices, Patience(2 * HOUR, 3 * HOUR, 4 * HOUR))
        writer = NoticeWriter("https://comms.example", "http://ui/{}".format)
        messaging = MessagingActivities(world.ledger, {Channel.EMAIL: self.post})
        self.reminder = ApprovalReminder(watch, writer, messaging)

    def later(self, by: timedelta) -> int:
        self.world.rows(
            "UPDATE approval SET requested_at = requested_at - :by, expires_at = expires_at - :by, watch_at = watch_at - :by",
            by=by,
        )
        return self.reminder.sweep()

    @property
    def tasks(self) -> list[tuple[str, str]]:
        rows = self.world.rows("SELECT kind, owner FROM owner_task WHERE closed_at IS NULL ORDER BY opened_at, kind")
        return [(row["kind"], row["owner"]) for row in rows if row["kind"].startswith("approval")]


@pytest.fixture
def watch(world: World) -> Watch:
    world.rows("UPDATE staff SET wants_email = (handle <> 'bob'), email = handle || '@example.com'")
    return Watch(world)


def a_post(world: World, **changes: object) -> UUID:
    known: dict[str, object] = {
        "subject": ApprovalSubject.POST, "subject_id": uuid4(), "client_id": world.client, "run_id": None, "items": ["a"],
        "audience_hash": "readers", "review": Review.OWNER, "risk": RiskClass.ROUTINE, "approver": "ann",
        "delegate": "bob", "requested_by": "sam", "last_editor": None, "within": 24 * HOUR,
    }  # fmt: skip
    with transaction(world.engine) as session:
        return approvals.ask(session, AskFor(**(known | changes))).id  # type: ignore[arg-type]


def test_an_approver_is_reminded_by_email_with_a_link_of_their_own(world: World, watch: Watch) -> None:
    world.run(ApprovalPolicy.RUN)
    watch.later(timedelta(0))
    assert watch.post.sent == []
    watch.later(2 * HOUR)
    watch.later(timedelta(0))

    subjects = [envelope.subject.partition(":")[0] for envelope in watch.post.sent]
    assert subjects == ["Approval needed", "Still needed"]  # nobody's workflow has told this one
    assert watch.post.sent[1].to == "ann@example.com"
    assert "https://comms.example/a/" in watch.post.sent[1].body
    assert watch.tasks == [("approval_waiting", "ann")]


def test_a_subject_without_a_run_is_on_the_lists_of_approver_delegate_and_whoever_is_responsible(
    world: World, watch: Watch
) -> None:
    approval = a_post(world)
    watch.later(timedelta(0))
    assert watch.tasks == [("approval_waiting", "ann")]
    watch.later(3 * HOUR)
    assert watch.tasks == [("approval_waiting", "ann"), ("approval_delegated", "bob")]
    watch.later(HOUR)

    assert watch.tasks[2] == ("approval_overdue", "bob")
    kinds = [event["kind"] for event in world.rows("SELECT kind FROM event WHERE kind LIKE 'approval%' ORDER BY id")]
    assert kinds[-4:] == ["approval_reminded", "approval_reminded", "approval_delegated", "approval_escalated"]
    with transaction(world.engine) as session:
        stored = session.get_one(Approval, approval)
        by, shown = Origin("api", "bob"), stored.content_hash
        approvals.decide(session, approval, DecisionKind.APPROVE, shown, by, DecisionChannel.API)
    assert watch.tasks == []
    assert watch.later(24 * HOUR) == 0


def test_a_delegate_without_the_role_may_decide_only_once_it_was_handed_to_them(world: World, watch: Watch) -> None:
    run = world.run(ApprovalPolicy.RUN)
    ask(world, run, delegate="sam-2", last_editor="x", within=24 * HOUR)
    world.rows(
        "INSERT INTO staff (handle, email, roles, wants_email, active) VALUES ('sam-2', 's@example.com', '{}', true, true)"
    )
    assert world.decide(run, by=Origin("api", "sam-2")).refusal is Refusal.NOT_AN_APPROVER
    watch.later(3 * HOUR)

    assert [envelope.to for envelope in watch.post.sent][-1] == "s@example.com"
    assert "handed to you" in watch.post.sent[-1].subject
    assert world.decide(run, by=Origin("api", "sam-2")).refusal is None


def test_several_watchers_do_each_thing_once(world: World, watch: Watch) -> None:
    world.run(ApprovalPolicy.RUN)
    another = Watch(world)
    watch.later(2 * HOUR)
    another.later(timedelta(0))

    assert len(watch.post.sent) + len(another.post.sent) == 2
    assert len(world.rows("SELECT 1 FROM event WHERE kind = 'approval_reminded'")) == 2


@pytest.mark.parametrize("settled", ["decided", "superseded", "run ended", "too late"])
def test_nobody_is_reminded_of_what_is_settled(world: World, watch: Watch, settled: str) -> None:
    run = world.run(ApprovalPolicy.RUN)
    watch.later(2 * HOUR)
    assert watch.tasks
    match settled:
        case "decided":
            world.decide(run)
        case "superseded":
            ask(world, run, items=["other"])
            world.rows("DELETE FROM approval_item WHERE content_hash = 'other'")
            world.rows("UPDATE approval SET watch_at = NULL WHERE superseded_at IS NULL")
        case "run ended":
            world.control.close(run, "stopped")
        case "too late":
            world.rows("UPDATE approval SET expires_at = clock_timestamp() WHERE run_id = :run", run=run)
    before = len(watch.post.sent)
    watch.later(24 * HOUR)

    assert watch.tasks == []
    assert len(watch.post.sent) == before
    assert world.rows("SELECT 1 FROM approval WHERE watch_at IS NOT NULL AND subject = 'run'") == []


def test_a_notice_that_could_not_leave_is_tried_again_after_a_minute(world: World, watch: Watch) -> None:
    world.run(ApprovalPolicy.RUN)
    watch.post.is_away = True
    watch.later(2 * HOUR)
    assert world.rows("SELECT 1 FROM message WHERE audience = 'staff' AND state = 'accepted'") == []
    watch.post.is_away = False
    watch.later(timedelta(0))
    assert watch.post.sent == []
    world.rows("UPDATE attempt SET started_at = started_at - interval '2 minutes'")
    watch.later(timedelta(0))

    assert len(watch.post.sent) == 2
