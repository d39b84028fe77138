"""Calls as Twilio Voice reports them: a signed form to a status callback, or to the action of a <Dial>."""

from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from deploy.local.players.request import Sent

CALL = "CA" + "1" * 32


def missed_call(caller: str, call: str = CALL, **changes: str) -> dict[str, str]:
    """What the action of a <Dial> gets when nobody has answered."""
    form = {
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "CallSid": call,
        "CallStatus": "in-progress",
        "Called": "+13035550199",
        "Caller": caller,
        "DialBridged": "false",
        "DialCallSid": "CA" + "2" * 32,
        "DialCallStatus": "no-answer",
        "Direction": "inbound",
        "From": caller,
        "FromCity": "DENVER",
        "FromCountry": "US",
        "FromState": "CO",
        "FromZip": "80202",
        "To": "+13035550199",
        "ToCountry": "US",
    }
    return {name: value for name, value in (form | changes).items() if value != "-"}


def status(caller: str, call: str = CALL, **changes: str) -> dict[str, str]:
    """What a status callback of the number gets when a call has ended."""
    form = missed_call(caller, call, DialCallStatus="-", DialCallSid="-", DialBridged="-")
    ended = {
        "CallStatus": "no-answer",
        "CallDuration": "0",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
    }
    return form | ended | changes


def sent(form: dict[str, Any], address: str, token: str) -> Sent:
    """Return the request, signed for this address."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": RequestValidator(token).compute_signature(address, form),
    }
    return Sent(urlencode(form).encode(), headers)
