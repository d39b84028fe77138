"""What is found in wording, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.terms import Channel
from models.wording.checking import check
from models.wording.findings import Finding, FindingKind, Severity, strictest
from models.wording.surroundings import Party, Purpose, Surroundings

KEY = b"k" * 32
ACME = Party(
    names=("Acme Plumbing",),
    phones=("+13035550100", "+18005550199"),
    emails=("ann@desk.example",),
    domains=("acmeplumbing.com",),
)
RIVAL = Party(names=("Blue River Roofing", "Acme"), phones=("+13035557777",), domains=("blueriver.net",))
BY_PURPOSE = {
    purpose: Surroundings(purpose=purpose, channel=Channel.EMAIL, own=ACME, others=(RIVAL,)) for purpose in Purpose
}
OUTREACH = BY_PURPOSE[Purpose.OUTREACH]
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"

FOUND = [
    (FindingKind.PHONE_NUMBER, "Call Ana on 720-555-0147 first."),
    (FindingKind.PHONE_NUMBER, "Call +1 (720) 555\u20110147 first."),
    (FindingKind.EMAIL_ADDRESS, "Ana wrote from ana.reyes@mail.example.com yesterday."),
    (FindingKind.EMAIL_ADDRESS, "Ana wrote from ana@m\u200bail.example.com yesterday."),
    (FindingKind.EMAIL_ADDRESS, "Ana wrote from ana&#64;mail.example.com yesterday."),
    (FindingKind.PAYMENT_CARD, "She paid with 4111 1111 1111 1111."),
    (FindingKind.PAYMENT_CARD, "She paid with \uff14\uff11\uff11\uff111111 11111111."),
    (FindingKind.SOCIAL_SECURITY_NUMBER, "Her number is 536-90-4399."),
    (FindingKind.SOCIAL_SECURITY_NUMBER, "SSN 536904399 is on file."),
    (FindingKind.TAX_NUMBER, "Our EIN is 04-2103594."),
    (FindingKind.BANK_ACCOUNT, "Send it to GB82 WEST 1234 5698 7654 32."),
    (FindingKind.BANK_ACCOUNT, "Routing number 111000025, please."),
    (FindingKind.CREDENTIAL, f"Use {AWS_KEY} to log in."),
    (FindingKind.CREDENTIAL, "Log in with password: hunter22!"),
    (FindingKind.CREDENTIAL, "See https://bob:s3cr3tpw@acmeplumbing.com/x."),
    (FindingKind.CREDENTIAL, "It was SM" + "0123456789abcdef" * 2 + "."),
    (FindingKind.RAW_PAYLOAD, 'We got {"status": "failed", "code": 30007}.'),
    (FindingKind.RAW_PAYLOAD, "We got status=failed&code=30007&to=you today."),
    (FindingKind.MARKUP, "We are <b>sorry</b> about it."),
    (FindingKind.MARKUP, "We are &amp;lt;sorry&amp;gt; about it."),
    (FindingKind.INTERNAL_ID, "Reference 3f0c7a52-5b8e-4d1c-9a7e-0d3f5b6a7c81."),
    (FindingKind.INTERNAL_PLACE, "It ran on db01.internal last night."),
    (FindingKind.INTERNAL_PLACE, "It ran on 10.2.3.4 last night."),
    (FindingKind.INTERNAL_PLACE, "The file is in /var/log/comms.log for you."),
    (FindingKind.ERROR_OUTPUT, "Traceback (most recent call last): it broke."),
    (FindingKind.ERROR_OUTPUT, "We got a TwilioRestException for you."),
    (FindingKind.ERROR_OUTPUT, "The service said 502 Bad Gateway to us."),
    (FindingKind.TEMPLATE_LEFTOVER, "Hello {{ first_name }}, thanks."),
    (FindingKind.TEMPLATE_LEFTOVER, "Hello {first_name}, thanks."),
    (FindingKind.TEMPLATE_LEFTOVER, "Hello None, thanks."),
    (FindingKind.TEMPLATE_LEFTOVER, "Your visit on undefined is set."),
    (FindingKind.TEMPLATE_LEFTOVER, "Your visit on 1970-01-01 is set."),
    (FindingKind.OTHER_CLIENT, "Like Blue  River Roofing, we are near."),
    (FindingKind.OTHER_CLIENT, "See https://www.blueriver.net/offers."),
    (FindingKind.CLAIM, "We guarantee you will be pleased."),
    (FindingKind.CLAIM, "We are the top-rated plumber in town."),
    (FindingKind.FIGURE_WITHOUT_SOURCE, "Calls went up 40% in May."),
    (FindingKind.FIGURE_WITHOUT_SOURCE, "You earned $12,400 more."),
    (FindingKind.FOREIGN_LINK, "See https://example.org/offer for more."),
    (FindingKind.LINK_SHORTENER, "See bit.ly/3xYz for more."),
    (FindingKind.UNENCRYPTED_LINK, "See http://acmeplumbing.com for more."),
    (FindingKind.SHOUTING, "PLEASE CALL TODAY BEFORE EVERYTHING CLOSES AGAIN."),
    (FindingKind.HIDDEN_CHARACTERS, "Call us t\u202eoday."),
]
LEFT_ALONE = [
    "Hi Ana, thanks for calling Acme Plumbing. Reply STOP to opt out.",
    "What is the best time to call you, and the best number?",
    "Call us on (303) 555-0100 or 800-555-0199; we answer 8 to 5.",
    "Write to ann@desk.example, or see https://www.acmeplumbing.com/book?day=mon.",
    "Order 4111 1111 1111 1112 is not a card, and 078-05-1120 was never a valid number.",
    "None of your messages was sent twice. 41 are waiting.",
    "Visit on 2026-11-24 between 8:30 and 10:30, about 2.5 hours, 1200 Main St, Denver 80202-1234.",
    "Your plumber \U0001f468\u200d\U0001f527 is on the way. Todo listo, gracias.",
    "We opened at 5:00 p.m. and closed at 9:00 p.m. (Mountain Time).",
]
OF_ONE_PURPOSE = [
    (Purpose.INCIDENT, FindingKind.PROMISED_REPAIR_TIME, "It will be fixed by tomorrow morning."),
    (Purpose.INCIDENT, FindingKind.BLAME, "This was Twilio's fault."),
    (Purpose.INCIDENT, FindingKind.GUESS, "We think it began on Monday."),
    (Purpose.INCIDENT, FindingKind.UNPROVEN_ALL_CLEAR, "No data was lost."),
    (Purpose.INCIDENT, FindingKind.MINIMISING, "It was just a glitch."),
    (Purpose.REVIEW_REQUEST, FindingKind.REVIEW_STEERED, "Would you leave us a 5-star review?"),
    (Purpose.REVIEW_REQUEST, FindingKind.REVIEW_STEERED, "If you were happy with us, leave a review."),
    (Purpose.REVIEW_REQUEST, FindingKind.REVIEW_STEERED, "Please mention our technician by name."),
    (Purpose.REVIEW_REQUEST, FindingKind.REVIEW_REWARDED, "You get a gift card for it."),
    (Purpose.REVIEW_REQUEST, FindingKind.REVIEW_PLATFORM, "Review us: https://www.yelp.com/biz/acme"),
]


def _found(text: str, surroundings: Surroundings = OUTREACH) -> tuple[Finding, ...]:
    return check({"body": text}, surroundings, KEY)


def _kinds(text: str, surroundings: Surroundings = OUTREACH) -> set[FindingKind]:
    return {finding.kind for finding in _found(text, surroundings)}


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_it_is_found(kind: FindingKind, text: str) -> None:
    assert kind in _kinds(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_wording_is_left_alone(text: str) -> None:
    assert _found(text) == ()


@pytest.mark.parametrize(("purpose", "kind", "text"), OF_ONE_PURPOSE)
def test_it_is_found_where_it_matters_and_only_there(purpose: Purpose, kind: FindingKind, text: str) -> None:
    assert kind in _kinds(text, BY_PURPOSE[purpose])
    assert kind not in _kinds(text)


def test_every_kind_of_finding_has_a_case() -> None:
    shown = {kind for kind, _ in FOUND} | {kind for _, kind, _ in OF_ONE_PURPOSE}
    assert set(FindingKind) - shown == {FindingKind.TOO_LONG}


@pytest.mark.parametrize("text", [text for _, text in FOUND])
def test_no_finding_shows_what_it_found(text: str) -> None:
    for finding in _found(text):
        secret = text[finding.start : finding.end]
        assert len(secret) < 4 or secret not in repr(finding)


def test_the_same_secret_has_the_same_digest_and_another_key_gives_another() -> None:
    text = "Call Ana on 720-555-0147, yes 720-555-0147."
    first, second = _found(text)
    [other, _] = check({"body": text}, OUTREACH, b"another")
    assert (first.digest == second.digest, first.digest == other.digest) == (True, False)


def test_a_figure_from_a_slot_with_its_source_may_be_shown_and_a_longer_one_may_not() -> None:
    sourced = OUTREACH.model_copy(update={"sourced_figures": ("40%", "$12,400")})
    assert _found("Calls went up 40%, worth $12,400.", sourced) == ()
    assert _kinds("Calls went up 140%, worth $12,400.50.", sourced) == {FindingKind.FIGURE_WITHOUT_SOURCE}


def test_proof_lets_an_incident_notice_say_that_nothing_was_lost() -> None:
    proven = BY_PURPOSE[Purpose.INCIDENT].model_copy(update={"no_data_lost_is_proven": True})
    assert _found("No data was lost.", proven) == ()


def test_every_part_is_read_and_named() -> None:
    found = check({"subject": "Hello None,", "body": "Fine.", "link": "http://acmeplumbing.com"}, OUTREACH, KEY)
    assert [(one.part, one.kind) for one in found] == [
        ("subject", FindingKind.TEMPLATE_LEFTOVER),
        ("link", FindingKind.UNENCRYPTED_LINK),
    ]


def test_the_strictest_finding_decides() -> None:
    assert strictest(_found("Fine.")) is None
    assert strictest(_found("We guarantee it.")) is Severity.NEEDS_APPROVAL
    assert strictest(_found("We guarantee it, None.")) is Severity.BLOCK


def test_what_nobody_would_read_to_its_end_is_blocked_and_costs_no_more_than_its_beginning() -> None:
    assert FindingKind.TOO_LONG in _kinds("word " * 100_000)


def test_more_than_two_segments_of_sms_are_a_warning() -> None:
    sms = OUTREACH.model_copy(update={"channel": Channel.SMS})
    [finding] = _found("All is well. " * 25, sms)
    assert (finding.kind, finding.severity) == (FindingKind.TOO_LONG, Severity.WARN)


@given(st.text(max_size=300))
def test_any_text_can_be_checked(text: str) -> None:
    for finding in _found(text, BY_PURPOSE[Purpose.INCIDENT]) + _found(text, BY_PURPOSE[Purpose.REVIEW_REQUEST]):
        assert finding.start <= finding.end


@pytest.mark.parametrize(
    "piece", ["{", "[{'a':", "4", "a=b&", "&", "<", "%7b", "www.", "a@", "will be ", "A1", "-", "not happy ", "1."]
)
def test_nothing_makes_a_check_slow(piece: str) -> None:
    assert _found(piece * 20_000, BY_PURPOSE[Purpose.INCIDENT]) is not None
