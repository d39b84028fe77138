"""Whether a reply withdraws permission: certainly, possibly, or not. In doubt it possibly does.

First what is harmless is taken out; then what is left is asked for a revocation as a whole, and clause by clause.
"""

from enum import StrEnum

from models.reply_rules import english_revocation as english
from models.reply_rules import spanish_revocation as spanish
from models.reply_rules.harmless import HARMLESS
from models.reply_rules.patterns import vocabulary
from models.reply_rules.spelling import one_slip
from models.reply_rules.wording import clauses, normalised

_STOPS = english.STOPS | spanish.STOPS
_FILLERS = english.FILLERS | spanish.FILLERS
_NOT = vocabulary(
    "dont not never wont cant doesnt didnt nunca isnt",
)
_EDGES = vocabulary(
    "please thanks thank you por favor gracias ok okay hi hello hola sorry hey stop a lot so much muchas"
)
_MARK = "~"
_ALONE = (english.ALONE, spanish.ALONE)
_REVOKING = (english.REVOKES, spanish.REVOKES)
_WEAKENING = (english.NOT_TO_STOP, spanish.NOT_TO_STOP, english.LIMITED, spanish.LIMITED)
_DOUBTFUL = (english.MAY_REVOKE, spanish.MAY_REVOKE, english.NOT_TO_STOP, spanish.NOT_TO_STOP, english.NET)
_SHORT = 5
"""Words up to which a stop word that nothing else explains is an opt-out without a person looking."""
_REAL_WORDS = vocabulary(
    "step shop top stoop slop strop stow stops atop stock store story cancels casta pasta hasta vasta",
)
_JOB_OR_US = frozenset(
    {"cancel", "end", "quit", "remove", "removal", "baja", "fin", "cancelar", "cancele", "cancelen", "cancela"}
)
"""They end a job as often as messages, so that only politeness may stand beside them."""
_POLITE = vocabulary(
    "please just ok okay now thanks thank you all everything it this yes no sorry por favor gracias ya todo",
    "immediately stop hi hello kindly asap me quiero",
)
_OFTEN_SLIPPED = ("stop", "unsubscribe", "cancel", "optout", "cancelar", "basta")


class Revocation(StrEnum):
    """How sure it is that somebody wants no more messages."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


def revocation(text: str) -> Revocation | None:
    """Return whether a text withdraws permission."""
    said = [HARMLESS.sub(_MARK, clause) for clause in clauses(text)]
    whole = HARMLESS.sub(_MARK, normalised(text))
    parts = [one for part in (*said, whole) for one in (part, _without_politeness(part))]
    if any(_is_bare(part) or any(p.search(part) for p in _ALONE) for part in parts):
        return Revocation.CERTAIN
    if any(p.search(part) for part in (whole, _without_politeness(whole)) for p in _REVOKING):
        return Revocation.POSSIBLE if any(p.search(whole) for p in _WEAKENING) else Revocation.CERTAIN
    short = whole.count(" ") < _SHORT
    if english.INSIDE.search(whole):
        return Revocation.CERTAIN if short else Revocation.POSSIBLE
    if any(p.search(whole) for p in _DOUBTFUL) or (short and english.SHORT_MAY_REVOKE.search(whole)) or _is_slip(whole):
        return Revocation.POSSIBLE
    return None


def _is_bare(clause: str) -> bool:
    """Return whether a clause says a stop word and nothing beside it but politeness and impatience."""
    words = clause.split()
    stops = [at for at, word in enumerate(words) if word in _STOPS]
    if not stops or any(word not in _STOPS and word not in _FILLERS for word in words):
        return False
    if all(words[at] in _JOB_OR_US for at in stops) and not set(words) <= _JOB_OR_US | _POLITE:
        return False
    return not _NOT & set(words)


def _without_politeness(clause: str) -> str:
    """Return a clause without the polite words at its ends, which stand between a pattern and the end it looks for."""
    words = clause.split()
    while words and words[-1] in _EDGES:
        words.pop()
    while words and words[0] in _EDGES:
        words.pop(0)
    return " ".join(words)


def _is_slip(whole: str) -> bool:
    if len(whole) < 3 or " " in whole or whole in _REAL_WORDS:
        return False
    return any(one_slip(whole, word) for word in _OFTEN_SLIPPED)
