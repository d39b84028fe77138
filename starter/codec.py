"""The codec endpoint: what lets the Temporal UI and CLI show encrypted payloads and encrypt what a person types.

It follows Temporal's remote codec protocol (https://docs.temporal.io/remote-data-encoding), and opens payloads for
those allowed and for nobody else, see `codec_access`. What is opened are ids, enums, times and the sentences about what
a run waits for; names, addresses and wording are never in a payload. Each opening is an event before it is an answer.
"""

from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload, Payloads

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.event_kinds import EventKind
from models.payloads import EncryptionCodec, sealed
from models.sealing import UnreadableSeal
from starter.codec_access import AskingPage, PayloadReader, Reader, cors, namespace_of
from starter.problems import Problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/codec", include_in_schema=False)
MAX_BODY_BYTES = 4_194_304
"""Of one request: what the Temporal server takes in one message. The UI asks for the payloads of a page of events."""


@router.options("/{_:path}")
def preflight(page: AskingPage) -> Response:
    """Tell the browser that the page of the Temporal UI may ask."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=cors(page))


async def _given(request: Request, page: AskingPage, reader: PayloadReader) -> list[Payload]:
    """Return what is to be converted; nothing of a stranger is read."""
    try:
        return list(Parse(await request.body(), Payloads()).payloads)
    except (ParseError, UnicodeDecodeError):
        raise _not_payloads(page) from None


Given = Annotated[list[Payload], Depends(_given)]


@router.post("/encode")
async def encode(given: Given, page: AskingPage, uses: Uses) -> Response:
    """Encrypt what a person has typed into the Temporal UI or CLI, such as the code of an approval."""
    return _answer(await EncryptionCodec(uses.ring).encode(given), page)


@router.post("/decode")
async def decode(given: Given, reader: PayloadReader, page: AskingPage, uses: Uses, request: Request) -> Response:
    """Decrypt payloads, and record for whom."""
    try:
        opened = await EncryptionCodec(uses.ring).decode(given)
    except (KeyError, DecodeError):
        raise _not_payloads(page) from None
    except UnreadableSeal as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), headers=cors(page)) from None
    shown = sum(map(sealed, given)) - sum(map(sealed, opened))
    if shown:
        await run_sync(_record, uses, reader, shown, namespace_of(request))
    return _answer(opened, page)


def _record(uses: Resources, reader: Reader, shown: int, namespace: str) -> None:
    with transaction(uses.engine) as session:
        origin, about = Origin(reader.through, reader.handle), Subject(reader.handle)
        events.record(session, EventKind.PAYLOADS_SHOWN, origin, about, payloads=shown, namespace=namespace)


def _answer(made: list[Payload], page: str) -> Response:
    return Response(MessageToJson(Payloads(payloads=made)), media_type="application/json", headers=cors(page))


def _not_payloads(page: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "this is not a list of payloads", headers=cors(page))
