"""The labelled replies as promises: an opt-out is never read as less than doubtful, a benign reply rarely as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.replies import ReplyLabel, classify
from tests.replies.labelled import ALL, HELD_OUT, REVOKING, TUNING, Labelled, lines_of

MOST_FALSE_OPT_OUTS = 0.01
LEAST_RIGHT = {"tuning": 0.95, "held out": 0.93}
OPT_OUTS = [reply.text for reply in ALL if reply.read_as is ReplyLabel.OPT_OUT and '"' not in reply.text]
POLITE_BEFORE = st.sampled_from(["", "please ", "Hi, ", "ok ", "hello! ", "por favor ", "Hola, ", "sorry, ", "\n"])
POLITE_AFTER = st.sampled_from(
    ["", " please", " thanks", ", thank you", " por favor", " gracias", " 🙏", " 😡😡", " 😂", " 🛑"]
)
PUNCTUATION = st.sampled_from(["", ".", "!", "!!!", "...", " :(", "…", "\n\n", " ?!"])
SIZES = st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase])


@pytest.mark.parametrize("reply", [reply for reply in ALL if reply.label in REVOKING], ids=lambda reply: reply.text)
def test_no_revocation_is_read_as_less_than_doubtful(reply: Labelled) -> None:
    assert reply.read_as in REVOKING


@pytest.mark.parametrize("text", lines_of("revocations.txt"))
def test_a_revocation_in_unusual_words_is_held_at_least(text: str) -> None:
    assert classify(text) in REVOKING


@pytest.mark.parametrize("text", lines_of("benign.txt"))
def test_a_stop_word_of_the_job_or_the_road_opts_nobody_out(text: str) -> None:
    assert classify(text) is not ReplyLabel.OPT_OUT


@pytest.mark.parametrize("half", [TUNING, HELD_OUT], ids=["tuning", "held out"])
def test_few_benign_replies_are_read_as_an_opt_out(half: list[Labelled]) -> None:
    benign = [reply for reply in half if reply.label not in REVOKING]
    assert sum(reply.is_false_opt_out for reply in benign) <= MOST_FALSE_OPT_OUTS * len(benign)


@pytest.mark.parametrize(("name", "half"), [("tuning", TUNING), ("held out", HELD_OUT)])
def test_most_replies_are_read_as_a_careful_reader_would(name: str, half: list[Labelled]) -> None:
    assert sum(reply.read_as is reply.label for reply in half) >= LEAST_RIGHT[name] * len(half)


@given(st.sampled_from(OPT_OUTS), POLITE_BEFORE, POLITE_AFTER, PUNCTUATION, SIZES)
def test_nothing_polite_loud_or_colourful_weakens_an_opt_out(
    text: str, before: str, after: str, end: str, sized: type[str]
) -> None:
    assert classify(before + sized(text) + after + end) in REVOKING


@given(
    st.sampled_from(["stop", "alto", "basta", "unsubscribe", "dejen de escribirme", "don't text me", "no me escriban"])
)
def test_accents_and_wide_letters_weaken_nothing(words: str) -> None:
    accented = words.replace("a", "á").replace("e", "é").replace("o", "ö")
    wide = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in words)
    assert classify(accented) is classify(wide) is ReplyLabel.OPT_OUT


@given(st.sampled_from(OPT_OUTS))
def test_what_a_reaction_quotes_opts_nobody_out(quoted: str) -> None:
    for form in ("Liked “{}”", "👍 to “{}”", "Removed a heart from “{}”", "Le gustó “{}”", "Reaccionó con 👍 a “{}”"):
        assert classify(form.format(quoted)) is ReplyLabel.REACTION
