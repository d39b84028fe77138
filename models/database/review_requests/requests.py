"""Review requests on PostgreSQL, as the activities need them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert

from models.database.engine import transaction
from models.database.review_requests import jobs, standing, turns
from models.database.tables.review_requests import ReviewLink, ReviewLocation
from models.review_requests.travelling import JobNews, Turn
from models.terms import Channel


class ReviewRequests:
    """What a run that asks for a review reads and writes beside what every run does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take_turn(self, run_id: UUID) -> Turn:
        """Say from when the customer may be asked, and keep that place of the day. Safe to repeat."""
        with transaction(self._engine) as session:
            return turns.take(session, run_id)

    def take_turn_to_remind(self, run_id: UUID) -> Turn:
        """Say from when the customer may be reminded, and keep that place of the day. Safe to repeat."""
        with transaction(self._engine) as session:
            return turns.take_to_remind(session, run_id)

    def news(self, run_id: UUID) -> JobNews:
        """Return how the job of the run stands."""
        with transaction(self._engine) as session:
            return standing.news(session, run_id)

    def permitted(self, run_id: UUID) -> tuple[Channel, ...]:
        """Return the channels through which the customer may be asked."""
        with transaction(self._engine) as session:
            may, _ = standing.permitted(session, jobs.of_run(session, run_id).lead_id)
            return tuple(may)

    def thanks(self, run_id: UUID) -> bool:
        """Return whether the client wants those thanked who have left a review."""
        with transaction(self._engine) as session:
            return session.get_one(ReviewLocation, jobs.of_run(session, run_id).location_id).thanks

    def keep_links(self, run_id: UUID, tokens: Mapping[str, str]) -> None:
        """Keep the link of each step, by its token. Safe to repeat."""
        with transaction(self._engine) as session:
            location = jobs.of_run(session, run_id).location_id
            for step, token in tokens.items():
                link = {"token": token, "run_id": run_id, "step": step, "location_id": location}
                session.execute(insert(ReviewLink).values(link).on_conflict_do_nothing())

    def refuse(self, run_id: UUID, reason: str) -> None:
        """Keep why the customer is not asked, or no further. Safe to repeat; the first reason stays."""
        with transaction(self._engine) as session:
            turns.refuse(session, jobs.of_run(session, run_id), reason)
