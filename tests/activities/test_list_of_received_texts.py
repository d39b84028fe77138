import json
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from activities.providers.twilio_account_list import TwilioAccountList
from models.provider_settings import TwilioSettings
from tests.activities.provider_at_the_other_end import answering

NOW = datetime.now(UTC)
TEXT = {
    "sid": "SM" + "a" * 32,
    "from": "+13035550123",
    "to": "+13035550199",
    "body": "Stop \ud83d texting me",
    "direction": "inbound",
    "date_created": NOW.strftime("%a, %d %b %Y %H:%M:%S +0000"),
}


def test_half_of_a_character_does_not_make_a_list_unreadable() -> None:
    page = json.dumps({"messages": [TEXT], "next_page_uri": None}).encode()
    with answering((200, page)) as twilio:
        settings = TwilioSettings(
            account_sid="AC" + "0" * 32,
            api_key_sid="SK" + "0" * 32,
            api_key_secret=SecretStr("secret"),
            messaging_service_sid="MG" + "0" * 32,
            base_url=twilio.url,
        )
        [received] = TwilioAccountList(settings).received_since(NOW - timedelta(minutes=1))

    assert received.body == "Stop ? texting me"
    assert b"Body=Stop+%3F+texting+me" in received.raw
