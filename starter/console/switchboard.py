"""The board of switches: everything, kinds, providers, clients with their channels, sequences, and what holds each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from models.database import whose
from models.database.locks import scope_key
from models.database.permission import holding, pauses
from models.database.permission.holding import Totals
from models.database.tables.copywriting import Sequence
from models.database.tables.people import Client
from models.terms import PROVIDERS, Channel, PauseScope, RunKind
from starter import scope_words
from starter.api.pause_views import PausedScope, view_of
from starter.console.visiting import Visit

MOST_CLIENTS = 40
"""More would make the board a list; whoever is held is shown in any case."""


@dataclass(slots=True)
class Switch:
    """One scope that can be held.

    Args:
        what: how a form names it, such as `channel:acme-plumbing:sms`.
        label: what people call it.
        runs: open runs inside; None where they are not counted.
        waiting: messages inside that have not left.
        pauses: those of this very scope.
        below: switches inside it, such as a client's channels.
        held_with: which wider scope is held, such as `Held with its client`; empty if none is.
    """

    what: str
    label: str
    runs: int | None = None
    waiting: int = 0
    pauses: list[PausedScope] = field(default_factory=list)
    below: list["Switch"] = field(default_factory=list)
    held_with: str = ""

    @property
    def is_on(self) -> bool:
        """Whether it sends, as far as this scope and the wider ones tell."""
        return not self.pauses and not self.held_with


@dataclass(frozen=True, slots=True)
class Section:
    """Switches of one sort."""

    title: str
    switches: list[Switch]
    left_out: int = 0
    """How many more there are."""


class Board:
    """Every switch as it stands, of the clients that the visitor works for.

    Args:
        session: reads only.
        visit: who looks.
        find: part of a client's name or key; only those clients are shown then.
    """

    def __init__(self, session: Session, visit: Visit, find: str = "") -> None:
        self._session = session
        self._visit = visit
        self._held: defaultdict[str, list[PausedScope]] = defaultdict(list)
        for pause in pauses.paused_now(session, visit.caller.only):
            self._held[pause.scope].append(view_of(session, pause, visit.caller))
        self._totals: Totals = holding.totals(session)
        self.everything = self._switch("everything", scope_key(PauseScope.EVERYTHING), "Everything")
        self._wider = "Held with everything" if self.everything.pauses else ""
        self.sections = [self._kinds(), self._providers(), self._clients(find.strip().lower()), self._sequences()]
        self.runs = self._runs()

    @property
    def held(self) -> list[PausedScope]:
        """Every pause that holds now, oldest first."""
        return sorted((one for of_scope in self._held.values() for one in of_scope), key=lambda one: one.since)

    def _switch(self, what: str, scope: str, label: str, *, counts_runs: bool = True) -> Switch:
        runs = self._totals.runs[scope] if counts_runs else None
        return Switch(what, label, runs, self._totals.waiting[scope], self._held.get(scope, []))

    def _named(self, kind: PauseScope, names: Iterable[str], *, counts_runs: bool = True) -> list[Switch]:
        made = []
        for name in names:
            label = scope_words.named(kind, name)
            one = self._switch(f"{kind}:{name}", scope_key(kind, name=name), label, counts_runs=counts_runs)
            one.held_with = self._wider
            made.append(one)
        return made

    def _kinds(self) -> Section:
        return Section("Kinds of workflow", self._named(PauseScope.KIND, RunKind))

    def _providers(self) -> Section:
        return Section("Providers", self._named(PauseScope.PROVIDER, PROVIDERS.values(), counts_runs=False))

    def _sequences(self) -> Section:
        keys = self._session.exec(select(Sequence.key).distinct().order_by(col(Sequence.key)))
        return Section("Sequences", self._named(PauseScope.SEQUENCE, keys))

    def _clients(self, find: str) -> Section:
        rows = whose.clients_among(self._session, self._visit.caller.clients)
        found = [self._client(row) for row in rows if find in row.name.lower() or find in row.key]
        found.sort(key=lambda one: (not (one.pauses or any(sub.pauses for sub in one.below)), -one.waiting))
        held = sum(1 for one in found if one.pauses or any(sub.pauses for sub in one.below))
        shown = found[: max(held, MOST_CLIENTS)]
        return Section("Clients and their channels", shown, len(found) - len(shown))

    def _client(self, client: Client) -> Switch:
        one = self._switch(f"client:{client.key}", scope_key(PauseScope.CLIENT, client.id), client.name)
        one.held_with = self._wider
        for channel in Channel:
            scope = scope_key(PauseScope.CHANNEL, client.id, channel)
            label = scope_words.CHANNELS[channel]
            sub = self._switch(f"channel:{client.key}:{channel}", scope, label, counts_runs=False)
            sub.held_with = self._wider or ("Held with its client" if one.pauses else "")
            one.below.append(sub)
        return one

    def _runs(self) -> list[Switch]:
        scopes = [scope for scope in self._held if scope.startswith(f"{PauseScope.RUN}:")]
        made = []
        for scope in scopes:
            name = scope.partition(":")[2]
            made.append(Switch(scope, scope_words.named(PauseScope.RUN, name), 1, 0, self._held[scope]))
        return made
