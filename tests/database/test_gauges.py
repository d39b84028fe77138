from models.database.gauges import standing
from models.database.inbound.arrivals import Arrival, store
from tests.database.world import World


def test_what_came_in_and_waits_is_counted_with_the_age_of_the_oldest(world: World) -> None:
    assert (standing(world.engine).waiting, standing(world.engine).oldest_waiting) == (0, 0)
    store(world.engine, world.ring, [Arrival("twilio", key, "status", b"") for key in ("1", "2", "3")])
    world.rows("UPDATE inbox SET received_at = received_at - interval '1 minute' WHERE dedupe_key = '1'")
    world.rows("UPDATE inbox SET state = 'done', received_at = received_at - interval '1 hour' WHERE dedupe_key = '3'")

    now = standing(world.engine)

    assert now.waiting == 2
    assert 60 <= now.oldest_waiting < 120
