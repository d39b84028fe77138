"""What is the client's own, and what other names mean in a text: neither more nor less is found than should be."""

import pytest

from models.terms import Channel
from models.wording.checking import check
from models.wording.findings import FindingKind
from models.wording.surroundings import Party, Purpose, Surroundings

PORTAL = "https://portal.agency.example"
CAPABILITY = "aB3" * 15
PROUD = Party(names=("Number One Top Rated Roofing", "Best"), phones=("+13035550100",), urls=(PORTAL,))
OTHERS = (Party(names=("Comfort",)), Party(names=("Blue River Roofing, LLC",)), Party(names=("B",)))
SURROUNDINGS = Surroundings(purpose=Purpose.OUTREACH, channel=Channel.EMAIL, own=PROUD, others=OTHERS)


def kinds(text: str) -> set[FindingKind]:
    return {finding.kind for finding in check({"body": text}, SURROUNDINGS, b"k")}


@pytest.mark.parametrize(
    "text",
    [
        "This is Number One Top Rated Roofing. How can we help?",
        "This is NUMBER ONE TOP RATED ROOFING, and we are on our way, as we have agreed with you.",
        f"Your report: {PORTAL}/p/{CAPABILITY}.",
        f"Your report ({PORTAL}/p/0f8b2f6a-52d1-4b4e-9d3e-1c2b3a4d5e6f) is ready.",
        f"See {PORTAL}, please.",
        "For your comfort we come early.",
        "B is for best regards.",
    ],
)
def test_what_is_its_own_is_left_alone(text: str) -> None:
    assert kinds(text) - {FindingKind.SHOUTING} == set()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FindingKind.CLAIM, "We are the number one."),
        (FindingKind.CLAIM, "We are the best of all."),
        (FindingKind.FOREIGN_LINK, f"See {PORTAL}.evil.net/p today."),
        (FindingKind.FOREIGN_LINK, f"See {PORTAL}@evil.net/p today."),
        (FindingKind.INTERNAL_ID, "Reference 0f8b2f6a-52d1-4b4e-9d3e-1c2b3a4d5e6f."),
        (FindingKind.EMAIL_ADDRESS, f"See {PORTAL}/p?to=ana@mail.example.com today."),
        (FindingKind.OTHER_CLIENT, "Ask Comfort about it."),
        (FindingKind.OTHER_CLIENT, "Ask COMFORT about it."),
        (FindingKind.OTHER_CLIENT, "Ask blue river roofing about it."),
    ],
)
def test_what_only_looks_like_it_is_found(kind: FindingKind, text: str) -> None:
    assert kind in kinds(text)
