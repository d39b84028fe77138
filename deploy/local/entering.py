"""Entering a client and a library into a local stack the way staff would: by command, and approved through the API."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.comms_command import comms
from deploy.local.office import Office
from deploy.local.stack import LocalStack


async def enter(stack: LocalStack, office: Office, client: Mapping[str, Any], library: Path) -> None:
    """Enter a client and a library, and have every new wording approved. Safe to repeat."""
    await office.ask("sales-ops", "POST", "/v1/clients", dict(client))
    added = await asyncio.to_thread(comms, stack, "library", "add", str(library))
    if added.returncode:
        raise SystemExit(f"the library was not accepted:\n{added.stdout}{added.stderr}")
    for waiting in await office.ask("approver", "GET", "/v1/approvals"):
        approval = await office.ask("approver", "GET", f"/v1/approvals/{waiting['id']}")
        await office.decide(approval, "approve")
