"""Drafts of a world: what they are made from, and who does what with them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from models.database import draft_desk, drafts
from models.database.draft_desk import Outcome
from models.database.drafts import NewDraft, Text
from models.database.engine import transaction
from models.database.events import Origin
from models.digests.figures import Figure, Period, Unit
from models.drafting import DraftSource, Material, Written
from models.wording.audiences import Audience
from models.wording.judging import Findings
from models.wording.slots import Name, Number
from models.wording.surroundings import Purpose
from tests.database.world import World

MAY = Period(first=date(2026, 5, 1), last=date(2026, 5, 31))
CALLS = Figure(
    key="calls", label="Calls", value=Decimal(40), unit=Unit.PERCENT, source="callrail/1", period=MAY,
    as_of=datetime(2026, 6, 1, tzinfo=UTC),
)  # fmt: skip
MATERIAL = Material(
    brief="A short note on the month for the owner of the business.",
    plain=Written(subject="Your month", body="{{ client }} answered {{ calls }} of its calls."),
    slots={"client": Name(text="Acme Plumbing"), "calls": Number(figure=CALLS)},
)
FILLED = "Acme Plumbing answered 40.0% of its calls."
SAM, ANN, BOB = Origin("api", "sam"), Origin("api", "ann"), Origin("api", "bob")


def new(world: World, key: str = "note", material: Material | None = None) -> NewDraft:
    return NewDraft(world.client, world.run(), key, "sam", Audience(purpose=Purpose.REPORT), material)


def ordered(world: World, material: Material = MATERIAL) -> UUID:
    with transaction(world.engine) as session:
        return drafts.order(session, new(world, material=material))


def stored(world: World, body: str = "All is well.", source: DraftSource = DraftSource.MODEL) -> UUID:
    """Store a draft that a model has written."""
    wanted = new(world)
    with transaction(world.engine) as session:
        drafts.store(session, wanted, Text("", body, source, "model-1"), Origin("workflow", "drafter"))
        return drafts.order(session, wanted)


def hash_of(world: World, draft: UUID) -> str:
    row = world.one(
        "SELECT content_hash FROM draft_revision WHERE draft_id = :id ORDER BY number DESC LIMIT 1", id=draft
    )
    return str(row["content_hash"])


def revise(world: World, draft: UUID, body: str, by: Origin = SAM, shown: str | None = None) -> Outcome:
    shown = shown or hash_of(world, draft)
    with transaction(world.engine) as session:
        return draft_desk.revise(session, draft, shown, "", body, by)


def review(world: World, draft: UUID, by: Origin = ANN, shown: str | None = None) -> Outcome:
    shown = shown or hash_of(world, draft)
    with transaction(world.engine) as session:
        return draft_desk.review(session, draft, shown, by)


def found_in(world: World, draft: UUID) -> Findings:
    with transaction(world.engine) as session:
        row = drafts.existing(session, draft)
        return drafts.check(session, row, drafts.newest(session, row))
