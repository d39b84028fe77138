"""Whether a web hook really comes from Twilio: https://www.twilio.com/docs/usage/security.

The signed address is built from our own settings, never from `Host` or a forwarded header, which a sender chooses.
"""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from models.settings import Settings
from starter.problems import Problem

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 500

Form = ImmutableMultiDict[str, str]


class Forged(Exception):
    """The signature does not match. `str(error)` is a code."""


class TwilioSignatures:
    """Checks signatures with every current auth token, so that a token can be rotated without losing a web hook.

    Args:
        settings: the address that is signed, and the tokens of the account that sends our messages.
        tokens: those of another account instead.
    """

    def __init__(self, settings: Settings, tokens: Iterable[str] | None = None) -> None:
        self._base_url = settings.public_base_url
        own = (token.get_secret_value() for token in settings.twilio.auth_tokens)
        self._validators = [RequestValidator(token) for token in (own if tokens is None else tokens) if token]

    def verified(self, request: Request, body: bytes) -> Form:
        """Return the form of a request that Twilio has signed.

        Raises:
            Problem: the web hook is not configured, or the body is not a form.
            Forged: no current token has signed this request.
        """
        if not self._validators:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "this web hook is not configured: no auth token is set")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {FORM}")
        signature = request.headers.get(SIGNATURE_HEADER)
        if not signature:
            raise Forged("no_signature")
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        except ValueError:
            raise Forged("unreadable_form") from None
        form, address = Form(pairs), self._address(request)
        try:
            signed = any(validator.validate(address, form, signature) for validator in self._validators)
        except ValueError:
            # What follows the host may be anything a sender writes, `:port` that is no number included.
            raise Forged("unreadable_address") from None
        if not signed:
            raise Forged("bad_signature")
        return form

    def _address(self, request: Request) -> str:
        query = request.scope["query_string"].decode("latin-1")
        path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").partition("?")[0]
        return f"{self._base_url}{path}{'?' + query if query else ''}"
