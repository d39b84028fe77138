"""What incident owners do in scenarios."""

from tests.faults.trial import Trial


async def put_pause(trial: Trial, paused: bool) -> list[str]:
    """Pause or resume everything; return the messages that are in flight."""
    body = {"scope": "everything", "paused": paused, "reason": "fault suite"}
    effect = await trial.rig.office.ask("incident-owner", "POST", "/v1/pauses", body)
    return list(effect["in_flight"])
