"""What can be seen of a run: in its rows, and in Temporal."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import col, select
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHandle

from models.database.engine import transaction
from models.database.tables.records import Event, OwnerTask
from models.terms import OutreachOutcome


class ObservedRun:
    """A run, once there is one. `:run` in a statement is its id."""

    def __init__(self, engine: Engine, client: Client) -> None:
        self.engine = engine
        self.client = client
        self.run_id: UUID

    @property
    def handle(self) -> WorkflowHandle[Any, OutreachOutcome]:
        return self.client.get_workflow_handle(f"outreach/{self.run_id}", result_type=OutreachOutcome)

    async def until(self, statement: str, wanted: Any) -> None:
        """Wait until a one-value statement about this run gives `wanted`."""
        for _ in range(400):
            if self.scalar(statement) == wanted:
                return
            await asyncio.sleep(0.025)
        raise AssertionError(f"{statement}: {self.scalar(statement)} instead of {wanted}")

    async def until_state(self, state: str) -> None:
        await self.until("SELECT state FROM run WHERE id = :run", state)

    async def until_details(self, words: str) -> None:
        """Wait until the Temporal UI would show these words."""
        for _ in range(200):
            metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
            if words in metadata.current_details:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{words!r} is not in {metadata.current_details!r}")

    async def until_sent(self, count: int = 1) -> None:
        await self.until(
            "SELECT count(*) FROM message WHERE run_id = :run AND state = 'accepted' AND audience = 'contact'", count
        )

    def scalar(self, statement: str) -> Any:
        with transaction(self.engine) as session:
            return session.execute(text(statement), {"run": self.run_id}).scalar()

    def tasks(self, kind: str) -> list[OwnerTask]:
        with transaction(self.engine) as session:
            mine = col(OwnerTask.run_id) == self.run_id, col(OwnerTask.kind) == kind, col(OwnerTask.closed_at).is_(None)
            return list(session.exec(select(OwnerTask).where(*mine)))

    def events(self, kind: str) -> list[Event]:
        with transaction(self.engine) as session:
            query = select(Event).where(col(Event.run_id) == self.run_id, col(Event.kind) == kind)
            return list(session.exec(query.order_by(col(Event.id))))
