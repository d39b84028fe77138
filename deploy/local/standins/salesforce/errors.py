"""Salesforce's errors in the JSON in which its REST API reports them.

Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

import json
from typing import Any

from deploy.local.standins.kit.door import Answer, json_answer

CODES = {
    400: "INVALID_FIELD",
    401: "INVALID_SESSION_ID",
    403: "REQUEST_LIMIT_EXCEEDED",
    404: "NOT_FOUND",
    429: "REQUEST_LIMIT_EXCEEDED",
    503: "SERVER_UNAVAILABLE",
}


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the stand-in
    """The API says no; nothing was changed. With 300 `choices` are the records that match."""

    def __init__(
        self, status: int, code: str | None = None, message: str = "", choices: list[str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or CODES.get(status, "UNKNOWN_EXCEPTION")
        self.choices = choices

    @property
    def body(self) -> list[Any]:
        """The refusal as the API words it."""
        if self.choices is not None:
            return list(self.choices)
        return [{"errorCode": self.code, "message": str(self) or f"{self.code} by the stand-in"}]

    def answer(self) -> Answer:
        """The refusal as an answer of its own."""
        return Answer(self.status, json.dumps(self.body).encode())


def refusal(status: int, code: Any = None, message: str | None = None) -> Answer:
    """An error in Salesforce's format, for faults."""
    return Refused(status, None if code is None else str(code), message or "").answer()


def token_refusal(error: str) -> Answer:
    """An error of the token endpoint, which has a format of its own."""
    return json_answer({"error": error, "error_description": f"{error} by the stand-in"}, 400)
