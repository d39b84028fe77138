"""Twilio's error codes with their texts, and the JSON in which its REST API reports them.

Source: https://www.twilio.com/docs/api/errors
"""

from typing import Any

from deploy.local.standins.kit.door import Answer, json_answer

TEXTS = {
    20001: "Bad request",
    20003: "Authenticate",
    20009: "Cannot delete or redact a message that is not finished",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    20503: "Service Unavailable",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid From Number (caller ID)",
    21266: "'To' and 'From' numbers cannot be the same",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination",
    21609: "Invalid 'StatusCallback' URL",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "Message cannot be sent with the current combination of 'To' and/or 'From' parameters",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21623: "Number of media files exceeds allowed limit",
    21701: "The Messaging Service does not exist",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30022: "US A2P 10DLC - Rate Limits Exceeded",
    30023: "US A2P 10DLC - Daily Message Cap Reached",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    30036: "Validity Period Expired",
    30409: "This message cannot be canceled",
    35111: "SendAt parameter is required for scheduled messages",
    35114: "Scheduling does not support this timestamp",
    35118: "MessagingServiceSid is required to schedule a message",
}

GENERAL = {401: 20003, 404: 20404, 429: 20429, 500: 20500, 503: 20503}
"""The code of an HTTP status when nothing more is known."""


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the stand-in
    """The API says no; nothing was accepted."""

    def __init__(self, code: int, status: int = 400, message: str | None = None) -> None:
        super().__init__(message or TEXTS[code])
        self.code = code
        self.status = status

    def answer(self) -> Answer:
        """The refusal as the API words it."""
        return refusal(self.status, self.code, str(self))


def refusal(status: int, code: Any = None, message: str | None = None) -> Answer:
    """An error in Twilio's format; without a code, the usual one of the status is taken."""
    number = int(code) if code is not None else GENERAL.get(status, 20001 if status < 500 else 20500)
    return json_answer(
        {
            "code": number,
            "message": message or TEXTS.get(number, "Error"),
            "more_info": f"https://www.twilio.com/docs/errors/{number}",
            "status": status,
        },
        status,
    )
