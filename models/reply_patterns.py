"""The words by which replies are recognised.

Every pattern but the last two sees normalised text: lower case, without accents, punctuation and apostrophes, single
spaces. The last two see the text as it was written.
"""

import re

STOP_WORDS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "opt me out"}
    | {"please opt me out", "remove", "arret", "alto", "basta", "parar"}
)
HELP_WORDS = frozenset({"help", "info"})
START_WORDS = frozenset({"start", "unstop"})

_MESSAGE = r"(?:texts?|texting|txts?|txting|messag(?:e|es|ing)|msgs?|sms|e ?mails?|e ?mailing)"
_ME = r"(?:me|us|this number|my (?:phone|number|cell)|again|anymore|here)"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


REVOKES = _any_of(
    rf"\b(?:stop|quit|cease|no more|dont|do not|never)\b.{{0,20}}\b(?:{_MESSAGE}|contact(?:ing)?|bother(?:ing)?)\b"
    rf".{{0,12}}\b{_ME}\b",
    rf"\b(?:stop|quit|cease|no more) (?:(?:all|these|the|your|with the|with|sending|me) )*(?:{_MESSAGE}|spam)\b",
    rf"\b(?:dont|do not) (?:want|need) (?:any )?(?:more )?(?:of )?(?:these |your |the )?{_MESSAGE}\b",
    r"\b(?:take|remove|delete|get) (?:me|us|this number|my (?:number|phone|name|cell|info|email)) (?:off|out|from)\b",
    r"\b(?:remove|unsubscribe|unenroll) (?:me|us)\b",
    r"\bleave (?:me|us) alone\b",
    r"\blose (?:my|this) number\b",
    r"\bopt(?:ing)? (?:me |us )?out\b",
    r"\bunsubscribe\b",
    r"\brevoke (?:my )?(?:consent|permission)\b",
    r"\bdo not (?:call|contact|text|e ?mail)\b",
    r"\bdont (?:call|contact|text|message|e ?mail) (?:me|us|this)\b",
    r"\bstop (?:calling|contacting|bothering|harassing)\b",
    r"\bno (?:mas|quiero) mensajes\b|\bno (?:me )?(?:envi|mand|escrib)\w+|\bdejen? de (?:enviar|mandar|escribir)"
    r"|\bcancelar suscripcion\b|\bdar(?:me)? de baja\b",
    r"^(?:please |pls |plz )?stop(?: (?:it|now|please|pls|this|already|thanks|thank you|thx))*$",
    r"^stop\b(?! (?:by|in|over|at|work)\b).{0,25}$",
    r"^(?:please |pls )?(?:cancel|end|quit|unsubscribe|revoke|optout|stopall)"
    r"(?: (?:please|pls|now|thanks|all|this|it))*$",
)
# A stop word that speaks of the visit, the job or the fault. With a word of ABOUT_US as well, a person decides.
SPEAKS_OF_THE_JOB = _any_of(
    r"\b(?:stop|swing|drop) (?:by|in|over|at)\b",
    r"\b(?:dont|do not|never|cant|cannot|wont|will not|doesnt|non|one|bus) ?stop\b",
    r"\bstop (?:work|leak|run|drip|cool|heat|drain)",
    r"\b(?:cancel|stop|end)\b.{0,25}\b(?:appointment|appt|booking|visit|service call|job|estimate|order|reservation"
    r"|leak|leaking|water|noise)\b",
    r"\bend of (?:the )?(?:day|week|month)\b|\bby the end\b|\bweekend\b",
)
ABOUT_US = re.compile(
    r"\b(?:text|txt|messag|contact|bother|harass|call(?:ing)? (?:me|us)|do not call|unsubscribe|opt|lose my"
    r"|remove me|take me off|leave (?:me|us) alone)"
)
STOP_WORD_INSIDE = _any_of(
    r"\b(?:stop|stopall|unsubscribe|revoke|optout|opt out)\b",
    rf"\b(?:enough|no more|any more)\b.{{0,20}}\b{_MESSAGE}\b",
)
MAY_REVOKE = re.compile(r"\b(?:cancel|quit)\b")
AWAY = re.compile(r"\bout of (?:the )?office\b.{0,80}\b(?:until|till|return|back|reply|respond|urgent|limited)\b")
ASKS_SOMETHING = re.compile(r"\b(?:can|could|call|come|book|schedul\w*|text|please)\b")

AUTO_REPLY = _any_of(
    r"\bauto(?:matic|mated)? ?(?:reply|response|responder)\b",
    r"\bthis is an automat(?:ed|ic) (?:message|text|email|reply|response)\b",
    r"^out of (?:the )?office\b",
    r"\bim driving\b.{0,120}\b(?:turned on|do not disturb|see your message|get where im going)\b",
    r"\b(?:number|mailbox|inbox) is not monitored\b",
)
WRONG_NUMBER = _any_of(
    r"\bwrong (?:number|person|guy|phone)\b",
    r"\bdont know (?:any|a|who)\b",
    r"\b(?:not|isnt|aint) (?:my|the right|the correct) (?:number|person)\b",
    r"\bno (?:one|body) (?:here )?(?:named|by that name)\b|\bnobody (?:here )?(?:named|by that name)\b",
    r"\bnumero equivocado\b",
)
LEGAL = _any_of(
    r"\b(?:lawyer|attorney|lawsuit|sue|suing|tcpa|ftc|fcc|bbb|better business bureau|small claims|illegal)\b",
    r"\bharass\w*|\breport(?:ing)? (?:you|this)\b",
)
RESCHEDULE = _any_of(
    r"\breschedul\w*",
    r"\bcancel\b.{0,25}\b(?:appointment|appt|booking|visit|job|service call|estimate)\b",
    r"\bmove (?:my|the) (?:appointment|appt)\b|\bcant make it\b|\bdifferent (?:day|time)\b",
    r"\bpush (?:it )?back\b",
)
COMPLAINT = _any_of(
    r"\b(?:complain\w*|terrible|horrible|awful|worst|unhappy|refund|rude|disappointed|scam\w*|overcharg\w*)\b",
    r"\bnot (?:happy|satisfied|fixed|working)\b|\bstill (?:broken|leaking|not|isnt)\b|\bripped? ?off\b",
    r"\b(?:damaged|never showed|no show|didnt show|poor (?:job|work)|disput\w*|supervisor)\b",
)
ALREADY_HIRED = _any_of(
    r"\balready (?:hired|found|booked|got|have)\b|\bwent with\b|\bfound some(?:one|body)\b",
    r"\bgot it (?:fixed|done)\b",
)
NOT_INTERESTED = _any_of(
    r"\bnot interested\b|\bno longer (?:need|looking|interested)\b|\bdont need\b|\bchanged my mind\b",
    r"\bno thanks?\b|\bno thank you\b|\ball set\b|\btoo (?:expensive|much|high)\b|\bout of (?:my )?budget\b",
)
BOOKING = _any_of(
    r"\b(?:im|still|very|yes) interested\b",
    r"\b(?:book|schedul\w*|appointment|appt|available|availability|send someone|when can you|what time)\b",
    r"\b(?:come|stop|swing) (?:out|by|over)\b|\b(?:today|tonight|tomorrow|morning|afternoon|earliest)\b",
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:next|this) week(?:end)?\b",
    r"\b(?:works for me|that works|sounds good|lets do it|go ahead|confirm(?:ed)?)\b",
    r"\b(?:[1-9]|1[0-2])(?: [0-5]\d)? ?(?:am|pm)\b",
)
PRICE = re.compile(r"\b(?:how much|price|pricing|cost|quote|estimate|rate|charge|fee)\b")
AFFIRMATIVE = re.compile(r"^(?:yes|yeah|yep|yup|sure|si)(?: (?:please|pls|thanks|thank you|i am|i do))*$")

_QUOTED = '["\u201c][^"\u201c\u201d]*["\u201d]'
REACTION = re.compile(
    rf"\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned)\s+"
    rf"(?:{_QUOTED}|an?\s+(?:image|message|photo|video))"
    rf"|(?:reacted\s+)?[^\w\s]{{1,8}}\s+to\s+{_QUOTED})\s*",
    re.IGNORECASE,
)
NOT_THAT_PERSON = re.compile(r"\b(?:I['\u2019]?m|I am|[Tt]his is) not [A-Z][a-z]+[.!]*\s*$")
