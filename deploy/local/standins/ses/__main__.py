r"""A stand-in for Amazon SES v2: sending, the suppression list, and all ten events through SNS.

    python -m deploy.local.standins.ses --host 127.0.0.1 --port 8025 --state-dir DIR \
        --aws-endpoint http://127.0.0.1:4566 --topic-arn arn:aws:sns:us-east-1:123456789012:comms-ses-events

Point any SES v2 client at it by `endpoint_url`. What an address makes happen stands in `addresses`; the control
routes, in `control` here and in the kit. Log lines and fault rules call the operations send_email, get_account,
put_account_sending, put_/get_/delete_suppressed_destination and list_suppressed_destinations; `event` addresses the
events of a mail only. State survives a kill: mails, the list, and events not yet published, which go out at the next
start. Only mails with a `ConfigurationSetName` have events, as at Amazon.
"""

import argparse
import asyncio

from aiohttp import web

from deploy.local.standins.kit.agenda import Agenda
from deploy.local.standins.kit.control import control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.door import Door
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import RequestLog
from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.ses.api import SendingApi
from deploy.local.standins.ses.control import ses_control_routes
from deploy.local.standins.ses.postbox import Appointments, Postbox
from deploy.local.standins.ses.publisher import Publisher
from deploy.local.standins.ses.receiving import receiving_routes
from deploy.local.standins.ses.refusals import refusal
from deploy.local.standins.ses.store import SCHEMA, Store
from deploy.local.standins.ses.suppression_api import SuppressionApi

NAME = "ses"
LARGEST_REQUEST = 40 * 1024**2  # bytes; SES takes 40 MB


async def run(options: argparse.Namespace) -> None:
    """Serve, and work the agenda off, until SIGTERM or SIGINT."""
    database = open_database(options.state_dir / f"{NAME}.sqlite3", SCHEMA, synchronous="NORMAL")
    log = RequestLog(options.state_dir / f"{NAME}.requests.jsonl")
    store, plan = Store(database), FaultPlan()
    publisher = Publisher(options.aws_endpoint, options.topic_arn)
    agenda = Agenda(database, Appointments(store, publisher).perform)
    postbox = Postbox(store, plan, agenda, options.topic_arn.split(":")[3], options.step_delay)
    door = Door(plan, log, refusal)
    configuration_sets = options.configuration_set or ["comms"]
    sending = SendingApi(door, store, postbox, configuration_sets, options.daily_quota)

    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.add_routes(control_routes(NAME, plan, log))
    app.add_routes(ses_control_routes(store, postbox, configuration_sets[0]))
    app.add_routes(receiving_routes(store, publisher))
    app.add_routes(sending.routes())
    app.add_routes(SuppressionApi(door, store).routes())
    app.router.add_route("*", "/v2/{rest:.*}", sending.unknown)
    working = asyncio.create_task(agenda.run())
    try:
        await serve(app, options.host, options.port)
    finally:
        working.cancel()
        log.close()


def main() -> None:
    """Read the arguments and serve."""
    parser = arguments(__doc__)
    parser.add_argument("--aws-endpoint", required=True, help="base URL of the local SNS and SQS")
    parser.add_argument("--topic-arn", required=True, help="topic that events are published to")
    parser.add_argument("--step-delay", type=float, default=0.03, help="seconds between the events of a mail")
    parser.add_argument("--configuration-set", action="append", help="a known one; may be repeated (default: comms)")
    parser.add_argument("--daily-quota", type=int, default=50_000, help="mails in 24 hours")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
