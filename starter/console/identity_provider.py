"""Who somebody is, as the agency's identity provider says: OpenID Connect Core 1.0, authorization code with PKCE."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from models.sign_in_settings import SignInSettings

ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 5
KEPT_SECONDS = 3600.0
"""For how long what the provider says about itself is used without asking again."""

AWAY = "provider_away"
DOES_NOT_ANSWER = (
    "The identity provider, where your work account is, does not answer. Try again in a minute, and tell an engineer "
    "if it stays so."
)
SAYS_NO = (
    "The identity provider says no: the sign-in was cancelled there, or your account there may not use this console. "
    "Begin again; if it stays so, ask whoever looks after your work account."
)


class NotIdentified(Exception):
    """The provider has not shown who it is. `code` says why, for the event; the message is for the person, in sentences."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Secrets:
    """What binds an answer of the provider to the browser that has asked: kept there, never sent before it is due."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has identified. `email` is empty unless the provider has verified it."""

    subject: str
    email: str


class IdentityProvider:
    """The provider of one issuer. Every call of it may raise NotIdentified.

    Args:
        settings: its issuer and our registration there.
        redirect_uri: where it sends people back to.
        clock: seconds of this machine.
    """

    def __init__(self, settings: SignInSettings, redirect_uri: str, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._about: tuple[float, dict[str, Any]] = (0.0, {})
        self._keys: KeySet | None = None

    def address(self, secrets: Secrets) -> str:
        """Return where somebody is sent to sign in."""
        endpoint = str(self._metadata()["authorization_endpoint"])
        with self._client() as client:
            address, _ = client.create_authorization_url(
                endpoint, state=secrets.state, nonce=secrets.nonce, code_verifier=secrets.verifier
            )
        return str(address)

    def identify(self, answer: dict[str, str], secrets: Secrets) -> Identity:
        """Return who has signed in, by the parameters with which they were sent back."""
        if not hmac.compare_digest(answer.get("state", "").encode(), secrets.state.encode()):
            raise NotIdentified("wrong_state", "This answer belongs to another sign-in. Begin again.")
        about = self._metadata()
        if answer.get("iss", about["issuer"]) != about["issuer"]:
            raise NotIdentified("wrong_issuer", "This answer is another identity provider's. Begin again.")
        if "code" not in answer:
            raise _refusal(answer)
        claims = self._claims(self._id_token(answer["code"], secrets), secrets.nonce)
        verified = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(str(claims["sub"]), str(verified or "").lower())

    def _id_token(self, code: str, secrets: Secrets) -> str:
        try:
            with self._client() as client:
                endpoint = str(self._metadata()["token_endpoint"])
                token = client.fetch_token(endpoint, code=code, code_verifier=secrets.verifier, timeout=TIMEOUT_SECONDS)
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            sentence = (
                "The identity provider did not confirm the sign-in. Begin again, and tell an engineer if it stays so."
            )
            raise NotIdentified("code_refused", sentence) from error
        return str(token.get("id_token", ""))

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        params = {"nonce": nonce, "client_id": self._settings.client_id}
        needed = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            token = self._decoded(id_token)
            claims = CodeIDToken(token.claims, token.header, needed, params)
            claims.validate(now=int(self._clock()), leeway=LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError) as error:
            sentence = "What the identity provider has sent cannot be trusted. Begin again, and tell an engineer if it stays so."
            raise NotIdentified("token_refused", sentence) from error
        return dict(claims)

    def _decoded(self, id_token: str) -> jwt.Token:
        if self._keys is not None:
            try:
                return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                # Perhaps signed with a key that is newer than what is known.
                self._keys = None
        self._keys = KeySet.import_key_set(self._fetched(str(self._metadata()["jwks_uri"])))  # type: ignore[arg-type]
        return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)

    def _metadata(self) -> dict[str, Any]:
        read_at, about = self._about
        if about and self._clock() - read_at < KEPT_SECONDS:
            return about
        about = self._fetched(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self._settings.issuer:
            sentence = (
                f"The identity provider calls itself {about.get('issuer')}, and COMMS_SIGN_IN__ISSUER is "
                f"{self._settings.issuer}. Tell an engineer: they must be the same to the letter."
            )
            raise NotIdentified("wrong_issuer", sentence)
        if not all(about.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
            raise NotIdentified(AWAY, DOES_NOT_ANSWER)
        self._about = (self._clock(), about)
        return about

    def _fetched(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise NotIdentified(AWAY, DOES_NOT_ANSWER) from error
        if not isinstance(found, dict):
            raise NotIdentified(AWAY, DOES_NOT_ANSWER)
        return found

    def _client(self) -> OAuth2Session:
        secret = self._settings.client_secret.get_secret_value()
        return OAuth2Session(
            self._settings.client_id,
            secret or None,
            scope="openid email",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
        )


def _refusal(answer: dict[str, str]) -> NotIdentified:
    if answer.get("error") == "access_denied":
        return NotIdentified("access_denied", SAYS_NO)
    return NotIdentified("provider_refused", "The identity provider did not sign you in. Begin again.")
