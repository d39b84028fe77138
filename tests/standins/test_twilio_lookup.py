"""Line types by the real client from the stand-in: what is answered, and that no failure is more than `unknown`."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from activities.providers.twilio_lookup import TwilioLookup
from deploy.local.standins.twilio.account import (
    LOCAL_ACCOUNT_SID,
    LOCAL_API_KEY_SID,
    LOCAL_MESSAGING_SERVICE_SID,
)
from models.line_types import LineType
from models.provider_settings import LookupSettings, TwilioSettings
from tests.standins.program import Program

MOBILE, LANDLINE, NOT_KNOWN = "+13035550123", "+13035550193", "+13035550198"


def lookup(base_url: str, secret: str = "local-api-key-secret") -> TwilioLookup:
    account = TwilioSettings(
        account_sid=LOCAL_ACCOUNT_SID,
        api_key_sid=LOCAL_API_KEY_SID,
        api_key_secret=SecretStr(secret),
        messaging_service_sid=LOCAL_MESSAGING_SERVICE_SID,
    )
    return TwilioLookup(account, LookupSettings(base_url=base_url, request_timeout=timedelta(seconds=0.5)))


@pytest.mark.parametrize(
    ("phone", "kind"), [(MOBILE, LineType.MOBILE), (LANDLINE, LineType.LANDLINE), (NOT_KNOWN, LineType.UNKNOWN)]
)
def test_the_kind_of_a_line_is_read(twilio: Program, phone: str, kind: LineType) -> None:
    assert lookup(twilio.base_url).line_type(phone) is kind


def test_a_wrong_key_or_nobody_there_is_unknown(twilio: Program) -> None:
    assert lookup(twilio.base_url, "wrong").line_type(LANDLINE) is LineType.UNKNOWN
    assert lookup("http://127.0.0.1:1").line_type(LANDLINE) is LineType.UNKNOWN
    assert TwilioLookup(TwilioSettings(), LookupSettings()).line_type(LANDLINE) is LineType.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "params"),
    [("error_before", {}), ("reset_before", {}), ("garbage", {}), ("accept_then_hang", {"seconds": 2})],
)
async def test_a_failure_is_unknown(twilio: Program, fault: str, params: dict[str, Any]) -> None:
    rule = {"id": fault, "match": {"operation": "lookup"}, "fault": fault, "params": params, "times": 1}
    (await twilio.control.post("/faults", json=rule)).raise_for_status()

    assert lookup(twilio.base_url).line_type(LANDLINE) is LineType.UNKNOWN
    assert lookup(twilio.base_url).line_type(LANDLINE) is LineType.LANDLINE
