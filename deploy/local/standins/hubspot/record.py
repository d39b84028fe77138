"""A contact, deal, note or task as the stand-in keeps and shows it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deploy.local.standins.hubspot.object_types import ObjectType


@dataclass(frozen=True)
class Record:
    """One record. Property values are text or absent; moments are seconds since the epoch.

    `archived_at` is None while the record is live.
    """

    id: str
    type: ObjectType
    properties: dict[str, str]
    created: float
    updated: float
    archived_at: float | None = None

    @property
    def all_properties(self) -> dict[str, str]:
        """The properties, with those that HubSpot sets itself."""
        return {
            **self.properties,
            "hs_object_id": self.id,
            "createdate": iso(self.created),
            self.type.modified: iso(self.updated),
        }

    def shown(self, wanted: Collection[str] | None = None) -> dict[str, Any]:
        """The record as the API shows it.

        Args:
            wanted: names of properties, shown (as null if they have no value) besides those HubSpot sets itself;
                None shows every property that has a value.
        """
        properties: dict[str, str | None] = dict(self.all_properties)
        if wanted is not None:
            names = {*wanted, *self.type.read_only}
            properties = {name: self.all_properties.get(name) for name in sorted(names)}
        view: dict[str, Any] = {
            "id": self.id,
            "properties": properties,
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "archived": self.archived_at is not None,
        }
        if self.archived_at is not None:
            view["archivedAt"] = iso(self.archived_at)
        return view


def iso(moment: float) -> str:
    """A moment as the API writes it: UTC, milliseconds, `Z`."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
