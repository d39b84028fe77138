"""The search attributes of every run. They are never encrypted: ids and enums only."""

from temporalio.common import SearchAttributeKey

CLIENT_ID = SearchAttributeKey.for_keyword("ClientId")
KIND = SearchAttributeKey.for_keyword("Kind")
STATE = SearchAttributeKey.for_keyword("State")
OWNER = SearchAttributeKey.for_keyword("Owner")
CHANNEL = SearchAttributeKey.for_keyword("Channel")
BLOCKED_BY = SearchAttributeKey.for_keyword("BlockedBy")

ALL = (CLIENT_ID, KIND, STATE, OWNER, CHANNEL, BLOCKED_BY)
