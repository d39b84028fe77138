"""People who want a message sent again: one asks, another one agrees, and the provider is looked at once more."""

from uuid import UUID

from hypothesis.stateful import precondition, rule
from sqlalchemy import RowMapping

from activities.reconciling import Reconciler
from models.database.doubts import resending
from models.database.doubts.resending import NotToBeSentAgain
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.ledger import Message
from tests.protocol.circumstances import Circumstances, mostly
from tests.protocol.provider import Provider

PEOPLE = ("eve", "ann")
_IN_DOUBT = "SELECT id, fence FROM message WHERE state = 'escalated' ORDER BY id"
_LATER = "UPDATE message SET lease_until = lease_until - :time WHERE id = :id"
_CLAIMED_EARLIER = "UPDATE attempt SET started_at = started_at - :time WHERE message_id = :id RETURNING token_hash"


class SecondSends(Circumstances):
    """What is with a person may leave once more, on the word of two of them, and only if its provider does not have it.

    Attributes:
        provider: what it lists decides.
        reconciler: looks it up.
        may_arrive: tokens of attempts that a provider may still come to accept, with their messages.
    """

    provider: Provider
    reconciler: Reconciler
    may_arrive: dict[str, UUID]

    @precondition(lambda self: self.world.rows(_IN_DOUBT))
    @rule(people=mostly(PEOPLE, PEOPLE[:1], PEOPLE[1:]), waits=mostly(True, False), looks=mostly(True, False))
    def wish(self, people: tuple[str, ...], waits: bool, looks: bool) -> None:
        """Somebody, or two, want all that is with a person sent again; they may have waited until nothing can arrive."""
        for message in self.world.rows(_IN_DOUBT):
            settled = message["id"] not in self.may_arrive.values()
            if waits and settled:
                self._let_the_horizon_pass(message["id"])
            for person in people:
                if self._is_heard(message, person):
                    assert settled, "a second copy was allowed while the first may still arrive"
        if looks:
            self.reconciler.sweep()

    def _is_heard(self, doubt: RowMapping, person: str) -> bool:
        with transaction(self.world.engine) as session:
            message = session.get_one(Message, doubt["id"], with_for_update=True)
            try:
                resending.ask(session, message, Origin("api", person), "the lead waits", self.world.timers.checks[-1])
            except NotToBeSentAgain:
                return False
            return True

    def _let_the_horizon_pass(self, message_id: UUID) -> None:
        timers = self.world.timers
        time = timers.lease + timers.checks[-1]
        self.world.rows(_LATER, id=message_id, time=time)
        of_it = {row["token_hash"] for row in self.world.rows(_CLAIMED_EARLIER, id=message_id, time=time)}
        self.provider.set_back(of_it, time)
