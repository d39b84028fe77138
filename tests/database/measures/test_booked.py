"""Bookings in the outputs and measures, over statements as they are recorded."""

from datetime import UTC, datetime
from uuid import UUID

from models.database import outcomes
from models.database.engine import snapshot, transaction
from models.database.measures.computing import Asked, Figure, compute
from models.database.measures.outputs import Wanted, page
from models.database.outcomes import Statement
from models.measures.definitions import MEASURES
from models.outcomes.told import EvidenceKind, LeadOutcome, ToldOutcome, Value, ValueBasis
from models.outputs import BookedOutcome, OutputView
from tests.database.world import World

BOOKED_AT = datetime(2026, 11, 2, tzinfo=UTC)


def book(world: World, lead: UUID, number: int, basis: ValueBasis, evidence: str) -> None:
    told = ToldOutcome(LeadOutcome.BOOKED, BOOKED_AT, EvidenceKind.INVOICE, evidence, Value(basis, "USD", number))
    with transaction(world.engine) as session:
        assert outcomes.record(session, lead, told, Statement("crm_hubspot", "hubspot", f"event {number}"))


def of_run(world: World, run: UUID) -> BookedOutcome:
    with snapshot(world.engine) as session:
        [row] = page(session, OutputView.BOOKED_OUTCOME, Wanted(run=run), 9)
    assert isinstance(row, BookedOutcome)
    return row


def figures(world: World, key: str) -> list[Figure]:
    with snapshot(world.engine) as session:
        return compute(session, MEASURES[key], Asked())


def test_a_booking_says_its_value_its_basis_and_who_says_so(world: World) -> None:
    lead = world.lead()
    run = world.run(lead=lead)
    book(world, lead, 12_500, ValueBasis.PAID, "INV-1")

    row = of_run(world, run)

    assert (row.state, row.source, row.channel, row.counts) == ("booked", "crm_hubspot", "crm", True)
    assert (row.basis, row.currency, row.amount_minor, row.became_so_at) == ("paid", "USD", 12_500, BOOKED_AT)
    assert row.client_safe_status == "Outcome recorded"


def test_money_is_counted_once_and_never_across_bases(world: World) -> None:
    first, second, third = (world.lead(phone=f"+1303555012{number}") for number in range(3))
    runs = [world.run(lead=lead) for lead in (first, second, third)]
    book(world, first, 100, ValueBasis.PAID, "INV-1")
    book(world, second, 200, ValueBasis.PAID, "INV-1")
    book(world, third, 300, ValueBasis.QUOTED, "INV-2")

    assert figures(world, "booked_value") == [
        Figure("", "paid/USD", 1, 1, 100.0),
        Figure("", "quoted/USD", 1, 1, 300.0),
    ]
    assert figures(world, "booked_outcome") == [Figure("", "", 2, 3, None)]
    assert [of_run(world, run).counts for run in runs] == [True, False, True]
