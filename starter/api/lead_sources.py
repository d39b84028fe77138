"""Source accounts: who brings whose leads, and what they start. Set here and nowhere else."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StrictBool, StrictInt
from sqlmodel import Session

from models.database import intake
from models.database.engine import transaction
from models.database.leads import accounts
from models.database.leads.accounts import BelongsToAnotherClient
from models.database.tables.leads import SourceAccount
from models.leads.judgement import RESPONSE_WINDOWS
from models.leads.options import SourceOptions
from models.leads.terms import BY_WEB_HOOK, Way
from models.terms import ConsentKind
from starter.api.fields import KINDS, Handle, Key, SequenceKey, Span, Strict
from starter.api.scoped import client_named, refuse_unless_works_for
from starter.callers import Anybody, SalesOps
from starter.problems import field_problem
from starter.resources import Resources, Uses
from starter.webhooks import standard_webhooks
from starter.webhooks.lead_credentials import address_path

router = APIRouter(prefix="/v1/lead-sources", tags=["Leads"])
_SECRET_BYTES = 32
_THEIRS = frozenset({Way.TWILIO_VOICE, Way.CALLRAIL})
"""Ways whose secret the vendor makes; for all others we make one that is entered there."""

Account = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="Our own short name of it.")]


class SourceBody(Strict):
    """One account at one source. What is left out stays as it is."""

    client: Key
    sequence: SequenceKey | None = Field(None, examples=["missed_call"])
    sequence_version: Annotated[StrictInt, Field(ge=1, description="The newest if left out.")] | None = None
    owner: Handle | None = Field(None, description="A staff handle; else the sequence's.")
    response_window: timedelta | None = Field(
        None,
        gt=timedelta(0),
        le=timedelta(days=365),
        description="How old an event may be for an automatic first answer (ISO 8601); the way's own if left out.",
    )
    short_call_seconds: Annotated[StrictInt, Field(ge=0, le=60)] | None = None
    wordings: dict[Annotated[str, Field(max_length=60)], str] | None = Field(
        None, description="For a web form: the consent kind that each version of its wording covers.", max_length=50
    )
    enabled: StrictBool | None = None
    secret: Annotated[str, Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")] | None = Field(
        None, description="Twilio's auth token or CallRail's signing key; for others one is made if left out."
    )
    new_secret: StrictBool = Field(False, description="Make a new secret; the one of before stays good for a day.")
    new_address: StrictBool = Field(False, description="Make a new address; the one of before is worthless at once.")


class SourceLine(BaseModel):
    """A source account as stored."""

    way: Way
    account: str
    client: str
    sequence: str | None
    sequence_version: int | None
    owner: str | None
    response_window: Span | None = Field(description="Null if the age of an event does not matter.")
    options: SourceOptions
    enabled: bool
    web_hook: str | None = Field(description="Enter it at the source. Whoever knows it still needs the secret.")
    has_secret: bool


class SourceStored(SourceLine):
    """The account, and a secret that was just made. It cannot be read again."""

    secret: str | None = None


@router.put("/{way}/{account}", summary="Enter or change a source account", responses={201: {"model": SourceStored}})
def put(way: Way, account: Account, body: SourceBody, caller: SalesOps, uses: Uses, response: Response) -> SourceStored:
    """Say whose leads an account brings, what they start and who owns them. New: 201, else 200. Safe to repeat."""
    with transaction(uses.engine) as session:
        _checked(session, body)
        client = client_named(session, caller, body.client)
        refuse_unless_works_for(session, body.owner, [client.id])
        try:
            stored, created = accounts.put(session, way, account, client, _given(body), caller.handle)
        except BelongsToAnotherClient:
            raise field_problem(
                "client", "this account brings the leads of another client; choose another name"
            ) from None
        stored.options = stored.options | _options(body)
        if body.new_address:
            stored.address_version += 1
        made = _secret(session, uses, stored, way, body)
        line = _line(uses, stored, client.key)
    if created:
        response.status_code = HTTPStatus.CREATED
    return SourceStored(**line.model_dump(), secret=made)


@router.get("", summary="List source accounts")
def list_sources(caller: Anybody, uses: Uses) -> list[SourceLine]:
    """Return every account of the caller's clients, by way in and name."""
    with transaction(uses.engine) as session:
        return [_line(uses, account, client) for account, client in accounts.listed(session, caller.only)]


def _checked(session: Session, body: SourceBody) -> None:
    if body.sequence is not None and intake.sequence_by_key(session, body.sequence, body.sequence_version) is None:
        raise field_problem("sequence", "there is no such sequence or version; see GET /v1/sequences")
    if wrong := [kind for kind in (body.wordings or {}).values() if kind not in KINDS]:
        raise field_problem("wordings", f"each covers one of {', '.join(KINDS)}; {len(wrong)} say something else")


def _given(body: SourceBody) -> dict[str, object]:
    named = {"sequence", "sequence_version", "owner", "response_window", "enabled"}
    return {
        name: value for name, value in body.model_dump(include=named, exclude_unset=True).items() if value is not None
    }


def _options(body: SourceBody) -> dict[str, object]:
    given: dict[str, object] = {}
    if body.short_call_seconds is not None:
        given["short_call_seconds"] = body.short_call_seconds
    if body.wordings is not None:
        given["wordings"] = {version: int(ConsentKind(KINDS[kind])) for version, kind in body.wordings.items()}
    return given


def _secret(session: Session, uses: Resources, stored: SourceAccount, way: Way, body: SourceBody) -> str | None:
    """Store a secret if one is given, asked for or missing; return it if we made it."""
    if way not in BY_WEB_HOOK:
        return None
    if body.secret is not None:
        if way is Way.WEB_FORM:
            _check_scheme(body.secret)
        accounts.change_credential(session, stored, uses.ring, body.secret)
        return None
    if stored.credential is not None and not body.new_secret:
        return None
    if way in _THEIRS:
        raise field_problem("secret", "enter the auth token (Twilio) or the signing key (CallRail) of this account")
    made = _made(way)
    accounts.change_credential(session, stored, uses.ring, made)
    return made


def _made(way: Way) -> str:
    if way is Way.WEB_FORM:
        return standard_webhooks.new_secret(secrets.token_bytes(_SECRET_BYTES))
    made = secrets.token_urlsafe(_SECRET_BYTES)
    return f"comms:{made}" if way is Way.THUMBTACK else made


def _check_scheme(secret: str) -> None:
    try:
        standard_webhooks.signature(secret, "", "", b"")
    except ValueError:
        raise field_problem(
            "secret", "a web form signs with a secret such as whsec_…, base64 of 24 to 64 bytes"
        ) from None


def _line(uses: Resources, account: SourceAccount, client: str) -> SourceLine:
    way = Way(account.way)
    path = address_path(uses.callback_key, way, account.account, account.address_version)
    return SourceLine(
        way=way,
        account=account.account,
        client=client,
        sequence=account.sequence,
        sequence_version=account.sequence_version,
        owner=account.owner,
        response_window=account.response_window or RESPONSE_WINDOWS[way],
        options=SourceOptions.model_validate(account.options),
        enabled=account.enabled,
        web_hook=f"{uses.settings.public_base_url}{path}" if way in BY_WEB_HOOK else None,
        has_secret=account.credential is not None,
    )
