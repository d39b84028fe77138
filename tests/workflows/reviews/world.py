"""A finished job and its one request, on the real workflow, activities, rows and relay; only the providers follow a script."""

import asyncio
from typing import Any

from sqlalchemy import Engine
from temporalio.client import Client, WorkflowHandle

from models.database.review_requests.jobs import Taken
from models.review_requests.eligibility import JobState
from models.review_requests.terms import ReviewOutcome
from models.settings import Settings
from tests.review_desk import NAME, ReviewDesk
from tests.workflows.world import World


class ReviewWorld(World):
    """The desk, and the run of the newest job."""

    def __init__(self, engine: Engine, client: Client, settings: Settings) -> None:
        super().__init__(engine, client, settings)
        self.desk = ReviewDesk(engine)
        self.furnish = self.desk.furnish

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"review_request/{self.run_id}", result_type=ReviewOutcome)

    async def finish(self, job_id: str = "job-1", starts: bool = True, **more: Any) -> Taken:
        """Report a job; the newest one reported is the run that is looked at."""
        taken = self.desk.report(job_id, **more)
        self.run_id = taken.run_id
        if starts:
            await self.relay()
        return taken

    async def change(self, state: JobState, job_id: str = "job-1") -> None:
        """Tell that the job stands otherwise."""
        await self.finish(job_id, state=state)

    async def use_link(self, **how: Any) -> str | None:
        """Follow the link of a message."""
        target = self.desk.follow(**how)
        await self.relay()
        return target

    async def review(self, name: str = NAME, stars: int = 5) -> None:
        """Let a review be read that was left just now."""
        self.desk.see(name, stars)
        await self.relay()

    async def settle_complaint(self) -> None:
        """Close it, as its owner does."""
        self.desk.settle()
        await self.relay()

    async def ending(self) -> ReviewOutcome:
        """Wait for the end, relaying meanwhile."""
        result = asyncio.ensure_future(self.handle.result())
        while not result.done():
            await self.relay()
            await asyncio.wait([result], timeout=0.05)
        return ReviewOutcome(await result)
