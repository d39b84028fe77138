"""The properties API: reading the definitions, and making properties of one's own, unique ones among them.

Source: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from typing import Any

from pydantic import BaseModel, ValidationError

from deploy.local.standins.hubspot.errors import Refused, not_found
from deploy.local.standins.hubspot.object_types import ObjectType
from deploy.local.standins.hubspot.store import Store


class NewProperty(BaseModel):
    """The required fields of a definition, and the one that can be given only when a property is made."""

    name: str
    label: str
    type: str
    fieldType: str  # noqa: N815 - HubSpot's spelling
    groupName: str  # noqa: N815 - HubSpot's spelling
    hasUniqueValue: bool = False  # noqa: N815 - HubSpot's spelling


class PropertyDefinitions:
    """Which properties a kind of record has, and which of them identify a record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self, kind: ObjectType) -> frozenset[str]:
        """Every property of this kind."""
        return kind.known | self._store.properties(kind).keys()

    def unique(self, kind: ObjectType) -> frozenset[str]:
        """The properties of which no two live records may have the same value."""
        own = self._store.properties(kind)
        return frozenset(kind.unique) | {name for name, given in own.items() if given["hasUniqueValue"]}

    def create(self, kind: ObjectType, content: dict[str, Any]) -> dict[str, Any]:
        """Make a property of one's own.

        Raises:
            Refused: 409 if there is one of that name, 400 if the definition is incomplete.
        """
        try:
            asked = NewProperty.model_validate(content)
        except ValidationError as error:
            raise Refused(f"Invalid input JSON: {error.error_count()} fields are missing or wrong") from None
        if asked.name in self.names(kind):
            raise Refused(f"A property named '{asked.name}' already exists.", 409, "OBJECT_ALREADY_EXISTS")
        definition = content | asked.model_dump() | _marks(hubspot_defined=False, read_only=False)
        self._store.save_property(kind, asked.name, definition)
        return definition

    def update(self, kind: ObjectType, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """Change label, description and the like. Name, type and uniqueness stay as they are."""
        definition = self._store.properties(kind).get(name)
        if definition is None:
            raise not_found()
        fixed = {key: definition[key] for key in ("name", "type", "hasUniqueValue")}
        self._store.save_property(kind, name, definition | content | fixed)
        return definition | content | fixed

    def read(self, kind: ObjectType, name: str) -> dict[str, Any]:
        """One definition."""
        found = next((each for each in self.all(kind) if each["name"] == name), None)
        if found is None:
            raise not_found()
        return found

    def all(self, kind: ObjectType) -> list[dict[str, Any]]:
        """Every definition: HubSpot's own first."""
        defined = [
            {
                "name": name,
                "label": name,
                "type": "string",
                "fieldType": "text",
                "groupName": f"{kind.singular.lower()}information",
                "hasUniqueValue": False,  # HubSpot says so even of `email`
            }
            | _marks(hubspot_defined=True, read_only=name in kind.read_only)
            for name in sorted(kind.known)
        ]
        return [*defined, *self._store.properties(kind).values()]

    def archive(self, kind: ObjectType, name: str) -> None:
        """Give up a property of one's own."""
        self._store.delete_property(kind, name)


def _marks(*, hubspot_defined: bool, read_only: bool) -> dict[str, Any]:
    return {
        "hubspotDefined": hubspot_defined,
        "archived": False,
        "modificationMetadata": {"archivable": not hubspot_defined, "readOnlyValue": read_only},
    }
