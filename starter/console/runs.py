"""The list of runs: filtered, in pages, live. What is filtered for is in the address, so that it can be kept and sent."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from fastapi.responses import Response

from models.database import run_list
from models.database.engine import transaction
from models.database.run_list import Wanted
from models.terms import RunKind, RunState
from starter.api.cursors import cursor, opened
from starter.callers import READ_REPLIES
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.run_lines import KINDS, STATES, line
from starter.console.visiting import Anybody
from starter.resources import Uses

router = console_router()
PAGE = 25
_ANY = ("", "any")
_OPEN = "open"
_STATE_OPTIONS = (_ANY, (_OPEN, "not ended"), *((state.value, said) for state, (said, _) in STATES.items()))
_KIND_OPTIONS = (_ANY, *((kind.value, said) for kind, said in KINDS.items()))
_NEEDS_OPTIONS = (_ANY, ("person", "something on a person's list"))
Text = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is filtered for, as the form shows it."""

    words: str
    client: str
    kind: str
    state: str
    owner: str
    needs: str

    @property
    def wanted(self) -> dict[str, str]:
        """Those that are set, by the name of their field."""
        named = {
            "q": self.words,
            "client": self.client,
            "kind": self.kind,
            "state": self.state,
            "owner": self.owner,
            "needs": self.needs,
        }
        return {name: value for name, value in named.items() if value}


@router.get("/console/runs")
def show(
    visit: Anybody,
    uses: Uses,
    q: Text = "",
    client: Text = "",
    kind: Text = "",
    state: Text = "",
    owner: Text = "",
    needs: Text = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show runs, newest first."""
    filters = Filters(q.strip(), client, kind, state, owner, needs)
    named = visit.caller.may(READ_REPLIES)
    with transaction(uses.engine) as session:
        theirs = visit.caller.only
        before = opened(after) if after else None
        found = run_list.page(session, _wanted(filters, named), theirs, PAGE + 1, before)
        owners, clients = run_list.owners(session, theirs), run_list.clients(session, theirs)
    following = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        following = _address(filters.wanted | {"after": cursor(last["requested_at"], last["id"])})
    return page(
        "runs.html.jinja",
        visit,
        here=_address(filters.wanted | ({"after": after} if after else {})),
        filters=filters,
        named=named,
        runs=[line(dict(row), named) for row in found[:PAGE]],
        first=_address(filters.wanted) if after else "",
        following=following,
        clients=(_ANY, *((row["key"], row["name"]) for row in clients)),
        owners=(_ANY, *((one, one) for one in owners)),
        kinds=_KIND_OPTIONS,
        states=_STATE_OPTIONS,
        needs=_NEEDS_OPTIONS,
    )


def _wanted(filters: Filters, named: bool) -> Wanted:
    """Return what is looked for. What no filter has, such as a state of an older version, finds everything."""
    return Wanted(
        client=filters.client or None,
        kind=RunKind(filters.kind) if filters.kind in set(RunKind) else None,
        state=RunState(filters.state) if filters.state in set(RunState) else None,
        open=filters.state == _OPEN,
        owner=filters.owner or None,
        needs_person=filters.needs == "person",
        words=filters.words or None,
        by_name=named,
    )


def _address(values: dict[str, str]) -> str:
    return f"/console/runs?{urlencode(values)}" if values else "/console/runs"
