"""A signed request stays what it was: no byte of it can be changed."""

import base64
from string import ascii_letters, digits
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.requests import Request
from twilio.request_validator import RequestValidator

from models.provider_settings import TwilioSettings
from models.settings import DatabaseSettings, KeySettings, Settings
from starter.webhooks.signatures import FORM, Forged, TwilioSignatures

PUBLIC, TOKEN = "https://comms.example.com", "current-token"
SEALING = base64.b64encode(bytes(32)).decode()

names = st.text(ascii_letters, min_size=1, max_size=8)
forms = st.dictionaries(names, st.text(max_size=8), min_size=1, max_size=4)
paths = st.text(ascii_letters + digits + "-_", min_size=1, max_size=22).map("/webhooks/twilio/status/{}".format)
queries = st.dictionaries(names, st.text(ascii_letters, max_size=4), max_size=2).map(urlencode)


@pytest.fixture(scope="module")
def signatures() -> TwilioSignatures:
    return TwilioSignatures(
        Settings(
            _env_file=None,
            environment="local",
            public_base_url=PUBLIC,
            database=DatabaseSettings(url=SecretStr("postgresql+psycopg://nowhere")),
            keys=KeySettings(
                sealing={"k": SecretStr(SEALING)}, sealing_active="k", callback=SecretStr("c"), approval=SecretStr("a")
            ),
            twilio=TwilioSettings(auth_tokens=[SecretStr(TOKEN), SecretStr("previous-token")]),
        )
    )


def _request(path: str, query: str, signature: str) -> Request:
    headers = [(b"content-type", FORM.encode()), (b"x-twilio-signature", signature.encode("latin-1"))]
    raw = path.encode("latin-1")
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": raw, "headers": headers}
    return Request(scope | {"query_string": query.encode("latin-1")})


def _sign(path: str, query: str, form: dict[str, str]) -> str:
    address = f"{PUBLIC}{path}" + (f"?{query}" if query else "")
    return str(RequestValidator(TOKEN).compute_signature(address, form))


def _with_another_byte(luck: st.DataObject, text: str) -> str:
    at = luck.draw(st.integers(0, len(text) - 1), label="at")
    byte = luck.draw(st.characters(min_codepoint=33, max_codepoint=126), label="byte")
    assume(byte != text[at])
    return text[:at] + byte + text[at + 1 :]


@given(forms, paths, queries)
@example({"Body": "é + &=%", "From": "+1"}, "/webhooks/twilio/inbound", "")
def test_what_is_signed_is_read_as_it_was_sent(
    signatures: TwilioSignatures, form: dict[str, str], path: str, query: str
) -> None:
    request = _request(path, query, _sign(path, query, form))

    assert dict(signatures.verified(request, urlencode(form).encode())) == form


@pytest.mark.parametrize("part", ["address", "form", "signature"])
@given(form=forms, path=paths, query=queries, luck=st.data())
def test_a_request_with_one_byte_changed_is_forged(
    signatures: TwilioSignatures, part: str, form: dict[str, str], path: str, query: str, luck: st.DataObject
) -> None:
    body, signature = urlencode(form, quote_via=quote), _sign(path, query, form)
    match part:
        case "address":
            path = _with_another_byte(luck, path)
        case "signature":
            signature = _with_another_byte(luck, signature)
        case "form":
            changed = _with_another_byte(luck, body)
            # Bytes may differ and mean the same, such as %2b and %2B.
            assume(parse_qsl(changed, keep_blank_values=True) != parse_qsl(body, keep_blank_values=True))
            body = changed

    with pytest.raises(Forged):
        signatures.verified(_request(path, query, signature), body.encode())


def test_an_address_that_no_one_can_read_is_forged(signatures: TwilioSignatures) -> None:
    with pytest.raises(Forged, match="unreadable_address"):
        signatures.verified(_request(":webhooks/twilio/status/0", "", "signature"), b"Body=STOP")
