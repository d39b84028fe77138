"""The command line of every part."""

import sys
from collections.abc import Callable

from deploy.local import initdb, postgres, temporal
from deploy.local.environment import LOCAL_CLIENT
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command, inherited
from deploy.local.site import REPOSITORY, Site

MakeCommand = Callable[[Site], Command]
"""Called at each start, when what the part needs is running and known."""


def database_server(site: Site) -> Command:
    """PostgreSQL, on the disk of the stack's directory."""
    return postgres.command(site.data, site.ports["postgres"])


def make_database(site: Site) -> None:
    """What must be so before PostgreSQL can start: no orphans of a killed one, and a data directory."""
    postgres.wait_for_orphans(site.data)
    initdb.initialise(site.data, site.secrets.database_password)


def temporal_server(site: Site) -> Command:
    """Temporal with its UI, on a file in the stack's directory."""
    ports, codec = site.ports, f"{site.url('api')}/codec"
    return temporal.command(
        site.state, ports["temporal"], ports["temporal-ui-server"], site.state / "temporal.db", codec
    )


def temporal_ui(site: Site) -> Command:
    """The door to that UI, by which browsers reach it."""
    where = (f"--port={site.ports['temporal-ui']}", f"--server={site.url('temporal-ui-server')}")
    return module("deploy.local.temporal_ui", *where, f"--sign-in={site.url('api')}/sign-in")(site)


def module(*arguments: str) -> MakeCommand:
    """A Python module of this project, run with the stack's settings from the root of the checkout."""
    return lambda site: Command((sys.executable, "-m", *arguments), inherited() | site.settings(), REPOSITORY)


def seed(site: Site) -> Command:
    """The library and the staff, with their API keys and passwords in files; who had one before keeps it."""
    files = ("--staff-keys", str(site.credentials), "--passwords", str(site.passwords))
    return module("starter.comms", "database", "seed", *files)(site)


def aws(site: Site) -> Command:
    """SNS, SQS and S3."""
    return _standin(site, "aws")


def ses(site: Site) -> Command:
    """SES; publishes its events to the topic of the AWS stand-in."""
    topic = str(site.facts.get("aws", {}).get("topic_arn", ""))
    return _standin(site, "ses", aws_endpoint=site.url("aws"), topic_arn=topic)


def twilio(site: Site) -> Command:
    """Twilio; sends what customers write to the inbound web hook of the API."""
    return _standin(
        site,
        "twilio",
        account_sid=site.secrets.twilio_account_sid,
        auth_token=site.secrets.twilio_auth_token,
        api_key_sid=site.secrets.twilio_api_key_sid,
        api_key_secret=site.secrets.twilio_api_key_secret,
        messaging_service_sid=site.secrets.twilio_messaging_service_sid,
        inbound_url=f"{site.url('api')}/webhooks/twilio/inbound",
    )


def hubspot(site: Site) -> Command:
    """The CRM."""
    return _standin(site, "hubspot", token=site.secrets.crm_token)


def salesforce(site: Site) -> Command:
    """Another CRM."""
    return _standin(site, "salesforce", client_id=LOCAL_CLIENT, client_secret=site.secrets.crm_token)


def web_hook(site: Site) -> Command:
    """Whoever is told of leads by web hook."""
    return _standin(site, "web_hook", secret=site.secrets.web_hook_secret)


def openai(site: Site) -> Command:
    """A model that words drafts."""
    return _standin(site, "openai", api_key=site.secrets.model_key)


def identity(site: Site) -> Command:
    """Where staff sign in, if not with a password."""
    return _standin(site, "identity", client_id=LOCAL_CLIENT, client_secret=site.secrets.identity_secret)


def google_business(site: Site) -> Command:
    """Where reviews are left."""
    known = site.secrets
    return _standin(
        site,
        "google_business",
        client_id=known.google_client_id,
        client_secret=known.google_client_secret,
        refresh_token=known.google_refresh_token,
    )


def search_console(site: Site) -> Command:
    """Google Search Console."""
    return _standin(site, "search_console", client_secret=site.secrets.figures_secret)


def quickbooks(site: Site) -> Command:
    """QuickBooks Online, which tells the API of changes in the books."""
    secret = site.secrets.figures_secret
    web_hook = f"{site.url('api')}/webhooks/quickbooks"
    return _standin(site, "quickbooks", client_secret=secret, verifier=secret, web_hook=web_hook)


def _standin(site: Site, name: str, **options: str) -> Command:
    where = {"host": LOOPBACK, "port": str(site.ports[name]), "state-dir": str(site.state / name)}
    flags = [f"--{option.replace('_', '-')}={value}" for option, value in (where | options).items()]
    return module(f"deploy.local.standins.{name}", *flags)(site)
