import json
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inbound_mail import UnreadableMail, is_received, read_mail
from models.reply_addresses import MailPurpose, address_for, named_by, reply_token

KEY = b"key"


@given(st.uuids(), st.sampled_from(MailPurpose))
def test_an_address_names_its_message_in_any_case(message_id: UUID, purpose: MailPurpose) -> None:
    address = address_for(purpose, reply_token(KEY, message_id), "in.example.com")

    assert len(address.partition("@")[0]) <= 64
    for written in (address, address.upper(), f" {address} "):
        named = named_by(KEY, written)
        assert named is not None
        assert (named.message_id, named.purpose) == (message_id, purpose)


def test_an_address_of_another_key_or_with_another_letter_names_nothing() -> None:
    token = reply_token(KEY, uuid4())
    other = ("b" if token[0] == "a" else "a") + token[1:]

    assert named_by(b"another", f"reply+{token}@in.example.com") is None
    assert named_by(KEY, f"reply+{other}@in.example.com") is None


@given(st.text(max_size=120))
def test_no_text_is_mistaken_for_an_address(text: str) -> None:
    assert named_by(KEY, text) is None


@given(st.one_of(st.text(max_size=200), st.from_regex(r"\\{.*\\}", fullmatch=True)))
def test_no_notification_breaks_the_reader(text: str) -> None:
    is_received(text)
    with pytest.raises(UnreadableMail):
        read_mail(text)


@given(st.text(max_size=400))
def test_any_mail_is_read_or_named_unreadable(content: str) -> None:
    message = json.dumps({"notificationType": "Received", "receipt": {"recipients": []}, "content": content})
    try:
        read_mail(message)
    except UnreadableMail:
        assert is_received(message)
