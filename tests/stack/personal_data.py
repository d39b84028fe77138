"""Looking for what must be nowhere but in the database and at the providers: in every history, log and trace."""

import base64
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from google.protobuf.json_format import MessageToJson
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from models.payloads import data_converter
from models.sealing import KeyRing
from tests.opened_history import opened
from tests.stack.scene import Lead, Scene

DETAILS = "__temporal_workflow_metadata"
"""The query by which the Temporal UI reads what a run says of itself."""


def forms(lead: Lead) -> set[str]:
    """Every form in which a lead's name, number or address may appear."""
    national = lead.phone.removeprefix("+1")
    area, exchange, line = national[:3], national[3:6], national[6:]
    written = {national, f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", quote(lead.phone, safe="")}
    named = {lead.first_name, lead.last_name, lead.email, quote(lead.email), lead.service_type}
    return {lead.phone} | written | {form for form in named if form}


async def places(scene: Scene) -> dict[str, str]:
    """Everything that people other than the owner of the database may read, by where it is."""
    return files(scene.stack.state) | await histories(scene)


def found(where: dict[str, str], secrets: Iterable[str]) -> list[str]:
    """Return which of these texts are where, whatever their case."""
    wanted = sorted(secrets)
    return [f"{secret!r} in {place}" for place, text in where.items() for secret in wanted if secret.lower() in text]


def files(state: Path) -> dict[str, str]:
    """Every log and trace of a stack, in lower case."""
    directories = [state / name for name in ("logs", "traces") if (state / name).is_dir()]
    kept = [file for directory in directories for file in sorted(directory.rglob("*")) if file.is_file()]
    return {str(file.relative_to(state)): file.read_text(errors="replace").lower() for file in kept}


async def histories(scene: Scene) -> dict[str, str]:
    """Every history, encrypted and decrypted, and what lists and the UI show beside it, in lower case."""
    ring = KeyRing({"k1": base64.b64decode(scene.stack.site.secrets.sealing_key)}, "k1")
    address = scene.stack.environment["COMMS_TEMPORAL__ADDRESS"]
    client = await Client.connect(address, data_converter=data_converter(ring))
    shown = {}
    async for listed in client.list_workflows():
        handle = client.get_workflow_handle(listed.id, run_id=listed.run_id)
        described = MessageToJson((await handle.describe()).raw_description)
        details = MessageToJson(await handle.query(DETAILS, result_type=WorkflowMetadata))
        parts = [str(listed.raw_info), described, details, await opened(await handle.fetch_history(), ring)]
        shown[listed.id] = "\n".join(parts).lower()
    return shown
