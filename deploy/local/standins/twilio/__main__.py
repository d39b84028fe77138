"""A stand-in for Twilio Programmable Messaging: create, fetch, list, cancel; signed callbacks and inbound messages.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. Faults, the request log and
inbound messages are steered under `/_standin/` on the same port. Everything but the faults survives a kill.
"""

import asyncio
import os
from argparse import ArgumentParser, Namespace

from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.twilio import magic
from deploy.local.standins.twilio.account import (
    LOCAL_ACCOUNT_SID,
    LOCAL_API_KEY_SID,
    LOCAL_MESSAGING_SERVICE_SID,
    Account,
)
from deploy.local.standins.twilio.application import make_application
from deploy.local.standins.twilio.lifecycle import Pace
from deploy.local.standins.twilio.web_hooks import Overrides

TOLD = "queued,sending,sent,delivered,undelivered,failed,canceled"


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    given = _parser().parse_args()
    app = make_application(
        account=_account(given),
        state_dir=given.state_dir,
        pace=Pace(given.step_delay, frozenset(given.callback_statuses.split(","))),
        overrides=Overrides().of(given.connection_overrides),
    )
    asyncio.run(serve(app, given.host, given.port))


def _parser() -> ArgumentParser:
    parser = arguments(f"{__doc__}\n{magic.__doc__}")

    def account_option(name: str, default: str) -> None:
        variable = f"TWILIO_{name.upper().replace('-', '_')}"
        usual = os.environ.get(variable, default)
        parser.add_argument(f"--{name}", default=usual, help=f"or {variable} (default: {default})")

    account_option("account-sid", LOCAL_ACCOUNT_SID)
    account_option("auth-token", "local-auth-token")
    account_option("api-key-sid", LOCAL_API_KEY_SID)
    account_option("api-key-secret", "local-api-key-secret")
    account_option("messaging-service-sid", LOCAL_MESSAGING_SERVICE_SID)
    parser.add_argument(
        "--sender", action="append", metavar="E164", help="a number to send from; repeatable (default: +13035550100)"
    )
    parser.add_argument(
        "--inbound-url", default=os.environ.get("TWILIO_INBOUND_URL"), help="where inbound messages are posted"
    )
    parser.add_argument("--step-delay", type=float, default=0.03, metavar="SECONDS", help="time between two statuses")
    parser.add_argument(
        "--callback-statuses", default=TOLD, metavar="LIST", help=f"told in callbacks (default: {TOLD})"
    )
    parser.add_argument(
        "--connection-overrides",
        default=f"rc={Overrides.rc}&rp={Overrides.rp}",
        metavar="FRAGMENT",
        help="when to repeat a callback whose URL does not say so itself (default: %(default)s; Twilio's: rc=1&rp=ct)",
    )
    parser.add_argument(
        "--no-advanced-opt-out",
        action="store_true",
        help="a STOP blocks one number instead of the service, and web hooks carry no OptOutType",
    )
    return parser


def _account(given: Namespace) -> Account:
    return Account(
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        api_key_sid=given.api_key_sid,
        api_key_secret=given.api_key_secret,
        messaging_service_sid=given.messaging_service_sid,
        senders=tuple(given.sender or ["+13035550100"]),
        inbound_url=given.inbound_url or None,
        advanced_opt_out=not given.no_advanced_opt_out,
    )


if __name__ == "__main__":
    main()
