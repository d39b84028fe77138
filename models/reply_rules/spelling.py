"""Words of a revocation as people misspell and shorten them."""

from collections.abc import Iterable, Iterator

_SHORT_FORMS = {
    "u": "you", "ur": "your", "r": "are", "stp": "stop", "pls": "please", "plz": "please", "plse": "please",
    "plez": "please", "pleas": "please", "thx": "thanks", "tx": "thanks", "ty": "thanks", "tks": "thanks",
    "dnt": "dont", "dunt": "dont", "donot": "dont", "didt": "didnt", "cannot": "cant",
    "stahp": "stop", "stawp": "stop", "stoping": "stopping", "txt": "text", "txts": "texts", "txting": "texting",
    "txtin": "texting", "textin": "texting", "txtng": "texting", "tex": "text", "msg": "message", "msgs": "messages",
    "msging": "messaging", "mssg": "message", "mssgs": "messages", "mgs": "messages", "msj": "mensaje",
    "msjs": "mensajes", "msn": "mensaje", "sms": "messages", "callin": "calling", "sendin": "sending",
    "q": "que", "k": "que", "xq": "porque", "xfa": "favor", "porfa": "favor", "porfavor": "favor", "pq": "porque",
    "num": "number", "nmbr": "number", "numer": "number", "unsub": "unsubscribe", "opting": "opt", "opted": "opt",
}  # fmt: skip
_OFTEN_MISSPELT = (
    "messages",
    "message",
    "messaging",
    "texting",
    "contacting",
    "contact",
    "remove",
    "mensajes",
    "mensaje",
)
_OTHER_WORDS = frozenset(
    {"contract", "contacts", "massage", "massages", "massaging", "testing", "tenting", "remote", "removed", "removes"}
    | {"removing", "remover", "removal", "messaged", "contacto", "contacte", "contacta"}
    | {"contacten", "contactes", "contacted", "presages", "mensajero", "mensajeros"}
)
_SPLIT = frozenset(
    {(word, "t") for word in ("don", "won", "can", "doesn", "didn", "isn", "wasn", "aren", "haven")}
    | {
        ("text", "ing"),
        ("un", "subscribe"),
        ("un", "subscribed"),
        ("messag", "ing"),
        ("message", "ing"),
        ("send", "ing"),
    }
    | {("call", "ing"), ("contact", "ing"), ("email", "ing"), ("can", "celar")}
)
_UNSUBSCRIBE = "unsubscribe"


def put_right(words: Iterable[str]) -> Iterator[str]:
    """Yield the words, those of a revocation in their one spelling; `txt ing` and `don t` become one word."""
    waiting: str | None = None
    for word in words:
        if waiting is not None and (waiting, word) in _SPLIT:
            word, waiting = f"{waiting}{word}", None
        if waiting is not None:
            yield waiting
        waiting = _one(word)
    if waiting is not None:
        yield waiting


def one_slip(written: str, meant: str) -> bool:
    """Return whether at most one letter was added, dropped, changed or swapped with its neighbour."""
    if abs(len(written) - len(meant)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), len(meant))
    rest, wanted = written[at:], meant[at:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (rest[1:], swapped) or rest[1:] == wanted[1:] or rest == wanted[1:]


def _one(word: str) -> str:
    if word in _SHORT_FORMS:
        return _SHORT_FORMS[word]
    if word.startswith("uns") and 7 <= len(word) <= 13 and _slips(word, _UNSUBSCRIBE) <= 3:
        return _UNSUBSCRIBE
    if len(word) < 6 or word in _OTHER_WORDS or word in _OFTEN_MISSPELT:
        return word
    return next((meant for meant in _OFTEN_MISSPELT if one_slip(word, meant)), word)


def _slips(written: str, meant: str) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(meant) + 1))
    for i, a in enumerate(written, 1):
        above, row = row, [i]
        for j, b in enumerate(meant, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
    return row[-1]
