"""What people call a scope: `Acme Plumbing: SMS` for `channel:<id>:sms`."""

from uuid import UUID

from sqlmodel import Session

from models.database.tables.people import Client
from models.terms import Channel, PauseScope, RunKind

KINDS = {
    RunKind.OUTREACH: "Outreach",
    RunKind.REVIEW_REQUEST: "Review requests",
    RunKind.REPORT_DIGEST: "Report digests",
    RunKind.INCIDENT_NOTICE: "Incident notices",
    RunKind.TEMPLATE_TEST: "Tests of texts",
}
PROVIDERS = {"twilio": "Twilio (SMS)", "ses": "Amazon SES (email)"}
CHANNELS = {Channel.SMS: "SMS", Channel.EMAIL: "Email"}


def in_words(session: Session, scope: str) -> str:
    """Return what the scope of a row is called."""
    kind, _, rest = scope.partition(":")
    match PauseScope(kind):
        case PauseScope.CLIENT:
            return _client(session, rest)
        case PauseScope.CHANNEL:
            client, _, channel = rest.partition(":")
            return f"{_client(session, client)}: {CHANNELS[Channel(channel)]}"
        case other:
            return named(other, rest)


def named(kind: PauseScope, name: str) -> str:
    """Return what a scope without a client is called."""
    match kind:
        case PauseScope.EVERYTHING:
            return "Everything"
        case PauseScope.KIND:
            return KINDS[RunKind(name)]
        case PauseScope.PROVIDER:
            return PROVIDERS.get(name, name)
        case PauseScope.RUN:
            return f"Run {name[:8]}"
        case _:
            return name.replace("_", " ").capitalize()


def _client(session: Session, identity: str) -> str:
    return session.get_one(Client, UUID(identity)).name
