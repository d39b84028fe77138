"""Which hours apply to a message row: those of its state, narrowed to the customary ones unless it is an answer."""

from collections.abc import Mapping
from typing import Any, Literal

from models.quiet_hours import Window, WindowDecision, decide, window_for


class SendingHours:
    """Decides quiet hours at the claim.

    Args:
        policy: `enforced`, or `always_open` for a local stack whose recipients are made up.
    """

    def __init__(self, policy: Literal["enforced", "always_open"]) -> None:
        self._always_open = policy == "always_open"

    def __call__(self, row: Mapping[Any, Any]) -> WindowDecision:
        """Decide for a message row with its `now` (database clock). Notices to colleagues have no quiet hours."""
        zones = row["time_zones"] or ["UTC"]
        if self._always_open or row["audience"] != "contact":
            return decide(row["now"], zones, Window.always())
        return decide(row["now"], zones, window_for(row["region"], customary=not row["immediate"]))
