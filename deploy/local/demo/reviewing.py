"""The two people who let a client see something, and the approver of everything else, at their desks."""

import asyncio
from collections.abc import Collection
from typing import Any

from deploy.local.office import Office

WHO = {"owner": "approver", "privacy": "privacy-reviewer"}
"""Who reads from which side."""


async def waiting(office: Office, run_id: str, subject: str) -> list[dict[str, Any]]:
    """Return what waits for a decision about a run."""
    listed = await office.ask("approver", "GET", "/v1/approvals")
    return [one for one in listed if one["run_id"] == run_id and one["subject"] == subject]


async def decide(office: Office, run_id: str, subject: str, reviews: Collection[str] = ("owner",)) -> dict[str, Any]:
    """Wait until these reviews are asked for, read the wording, and approve it, each by who has to; return the last one."""
    asked = await waiting(office, run_id, subject)
    while {one["review"] for one in asked} != set(reviews):
        await asyncio.sleep(0.3)
        asked = await waiting(office, run_id, subject)
    read: dict[str, Any] = {}
    for one in asked:
        who = WHO[one["review"]]
        read = await office.ask(who, "GET", f"/v1/approvals/{one['id']}")
        await office.decide(read, "approve", who=who)
    return read


async def let_be_seen(office: Office, run_id: str) -> dict[str, Any]:
    """Give a post of a run the owner's approval and the privacy review."""
    return await decide(office, run_id, "post", WHO)
