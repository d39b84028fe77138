"""What needs me: the first page after the sign-in."""

from fastapi.responses import Response

from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Anybody

router = console_router()


@router.get("/console")
def show(visit: Anybody) -> Response:
    """Show what waits for whoever is signed in."""
    return page("start.html.jinja", visit)
