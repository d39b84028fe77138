import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.replies import ReplyEffect, ReplyLabel, classify, effect

STOP_WORDS = ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"]
BYSTANDERS = st.text(alphabet=" .!?-…\u200b", max_size=4)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "STOP",
            "Stop.",
            "stop please",
            "S T O P",
            "S.T.O.P.",
            "Opt-out",
            "OPT OUT",
            "optout",
            "QUIT",
            "end",
            "Cancel",
        ),
        *("cancel please", "Please stop texting me", "stop sending me these messages", "take me off your list"),
        *("remove my number from your list", "Don’t text me again", "do not contact me", "leave me alone!!!"),
        *("no more texts", "lose my number", "I revoke my consent", "unsubscribe me", "wrong number stop", "stop it"),
        *("no quiero mensajes", "ya no me envien mensajes", "stop calling me", "Enough already with the texts"),
        *("not interested, stop", "stop “texting” me", "STOP “please”", 'stop to "all"', "ST\u200bOP", "ＳＴＯＰ"),
        *("I don't want any more of these texts", 'Liked "your msg" stop texting me', "STOP I'm going to sue you"),
    ],
)
def test_a_revocation_in_any_words_opts_out(text: str) -> None:
    assert classify(text) is ReplyLabel.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        *("STOPP", "SOTP", "please stop bothering me on the weekend"),
        *("you won't stop texting me", "please cancel tuesday", "if you could somehow just stop that would be great"),
    ],
)
def test_a_doubtful_revocation_is_held_for_a_person(text: str) -> None:
    assert classify(text) is ReplyLabel.POSSIBLE_OPT_OUT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HELP", ReplyLabel.HELP),
        ("info", ReplyLabel.HELP),
        ("START", ReplyLabel.OPT_IN),
        ("Yes", ReplyLabel.AFFIRMATIVE),
        ("yes please", ReplyLabel.AFFIRMATIVE),
        ("Sorry, wrong number", ReplyLabel.WRONG_NUMBER),
        ("I'm not Bob", ReplyLabel.WRONG_NUMBER),
        ("I’m not Dave.", ReplyLabel.WRONG_NUMBER),
        ("I don't know who this is", ReplyLabel.WRONG_NUMBER),
        ("numero equivocado", ReplyLabel.WRONG_NUMBER),
        ("This is harassment, I'm calling my lawyer", ReplyLabel.LEGAL),
        ("It's still leaking and I want a refund", ReplyLabel.COMPLAINT),
        ("worst service ever", ReplyLabel.COMPLAINT),
        ("Need to cancel my appointment", ReplyLabel.RESCHEDULE),
        ("can we reschedule to friday", ReplyLabel.RESCHEDULE),
        ("we already hired someone thanks", ReplyLabel.ALREADY_HIRED),
        ("I'm not interested", ReplyLabel.NOT_INTERESTED),
        ("No thanks", ReplyLabel.NOT_INTERESTED),
        ("I'm interested", ReplyLabel.BOOKING),
        ("can you stop by tomorrow at 3pm?", ReplyLabel.BOOKING),
        ("please stop by this afternoon", ReplyLabel.BOOKING),
        ("this weekend works for me", ReplyLabel.BOOKING),
        ("Tuesday 10am works", ReplyLabel.BOOKING),
        ("do you have availability monday", ReplyLabel.BOOKING),
        ("how much do you charge?", ReplyLabel.PRICE),
        ("Automatic reply: I am out of the office", ReplyLabel.AUTO_REPLY),
        ("I'm out of the office until Monday", ReplyLabel.AUTO_REPLY),
        ("Liked “Hi, this is Acme. Reply STOP to opt out”", ReplyLabel.REACTION),
        ('👍 to "Reply STOP to opt out"', ReplyLabel.REACTION),
        ("Loved an image", ReplyLabel.REACTION),
        ("I'm not sure", ReplyLabel.UNCLEAR),
        ("I'm not home", ReplyLabel.UNCLEAR),
        ("my toilet won't stop running", ReplyLabel.BOOKING),
        ("can you come end of the week?", ReplyLabel.BOOKING),
        ("ok", ReplyLabel.UNCLEAR),
        ("👍", ReplyLabel.UNCLEAR),
        ("", ReplyLabel.UNCLEAR),
    ],
)
def test_a_reply_has_its_label(text: str, expected: ReplyLabel) -> None:
    assert classify(text) is expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("STOP", ReplyLabel.OPT_OUT), ("START", ReplyLabel.OPT_IN), ("HELP", ReplyLabel.HELP)],
)
def test_the_providers_own_verdict_decides(verdict: str, expected: ReplyLabel) -> None:
    assert classify("can you come monday?", verdict) is expected


def test_an_unheard_of_verdict_is_not_trusted_over_the_words() -> None:
    assert classify("STOP", "MAYBE") is ReplyLabel.OPT_OUT


def test_yes_asks_for_messages_again_only_after_an_opt_out() -> None:
    assert classify("YES", opted_out=True) is ReplyLabel.OPT_IN
    assert classify("YES") is ReplyLabel.AFFIRMATIVE


def test_a_machine_is_ignored_but_an_opt_out_in_its_mail_is_not() -> None:
    assert classify("Back on Monday", automatic=True) is ReplyLabel.AUTO_REPLY
    assert classify("I left the firm. Do not contact me here again.", automatic=True) is ReplyLabel.OPT_OUT


def test_an_absence_that_asks_for_something_reaches_a_person() -> None:
    text = "I'm out of the office until Monday, can you come then"
    assert effect(classify(text)) is ReplyEffect.ENDS_AUTOMATION


@given(st.sampled_from(STOP_WORDS), st.booleans(), BYSTANDERS, BYSTANDERS)
def test_no_case_or_punctuation_hides_a_stop_word(word: str, loud: bool, before: str, after: str) -> None:
    assert classify(before + (word.upper() if loud else word.title()) + after) is ReplyLabel.OPT_OUT


@given(st.text(max_size=300))
def test_any_text_gets_one_label_and_always_the_same(text: str) -> None:
    assert classify(text) is classify(text)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (ReplyLabel.OPT_OUT, ReplyEffect.OPTS_OUT),
        (ReplyLabel.WRONG_NUMBER, ReplyEffect.OPTS_OUT),
        (ReplyLabel.POSSIBLE_OPT_OUT, ReplyEffect.HELD_FOR_PERSON),
        (ReplyLabel.LEGAL, ReplyEffect.HELD_FOR_PERSON),
        (ReplyLabel.OPT_IN, ReplyEffect.RESUBSCRIBES),
        (ReplyLabel.AUTO_REPLY, ReplyEffect.IGNORED),
        (ReplyLabel.REACTION, ReplyEffect.IGNORED),
    ],
)
def test_a_label_has_its_effect(label: ReplyLabel, expected: ReplyEffect) -> None:
    assert effect(label) is expected


def test_whatever_else_a_person_writes_ends_the_automation() -> None:
    ending = {label for label in ReplyLabel if effect(label) is ReplyEffect.ENDS_AUTOMATION}
    assert {ReplyLabel.UNCLEAR, ReplyLabel.BOOKING, ReplyLabel.COMPLAINT, ReplyLabel.ALREADY_HIRED} <= ending


@pytest.mark.parametrize("piece", ["out of office ", "im driving ", "stop ", "I'm not ", "no more all these ", "s t "])
def test_a_huge_reply_comes_to_an_end(piece: str) -> None:
    # A rule that backtracks would not end within the limit that every test has.
    assert classify(piece * 10_000) is classify(piece * 1_000)
