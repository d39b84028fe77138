"""What the routes need, made once: settings, the two ways to the database, the keys that seal."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy import Engine

from models.connection import key_ring
from models.database.engine import make_engine
from models.database.inbound import arrivals
from models.database.permission.previews import Policy
from models.database.portal.reading import PortalReader, portal_reader
from models.database.sending.facts import Rules
from models.database.sending.gate_rules import gate_rules
from models.sealing import KeyRing
from models.settings import Settings
from starter.console.attempts import SignInAttempts
from starter.console.identity_provider import IdentityProvider
from starter.portal.limiting import LinkLimits
from starter.webhooks.committing import GroupCommit
from starter.webhooks.refusals import CRM, LEADS, QUICKBOOKS, RefusalCount
from starter.webhooks.signatures import TwilioSignatures


@dataclass(frozen=True, slots=True)
class Resources:
    """What an application holds.

    Web hooks have connections and threads of their own, so that a flood of API requests cannot keep a STOP waiting.
    """

    settings: Settings
    engine: Engine
    webhook_engine: Engine
    webhook_threads: CapacityLimiter
    ring: KeyRing
    signatures: TwilioSignatures
    refusals: RefusalCount
    lead_refusals: RefusalCount
    quickbooks_refusals: RefusalCount
    crm_refusals: RefusalCount
    callbacks: GroupCommit
    portal: PortalReader
    """The portal's way to its rows: another login, which reads what was published and nothing else."""
    portal_limits: LinkLimits
    gate_rules: Rules
    """What the gate is set to. Made once, because it keeps the sending rules that it has read."""

    sign_in_attempts: SignInAttempts
    identity_provider: IdentityProvider | None
    """Where staff sign in; None if there is none."""

    @property
    def approval_key(self) -> bytes:
        """The key of approval codes."""
        return self.settings.keys.approval.get_secret_value().encode()

    @property
    def callback_key(self) -> bytes:
        """The key of unsubscribe links and of links to the portal."""
        return self.settings.keys.callback.get_secret_value().encode()

    @property
    def resuming(self) -> Policy:
        """How pauses are resumed."""
        return Policy(self.gate_rules, self.settings.pauses.drain_per_second, self.settings.pauses.preview)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        self.webhook_engine.dispose()
        self.portal.close()


def make_resources(settings: Settings) -> Resources:
    """Return the resources. Nothing is connected yet."""
    database = settings.database
    webhook_engine = make_engine(database, pool_size=database.webhook_pool_size)
    webhook_threads = CapacityLimiter(database.webhook_pool_size)
    ring = key_ring(settings)
    return Resources(
        settings=settings,
        engine=make_engine(database),
        webhook_engine=webhook_engine,
        webhook_threads=webhook_threads,
        ring=ring,
        signatures=TwilioSignatures(settings),
        refusals=RefusalCount(webhook_engine),
        lead_refusals=RefusalCount(webhook_engine, origin=LEADS, channel=None),
        quickbooks_refusals=RefusalCount(webhook_engine, origin=QUICKBOOKS, channel=None),
        crm_refusals=RefusalCount(webhook_engine, origin=CRM, channel=None),
        callbacks=GroupCommit(partial(arrivals.store, webhook_engine, ring), webhook_threads),
        portal=portal_reader(settings),
        portal_limits=LinkLimits(settings.portal.requests_per_minute),
        gate_rules=gate_rules(settings.quiet_hours, settings.timers.inbound_silence, database.epoch),
        sign_in_attempts=SignInAttempts(),
        identity_provider=_identity_provider(settings),
    )


def _identity_provider(settings: Settings) -> IdentityProvider | None:
    if not settings.sign_in.issuer:
        return None
    return IdentityProvider(settings.sign_in, f"{settings.public_base_url}/sign-in/callback")


async def _resources(request: Request) -> Resources:
    # Not a plain function: that would wait for a thread of the API's, which a web hook must not.
    found: Resources = request.app.state.resources
    return found


Uses = Annotated[Resources, Depends(_resources)]
"""A route parameter that gets the application's resources."""
