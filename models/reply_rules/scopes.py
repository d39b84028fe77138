"""What an opt-out covers: a word that the carrier acts on covers texts; a sentence about all contact covers every channel."""

from models.reply_rules.patterns import any_of
from models.reply_rules.wording import normalised
from models.terms import OptOutScope

_EVERY_CHANNEL = any_of(
    r"\b(?:contact\w*|communicat\w*|reach\w*|lists?|database|system|records?|everything|every channel|all (?:of )?(?:your )?"
    r"(?:messages|contact)|leave (?:me|us)|lose my|do not call|legal|lawyer|attorney)\b"
    r"|\b(?:remove|delete|take|erase) (?:me|us|my)\b",
    r"\b(?:lista|listas|sistema|datos|en paz|todo contacto|de baja|ningun medio)\b|\bcontact(?:e|en|es|ar)\w*"
    r"|\b(?:borr|quit|elimin|sac|saqu|retir)\w*(?:me|nos)\b",
    r"\b(?:text|message|messages|texts)\w*\b.*\b(?:call|calls|email|emails|calling|emailing)\b",
    r"\b(?:call|calls|email|emails|calling|emailing)\b.*\b(?:text|texting|texts|messages)\b",
)


def scope_of(text: str) -> OptOutScope:
    """Return what the words of an opt-out cover. Revocation by any reasonable means: 47 CFR 64.1200(a)(10)."""
    return OptOutScope.BRAND if _EVERY_CHANNEL.search(normalised(text)) else OptOutScope.CHANNEL
