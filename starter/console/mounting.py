"""Every page of the console, in one list."""

from fastapi import FastAPI
from fastapi.routing import APIRoute

from starter.console import (
    assets,
    audit,
    digests,
    incidents,
    leads,
    measures,
    opening,
    outputs,
    pauses,
    resuming,
    run_after,
    run_controls,
    run_page,
    runs,
    sequences,
    start,
    telling,
    template_acts,
    templates,
)
from starter.console.navigation import menu

ROOMS = (
    start,
    runs,
    run_page,
    run_controls,
    run_after,
    leads,
    audit,
    pauses,
    resuming,
    opening,
    incidents,
    telling,
    digests,
    sequences,
    templates,
    template_acts,
    measures,
    outputs,
    assets,
)
"""Modules with a `router`, each on a line of its own."""


def mount_console(app: FastAPI) -> None:
    """Add every page of the console to the application."""
    for room in ROOMS:
        app.include_router(room.router)
    app.include_router(assets.anything_else)
    app.state.console_menu = menu({route.path for route in console_routes()})


def console_routes() -> list[APIRoute]:
    """Return every route of the console."""
    return [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
