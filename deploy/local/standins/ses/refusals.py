"""Errors of SES v2 as its REST-JSON API sends them: the code in a header, the message in the body."""

from typing import Any

from deploy.local.standins.kit.door import Answer, json_answer

CODE_BY_STATUS = {403: "AccessDeniedException", 404: "NotFoundException", 429: "TooManyRequestsException"}


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the stand-in
    """Raised anywhere while a request is worked on; the API answers with it. `code` is the name of the AWS error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def answer(self) -> Answer:
        """The refusal in AWS's form."""
        return refusal(self.status, self.code, self.message)


def refusal(status: int, code: Any, message: str | None) -> Answer:
    """Render an error; where a fault rule names no code, the status chooses a fitting one."""
    fallback = "InternalServiceErrorException" if status >= 500 else "BadRequestException"
    name = str(code or CODE_BY_STATUS.get(status, fallback))
    headers = {"x-amzn-ErrorType": name, "x-amzn-RequestId": "stand-in"}
    return json_answer({"message": message or f"{name} by the stand-in"}, status, headers=headers)
