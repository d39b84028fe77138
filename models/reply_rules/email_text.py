"""The words a person has written in an email: without what they quote, their signature, and footers.

What is quoted holds our own "unsubscribe", so whatever cannot be told apart is left out only from the first line that is
surely not theirs.
"""

import html
import re

MOST = 20_000
"""Characters that are read. A reply is short; what is longer is quoted history."""

_WROTE = re.compile(
    r"^[>\s]*(?:on|el|le|am)\b.{0,200}\b(?:wrote|escribi(?:o|\u00f3)|a \u00e9crit|schrieb)\s*:?\s*$", re.IGNORECASE
)
_OPENS = re.compile(r"^(?:on|el)\s.{5,}$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^[>\s]*(?:-{2,}\s*(?:original message|mensaje original|forwarded message|mensaje reenviado"
    r"|original email)\s*-{2,}"
    r"|_{10,}|begin forwarded message:|inicio del mensaje reenviado:)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\*?(?:from|sent|to|subject|date|cc|de|enviado|para|asunto|fecha)\s*:\*?\s*\S", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(?:--\s?|sent from (?:my|mail|yahoo|outlook|proton)\b.*|get outlook for .*|enviado desde (?:mi|mail|yahoo"
    r"|outlook)\b.*"
    r"|sent via .*|obtener outlook para .*|confidentiality notice:?.*|aviso de confidencialidad:?.*|this (?:e-?mail"
    r"|message)"
    r" (?:and any|is|may be) (?:attachments?|confidential|intended).*|este (?:correo|mensaje) (?:es|y"
    r"|contiene).{0,40}confidencial.*)$",
    re.IGNORECASE,
)
_TAG_ENDS_LINE = re.compile(r"<\s*(?:br|/p|/div|/tr|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_QUOTED_HTML = re.compile(
    r"<(?:blockquote\b|div\b[^>]*(?:gmail_quote|yahoo_quoted|divRplyFwdMsg|appendonsend|moz-cite-prefix)).*",
    re.IGNORECASE | re.DOTALL,
)
_UNSEEN = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def new_text(body: str) -> str:
    """Return what the person has added, from the plain text of an email."""
    kept: list[str] = []
    lines = body[:MOST].replace("\r\n", "\n").split("\n")
    for at, line in enumerate(lines):
        if _begins_history(lines, at) or _SIGNATURE.match(line.strip()):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.strip())
    return "\n".join(kept).strip()


def text_of_html(page: str) -> str:
    """Return the words of an HTML body as lines, without what mail programs mark as quoted."""
    shown = _QUOTED_HTML.sub("", _UNSEEN.sub("", page[: MOST * 10]))
    return html.unescape(re.sub(r"<[^<>]*>", "", _TAG_ENDS_LINE.sub("\n", shown))).replace("\xa0", " ").strip()


def _begins_history(lines: list[str], at: int) -> bool:
    """Return whether a line begins the quoted message; its introduction may be broken over two or three lines."""
    line = lines[at].strip()
    if _WROTE.match(line) or _ORIGINAL.match(line):
        return True
    if _OPENS.match(line) and any(_WROTE.match(" ".join(lines[at : at + n]).strip()) for n in (2, 3)):
        return True
    following = [one.strip() for one in lines[at + 1 : at + 4]]
    return _HEADER.match(line) is not None and sum(_HEADER.match(one) is not None for one in following) >= 2
