"""How callback faults change what is sent later about one message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from deploy.local.standins.kit.faults import CallbackFault, FaultRule


@dataclass(frozen=True)
class Planned:
    """One callback or event to send. `due` is in seconds since the epoch; a forged one gets a bad signature."""

    due: float
    payload: dict[str, Any]
    forged: bool = False


def spoiled(planned: Sequence[Planned], rules: Sequence[FaultRule]) -> list[Planned]:
    """Apply the rules to the callbacks of one message, given oldest first; returns them by moment.

    Dropped wins over all others but forged, whose extra callback comes anyway.
    """
    faults = {rule.fault: rule for rule in rules}
    forged = [replace(planned[-1], forged=True)] if CallbackFault.FORGED in faults and planned else []
    if CallbackFault.DROPPED in faults:
        return forged
    sent = list(planned)
    if CallbackFault.REORDERED in faults and sent:
        # The whole series moves behind its last moment, so that none tells of what has not happened yet.
        moments = [sent[-1].due + each.due - sent[0].due for each in sent]
        sent = [replace(each, due=due) for each, due in zip(reversed(sent), moments, strict=True)]
    if (delay := faults.get(CallbackFault.DELAYED)) is not None:
        sent = [replace(each, due=each.due + delay.seconds(5)) for each in sent]
    if (delay := faults.get(CallbackFault.LATE)) is not None and sent:
        sent[-1] = replace(sent[-1], due=sent[-1].due + delay.seconds(60))
    if CallbackFault.DOUBLED in faults:
        sent = [twin for each in sent for twin in (each, each)]
    return sorted([*sent, *forged], key=lambda each: each.due)
