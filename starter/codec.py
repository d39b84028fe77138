"""The codec endpoint: what lets the Temporal UI and CLI show encrypted payloads and encrypt what a person types.

It follows Temporal's remote codec protocol (https://docs.temporal.io/remote-data-encoding). What it decrypts are ids,
enums, times and the sentences about what a run waits for; names, addresses and wording are never in a payload.
"""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payloads

from models.payloads import EncryptionCodec
from models.sealing import UnreadableSeal
from models.terms import Role
from starter.callers import Shown, caller_of
from starter.problems import Problem
from starter.resources import Uses

router = APIRouter(prefix="/codec", include_in_schema=False)
_ALLOWED = "POST, OPTIONS"
_ALLOWED_HEADERS = "content-type, x-namespace, authorization"


def _origin(request: Request, uses: Uses, shown: Shown) -> str:
    """Return the page that asks; empty if it is a program, such as the Temporal CLI, that shows an engineer's key.

    A browser tells the truth about its page, and the Temporal UI shows no key. A page of another origin gets nothing.
    """
    allowed = uses.settings.api.codec_origins
    if not allowed:
        raise Problem(
            HTTPStatus.NOT_FOUND, "the codec endpoint is off; name the Temporal UI in COMMS_API__CODEC_ORIGINS"
        )
    origin = request.headers.get("Origin", "")
    if not origin:
        if Role.ENGINEER not in caller_of(uses, shown).roles:
            raise Problem(HTTPStatus.FORBIDDEN, f"this needs the role {Role.ENGINEER}")
    elif origin not in allowed:
        raise Problem(HTTPStatus.FORBIDDEN, "this page may not read payloads; see COMMS_API__CODEC_ORIGINS")
    return origin


Origin = Annotated[str, Depends(_origin)]


@router.options("/{_:path}")
def preflight(origin: Origin) -> Response:
    """Tell the browser that the UI's page may ask."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_cors(origin))


@router.post("/{operation}")
async def convert(operation: Literal["encode", "decode"], request: Request, origin: Origin, uses: Uses) -> Response:
    """Encrypt or decrypt a list of payloads."""
    codec = EncryptionCodec(uses.ring)
    try:
        given = Parse(await request.body(), Payloads()).payloads
        made = await (codec.encode(given) if operation == "encode" else codec.decode(given))
    except (ParseError, DecodeError, KeyError, UnicodeDecodeError):
        raise Problem(HTTPStatus.BAD_REQUEST, "this is not a list of payloads", headers=_cors(origin)) from None
    except UnreadableSeal as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), headers=_cors(origin)) from None
    return Response(MessageToJson(Payloads(payloads=made)), media_type="application/json", headers=_cors(origin))


def _cors(origin: str) -> dict[str, str]:
    if not origin:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": _ALLOWED,
        "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
