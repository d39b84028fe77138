"""What is known of the person and of the people who act: addresses with their consent, replies, lists."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from models.addresses import masked
from models.database.explaining import rows
from models.database.permission.consent import REOPENING_SOURCES
from models.explaining.answers import AddressStanding, ConsentLine, ReplyLine, TaskOnList
from models.explaining.consent import address_in_words, event_in_words, standing
from models.explaining.phrases import Row, rung
from models.explaining.replies import effect_of, reply_in_words


class OneAddress(NamedTuple):
    """An address of a lead as consent knows it, and as people may see it."""

    channel: str
    hash: str
    masked: str


def addresses_of(session: Session, client_id: UUID, messages: Iterable[Row]) -> list[AddressStanding]:
    """Return what the addresses of messages permit, each once."""
    found = (OneAddress(row["channel"], row["address_hash"], masked(row["address"])) for row in messages)
    return standings(session, client_id, found)


def standings(session: Session, client_id: UUID, addresses: Iterable[OneAddress]) -> list[AddressStanding]:
    """Return what addresses permit, each once."""
    return [_standing(session, client_id, address) for address in dict.fromkeys(addresses)]


def reply_lines(replies: Iterable[Row], *, with_text: bool = False) -> list[ReplyLine]:
    """Return replies with what they did; their text only for those who answer."""
    names = ("id", "run_id", "at", "channel", "label")
    return [
        ReplyLine(
            effect=effect_of(reply).value,
            in_words=reply_in_words(reply),
            text=reply["body"] if with_text else None,
            **{name: reply[name] for name in names},
        )
        for reply in replies
    ]


def tasks_on_lists(tasks: Iterable[Row]) -> list[TaskOnList]:
    """Return what is, or was, on people's lists."""
    return [TaskOnList(**{name: task[name] for name in TaskOnList.model_fields}) for task in tasks]


def _standing(session: Session, client_id: UUID, address: OneAddress) -> AddressStanding:
    events = rows.consent_of(session, client_id, address.channel, address.hash)
    stands = standing(events, REOPENING_SOURCES)
    return AddressStanding(
        channel=address.channel,
        to=address.masked,
        permits=None if stands.opt_out or stands.granted is None else rung(stands.granted["kind"]),
        opted_out=stands.opt_out is not None,
        held=stands.held is not None,
        in_words=address_in_words(stands, address.channel),
        history=[_line(event) for event in events],
    )


def _line(event: Row) -> ConsentLine:
    names = ("id", "at", "status", "source", "actor", "evidence")
    return ConsentLine(
        kind=rung(event["kind"]), in_words=event_in_words(event), **{name: event[name] for name in names}
    )
