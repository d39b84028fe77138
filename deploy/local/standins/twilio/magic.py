"""Numbers that decide what becomes of a message sent to them.

Twilio's own test numbers (https://www.twilio.com/docs/iam/test-credentials):

| To             | create answers | From           | create answers |
|----------------|----------------|----------------|----------------|
| +15005550001   | 400, 21211     | +15005550001   | 400, 21212     |
| +15005550002   | 400, 21612     | +15005550006   | fine           |
| +15005550003   | 400, 21408     | +15005550007   | 400, 21606     |
| +15005550004   | 400, 21610     | +15005550008   | 400, 21611     |
| +15005550009   | 400, 21614     |                |                |

Fixture numbers of any area code, +1 AAA 555 01nn (numbers set apart for fiction):

| nn       | what happens                                                                      |
|----------|-----------------------------------------------------------------------------------|
| 00 to 77 | delivered                                                                         |
| 78       | the first message undelivered with 30008 (unknown), later ones delivered          |
| 79       | the first message undelivered with 30003 (unreachable), later ones delivered      |
| 80 to 85 | create answers 400 with 21211, 21408, 21610, 21612, 21614, 21611                  |
| 86 to 89 | failed, before it was sent, with 30001, 30002, 30034, 30036                       |
| 90 to 97 | sent, then undelivered with 30003, 30004, 30005, 30006, 30007, 30008, 30022, 30023 |
| 98       | sent, and nothing is heard of it any more                                         |
| 99       | queued, and it stays there                                                        |

Every other number is delivered to.
"""

import re
from dataclasses import dataclass

FIXTURE = re.compile(r"\+1[2-9]\d{2}55501(\d\d)")

REFUSED_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
REFUSED_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
TEST_SENDER = "+15005550006"

REFUSED_ENDINGS = {80: 21211, 81: 21408, 82: 21610, 83: 21612, 84: 21614, 85: 21611}


@dataclass(frozen=True)
class Fate:
    """The statuses a message runs through after `queued`, and the error code that goes with the last one."""

    statuses: tuple[str, ...]
    error_code: int | None = None


DELIVERED = Fate(("sending", "sent", "delivered"))
UNCONFIRMED = Fate(("sending", "sent"))
STUCK = Fate(())


def _failed(code: int) -> Fate:
    return Fate(("failed",), code)


def _undelivered(code: int) -> Fate:
    return Fate(("sending", "sent", "undelivered"), code)


FATES = {
    86: _failed(30001),
    87: _failed(30002),
    88: _failed(30034),
    89: _failed(30036),
    90: _undelivered(30003),
    91: _undelivered(30004),
    92: _undelivered(30005),
    93: _undelivered(30006),
    94: _undelivered(30007),
    95: _undelivered(30008),
    96: _undelivered(30022),
    97: _undelivered(30023),
    98: UNCONFIRMED,
    99: STUCK,
}
FIRST_FATES = {78: _undelivered(30008), 79: _undelivered(30003)}


def refused_recipient(recipient: str) -> int | None:
    """The error code with which create refuses this `To`, or None."""
    return REFUSED_RECIPIENTS.get(recipient) or REFUSED_ENDINGS.get(_ending(recipient))


def fate(recipient: str, *, first: bool) -> Fate:
    """What becomes of an accepted message; `first` says that none was sent to this number before."""
    ending = _ending(recipient)
    if first and ending in FIRST_FATES:
        return FIRST_FATES[ending]
    return FATES.get(ending, DELIVERED)


def _ending(recipient: str) -> int:
    found = FIXTURE.fullmatch(recipient)
    return int(found[1]) if found else 0
