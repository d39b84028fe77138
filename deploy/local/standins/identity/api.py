"""What the provider says about itself, its authorization and its token endpoint.

OpenID Connect Core 1.0 and Discovery 1.0; answers name the issuer by RFC 9207.
"""

import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from aiohttp import BasicAuth, web
from yarl import URL

from deploy.local.standins.identity import page
from deploy.local.standins.identity.store import Store
from deploy.local.standins.identity.tokens import LASTS_SECONDS, Tokens, proves
from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.request_log import Call

HERE = ("127.0.0.1", "localhost", "::1")
ENDPOINTS = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
SUPPORTED = {
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "code_challenge_methods_supported": ["S256"],
    "authorization_response_iss_parameter_supported": True,
}


class Registration(NamedTuple):
    """The one client that is known."""

    client_id: str
    client_secret: str


def refusal(status: int, code: Any = None, message: str | None = None) -> Answer:
    """An error in the form of RFC 6749, section 5.2."""
    return json_answer({"error": str(code or "server_error"), "error_description": message or "no"}, status)


class ProviderApi:
    """The endpoints. Its issuer is the address by which it is reached."""

    def __init__(self, registration: Registration, store: Store, tokens: Tokens, door: Door) -> None:
        self._registration = registration
        self._store = store
        self._tokens = tokens
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """The routes for `app.add_routes`."""
        return [
            web.get("/.well-known/openid-configuration", self._describe),
            web.get("/keys", self._keys),
            web.get("/authorize", self._ask),
            web.post("/authorize", self._send_back),
            web.post("/token", self._token),
        ]

    async def _describe(self, request: web.Request) -> web.StreamResponse:
        async def work() -> Answer:
            issuer = _issuer(request)
            places = {name: f"{issuer}/{path}" for name, path in ENDPOINTS.items()}
            return json_answer({"issuer": issuer} | places | SUPPORTED, accepted=True)

        return await self._door.receive(request, Call("describe"), work)

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        async def work() -> Answer:
            return json_answer(self._tokens.published(), accepted=True)

        return await self._door.receive(request, Call("keys"), work)

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        async def work() -> Answer:
            people = self._store.people().values()
            return self._refused(request) or _shown(page.asking(self._registration.client_id, people))

        return await self._door.receive(request, Call("ask"), work)

    async def _send_back(self, request: web.Request) -> web.StreamResponse:
        subject = str((await request.post()).get("person", ""))
        person = self._store.people().get(subject)

        async def work() -> Answer:
            if refused := self._refused(request):
                return refused
            if person is None:
                return _back(request, error="access_denied")
            return _back(request, code=self._store.issue(subject, request.query))

        call = Call("send_back", subject, aliases=(person.email,) if person else ())
        return await self._door.receive(request, call, work)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}

        async def work() -> Answer:
            if not self._is_client(request.headers.get("Authorization", "")):
                return refusal(401, "invalid_client")
            if form.get("grant_type") != "authorization_code":
                return refusal(400, "unsupported_grant_type")
            return self._exchanged(_issuer(request), form)

        return await self._door.receive(request, Call("token"), work)

    def _exchanged(self, issuer: str, form: Mapping[str, str]) -> Answer:
        subject, asked = self._store.redeem(form.get("code", "")) or ("", {})
        person = self._store.people().get(subject)
        is_theirs = asked.get("redirect_uri") == form.get("redirect_uri")
        if person is None or not is_theirs or not proves(asked, form.get("code_verifier", "")):
            return refusal(400, "invalid_grant")
        said = self._tokens.id_token(issuer, self._registration.client_id, person, asked["nonce"])
        given = {"access_token": "opens-nothing", "token_type": "Bearer", "expires_in": LASTS_SECONDS}
        return json_answer(given | {"id_token": said}, accepted=True, headers={"Cache-Control": "no-store"})

    def _refused(self, request: web.Request) -> Answer | None:
        """Whoever may not be sent back is told here (RFC 6749, section 4.1.2.1); other mistakes are sent back."""
        asked = request.query
        if asked.get("client_id") != self._registration.client_id:
            return _shown(page.refusing("No client of this client_id is registered here."), 400)
        if URL(asked.get("redirect_uri", "")).host not in HERE:
            return _shown(page.refusing("The redirect_uri is not one of this machine."), 400)
        return None if _is_whole(asked) else _back(request, error="invalid_request")

    def _is_client(self, authorization: str) -> bool:
        try:
            shown = BasicAuth.decode(authorization)
        except ValueError:
            return False
        pairs = zip((shown.login, shown.password), self._registration, strict=True)
        return all(hmac.compare_digest(one.encode(), known.encode()) for one, known in pairs)


def _issuer(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _is_whole(asked: Mapping[str, str]) -> bool:
    if "openid" not in asked.get("scope", "").split() or not asked.get("nonce") or not asked.get("code_challenge"):
        return False
    return asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"


def _back(request: web.Request, **answer: str) -> Answer:
    stated = {"state": request.query["state"]} if "state" in request.query else {}
    where = f"{request.query['redirect_uri']}?{urlencode(answer | stated | {'iss': _issuer(request)})}"
    return Answer(303, b"", accepted="code" in answer, headers={"Location": where}, content_type="text/html")


def _shown(html: str, status: int = 200) -> Answer:
    return Answer(status, html.encode(), headers={"Cache-Control": "no-store"}, content_type="text/html")
