"""What the protocol is and what it might have been: the design, its options, and the mistakes it must not contain."""

from dataclasses import dataclass
from enum import StrEnum


class Violation(StrEnum):
    """What must not be reachable."""

    DUPLICATE = "duplicate"
    FALSE_SENT = "false sent"
    CLAIM_AFTER_OPT_OUT = "claim after opt-out"
    SILENT_LOSS = "silent loss"
    WRONG_REFUSED = "wrong refused"


@dataclass(frozen=True, slots=True)
class Design:
    """The rules of the protocol. The defaults are those of the product.

    Attributes:
        gate_inside_claim: consent is read in the transaction that claims, under the address lock.
        ended_lease_is_unknown: else a message whose worker is silent may simply be claimed again.
        one_request_per_attempt: else the client library repeats a request within one call.
        server_error_is_unknown: else a 5xx counts as a refusal.
        lost_answer_is_unknown: else silence counts as sent.
        late_evidence_counts: else evidence is heard only while the message is in doubt.
        escalates: a message whose list shows nothing is given to a person.
        list_is_complete: what the provider has accepted is on its list.
        resets: how often the workflow is reset, which asks for the same step again.
        key_names_the_run: the send key holds the id of the workflow run, which a reset changes.
        absence_resends: what the list does not show is sent again by itself …
        absence_waits: … only after the horizon.
        people_resend: two people may have a message sent again that is given to them …
        people_wait: … only after the horizon …
        people_look: … and only after a fresh look at the provider's list.
    """

    gate_inside_claim: bool = True
    ended_lease_is_unknown: bool = True
    one_request_per_attempt: bool = True
    server_error_is_unknown: bool = True
    lost_answer_is_unknown: bool = True
    late_evidence_counts: bool = True
    escalates: bool = True
    list_is_complete: bool = True
    resets: int = 0
    key_names_the_run: bool = False
    absence_resends: bool = False
    absence_waits: bool = True
    people_resend: bool = False
    people_wait: bool = True
    people_look: bool = True


SAFE = {
    "as it is": Design(),
    "a workflow is reset": Design(resets=1),
    "two people send again after the horizon and a fresh list": Design(people_resend=True),
    "absence sends again after the horizon, on a complete list (not in the product)": Design(absence_resends=True),
}
"""What may be relied on."""

MISTAKES = {
    "absence sends again at once": (Design(absence_resends=True, absence_waits=False), Violation.DUPLICATE),
    "absence on an incomplete list sends again": (
        Design(absence_resends=True, list_is_complete=False),
        Violation.DUPLICATE,
    ),
    "an ended lease is claimed again": (Design(ended_lease_is_unknown=False), Violation.DUPLICATE),
    "the client library repeats within a call": (Design(one_request_per_attempt=False), Violation.DUPLICATE),
    "a server error counts as refused": (Design(server_error_is_unknown=False), Violation.DUPLICATE),
    "the key names the workflow run": (Design(resets=1, key_names_the_run=True), Violation.DUPLICATE),
    "consent is read before the claim": (Design(gate_inside_claim=False), Violation.CLAIM_AFTER_OPT_OUT),
    "people may send again at once": (Design(people_resend=True, people_wait=False), Violation.DUPLICATE),
    "people send again on an old list": (Design(people_resend=True, people_look=False), Violation.DUPLICATE),
    "what is unknown is given to nobody": (Design(escalates=False), Violation.SILENT_LOSS),
    "a lost answer counts as sent": (Design(lost_answer_is_unknown=False), Violation.FALSE_SENT),
    "late evidence is not heard": (Design(late_evidence_counts=False), Violation.WRONG_REFUSED),
}
"""One wrong rule each, and what it leads to."""
