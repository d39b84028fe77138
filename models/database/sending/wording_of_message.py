"""What the checks of wording say of a message in the ledger, and the task of a person who must read what they found."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session

from models.database import wording
from models.database.events import TaskOrder
from models.database.sending.rows import Row
from models.terms import Channel, RunKind
from models.wording.audiences import Audience, Stage, audience_of_run
from models.wording.judging import Findings

Check = Callable[[Session, Stage, UUID | None, str, str, Audience], Findings]


def with_wording(session: Session, row: Row, check: Check) -> Row:
    """Return the facts of a message with what the checks say of its wording.

    A message is checked when it is planned. It is checked anew only if rules or businesses have changed since.

    Args:
        session: the caller's transaction.
        row: of `FACTS`.
        check: `check_at`, or `look_at` for those who may not write.
    """
    if row["wording"] is not None or row["audience"] != "contact":
        return row
    audience = audience_of(session, row["client_id"], row["content_hash"], row["run_kind"], row["channel"])
    found = check(session, Stage.CLAIM, row["client_id"], row["subject"], row["body"], audience)
    return {**row, "wording": found.verdict.value}


def audience_of(session: Session, client_id: UUID, content_hash: str, run_kind: str, channel: str) -> Audience:
    """Return under which audience a message was checked before; else what its run tells."""
    given = wording.audience_given(session, client_id, content_hash)
    return given or audience_of_run(RunKind(run_kind), Channel(channel))


def order(message_id: UUID) -> TaskOrder:
    """Return what the owner of a message is asked whose wording must not leave as it is."""
    return TaskOrder(
        "wording_held",
        str(message_id),
        "Something was found in the wording that must not leave; `comms wording message ID` says where. If it is the "
        "client's own, enter it with `comms wording mark`, and the message leaves. Else stop the run, put the template or "
        "the lead right, and start it again.",
    )
