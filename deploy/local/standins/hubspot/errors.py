"""HubSpot's errors in the JSON in which its API reports them.

Source: https://developers.hubspot.com/docs/api-reference/error-handling
"""

import json
import uuid
from typing import Any

from deploy.local.standins.kit.door import Answer, json_answer

CATEGORIES = {
    400: "VALIDATION_ERROR",
    401: "INVALID_AUTHENTICATION",
    403: "MISSING_SCOPES",
    404: "OBJECT_NOT_FOUND",
    409: "CONFLICT",
    429: "RATE_LIMITS",
}
USUAL_POLICY = "TEN_SECONDLY_ROLLING"


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the stand-in
    """The API says no; nothing was changed."""

    def __init__(self, message: str, status: int = 400, category: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.category = category or CATEGORIES.get(status, "INTERNAL_ERROR")

    def answer(self) -> Answer:
        """The refusal as the API words it."""
        return refusal(self.status, self.category, str(self))

    def as_part(self, ids: list[str]) -> dict[str, Any]:
        """The refusal as one of the `errors` of a batch, about the inputs with these ids."""
        return {"status": "error", "category": self.category, "message": str(self), "context": {"ids": ids}}


def refusal(status: int, code: Any = None, message: str | None = None) -> Answer:
    """An error in HubSpot's format; `code` is the category, or with 429 the name of the exceeded policy."""
    body = {"status": "error", "correlationId": str(uuid.uuid4())}
    if status == 429:
        policy = str(code or USUAL_POLICY)
        body |= {
            "message": message or f"You have reached your {policy.lower()} limit.",
            "errorType": "RATE_LIMIT",
            "policyName": policy,
        }
    else:
        category = str(code or CATEGORIES.get(status, "INTERNAL_ERROR"))
        body |= {"message": message or f"{category} by the stand-in", "category": category}
    return json_answer(body, status)


def unauthorised() -> Refused:
    """No bearer token, or not the right one."""
    return Refused("Authentication credentials not found. This API supports private apps and OAuth 2.0.", 401)


def not_found() -> Refused:
    """There is no such record, or it is archived."""
    return Refused("resource not found", 404)


def invalid_properties(faults: list[tuple[str, str, str]]) -> Refused:
    """Property values that cannot be stored: (name, HubSpot's error name, message) of each."""
    details = [
        {"isValid": False, "message": message, "error": error, "name": name, "localizedErrorMessage": message}
        for name, error, message in faults
    ]
    return Refused(f"Property values were not valid: {json.dumps(details)}")
