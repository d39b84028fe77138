"""`python -m deploy.simulation`: reads an order as JSON, writes the timetable as JSON.

Exit code 0 with `{"timetable": …}`; 1 with `{"problem": "…"}` if it cannot be simulated; 3 the same way if what it runs on is not
installed here. `comms simulate` and the console start it; it is a process of its own so that it can be given a limit.
"""

import asyncio
import json
import logging
import signal
import sys
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from deploy.simulation.missing import PartsMissing, refuse_without_parts
from models.errors import CommsError
from models.simulating.order import SimulationOrder

NOT_POSSIBLE, NOT_INSTALLED = 1, 3


async def main() -> int:
    """Simulate what the standard input asks for. SIGTERM ends it, and what it has started with it."""
    logging.disable(logging.WARNING)
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    code, said = 0, dict[str, Any]()
    try:
        order = SimulationOrder.model_validate_json(sys.stdin.read())
        refuse_without_parts()
        # They import what a service alone does not have.
        from deploy.simulation.running import simulate
        from deploy.simulation.settings import AsTheServiceIsSet

        made = await simulate(order, AsTheServiceIsSet())
        said = {"timetable": made.model_dump(mode="json")}
    except PartsMissing as missing:
        code, said = NOT_INSTALLED, {"problem": str(missing)}
    except ValidationError as invalid:
        code, said = NOT_POSSIBLE, {"problem": invalid.errors()[0]["msg"]}
    except CommsError as error:
        code, said = NOT_POSSIBLE, {"problem": str(error)}
    except DBAPIError as error:
        code, said = NOT_POSSIBLE, {"problem": f"the database refused: {str(error.orig).partition(chr(10))[0]}"}
    sys.stdout.write("\n" + json.dumps(said) + "\n")
    sys.stdout.flush()
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
