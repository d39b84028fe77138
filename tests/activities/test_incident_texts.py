"""Every text that a client can read of an incident, as it is rendered, with nothing in it that the checks object to."""

from datetime import UTC, datetime
from itertools import cycle, islice

import pytest

from activities.library import read_library
from activities.rendering import render
from models.copywriting import TemplateVersion
from models.drafting import Material
from models.incidents.material import ALERT, in_the_portal, template_key
from models.incidents.slots import Counts, NoticeFacts, slots
from models.incidents.states import IncidentState
from models.incidents.words import ADVICE, AFFECTED, STATUS, Advice, Affected, ReasonForClients, UpdateKind
from models.terms import Channel
from models.wording.checking import check
from models.wording.slots import Filled, fill
from models.wording.surroundings import Party, Purpose, Surroundings

CLIENT = {"client_name": "Acme Plumbing", "client_phone": "+13035550100", "client_postal_address": "1 Main St, Denver"}
OWN = Surroundings(purpose=Purpose.INCIDENT, own=Party(names=("Acme Plumbing",), phones=("+13035550100",)))
KINDS = [(UpdateKind.UPDATE, state) for state in list(IncidentState)[1:5]] + [
    (UpdateKind.SUMMARY, IncidentState.RESOLVED)
]


def template(key: str) -> TemplateVersion:
    return next(found for found in read_library().templates if found.key == key)


def facts(kind: UpdateKind, state: IncidentState, **changes: object) -> NoticeFacts:
    over = state is IncidentState.RESOLVED
    given = {
        "number": 1, "written_at": datetime(2026, 11, 24, 21, 10, tzinfo=UTC),
        "kind": kind, "state": state, "reason": ReasonForClients.PROVIDER_DOWN, "affected": Affected.FOLLOW_UPS,
        "calls_affected": False, "advice": Advice.CALL_NEW_LEADS, "zone": "America/Denver",
        "began_at": datetime(2026, 11, 24, 21, 5, tzinfo=UTC),
        "resolved_at": datetime(2026, 11, 25, 1, tzinfo=UTC) if over else None,
        "next_update_at": None if over else datetime(2026, 11, 25, 16, tzinfo=UTC),
        "counts": Counts(waiting=3, not_contacted=7, by_hand=2, too_old=1),
    }  # fmt: skip
    return NoticeFacts.model_validate(given | changes)


def written(material: Material) -> Filled:
    """Return what the portal shows of a notice that no model has worded."""
    return fill(material.plain.subject, material.plain.body, material.slots)


@pytest.mark.parametrize(("kind", "state"), KINDS)
def test_no_text_holds_anything_that_a_check_objects_to(kind: UpdateKind, state: IncidentState) -> None:
    each = zip(cycle(STATUS), cycle(AFFECTED), cycle(ADVICE), cycle((True, False)), strict=False)
    # Their sentences stand beside each other and know nothing of each other: every one of them twice is enough.
    for reason, affected, advice, calls in islice(each, 2 * max(len(STATUS), len(AFFECTED), len(ADVICE))):
        shown = facts(kind, state, reason=reason, affected=affected, advice=advice, calls_affected=calls)
        wording = render(template(template_key(kind, state)), CLIENT | slots(shown))
        portal = written(in_the_portal(wording.subject, wording.body))
        said = {"subject": wording.subject, "body": wording.body, "title": portal.subject, "portal": portal.body}
        assert check(said, OWN.model_copy(update={"channel": Channel.EMAIL}), b"k") == ()


@pytest.mark.parametrize(("kind", "state"), KINDS)
def test_no_text_message_needs_more_than_two_segments(kind: UpdateKind, state: IncidentState) -> None:
    for reason in STATUS:
        wording = render(template(ALERT), CLIENT | slots(facts(kind, state, reason=reason)))
        assert check({"body": wording.body}, OWN.model_copy(update={"channel": Channel.SMS}), b"k") == ()


def test_a_notice_says_what_concerns_the_client_since_when_in_their_zone_and_when_they_hear_again() -> None:
    wording = render(template("incident/investigating"), CLIENT | slots(facts(*KINDS[0])))

    assert wording.subject == "Acme Plumbing: A delivery service we rely on is not accepting messages"
    for said in (
        "Since Tue, Nov 24, 2:05 PM MST this concerns automatic follow-ups to your leads.",
        "Your incoming calls and forms are not affected. 3 messages are waiting.",
        "Please call new leads yourself until we write again.",
        "We will write again by Wed, Nov 25, 9:00 AM MST.",
    ):
        assert said in wording.body


def test_the_end_is_told_in_counts_from_the_rows() -> None:
    wording = render(template("incident/resolved"), CLIENT | slots(facts(*KINDS[3])))

    assert "The problem is resolved since Tue, Nov 24, 6:00 PM MST." in wording.body
    counted = (
        "7 leads were not contacted automatically meanwhile: 2 were taken over by a person; "
        "1 was too old to text and is listed for a call."
    )
    assert counted in wording.body


def test_the_portal_shows_what_its_author_added_and_not_how_to_unsubscribe() -> None:
    wording = render(template("incident/identified"), CLIENT | slots(facts(*KINDS[1])))
    shown = written(in_the_portal(wording.subject, wording.body, "A setting was wrong."))

    assert shown.body.startswith("We found the cause and are working on it.\n\nA setting was wrong.\n\nSince Tue")
    assert "unsubscribe" not in shown.body
    assert "A setting was wrong." not in wording.body


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (Counts(), "No automatic message was due meanwhile."),
        (Counts(not_contacted=1), "1 lead was not contacted automatically meanwhile."),
        (
            Counts(not_contacted=2, by_hand=1),
            "2 leads were not contacted automatically meanwhile: 1 was taken over by a person.",
        ),
    ],
)
def test_the_counts_are_sentences(counts: Counts, words: str) -> None:
    assert slots(facts(*KINDS[3], counts=counts))["counts"] == words
