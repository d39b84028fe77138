"""What needs me: one list of all that waits for whoever is signed in, the most urgent first."""

from fastapi.responses import Response

from models.database.engine import transaction
from starter.console.frame import page
from starter.console.navigation import HOME
from starter.console.routing import console_router
from starter.console.visiting import Anybody
from starter.console.waiting import LABELS, Kind, waiting_for
from starter.resources import Uses

router = console_router()
MOST = 200


@router.get(HOME)
def show(visit: Anybody, uses: Uses, whose: str = "mine", kind: str = "") -> Response:
    """Show what waits for whoever is signed in, or everything that they may know of."""
    everyone, chosen = whose == "all", Kind(kind) if kind in set(Kind) else None
    with transaction(uses.engine) as session:
        found = waiting_for(session, visit.caller)
    listed = [one for one in found if everyone or one.mine]
    shown = [one for one in listed if chosen in (None, one.kind)]
    return page(
        "start.html.jinja",
        visit,
        items=shown[:MOST],
        more=max(0, len(shown) - MOST),
        kinds=[(one.value, LABELS[one], sum(item.kind is one for item in listed)) for one in Kind],
        chosen=chosen.value if chosen else "",
        whose="all" if everyone else "mine",
        mine=sum(one.mine for one in found),
        all=len(found),
        here=f"{HOME}?whose={'all' if everyone else 'mine'}" + (f"&kind={chosen.value}" if chosen else ""),
    )
