"""What the CRM does with records: create, update, upsert, read, archive; unique values; associations.

Source: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and the guides beside it.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from deploy.local.standins.hubspot.errors import Refused, invalid_properties, not_found
from deploy.local.standins.hubspot.object_types import ObjectType, association_type
from deploy.local.standins.hubspot.property_definitions import PropertyDefinitions
from deploy.local.standins.hubspot.record import Record
from deploy.local.standins.hubspot.store import Store

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Records:
    """Every method either stores its effect for good before it returns, or raises `Refused` and changes nothing."""

    def __init__(self, store: Store, definitions: PropertyDefinitions) -> None:
        self._store = store
        self._definitions = definitions

    def create(self, kind: ObjectType, properties: Mapping[str, Any]) -> Record:
        """A new record. 409 if a live one has the same value of a unique property."""
        values = {name: value for name, value in self._checked(kind, properties).items() if value != ""}
        moment = time.time()
        unique = self._unique_values(kind, values)
        self._check_free(kind, unique, taken_by=None)
        with self._store.transaction():
            record_id = self._store.insert(kind, values, moment)
            self._store.claim(record_id, kind, unique)
        return Record(record_id, kind, values, moment, moment)

    def update(self, record: Record, properties: Mapping[str, Any]) -> Record:
        """Set some properties; an empty value removes one. `updatedAt` grows even if nothing changes."""
        changed = self._checked(record.type, properties)
        values = {**record.properties, **changed}
        values = {name: value for name, value in values.items() if value != ""}
        unique = self._unique_values(record.type, values)
        self._check_free(record.type, unique, taken_by=record.id)
        updated = replace(record, properties=values, updated=max(time.time(), record.updated + 0.001))
        with self._store.transaction():
            self._store.update(updated)
            self._store.claim(record.id, record.type, unique)
        return updated

    def upsert(self, kind: ObjectType, key: str, id_property: str | None, given: Any) -> tuple[Record, bool]:
        """Update the live record with this key, or create it; also says whether it is new.

        Without `id_property` the key is the record's own id, and only an update is possible.
        """
        if not isinstance(given, Mapping):
            raise Refused("Invalid input JSON: properties must be an object")
        record = self.find(kind, key, id_property)
        if record is not None:
            return self.update(record, given), False
        if id_property is None:
            raise not_found()
        return self.create(kind, {id_property: key, **given}), True

    def find(
        self, kind: ObjectType, key: str, id_property: str | None = None, *, archived: bool = False
    ) -> Record | None:
        """The live (or the archived) record with this id, or this value of a unique property."""
        if id_property is not None and id_property != "hs_object_id":
            if id_property not in self._definitions.unique(kind):
                raise Refused(f"Property {id_property} is not a unique identifier property of {kind.name}")
            found = self._store.owner_of(kind, id_property, _normal(id_property, key))
            if found is None:
                return None
            key = found
        record = self._store.find(kind, key)
        return record if record is not None and (record.archived_at is not None) == archived else None

    def known(self, kind: ObjectType, key: str, id_property: str | None = None, *, archived: bool = False) -> Record:
        """Like `find`; 404 if there is none."""
        record = self.find(kind, key, id_property, archived=archived)
        if record is None:
            raise not_found()
        return record

    def archive(self, kind: ObjectType, record_id: str) -> None:
        """Put a record aside and free its unique values. Nothing happens if it is archived or was never there."""
        record = self.find(kind, record_id)
        if record is None:
            return
        moment = max(time.time(), record.updated + 0.001)
        with self._store.transaction():
            self._store.update(replace(record, updated=moment, archived_at=moment))
            self._store.claim(record.id, kind, {})

    def associate(self, record: Record, other: Record) -> list[tuple[Record, Record, int]]:
        """Associate two records by default, both ways; returns (from, to, number) of each. Repeatable."""
        ways = [
            (start, end, association_type(start.type, end.type)) for start, end in ((record, other), (other, record))
        ]
        with self._store.transaction():
            for start, end, number in ways:
                self._store.associate(start.id, end.type, end.id, number)
        return ways

    def dissociate(self, record: Record, other: Record) -> None:
        """Remove every association between two records."""
        self._store.dissociate(record.id, other.id)

    def associated(self, record: Record, to_type: ObjectType) -> list[tuple[str, int]]:
        """The records of a kind that one is associated with: (id, number of the association)."""
        return self._store.associated(record.id, to_type)

    def _checked(self, kind: ObjectType, properties: Mapping[str, Any]) -> dict[str, str]:
        known, faults = self._definitions.names(kind), []
        values = {name: _normal(name, value) for name, value in properties.items()}
        for name, value in values.items():
            if name not in known:
                faults.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
            elif name in kind.read_only:
                faults.append((name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.'))
            elif name == "email" and value and not EMAIL.fullmatch(value):
                faults.append((name, "INVALID_EMAIL", f"Email address {value} is invalid"))
        if faults:
            raise invalid_properties(faults)
        return values

    def _unique_values(self, kind: ObjectType, values: Mapping[str, str]) -> dict[str, str]:
        return {name: values[name] for name in self._definitions.unique(kind) if values.get(name)}

    def _check_free(self, kind: ObjectType, unique: Mapping[str, str], taken_by: str | None) -> None:
        for name, value in unique.items():
            owner = self._store.owner_of(kind, name, value)
            if owner not in (None, taken_by):
                raise Refused(f"{kind.singular} already exists. Existing ID: {owner}", 409)


def _normal(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip().lower() if name == "email" else str(value)
