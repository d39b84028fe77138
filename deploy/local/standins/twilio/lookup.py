"""GET /v2/PhoneNumbers/{number}?Fields=line_type_intelligence, as Twilio Lookup answers it.

A fixture number that ends on 84 (21614, not SMS-capable) or 93 (30006) is a landline, one on 98 is not known, every other one
a mobile.
"""

import re

from aiohttp import web

from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.request_log import Call
from deploy.local.standins.twilio.account import Account
from deploy.local.standins.twilio.errors import Refused

_FIXTURE = re.compile(r"\+1\d{3}55501(\d\d)")
_KINDS = {"84": "landline", "93": "landline", "98": None}


def lookup_route(account: Account, door: Door) -> web.RouteDef:
    """The route for `app.add_routes`; log lines and fault rules call it `lookup`."""

    async def look_up(request: web.Request) -> web.StreamResponse:
        number = request.match_info["number"]

        async def answer() -> Answer:
            if not account.admits(request.headers.get("Authorization")):
                return Refused(20003, status=401).answer()
            asked = "line_type_intelligence" in request.query.get("Fields", "")
            return json_answer(_resource(number, asked))

        return await door.receive(request, Call("lookup", number), answer)

    return web.get("/v2/PhoneNumbers/{number}", look_up)


def _resource(number: str, asked: bool) -> dict[str, object]:
    found = _FIXTURE.fullmatch(number)
    kind = _KINDS.get(found[1], "mobile") if found else "mobile"
    intelligence = {"type": kind, "carrier_name": None, "mobile_country_code": None, "mobile_network_code": None}
    return {
        "calling_country_code": "1",
        "country_code": "US",
        "phone_number": number,
        "national_format": number,
        "valid": True,
        "validation_errors": [],
        "line_type_intelligence": intelligence | {"error_code": None} if asked else None,
        "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
    }
