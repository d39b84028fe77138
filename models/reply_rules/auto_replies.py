"""What a phone or a mailbox answers by itself."""

import re

from models.reply_rules.patterns import any_of

_BACK = r"(?:until|till|through|return\w*|back|reply|respond\w*|urgent|limited|hasta|regres\w+|vuelv\w+|respond\w+|urgentes?)"
_AWAY = any_of(
    rf"\b(?:out of (?:the )?office|ooo|on (?:annual |parental |maternity |paternity |sick |medical |family )?leave"
    rf"|on (?:vacation|holiday|pto)|away from (?:my|the) (?:office|phone|desk|email))\b.{{0,120}}\b{_BACK}\b",
    rf"\b(?:fuera de (?:la )?oficina|de vacaciones|de permiso|de licencia|de baja|ausente)\b.{{0,120}}\b{_BACK}\b",
)
_MACHINE = any_of(
    r"\bauto(?:matic|mated|matica|matico)? ?(?:reply|response|responder|respuesta)\b|\brespuesta automatica\b"
    r"|\bmensaje automatico\b",
    r"\bthis is an automat(?:ed|ic) (?:message|text|email|reply|response)\b|\bautomated$",
    r"^(?:i am |im )?(?:currently )?out of (?:the )?office\b(?!.*\b(?:can you|could you|come|call me|book)\b)"
    r"|^(?:estoy |me encuentro )?fuera de la oficina\b",
    r"\bdriving\b.{0,140}\b(?:turned on|do not disturb|see your message|get where im going|respond later|reply later"
    r"|cant text|when i arrive|get back to you)\b",
    r"\b(?:conduciendo|manejando|al volante)\b.{0,100}\b(?:llegue|respond\w+|contest\w+|mensaje|luego|destino)\b",
    r"\b(?:number|mailbox|inbox|address|account) (?:is|are) (?:not|un) ?(?:monitored|attended)\b|\bunmonitored\b"
    r"|\b(?:number|phone|line) (?:does not|doesnt|cannot|cant|is unable to) (?:accept|receive) (?:texts?"
    r"|text messages|messages|messages messages|messages texts)\b",
    r"\b(?:buzon|correo|numero|cuenta)(?: \w+){0,2} no (?:es|esta|se|recibe|acepta)(?: \w+)? ?(?:monitore\w+"
    r"|supervis\w+|revis\w+|atend\w+|mensajes)?\b(?<!numero no es)",
    r"\bnot receiving notifications\b|\bdo not disturb while driving\b|\bno molestar al conducir\b",
    r"\bcant talk (?:right )?now\b|\b(?:in|im in|i am in) a meeting\b.{0,40}\b(?:later|back|after)\b"
    r"|\bno puedo hablar (?:ahora|en este momento)\b|\bestoy en una (?:reunion|junta)\b.{0,40}\b(?:luego|tarde|llamo"
    r"|despues)\b",
    r"\b(?:thanks|thank you) for (?:contacting|calling|texting|reaching|messaging|your (?:message|email|inquiry"
    r"|interest|text|call|patience))\b.{0,200}\b(?:get back to you|respond|reply|be in touch|business hours|closed"
    r"|received|contact you shortly|return your)\b",
    r"\bgracias por (?:su|tu|contactar\w*|comunicar\w*|llamar|escribir\w*)\b.{0,200}\b(?:respond\w+|contact\w+"
    r"|horario|atender\w*|comunicar\w*|brevedad|disponibles)\b",
    r"\b(?:we|i) (?:have )?received your (?:message|inquiry|email|request)\b.{0,120}\b(?:respond|reply|get back"
    r"|shortly|hours)\b",
)
_ASKS = re.compile(
    r"\b(?:can|could|would) (?:you|u|we|someone)\b"
    r"|\bcall me\b|\bcome (?:by|out|over|then|monday|on)\b|\bbook\b|\bschedul\w*|\b(?:puede|pueden|podria) venir\b"
)


def is_auto_reply(words: str) -> bool:
    """Return whether normalised words are a machine's. A person who is away and asks for something is a person."""
    if _MACHINE.search(words):
        return True
    return _AWAY.search(words) is not None and _ASKS.search(words) is None
