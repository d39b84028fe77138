"""What QuickBooks tells when something in a client's books has changed, in both of its shapes.

https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks: `eventNotifications` by company, and the CloudEvents that
take its place in 2026. Neither holds figures, only which object of which company; both say little enough to be read alike.
"""

import hashlib
import json
from typing import Any

from models.frozen import Frozen


class UnreadableChange(Exception):
    """Signed, and in neither shape."""


class Changes(Frozen):
    """The companies (realm ids) in which something has changed, and what makes it this notification."""

    identity: str
    accounts: tuple[str, ...]


def read(raw: bytes) -> Changes:
    """Return what a web hook tells. A repetition has the same identity. Raises UnreadableChange."""
    try:
        told = json.loads(raw)
    except ValueError:
        raise UnreadableChange from None
    if isinstance(told, list) and told and all(isinstance(one, dict) for one in told):
        accounts = [one.get("intuitaccountid") for one in told]
        named = "|".join(sorted(str(one.get("id", "")) for one in told))
    elif isinstance(told, dict) and isinstance(told.get("eventNotifications"), list):
        accounts = [_realm(one) for one in told["eventNotifications"]]
        named = raw.decode(errors="replace")
    else:
        raise UnreadableChange
    if not accounts or not all(isinstance(account, str) and account for account in accounts):
        raise UnreadableChange
    identity = hashlib.sha256(named.encode()).hexdigest()
    return Changes(identity=identity, accounts=tuple(dict.fromkeys(str(account) for account in accounts)))


def _realm(one: Any) -> str | None:
    realm = one.get("realmId") if isinstance(one, dict) else None
    return realm if isinstance(realm, str) else None
