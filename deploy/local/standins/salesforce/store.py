"""Leads and tasks in one SQLite file, checked as an organisation with our two custom fields checks them."""

import json
from typing import Any

from deploy.local.standins.kit.database import DatabaseStore
from deploy.local.standins.salesforce.errors import Refused

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, fields TEXT NOT NULL);
"""
FIELDS = {
    "Lead": {
        *("FirstName", "LastName", "Phone", "Email", "Company", "Description", "Status", "LeadSource"),
        *("Agency_Lead_Id__c", "Agency_Handoff__c"),
    },
    "Task": {"WhoId", "Subject", "Description", "Status", "Priority"},
}
REQUIRED = {"Lead": ("LastName", "Company"), "Task": ("Subject",)}
USUAL = {"Lead": {"Status": "Open - Not Contacted"}, "Task": {"Status": "Not Started", "Priority": "Normal"}}
PREFIXES = {"Lead": "00Q", "Task": "00T"}


class Store(DatabaseStore):
    """Records by id and by the value of a field."""

    def create(self, kind: str, fields: dict[str, Any]) -> str:
        """A new record; returns its id. Raises Refused."""
        kept = _checked(kind, {**USUAL[kind], **fields})
        cursor = self._database.execute("INSERT INTO record (type, fields) VALUES (?, ?)", (kind, json.dumps(kept)))
        return _id(kind, cursor.lastrowid or 0)

    def update(self, kind: str, record_id: str, fields: dict[str, Any]) -> None:
        """Change fields; None empties one. Raises Refused."""
        kept = _checked(kind, {**self.existing(kind, record_id), **fields})
        query = "UPDATE record SET fields = ? WHERE number = ?"
        self._database.execute(query, (json.dumps(kept), _number(record_id)))

    def existing(self, kind: str, record_id: str) -> dict[str, Any]:
        """The fields of a record. Raises Refused (404)."""
        query = "SELECT fields FROM record WHERE type = ? AND number = ?"
        row = self._database.execute(query, (kind, _number(record_id))).fetchone()
        if row is None or not record_id.startswith(PREFIXES.get(kind, "?")):
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        fields: dict[str, Any] = json.loads(row[0])
        return fields

    def holding(self, kind: str, field: str, value: str) -> str | None:
        """The id of the one record with this value, None if there is none. Raises Refused (300) if there are several."""
        found = [record["Id"] for record in self.all(kind) if record.get(field) == value]
        if len(found) > 1:
            raise Refused(300, choices=[f"/services/data/v62.0/sobjects/{kind}/{record_id}" for record_id in found])
        return found[0] if found else None

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every record of a kind, oldest first."""
        rows = self._database.execute("SELECT number, fields FROM record WHERE type = ? ORDER BY number", (kind,))
        return [{"Id": _id(kind, number), **json.loads(fields)} for number, fields in rows]


def _checked(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    if kind not in FIELDS:
        raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
    if unknown := sorted(fields.keys() - FIELDS[kind]):
        raise Refused(400, "INVALID_FIELD", f"No such column '{unknown[0]}' on sobject of type {kind}")
    kept = {name: value for name, value in fields.items() if value not in (None, "")}
    if missing := [name for name in REQUIRED[kind] if name not in kept]:
        raise Refused(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: {missing}")
    if "@" not in str(kept.get("Email", "@")):
        raise Refused(400, "INVALID_EMAIL_ADDRESS", "Email: invalid email address")
    return kept


def _id(kind: str, number: int) -> str:
    return f"{PREFIXES[kind]}{number:012d}AAA"


def _number(record_id: str) -> int:
    digits = record_id[3:15]
    return int(digits) if digits.isdecimal() else -1
