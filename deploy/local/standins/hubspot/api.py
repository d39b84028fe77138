"""The imitated routes: objects (v3), properties (v3), associations (v3 and v4)."""

from typing import Any

from aiohttp import web

from deploy.local.standins.hubspot import batches
from deploy.local.standins.hubspot.door_keeping import Asked, DoorKeeper
from deploy.local.standins.hubspot.errors import Refused
from deploy.local.standins.hubspot.object_types import ObjectType, object_type, partner_type
from deploy.local.standins.hubspot.property_definitions import PropertyDefinitions
from deploy.local.standins.hubspot.record import Record
from deploy.local.standins.hubspot.records import Records
from deploy.local.standins.hubspot.search import page, search
from deploy.local.standins.hubspot.store import Store
from deploy.local.standins.kit.door import Answer, json_answer

OBJECTS = "/crm/v3/objects/{type}"
PROPERTIES = "/crm/v3/properties/{type}"
DEFAULT_ASSOCIATION = "/crm/v4/objects/{type}/{id}/associations/default/{to_type}/{to_id}"
ASSOCIATIONS = "/crm/v4/objects/{type}/{id}/associations/{to_type}"
OLD_ASSOCIATION = "/crm/v3/objects/{type}/{id}/associations/{to_type}/{to_id}/{association_type}"


class CrmApi:
    """Turns requests into calls of the CRM, and what comes of them into answers."""

    def __init__(self, store: Store, records: Records, definitions: PropertyDefinitions, keeper: DoorKeeper) -> None:
        self._store = store
        self._records = records
        self._definitions = definitions
        self._keeper = keeper

    def routes(self) -> list[web.RouteDef]:
        """The routes for `app.add_routes`."""
        admitting = self._keeper.admitting
        return [
            web.post(OBJECTS, admitting("create", self._create)),
            web.get(OBJECTS, admitting("list", self._list)),
            web.post(f"{OBJECTS}/search", admitting("search", self._search)),
            web.post(f"{OBJECTS}/batch/upsert", admitting("upsert", self._upsert)),
            web.post(f"{OBJECTS}/batch/read", admitting("batch_read", self._batch_read)),
            web.get(f"{OBJECTS}/{{id}}", admitting("read", self._read)),
            web.patch(f"{OBJECTS}/{{id}}", admitting("update", self._update)),
            web.delete(f"{OBJECTS}/{{id}}", admitting("archive", self._archive)),
            web.put(DEFAULT_ASSOCIATION, admitting("associate", self._associate)),
            web.put(OLD_ASSOCIATION, admitting("associate", self._associate_the_old_way)),
            web.get(ASSOCIATIONS, admitting("read_associations", self._associations)),
            web.delete(f"{ASSOCIATIONS}/{{to_id}}", admitting("dissociate", self._dissociate)),
            web.get(PROPERTIES, admitting("list_properties", self._list_properties)),
            web.post(PROPERTIES, admitting("create_property", self._create_property)),
            web.get(f"{PROPERTIES}/{{name}}", admitting("read_property", self._read_property)),
            web.patch(f"{PROPERTIES}/{{name}}", admitting("update_property", self._update_property)),
            web.delete(f"{PROPERTIES}/{{name}}", admitting("archive_property", self._archive_property)),
        ]

    def _create(self, asked: Asked) -> Answer:
        partners = [
            self._records.known(_partner_type(asked.kind, each), str(each["to"]["id"]))
            for each in asked.content.get("associations", [])
        ]
        record = self._records.create(asked.kind, _properties(asked))
        for partner in partners:
            self._records.associate(record, partner)
        return json_answer(record.shown(), 201, accepted=True, provider_id=record.id)

    def _update(self, asked: Asked) -> Answer:
        record = self._records.update(self._record(asked), _properties(asked))
        return json_answer(record.shown(), accepted=True, provider_id=record.id)

    def _archive(self, asked: Asked) -> Answer:
        self._records.archive(asked.kind, asked.key)
        return Answer(204, b"", accepted=True, provider_id=asked.key)

    def _read(self, asked: Asked) -> Answer:
        archived = asked.request.query.get("archived") == "true"
        record = self._records.known(asked.kind, asked.key, asked.id_property, archived=archived)
        return json_answer(record.shown(_wanted(asked) or asked.kind.shown), provider_id=record.id)

    def _list(self, asked: Asked) -> Answer:
        query = asked.request.query
        found = list(self._store.live(asked.kind, archived=query.get("archived") == "true"))
        return json_answer(page(found, query.get("limit", 10), query.get("after", 0), _wanted(asked)))

    def _search(self, asked: Asked) -> Answer:
        return json_answer(search(self._store.live(asked.kind), asked.content))

    def _upsert(self, asked: Asked) -> Answer:
        status, body = batches.upsert(self._records, asked.kind, asked.content)
        ids = ",".join(result["id"] for result in body["results"])
        return json_answer(body, status, accepted=True, provider_id=ids)

    def _batch_read(self, asked: Asked) -> Answer:
        status, body = batches.read(self._records, asked.kind, asked.content)
        return json_answer(body, status)

    def _associate(self, asked: Asked) -> Answer:
        ways = self._records.associate(self._record(asked), self._partner(asked))
        results = [
            {
                "from": {"id": start.id},
                "to": {"id": end.id},
                "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number},
            }
            for start, end, number in ways
        ]
        return json_answer({"status": "COMPLETE", "results": results}, accepted=True, provider_id=asked.key)

    def _associate_the_old_way(self, asked: Asked) -> Answer:
        record = self._record(asked)
        self._records.associate(record, self._partner(asked))
        return json_answer(record.shown(asked.kind.shown), accepted=True, provider_id=record.id)

    def _associations(self, asked: Asked) -> Answer:
        found = self._records.associated(self._record(asked), object_type(asked.request.match_info["to_type"]))
        results = [
            {
                "toObjectId": int(other),
                "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": number, "label": None}],
            }
            for other, number in found
        ]
        return json_answer({"results": results})

    def _dissociate(self, asked: Asked) -> Answer:
        self._records.dissociate(self._record(asked), self._partner(asked))
        return Answer(204, b"", accepted=True, provider_id=asked.key)

    def _list_properties(self, asked: Asked) -> Answer:
        return json_answer({"results": self._definitions.all(asked.kind)})

    def _create_property(self, asked: Asked) -> Answer:
        definition = self._definitions.create(asked.kind, asked.content)
        return json_answer(definition, 201, accepted=True, provider_id=definition["name"])

    def _read_property(self, asked: Asked) -> Answer:
        return json_answer(self._definitions.read(asked.kind, asked.request.match_info["name"]))

    def _update_property(self, asked: Asked) -> Answer:
        definition = self._definitions.update(asked.kind, asked.request.match_info["name"], asked.content)
        return json_answer(definition, accepted=True, provider_id=definition["name"])

    def _archive_property(self, asked: Asked) -> Answer:
        name = asked.request.match_info["name"]
        self._definitions.archive(asked.kind, name)
        return Answer(204, b"", accepted=True, provider_id=name)

    def _record(self, asked: Asked) -> Record:
        return self._records.known(asked.kind, asked.key, asked.id_property)

    def _partner(self, asked: Asked) -> Record:
        path = asked.request.match_info
        return self._records.known(object_type(path["to_type"]), path["to_id"])


def _properties(asked: Asked) -> dict[str, Any]:
    properties = asked.content.get("properties", {})
    if not isinstance(properties, dict):
        raise Refused("Invalid input JSON: properties must be an object")
    return properties


def _partner_type(kind: ObjectType, association: Any) -> ObjectType:
    try:
        return partner_type(kind, int(association["types"][0]["associationTypeId"]))
    except (KeyError, IndexError, TypeError, ValueError):
        raise Refused("Invalid input JSON: an association needs to.id and types") from None


def _wanted(asked: Asked) -> list[str] | None:
    given = [name for each in asked.request.query.getall("properties", []) for name in each.split(",") if name]
    return given or None
