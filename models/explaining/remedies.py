"""What would have to change for a message to leave, who may do that and how: one entry for every reason there is.

A new `HoldReason`, `NotSentReason` or `FailureClass` needs an entry here; a test fails without it. In the texts a name in
braces is filled from what is known of the message; what is not known stays a word in capitals.
"""

from collections.abc import Mapping
from typing import Any

from models.explaining.answers import Remedy
from models.explaining.known import Known
from models.failure_classes import FailureClass
from models.sending import HoldReason, NotSentReason
from models.terms import MessageState, PauseScope

APPROVER = "an approver other than the one who asked (role approver)"
INCIDENT_OWNER = "an incident owner (role incident_owner)"
SALES_OPS = "sales ops (role sales_ops)"
ENGINEER = "an engineer or an incident owner (role engineer or incident_owner)"
ITSELF = "nobody: it comes by itself"
_START_AGAIN = ("comms start --client {client} …", "POST /v1/outreach")
_APPROVE = ("comms approve {approval}", "POST /v1/approvals/{approval}/decision")

REMEDIES: dict[HoldReason | NotSentReason, Remedy] = {
    HoldReason.PAUSED: Remedy(
        change="The pause of {scope} is lifted; every check is then made again.", who=INCIDENT_OWNER, how=("{resume}",)
    ),
    HoldReason.DRAINING: Remedy(change="Its turn among those that the pause had held comes.", who=ITSELF),
    HoldReason.QUIET_HOURS: Remedy(change="The allowed hours begin{opens}.", who=ITSELF),
    HoldReason.FREQUENCY_CAP: Remedy(
        change="Enough time has passed since the person was last written to{free}.",
        who=f"{ITSELF}; {APPROVER} can override a rule for the client, with a reason",
        how=("comms rules", "comms rules supersede RULE …"),
    ),
    HoldReason.GIVES_WAY: Remedy(
        change="The more urgent run to the same person ends.",
        who=f"{ITSELF}; {INCIDENT_OWNER}, if it should end sooner",
    ),
    HoldReason.NOT_APPROVED: Remedy(
        change="This very wording is approved, by {approver} or another approver.", who=APPROVER, how=_APPROVE
    ),
    HoldReason.WORDING: Remedy(
        change="Somebody reads what was found. If it is the client's own, it is entered as such and the message leaves; "
        "else the run is stopped, and started again once the wording is right.",
        who="an approver or an incident owner (role approver or incident_owner)",
        how=(
            "comms wording message {message}",
            "comms wording mark {client} KIND VALUE",
            "comms stop {run} --reason …",
            "POST /v1/clients/{client}/marks",
        ),
    ),
    HoldReason.AWAY: Remedy(change="The lead is back, or writes before.", who="the lead"),
    HoldReason.DOUBTFUL_OPT_OUT: Remedy(
        change="Somebody reads the reply and says that it was no opt-out; if it was one, the message never leaves.",
        who=SALES_OPS,
        how=(
            "comms release {task}",
            "comms opt-out {task}",
            'POST /v1/consent {{"task": "{task}", "status": "released"}}',
        ),
    ),
    HoldReason.POSSIBLE_DUPLICATE: Remedy(
        change="Somebody finds that it shall leave all the same and closes the task; else the run is stopped.",
        who=f"the task's owner, or {SALES_OPS}",
        how=("comms close {task} --note …", "comms stop {run} --reason …", "POST /v1/tasks/{task}/close"),
    ),
    HoldReason.TRY_LATER: Remedy(change="The provider takes messages again; the call is then repeated.", who=ITSELF),
    HoldReason.INBOUND_GAP: Remedy(
        change="The web hooks are up and the provider's list of what came in has been read.",
        who=f"{ITSELF}; an engineer, if the API or the worker is down",
    ),
    HoldReason.LEDGER_UNVERIFIED: Remedy(
        change="Somebody compares the ledger with the providers and releases it.",
        who=ENGINEER,
        how=("comms reconcile --since MOMENT", "comms release-ledger", "POST /v1/ledger/release"),
    ),
    NotSentReason.OPTED_OUT: Remedy(
        change="Only the person can allow it again: by texting START, or by an opt-in that they gave and that can be proved. "
        "This message stays unsent; a new run may then be started.",
        who=f"the person; their proven opt-in is recorded by {SALES_OPS}",
        how=('POST /v1/consent {{"client": "{client}", "status": "granted", "evidence": …}}',),
    ),
    NotSentReason.NO_CONSENT: Remedy(
        change="The person agrees to {needed} messages and that is recorded; this message stays unsent, a new run may follow.",
        who=SALES_OPS,
        how=(
            'POST /v1/consent {{"client": "{client}", "status": "granted", "kind": "{needed}", "evidence": …}}',
            *_START_AGAIN,
        ),
    ),
    NotSentReason.BAD_ADDRESS: Remedy(
        change="The lead's address is corrected; the lead is then started again with it.",
        who=SALES_OPS,
        how=_START_AGAIN,
    ),
    NotSentReason.EXPIRED: Remedy(
        change="Nothing brings it back. If it is still worth while, the lead is started again.",
        who=SALES_OPS,
        how=_START_AGAIN,
    ),
    NotSentReason.RUN_ENDED: Remedy(
        change="Nothing brings it back: its run has ended. If that was wrong, the lead is started again.",
        who=SALES_OPS,
        how=_START_AGAIN,
    ),
    NotSentReason.FOLLOW_UP_OVER: Remedy(
        change="Nothing brings it back: the enrolment has had all it may have. If the person asks anew, that is a new lead.",
        who=SALES_OPS,
        how=_START_AGAIN,
    ),
    NotSentReason.REFUSED: Remedy(
        change="The provider's reason is put right, then the lead is started again.", who=SALES_OPS, how=_START_AGAIN
    ),
    NotSentReason.CLOSED_BY_PERSON: Remedy(
        change="Nothing brings it back. If the lead should still hear from us, the lead is started again.",
        who=SALES_OPS,
        how=_START_AGAIN,
    ),
}
FAILURES: dict[FailureClass, Remedy] = {
    FailureClass.SUPPRESSED: REMEDIES[NotSentReason.OPTED_OUT],
    FailureClass.BAD_CONTACT: REMEDIES[NotSentReason.BAD_ADDRESS],
    FailureClass.BLOCKED: Remedy(
        change="Somebody finds out why a carrier or the recipient blocks our number. Nothing is repeated by itself.",
        who=INCIDENT_OWNER,
    ),
    FailureClass.SOFT_BOUNCE: Remedy(
        change="The mailbox takes mail again. The provider has repeated by itself; we do not.",
        who=SALES_OPS,
        how=_START_AGAIN,
    ),
    FailureClass.TRANSIENT: Remedy(
        change="The disturbance passes. There is one repeat, through every check.", who=ITSELF
    ),
    FailureClass.CONFIG: Remedy(
        change="Our account or sender at the provider is put right, and the channel of the client is resumed.",
        who=f"an engineer, then {INCIDENT_OWNER}",
        how=("comms pauses", "comms resume PAUSE --reason …", "POST /v1/pauses/PAUSE/resume"),
    ),
    FailureClass.CONTENT: Remedy(
        change="The wording is changed and approved anew; the same text is not repeated.",
        who=f"the author of the template, then {APPROVER}",
        how=("comms library add FILE", "comms approve APPROVAL"),
    ),
    FailureClass.BUG: Remedy(change="The request itself was wrong: the service is put right.", who="an engineer"),
    FailureClass.UNKNOWN: Remedy(
        change="Somebody finds out what the provider's code means and has it classified.", who=INCIDENT_OWNER
    ),
}
IN_DOUBT = Remedy(
    change="Somebody finds out at the provider whether it left and says so, or two people have it sent again.",
    who=f"{INCIDENT_OWNER}; sending it again needs a second one or an approver",
    how=(
        "comms resolve {message} --was-sent ID",
        "comms resolve {message} --not-sent",
        "comms resolve {message} --send-again --reason …",
        "POST /v1/messages/{message}/resolution",
    ),
)


_FAILED_AT_THE_PROVIDER = (None, NotSentReason.REFUSED)


def to_change(known: Known, in_the_way: list[Remedy], names: Mapping[str, Any]) -> list[Remedy]:
    """Return what would have to change for a message to leave; nothing, if it has left or nothing stands in its way.

    Args:
        known: the message.
        in_the_way: what each check that would stop it now needs, in order.
        names: what the texts may name.
    """
    failure = known.message["failure_class"]
    match known.state:
        case MessageState.ACCEPTED | MessageState.REFUSED if failure and known.never_because in _FAILED_AT_THE_PROVIDER:
            return [filled(FAILURES[FailureClass(failure)], names)]
        case MessageState.ACCEPTED | MessageState.DISPATCHING | MessageState.UNKNOWN:
            return []
        case MessageState.ESCALATED:
            return [filled(IN_DOUBT, names)]
    if never := known.never_because:
        return [filled(REMEDIES[never], names)]
    if known.held_because is HoldReason.TRY_LATER:
        return [filled(REMEDIES[HoldReason.TRY_LATER], names), *in_the_way]
    return in_the_way


def filled(remedy: Remedy, known: Mapping[str, Any]) -> Remedy:
    """Return a remedy whose texts name what they are about."""
    names = _Known(known)
    texts = [text.format_map(names) for text in remedy.how]
    # Several commands may be known under one name, such as the ways to lift a pause.
    how = tuple(line for text in texts for line in text.split("\n") if line)
    change = remedy.change.format_map(names)
    return Remedy(change=f"{change[:1].upper()}{change[1:]}", who=remedy.who, how=how)


def ways_to_resume(scope: str, pause: str) -> str:
    """Return the commands and requests that lift a pause, one per line. A resume is a preview first, but for a single run."""
    kind, _, rest = scope.partition(":")
    if kind == PauseScope.RUN:
        return f"comms resume {rest} --reason …\nPOST /v1/runs/{rest}/resume"
    return f"comms resume {pause} --reason …\nPOST /v1/pauses/{pause}/preview, then POST /v1/pauses/{pause}/resume"


class _Known(dict[str, Any]):
    """What is known, by name. What is not stays a word in capitals, as a command's help would write it."""

    def __missing__(self, name: str) -> str:
        return name.upper()
