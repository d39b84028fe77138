"""The pages that every page leads to, in the order of the menu. One that is not there yet is not shown."""

from collections.abc import Collection
from dataclasses import dataclass

HOME = "/console"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    label: str
    path: str

    def leads_to(self, path: str) -> bool:
        """Return whether a page lies under this line."""
        below = "/console/tasks/" if self.path == HOME else f"{self.path}/"
        return path == self.path or path.startswith(below)


ENTRIES = (
    Entry("What needs me", HOME),
    Entry("Approvals", "/console/approvals"),
    Entry("Runs", "/console/runs"),
    Entry("Pauses", "/console/pauses"),
    Entry("Incidents", "/console/incidents"),
    Entry("Digests", "/console/digests"),
    Entry("Sequences", "/console/sequences"),
    Entry("Templates", "/console/templates"),
    Entry("Measures", "/console/measures"),
    Entry("Outputs", "/console/outputs"),
    Entry("Simulation", "/console/simulation"),
    Entry("Audit", "/console/audit"),
)


def menu(paths: Collection[str]) -> tuple[Entry, ...]:
    """Return the lines whose page is among the registered paths."""
    return tuple(entry for entry in ENTRIES if entry.path in paths)
