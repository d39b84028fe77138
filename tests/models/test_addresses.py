import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.addresses import address_hash, masked, normalise
from models.errors import Final, InvalidAddress
from models.terms import Channel


@pytest.mark.parametrize("raw", ["(303) 555-0123", "303.555.0123", "+1 303 555 0123", "1-303-555-0123", " 3035550123 "])
def test_a_phone_number_has_one_form_however_it_is_written(raw: str) -> None:
    assert normalise(Channel.SMS, raw) == "+13035550123"


@pytest.mark.parametrize(
    "raw", ["", "call me", "12345", "911", "555-0123", "1-900-555-0123", "303-555-0123 x5", "+1303555012345"]
)
def test_what_cannot_be_texted_is_refused(raw: str) -> None:
    with pytest.raises(InvalidAddress):
        normalise(Channel.SMS, raw)


def test_the_region_decides_for_numbers_without_a_country_code() -> None:
    assert normalise(Channel.SMS, "020 7183 8750", region="GB") == "+442071838750"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Bob@Customer.Example.com", "bob@customer.example.com"),
        (" ann@example.com ", "ann@example.com"),
        ("a+b@example.com", "a+b@example.com"),
        ("x@bücher.de", "x@xn--bcher-kva.de"),
    ],
)
def test_an_email_address_has_one_form(raw: str, expected: str) -> None:
    assert normalise(Channel.EMAIL, raw) == expected


@pytest.mark.parametrize("raw", ["", "a@b", "Bob <a@b.com>", "a@b.com\nBcc: x@y.z", "ü@example.com", "a@b@c.com"])
def test_what_is_not_an_email_address_is_refused(raw: str) -> None:
    with pytest.raises(InvalidAddress):
        normalise(Channel.EMAIL, raw)


@given(st.sampled_from(Channel), st.text(max_size=60))
def test_normalising_ends_in_a_stable_form_or_a_final_error(channel: Channel, raw: str) -> None:
    try:
        once = normalise(channel, raw)
    except Final:
        return
    assert normalise(channel, once) == once


@pytest.mark.parametrize(
    ("channel", "raw"), [(Channel.SMS, "+1 303 555 012"), (Channel.EMAIL, "someone at example.com")]
)
def test_the_refusal_never_holds_the_address(channel: Channel, raw: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        normalise(channel, raw)
    shown = f"{refusal.value}{refusal.value.__cause__}"
    assert not any(part in shown for part in (raw, "303", "someone", "example.com"))


def test_the_hash_tells_clients_and_channels_apart() -> None:
    hashes = {address_hash(c, ch, "+13035550123") for c in ("one", "two") for ch in Channel}
    assert len(hashes) == 4
    assert all(len(h) == 64 for h in hashes)


def test_the_hash_is_fixed_for_ever() -> None:
    expected = "3c7b7680753e2871aeef4e7adac0c406fe83deeb0ee1a96779bcdf31d1c52142"
    assert address_hash("one", Channel.SMS, "+13035550123") == expected


@pytest.mark.parametrize(
    ("address", "shown"), [("+13035550123", "+1•••••••23"), ("bob@customer.example.com", "b•••@•••.com")]
)
def test_people_see_a_masked_address(address: str, shown: str) -> None:
    assert masked(address) == shown
