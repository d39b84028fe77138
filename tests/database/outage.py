"""Outages of the web hooks, as the database sees them; and a Twilio whose web hooks reach nobody."""

import asyncio
from uuid import UUID

import httpx
from pydantic import SecretStr

from activities.backfilling import Backfiller
from activities.providers.twilio_account_list import TwilioAccountList
from deploy.local.standins.twilio.account import LOCAL_ACCOUNT_SID, LOCAL_API_KEY_SID, LOCAL_MESSAGING_SERVICE_SID
from models.database.inbound.backfills import Backfills
from models.database.inbound.continuity import Listener
from models.provider_settings import TwilioSettings
from models.sending import Held, HoldReason
from tests.database.world import PHONE, World
from tests.standins.program import Program

UNREACHABLE = ("--inbound-url", "http://127.0.0.1:9/inbound", "--connection-overrides", "rc=1&rp=ct")
"""Nobody listens there; Twilio tries twice and gives up."""


def fall_silent(world: World, minutes: float = 10) -> None:
    """Let the newest sign of life be so old."""
    where = "WHERE part = 'inbound'"
    query = f"UPDATE heartbeat SET at = clock_timestamp() - make_interval(mins => :minutes) {where}"
    world.rows(query, minutes=minutes)


def listener(world: World) -> Listener:
    """A process that listens, just started."""
    return Listener(world.engine, world.timers.heartbeat, world.timers.inbound_silence)


def come_back(world: World, seconds_ago: float = 10) -> None:
    """Let the web hooks give a sign of life, after which so much time has passed."""
    assert listener(world).give_sign()
    query = "UPDATE inbound_gap SET ended_at = ended_at - make_interval(secs => :ago) WHERE closed_at IS NULL"
    world.rows(query, ago=seconds_ago)


def twilio_settings(base_url: str) -> TwilioSettings:
    return TwilioSettings(
        account_sid=LOCAL_ACCOUNT_SID,
        api_key_sid=LOCAL_API_KEY_SID,
        api_key_secret=SecretStr("local-api-key-secret"),
        messaging_service_sid=LOCAL_MESSAGING_SERVICE_SID,
        base_url=base_url,
    )


def backfiller(world: World, base_url: str | None) -> Backfiller:
    listing = TwilioAccountList(twilio_settings(base_url)) if base_url else None
    return Backfiller(Backfills(world.engine, world.ring, world.timers), listing)


async def read_list(world: World, twilio: Program) -> int:
    """Read what Twilio has received, if it is due; how many texts of it were not known."""
    return await asyncio.to_thread(backfiller(world, twilio.base_url).sweep)


def held_by_gap(world: World, run: UUID) -> bool:
    claim = world.claim(run)
    return isinstance(claim, Held) and claim.reason is HoldReason.INBOUND_GAP


async def somebody_texts(twilio: Program, body: str, sender: str = PHONE) -> str:
    """Let a text come in at Twilio; its web hook is refused. Returns the id that Twilio gives it."""
    answer: httpx.Response = await twilio.control.post("/inbound", json={"from": sender, "body": body})
    told = answer.raise_for_status().json()
    assert told["webhook_status"] is None
    sid: str = told["message_sid"]
    return sid
