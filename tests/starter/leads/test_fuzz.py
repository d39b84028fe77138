"""No bytes, signed or not, make a web hook fail; and no change of a signed request is taken for the source's own."""

import json
import random
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.players import callrail, thumbtack, twilio_voice, web_form
from deploy.local.players.request import Sent
from tests.starter.conftest import PUBLIC, Api
from tests.starter.leads.conftest import PHONE, Door, Open
from tests.starter.leads.test_every_source import LEADS

SIGNED = ("twilio_voice", "callrail", "web_form")
"""Ways whose signature covers the body. The others show a secret, and the body is the source's word."""
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted(
    {name for body in (*LEADS.values(), callrail.form(PHONE), callrail.text(PHONE, "")) for name in body}
    | {"data", "event", "customer", "contact", "request"}
)
NASTY: list[Any] = [
    *(None, True, False, 0, -1, 1e308, 10**400, "", " ", "\x00", "\ud800", "a" * 9000, "\u202e", "٣٠٣", "NaN", "1e999"),
    *([], {}, [[]], [{}], {"a": None}, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "-1e30", "$-1"),
    *("00000000-0000-0000-0000-000000000000", "'; DROP TABLE lead; --", "${jndi:ldap://x}", "=cmd()", "<script>"),
]
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _resigned(here: Door, raw: bytes) -> Sent:
    """Any bytes as the source itself would send them."""
    match here.way:
        case "callrail":
            return callrail.signed(raw, here.secret)
        case "web_form":
            return web_form.signed(raw, here.secret)
        case "twilio_voice":
            form = {f"{n}": raw[n : n + 40].decode("latin-1") for n in range(0, min(len(raw), 400), 40)}
            return twilio_voice.sent(form, PUBLIC + here.path, here.secret)
        case _:
            return Sent(raw, here.signs({}).headers)


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    kind = chance.randrange(5)
    if kind == 0:
        return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
    if kind == 1:
        return raw[:at] + raw[at + 1 :]
    if kind == 2:
        return raw[:at] + bytes([chance.randrange(256)]) + raw[at:]
    return raw[:at] if kind == 3 else raw + raw[at:]


@pytest.mark.parametrize("way", SIGNED)
async def test_no_change_of_a_signed_body_is_accepted(api: Api, door: Open, way: str) -> None:
    here: Door = await door(way)
    right, chance = here.signs(LEADS[way]), random.Random(20261121)
    for _ in range(150):
        body = _mutated(right.body, chance)
        if body == right.body or (way == "twilio_voice" and _same_form(body, right.body)):
            continue
        answer = await here.post(Sent(body, right.headers))
        assert answer.status_code == 403, (way, _says(body) ^ _says(right.body))
    assert api.value("SELECT count(*) FROM lead_event") == 0


def _same_form(one: bytes, other: bytes) -> bool:
    """Twilio signs what a form says, names and values run together: `a=bc` is signed like `ab=c`."""
    return _says(one) == _says(other)


def _says(raw: bytes) -> set[str]:
    return {name + value for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True)}


HIDING = (
    "CallSid",
    "CallStatus",
    "Direction",
    "From",
    "DialCallStatus",
    "DialCallDuration",
    "CallDuration",
    "Timestamp",
)


@pytest.mark.parametrize("hidden", HIDING)
async def test_a_field_that_twilios_signature_lets_vanish_never_makes_a_text(api: Api, door: Open, hidden: str) -> None:
    here: Door = await door("twilio_voice")
    no_leads = [
        twilio_voice.missed_call(PHONE, DialCallStatus="completed", DialCallDuration="61", CallStatus="completed"),
        twilio_voice.status(
            PHONE, CallStatus="completed", CallDuration="40", Timestamp="Fri, 20 Nov 2026 18:00:00 +0000"
        ),
        twilio_voice.status(PHONE, Direction="outbound-api"),
        twilio_voice.missed_call("anonymous"),
    ]
    for form in no_leads:
        if hidden in form:
            captured = here.signs(form)
            vanished = {name: value for name, value in form.items() if name != hidden} | {hidden + form[hidden]: ""}
            answer = await here.post(Sent(urlencode(vanished).encode(), captured.headers))
            assert answer.status_code in (200, 403)  # 403 where the longer name sorts elsewhere
    assert api.value("SELECT count(*) FROM run") == 0


def _same_meaning(name: str, value: str, right: Sent) -> bool:
    """A scheme in other letters, or the right signature among others, is no forgery."""
    if name == "webhook-signature":
        return right.headers[name] in value.split()
    return (
        name == "Authorization" and value.lower().startswith("basic") and value[6:].strip() == right.headers[name][6:]
    )


@pytest.fixture
async def here(door: Open, way: str) -> Door:
    """One door for all examples."""
    opened: Door = await door(way)
    return opened


@pytest.mark.parametrize("way", LEADS)
@MANY
@given(data=st.data())
async def test_no_signed_bytes_make_it_fail(here: Door, way: str, data: st.DataObject) -> None:
    raw = data.draw(st.binary(max_size=300) | TREES.map(lambda tree: json.dumps(tree).encode()))
    answer = await here.post(_resigned(here, raw))

    assert answer.status_code in (200, 202) or (way == "google_ads" and answer.status_code == 403)


@pytest.mark.parametrize("way", LEADS)
async def test_no_value_of_any_field_makes_it_fail(api: Api, door: Open, way: str) -> None:
    here: Door = await door(way)
    chance = random.Random(20261121)
    for number, nasty in enumerate(NASTY * 6):
        body = json.loads(json.dumps(LEADS[way]))
        _put(body, chance, nasty)
        answer = await _receives(here, body, number)
        unreadable_key = way == "google_ads" and "\ud800" in str(nasty)
        assert answer.status_code in (200, 202) or unreadable_key, (nasty, body)
    assert api.value("SELECT count(*) FROM lead_event") > 0
    assert (await api.get("/v1/lead-events", limit=200)).status_code == 200
    for row in api.rows("SELECT id FROM lead_event"):
        assert (await api.get(f"/v1/lead-events/{row.id}")).status_code == 200


async def _receives(here: Door, body: Any, number: int) -> Any:
    if here.way == "twilio_voice":
        plain = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        return await here.receives({name: value.replace("\ud800", "?") for name, value in plain.items()})
    return await here.receives(body, **({"identity": str(number)} if here.way == "web_form" else {}))


def _put(body: Any, chance: random.Random, nasty: Any) -> None:
    """Put a value somewhere into a tree."""
    place, name = body, chance.choice(list(body))
    while isinstance(place[name], dict) and place[name] and chance.random() < 0.8:
        place = place[name]
        name = chance.choice(list(place))
    place[name] = nasty


async def test_deep_and_long_json_is_kept_and_not_followed(door: Open) -> None:
    here = await door("thumbtack")
    for raw in (b"[" * 30_000, b'{"a":' * 9_000 + b"1" + b"}" * 9_000, b'{"n":' + b"9" * 20_000 + b"}"):
        answer = await here.post(Sent(raw, here.signs({}).headers))
        assert answer.status_code == 200


def test_every_way_is_fuzzed() -> None:
    assert set(LEADS) == {*SIGNED, "thumbtack", "angi", "google_ads"}
    assert thumbtack.lead("1")["event"]["eventType"] == "NegotiationCreatedV4"
