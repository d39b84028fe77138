"""The parts of the stack: what each needs, how it is run, how one sees that it is ready."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from deploy.local import commands
from deploy.local.readiness import (
    Check,
    api_listens,
    database_answers,
    finished_well,
    said_so,
    temporal_answers,
)
from deploy.local.site import Site

PORTS = (
    "postgres",
    "temporal",
    "temporal-ui",
    "temporal-ui-server",
    "aws",
    "ses",
    "twilio",
    "hubspot",
    "google_business",
    "search_console",
    "quickbooks",
    "api",
)


@dataclass(frozen=True)
class Part:
    """One entry of the stack."""

    name: str
    title: str
    command: commands.MakeCommand
    ready: Check
    needs: frozenset[str] = frozenset()
    """Names of parts that must be ready before this one starts. Those left out of a stack are not waited for."""
    prepare: Callable[[Site], None] | None = None
    """Work before every start; may block, runs in a thread."""
    once: bool = False
    """A command that must end with 0 instead of staying up."""
    ready_within: float = 45.0
    """Seconds; generous, because the first start of all compiles every module."""


STANDINS = frozenset({"aws", "ses", "twilio", "hubspot", "google_business", "search_console", "quickbooks"})
BACKING = STANDINS | {"temporal", "migrations"}

ALL = (
    Part("postgres", "PostgreSQL", commands.database_server, database_answers, prepare=commands.make_database),
    Part("temporal", "Temporal", commands.temporal_server, temporal_answers),
    Part("temporal-ui", "Door to the Temporal UI", commands.temporal_ui, said_so),
    Part("aws", "SNS, SQS, S3 stand-in", commands.aws, said_so),
    Part("twilio", "Twilio stand-in", commands.twilio, said_so),
    Part("hubspot", "HubSpot stand-in", commands.hubspot, said_so),
    Part("google_business", "Google Business stand-in", commands.google_business, said_so),
    Part("search_console", "Search Console stand-in", commands.search_console, said_so),
    Part("quickbooks", "QuickBooks stand-in", commands.quickbooks, said_so),
    Part("ses", "SES stand-in", commands.ses, said_so, needs=frozenset({"aws"})),
    Part(
        "migrations",
        "Database tables",
        commands.module("starter.comms", "database", "upgrade"),
        finished_well,
        needs=frozenset({"postgres"}),
        once=True,
    ),
    Part(
        "seed",
        "Library and staff",
        commands.seed,
        finished_well,
        needs=frozenset({"postgres", "migrations"}),
        once=True,
    ),
    Part("worker", "Worker", commands.module("worker"), said_so, needs=BACKING),
    Part("api", "Starter API", commands.module("starter.serve"), api_listens, needs=BACKING),
    Part("relay", "Relay", commands.module("starter.relay"), said_so, needs=BACKING),
)


class NoSuchPart(ValueError):
    """A name that no part has. The message says which names there are."""


def choose(names: Collection[str] | None, more: Iterable[Part] = ()) -> dict[str, Part]:
    """Return the parts with these names, in the order of ALL; None means all.

    Args:
        names: of those to return.
        more: parts beside those of ALL; one of the same name takes the other's place.

    Raises:
        NoSuchPart: a name that no part has.
    """
    known = {part.name: part for part in (*ALL, *more)}
    if names is None:
        return known
    if unknown := sorted(set(names) - known.keys()):
        raise NoSuchPart(f"no such part: {', '.join(unknown)}; there are {', '.join(known)}")
    return {name: part for name, part in known.items() if name in names}


def layers(parts: Iterable[Part]) -> list[list[Part]]:
    """Group parts by depth: each needs only parts of earlier groups. Stopping goes through the groups backwards."""
    waiting = list(parts)
    chosen = {part.name for part in waiting}
    grouped: list[list[Part]] = []
    done: set[str] = set()
    while waiting:
        layer = [part for part in waiting if part.needs & chosen <= done]
        if not layer:
            raise ValueError(f"parts need each other in a circle: {', '.join(part.name for part in waiting)}")
        grouped.append(layer)
        done |= {part.name for part in layer}
        waiting = [part for part in waiting if part not in layer]
    return grouped
