"""A stand-in for the HubSpot CRM: contacts, deals, notes, tasks; own unique properties; associations; archive.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. Faults and the request log are
steered under `/_standin/` on the same port; a fault rule may address a record by phone number, e-mail address, id, or
the value of the own property. Everything but the faults survives a kill.
"""

import asyncio
import os
from argparse import ArgumentParser, ArgumentTypeError

from deploy.local.standins.hubspot.application import make_application
from deploy.local.standins.hubspot.object_types import TYPES
from deploy.local.standins.kit.serving import arguments, serve


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    given = _parser().parse_args()
    app = make_application(given.token, given.own_property, given.state_dir, given.unique_property)
    asyncio.run(serve(app, given.host, given.port))


def _parser() -> ArgumentParser:
    parser = arguments(__doc__)
    parser.add_argument(
        "--token",
        default=os.environ.get("HUBSPOT_TOKEN", "local-crm-token"),
        help="access token; or HUBSPOT_TOKEN (default: local-crm-token)",
    )
    parser.add_argument(
        "--own-property", default="agency_lead_id", help="its value is the log's token (default: %(default)s)"
    )
    parser.add_argument(
        "--unique-property",
        action="append",
        default=[],
        type=_type_and_name,
        metavar="TYPE:NAME",
        help="a unique property that shall exist from the start, such as contacts:agency_lead_id; repeatable",
    )
    return parser


def _type_and_name(text: str) -> tuple[str, str]:
    type_name, _, name = text.partition(":")
    if type_name not in TYPES or not name:
        raise ArgumentTypeError(f"not TYPE:NAME with a type of {', '.join(TYPES)}: {text}")
    return type_name, name


if __name__ == "__main__":
    main()
