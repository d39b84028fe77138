"""Calls as CallRail reports them: JSON, signed with the company's key."""

import base64
import hashlib
import hmac
import json
from typing import Any

from deploy.local.players.request import Sent

CALL = "CAL" + "b" * 32


def missed_call(caller: str, call: str = CALL, **changes: Any) -> dict[str, Any]:
    """A "Post-call" body of a call that went to voice mail."""
    return {
        "answered": False,
        "business_phone_number": "+13035550100",
        "call_type": "voicemail",
        "company_id": 155,
        "company_name": "Acme Plumbing",
        "company_resource_id": "COM" + "c" * 32,
        "company_time_zone": "America/Denver",
        "created_at": "2026-11-20T18:00:00.000-07:00",
        "customer_city": "Denver",
        "customer_country": "US",
        "customer_name": "WIRELESS CALLER",
        "customer_phone_number": caller,
        "customer_state": "CO",
        "direction": "inbound",
        "duration": 27,
        "first_call": True,
        "gclid": "Cj0KCQ-demo",
        "keywords": "plumber near me",
        "landing_page_url": "https://acme-plumbing.example/emergency",
        "prior_calls": 0,
        "recording": None,
        "referrer_domain": "www.google.com",
        "resource_id": call,
        "source_name": "Google Ads",
        "start_time": "2026-11-20T18:00:00.000-07:00",
        "total_calls": 1,
        "tracking_phone_number": "+13035550199",
        "utm_campaign": "winter",
        "utm_medium": "cpc",
        "utm_source": "google",
        "voicemail": True,
    } | changes


def ringing(caller: str, call: str = CALL) -> dict[str, Any]:
    """A "Pre-call" body: it says that the call was not answered while the phone is ringing."""
    ended = ("recording", "landing_page_url", "keywords", "referrer_domain", "gclid")
    body = missed_call(caller, call, call_type="missed", duration=0, voicemail=False)
    return {name: value for name, value in body.items() if name not in ended}


def form(phone: str, identity: str = "FRM" + "d" * 32, **changes: Any) -> dict[str, Any]:
    """A "Form submission" body."""
    return {
        "company_id": 155,
        "company_resource_id": "COM" + "c" * 32,
        "customer_phone_number": phone,
        "form_data": {
            "Full name": "Zephyrine Ash",
            "Phone number": phone,
            "E-mail": "zephyrine@customer.example",
            "Zip code": "80202",
            "Message": "The tap drips",
            "How soon?": "This week",
        },
        "form_url": "https://acme-plumbing.example/contact",
        "landing_page_url": "https://acme-plumbing.example/",
        "person_resource_id": "PER" + "e" * 32,
        "referrer": "www.google.com",
        "resource_id": identity,
        "submitted_at": "2026-11-20T18:00:00.000-07:00",
        "utm_source": "google",
    } | changes


def text(sender: str, content: str, identity: str = "SCM" + "f" * 32, **changes: Any) -> dict[str, Any]:
    """A "Text message received" body."""
    return {
        "agent": "",
        "company_resource_id": "COM" + "c" * 32,
        "content": content,
        "conversation_id": "kz7",
        "destination_number": "+13035550199",
        "lead_status": "",
        "person_resource_id": "PER" + "e" * 32,
        "resource_id": identity,
        "source_number": sender,
        "thread_resource_id": "SMT" + "a" * 32,
        "timestamp": "2026-11-20T18:00:00.000-07:00",
    } | changes


def sent(body: dict[str, Any], key: str) -> Sent:
    """Return the request, signed."""
    return signed(json.dumps(body).encode(), key)


def signed(raw: bytes, key: str) -> Sent:
    """Return any bytes as a signed request."""
    digest = hmac.new(key.encode(), raw, hashlib.sha1).digest()
    return Sent(raw, {"Content-Type": "application/json", "Signature": base64.b64encode(digest).decode()})
