"""The one account the stand-in has: who may call, which numbers it sends from, where inbound messages go."""

import base64
import binascii
import hmac
from dataclasses import dataclass

LOCAL_ACCOUNT_SID = "AC" + "0" * 32
LOCAL_API_KEY_SID = "SK" + "0" * 32
LOCAL_MESSAGING_SERVICE_SID = "MG" + "0" * 32


@dataclass(frozen=True)
class Account:
    """What one would find in the Twilio console.

    Attributes:
        account_sid: `AC…`; the only account in the paths of the API.
        auth_token: signs web hooks, and is the password that goes with the account SID.
        api_key_sid: `SK…`; the other user name that may call the API.
        api_key_secret: its password.
        messaging_service_sid: `MG…`; the only messaging service; all senders belong to it.
        senders: E.164 numbers one may send from; the service always picks the first.
        inbound_url: where inbound messages are posted; None posts them nowhere.
        advanced_opt_out: a STOP blocks the whole service and web hooks carry `OptOutType`;
            without it, it blocks the one number, and the web hook looks like any other.
    """

    account_sid: str
    auth_token: str
    api_key_sid: str
    api_key_secret: str
    messaging_service_sid: str
    senders: tuple[str, ...]
    inbound_url: str | None = None
    advanced_opt_out: bool = True

    def admits(self, authorization: str | None) -> bool:
        """Whether an `Authorization` header (Basic) carries one of the two pairs of credentials."""
        scheme, _, encoded = (authorization or "").partition(" ")
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        secret = {self.account_sid: self.auth_token, self.api_key_sid: self.api_key_secret}.get(user)
        return (
            scheme.lower() == "basic" and secret is not None and hmac.compare_digest(secret.encode(), password.encode())
        )

    def block_scope(self, sender: str) -> str:
        """What a STOP sent to this number blocks: the messaging service, or the number alone."""
        return self.messaging_service_sid if self.advanced_opt_out and sender in self.senders else sender
