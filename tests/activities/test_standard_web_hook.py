import base64
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from activities.handing_over import HandoffActivities
from activities.providers.public_address import may_be_reached, parsed
from activities.providers.standard_web_hook import StandardWebHook, signature
from models.crm_settings import CrmProvider, CrmSettings
from models.database import undelivered
from models.database.engine import transaction
from models.database.handoffs import Handoffs
from models.errors import CrmGone, CrmRefusal, TryAgain
from models.outreach import RunReference
from tests.activities.leads import a_lead
from tests.activities.other_ends import SECRET, WebHookEnd, other_end
from tests.activities.provider_at_the_other_end import answering, self_signed
from tests.database.world import HERE, World

OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of 32 bytes here!").decode()


@pytest.fixture(scope="module")
async def program_end(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    async with other_end("web_hook", tmp_path_factory.mktemp("web_hook")) as end:
        yield end


@pytest.fixture
async def end(program_end: WebHookEnd) -> AsyncIterator[WebHookEnd]:
    yield program_end
    await program_end.program.control.delete("/faults")


def hook(url: str, *, permits_loopback: bool = True) -> StandardWebHook:
    return StandardWebHook(
        CrmSettings(
            provider=CrmProvider.WEB_HOOK,
            base_url=url,
            signing_secrets=[SecretStr(SECRET)],
            permits_loopback=permits_loopback,
        )
    )


def test_the_signature_is_the_published_one() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    body, message = b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek"

    assert signature(key, message, "1614265330", body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_receiver_that_knows_either_secret_accepts_during_a_rotation(end: WebHookEnd) -> None:
    StandardWebHook(end.settings(OTHER_SECRET, SECRET)).upsert(a_lead())
    StandardWebHook(end.settings(SECRET, OTHER_SECRET)).upsert(a_lead())

    with pytest.raises(CrmRefusal, match="401"):
        StandardWebHook(end.settings(OTHER_SECRET)).upsert(a_lead())


async def test_the_id_of_a_message_stays_and_differs_between_messages(end: WebHookEnd) -> None:
    lead, other = a_lead(), a_lead()
    end.crm.upsert(lead)
    end.crm.upsert(lead)
    end.crm.archive(lead, end.crm.upsert(other))

    ids = [line["token"] for line in (await end.program.log())[-4:]]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


async def test_what_is_told_is_the_lead_and_its_ids(end: WebHookEnd) -> None:
    lead = a_lead()
    end.crm.upsert(lead)

    told = (await end.program.control.get("/leads")).json()[lead.key]["told"]

    assert (told["lead_id"], told["handoff_id"], told["phone"]) == (lead.key, lead.handoff_id, lead.phone)


async def test_a_redirect_is_not_followed(end: WebHookEnd) -> None:
    with answering((204, b"")) as elsewhere:
        await end.program.spoil("redirect", params={"location": elsewhere.url}, times=1)
        with pytest.raises(CrmRefusal, match="307"):
            end.crm.upsert(a_lead())
        assert elsewhere.bodies == []


async def test_gone_switches_the_crm_off_until_a_person_closes_the_task(end: WebHookEnd, world: World) -> None:
    handing = HandoffActivities(Handoffs(world.engine), end.crm)
    first, second = RunReference(run_id=world.run()), RunReference(run_id=world.run())
    await end.program.spoil("refuse", params={"status": 410}, times=1)

    assert not handing.hand_to_crm(first)
    calls = len(await end.program.log())
    assert not handing.hand_to_crm(second)

    assert len(await end.program.log()) == calls
    [task] = world.tasks(undelivered.SWITCHED_OFF_TASK)
    assert task["owner"] == "engineer"
    assert len(world.tasks(undelivered.FAILED_TASK)) == 2

    world.rows("UPDATE owner_task SET closed_at = clock_timestamp() WHERE kind = 'crm_switched_off'")
    with transaction(world.engine) as session:
        assert undelivered.offer_again(session, first.run_id, HERE)
    assert handing.sweep() == 1
    assert len(world.tasks(undelivered.FAILED_TASK)) == 1


async def test_gone_is_a_refusal_of_its_own(end: WebHookEnd) -> None:
    await end.program.spoil("refuse", params={"status": 410}, times=1)
    with pytest.raises(CrmGone):
        end.crm.upsert(a_lead())


def test_a_web_hook_that_is_too_large_is_not_sent() -> None:
    with answering((204, b"")) as receiver:
        with pytest.raises(CrmRefusal, match="too large"):
            hook(receiver.url).upsert(a_lead("x" * 20_000))
        assert receiver.bodies == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255"),
        *(
            "240.0.0.1",
            "168.63.129.16",
            "192.0.2.1",
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd00:ec2::254",
        ),
        *("ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2001:0:4136::1", "2001:db8::1"),
    ],
)
def test_an_address_that_is_not_public_is_not_reached(address: str) -> None:
    assert not may_be_reached(parsed(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_a_public_address_may_be_reached(address: str) -> None:
    assert may_be_reached(parsed(address))


@pytest.mark.parametrize("address", ["10.1.2.3", "169.254.169.254", "fd00:ec2::254", "100.64.0.1"])
def test_permission_for_loopback_is_for_nothing_else(address: str) -> None:
    assert may_be_reached(parsed("127.0.0.1"), permits_loopback=True)
    assert not may_be_reached(parsed(address), permits_loopback=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    with pytest.raises(CrmRefusal, match="not public"):
        hook(f"https://{host}", permits_loopback=False).upsert(a_lead())


def test_the_name_in_a_certificate_is_checked_before_anything_is_told(tmp_path: Path) -> None:
    with answering((204, b""), self_signed(tmp_path)) as receiver:
        with pytest.raises(TryAgain, match="ConnectError"):
            hook(f"https://127.0.0.1:{receiver.port}").upsert(a_lead())
        assert receiver.bodies == []


def test_an_answer_that_drips_is_not_waited_for() -> None:
    with _dripping(0.4) as url, pytest.raises(TryAgain, match="ReadTimeout"):
        hook(url).upsert(a_lead())


def test_an_endless_answer_is_cut_off() -> None:
    with _dripping(0, b"x" * 4096) as url, pytest.raises(TryAgain):
        hook(url).upsert(a_lead())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"signing_secrets": []}, "needs crm.signing_secrets"),
        ({"signing_secrets": ["whsec_c2hvcnQ="]}, "24 to 64 bytes"),
        ({"signing_secrets": ["c2hvcnQ="]}, "24 to 64 bytes"),
        ({"signing_secrets": [SECRET] * 3}, "at most 2"),
        ({"base_url": "http://example.com"}, "https on port 443"),
        ({"base_url": "https://example.com:8443"}, "https on port 443"),
        ({"base_url": "https://me@example.com"}, "without user"),
        ({"base_url": "file:///etc/passwd", "permits_loopback": True}, "with a host"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(wrong: dict[str, Any], why: str) -> None:
    right: dict[str, Any] = {"provider": "web_hook", "base_url": "https://example.com/x", "signing_secrets": [SECRET]}
    CrmSettings.model_validate(right)
    with pytest.raises(ValidationError, match=why):
        CrmSettings.model_validate(right | wrong)


@contextmanager
def _dripping(pause: float, piece: bytes = b"x") -> Iterator[str]:
    """A server that begins its headers and never ends them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stopped = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                    while not stopped.wait(pause):
                        connection.sendall(piece)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopped.set()
            thread.join()


def test_the_body_is_small_json() -> None:
    with answering((204, b"")) as receiver:
        hook(receiver.url).upsert(a_lead())
        content = json.loads(receiver.bodies[0])
    assert content["type"] == "lead.handed_off"
    assert content["timestamp"] == "2026-11-21T12:00:00+00:00"
