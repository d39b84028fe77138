"""Every page of the console as everybody and as nobody: no page without its role, no form of another page, no other client."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlmodel import Session

from models.database.tables.people import Staff
from models.terms import Role
from starter.console.mounting import console_routes
from starter.console.visiting import NEEDED, visit_of
from tests.browser.conftest import COOKIE, ELSEWHERE, cookie_of
from tests.openapi.stocked import Stocked

OPEN = {"/console/assets/{name}"}
"""What nobody has to sign in for."""
OF_ACME = ("Zephyrine", "Acme Plumbing", "acme-plumbing", "5550123")
READ = {"GET", "HEAD"}


def methods(route: APIRoute) -> set[str]:
    return route.methods or set()


def routes(*, changing: bool) -> list[APIRoute]:
    return [route for route in console_routes() if route.path not in OPEN and bool(methods(route) - READ) is changing]


def named(route: APIRoute) -> str:
    return f"{'/'.join(sorted(methods(route)))} {route.path}"


def address(route: APIRoute, console: Stocked) -> str:
    """Return a path of the route with ids that exist, where the database has some."""
    path = route.path
    for parameter in route.param_convertors:
        ids = console.named(parameter)
        path = path.replace(f"{{{parameter}}}", ids[0] if ids else str(uuid4()))
    return path


def needed(dependant: Dependant) -> Iterator[frozenset[Role]]:
    if dependant.call in NEEDED:
        yield NEEDED[dependant.call]
    for one in dependant.dependencies:
        yield from needed(one)


def asks_who(dependant: Dependant) -> bool:
    return dependant.call is visit_of or any(asks_who(one) for one in dependant.dependencies)


@pytest.fixture(scope="module")
def browsers(console: Stocked) -> dict[str, dict[str, str]]:
    """The headers of everybody's browser."""
    return {handle: {"Cookie": f"{COOKIE}={cookie_of(console, handle)}"} for handle in console.keys}


def roles_of(console: Stocked, handle: str) -> frozenset[Role]:
    with Session(console.engine) as session:
        return frozenset(Role(role) for role in session.get_one(Staff, handle).roles)


@pytest.mark.parametrize("route", [*routes(changing=False), *routes(changing=True)], ids=named)
def test_whoever_is_not_signed_in_is_led_to_the_sign_in(console: Stocked, route: APIRoute) -> None:
    assert asks_who(route.dependant)
    answer = console.http.request(_method(route), address(route, console))

    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize("route", routes(changing=False), ids=named)
def test_a_page_is_for_its_roles_and_fails_for_nobody(
    console: Stocked, browsers: dict[str, dict[str, str]], route: APIRoute
) -> None:
    for handle, headers in browsers.items():
        answer = console.http.get(address(route, console), headers=headers)
        allowed = all(roles & roles_of(console, handle) for roles in needed(route.dependant))
        assert answer.status_code < 500, f"{handle}: {answer.text}"
        assert allowed or answer.status_code == 403, f"{handle} got {answer.status_code}"
        assert answer.headers["content-type"].startswith("text/html") or answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("route", routes(changing=True), ids=named)
def test_a_form_that_no_page_of_ours_has_sent_changes_nothing(
    console: Stocked, browsers: dict[str, dict[str, str]], route: APIRoute
) -> None:
    before = _events(console)
    for handle, headers in browsers.items():
        answer = _sends(console, route, headers)
        # What is another client's is not even there.
        refused = (403, 404) if handle == ELSEWHERE.handle else (403,)
        assert answer.status_code in refused, f"{handle}: {answer.status_code}"

    assert _events(console) == before


@pytest.mark.parametrize("route", routes(changing=False), ids=named)
def test_nothing_of_another_client_is_shown(
    console: Stocked, browsers: dict[str, dict[str, str]], route: APIRoute
) -> None:
    paths = {address(route, console)}
    for parameter in route.param_convertors:
        paths |= {route.path.replace(f"{{{parameter}}}", one) for one in console.named(parameter)[:3]}
    for path in sorted(paths):
        shown = console.http.get(path, headers=browsers[ELSEWHERE.handle])
        assert not [word for word in OF_ACME if word in shown.text], path


def _sends(console: Stocked, route: APIRoute, headers: dict[str, str]) -> httpx.Response:
    return console.http.request(_method(route), address(route, console), headers=headers, data={"csrf": "made up"})


def _method(route: APIRoute) -> str:
    return next(iter(methods(route) - READ), "GET")


def _events(console: Stocked) -> int:
    with console.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one())
