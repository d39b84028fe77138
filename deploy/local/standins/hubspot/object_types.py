"""The kinds of record this stand-in knows, with the properties each portal has from the beginning.

Source: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and the guides beside it.
"""

from dataclasses import dataclass

from deploy.local.standins.hubspot.errors import Refused


@dataclass(frozen=True)
class ObjectType:
    """One kind of record.

    Attributes:
        name: plural, as in the paths of the API.
        singular: as in error messages.
        modified: the name of the property that mirrors `updatedAt`.
        shown: the properties a read returns when it names none.
        further: the other properties; portals have many more than these.
        unique: the properties that can identify a record from the beginning.
    """

    name: str
    singular: str
    modified: str
    shown: tuple[str, ...]
    further: tuple[str, ...]
    unique: tuple[str, ...] = ()

    @property
    def read_only(self) -> frozenset[str]:
        """What HubSpot sets itself."""
        return frozenset({"hs_object_id", "createdate", self.modified})

    @property
    def known(self) -> frozenset[str]:
        """All properties it has from the beginning."""
        return self.read_only | set(self.shown) | set(self.further)


TYPES = {
    each.name: each
    for each in (
        ObjectType(
            name="contacts",
            singular="Contact",
            modified="lastmodifieddate",
            shown=("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
            further=(
                "phone", "mobilephone", "company", "jobtitle", "website", "address", "city", "state", "zip", "country",
                "lifecyclestage", "hs_lead_status", "hubspot_owner_id", "message", "hs_language", "hs_timezone",
            ),
            unique=("email",),
        ),
        ObjectType(
            name="deals",
            singular="Deal",
            modified="hs_lastmodifieddate",
            shown=(
                "amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id",
                "pipeline",
            ),
            further=("description", "dealtype", "hubspot_owner_id", "hs_priority", "closed_lost_reason"),
        ),
        ObjectType(
            name="notes",
            singular="Note",
            modified="hs_lastmodifieddate",
            shown=("createdate", "hs_lastmodifieddate", "hs_object_id"),
            further=("hs_note_body", "hs_timestamp", "hubspot_owner_id"),
        ),
        ObjectType(
            name="tasks",
            singular="Task",
            modified="hs_lastmodifieddate",
            shown=("createdate", "hs_lastmodifieddate", "hs_object_id"),
            further=(
                "hs_task_subject", "hs_task_body", "hs_task_status", "hs_task_priority", "hs_task_type", "hs_timestamp",
                "hubspot_owner_id",
            ),
        ),
    )
}  # fmt: skip

SINGULAR_PATHS = {each.singular.lower(): each for each in TYPES.values()}

ASSOCIATION_TYPES = {
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("contacts", "notes"): 201,
    ("notes", "contacts"): 202,
    ("contacts", "tasks"): 203,
    ("tasks", "contacts"): 204,
    ("deals", "notes"): 213,
    ("notes", "deals"): 214,
    ("deals", "tasks"): 215,
    ("tasks", "deals"): 216,
}
"""HubSpot's number of the default association from one kind to another."""


def object_type(name: str) -> ObjectType:
    """The kind of that name, plural or singular.

    Raises:
        Refused: there is none.
    """
    found = TYPES.get(name) or SINGULAR_PATHS.get(name)
    if found is None:
        raise Refused(f"Unable to infer object type from: {name}")
    return found


def association_type(from_type: ObjectType, to_type: ObjectType) -> int:
    """The number of the default association.

    Raises:
        Refused: these two kinds cannot be associated here.
    """
    found = ASSOCIATION_TYPES.get((from_type.name, to_type.name))
    if found is None:
        raise Refused(f"No default association from {from_type.name} to {to_type.name}")
    return found


def partner_type(kind: ObjectType, number: int) -> ObjectType:
    """The kind at the other end of an association with this number.

    Raises:
        Refused: the number means nothing from this kind.
    """
    for (start, end), known in ASSOCIATION_TYPES.items():
        if start == kind.name and known == number:
            return TYPES[end]
    raise Refused(f"Association type {number} is not valid from {kind.name}")
