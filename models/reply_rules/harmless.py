"""Stop words that speak of a visit, a job, a fault or a place. They are taken out before a revocation is looked for.

Only the harmless words go: `can you stop by? and stop texting me` still revokes.
"""

from models.reply_rules.english_revocation import MESSAGE, WRITING
from models.reply_rules.patterns import any_of, words
from models.reply_rules.spanish_revocation import ENVIAR

_WRITES = rf"(?:(?:\w+ ){{0,3}}(?:{WRITING}|sending|{MESSAGE}))"
_THING = words(
    "it ac a_c hvac furnace heater heat heating air_conditioner boiler pump unit toilet water faucet tap sink shower drain",
    "pipe leak leaking leaks drip dripping noise smell alarm beeping fridge refrigerator freezer dishwasher washer dryer",
    "disposal system fan motor compressor thermostat light lights power outlet breaker generator door gate opener car",
    "engine machine washing_machine sprinkler sprinklers flood flooding flow running mold bleeding overflow gas ants roaches",
    "rats mice bugs dog barking clock internet wifi sump_pump tank hose valve roof gutter rain everything one",
)
_APPOINTMENT = words(
    "appointment appointments appt appts booking visit service_call service_visit",
    "my_service the_service job estimate order reservation meeting call_out consult",
    "consultation inspection quote tour cita project work installation plumber contractor technician tech guy other",
    "tomorrow tuesdays mondays",
)
HARMLESS = any_of(
    r"\b(?:stop(?:ping|ped|s)?|swing|drop|come|pop) (?:on )?(?:by|in|over|through|off|round|around"
    r"|back)\b(?! (?:texting|messag))",
    r"\bstop(?:ping|ped|s)? at (?!once|all|any|this)\w+",
    rf"\b(?:dont|do not|never|cant|wont|will not|doesnt|does not|didnt|not|wouldnt|isnt|cannot|couldnt|not going to"
    rf"|nor)"
    rf" (?:(?:to|make|get|want|wanna|gonna|going|ever|seem) )*(?:it )?(?:stop|quit|cancel|end)(?:ping"
    rf"|ed)?\b(?! {_WRITES})"
    rf"(?! (?:it|this|now|you|please|thanks)\b(?! \w+ing\b))",
    r"\b(?:stop|quit)(?:s|ped|ping)? (?:work|leak|run|drip|cool|heat|drain|flush|spin|flow|beep|bark|function|smok"
    r"|drink|turn|start|pump|charg|light|respond|mak|using)\w*",
    rf"\b{_THING} (?:\w+ ){{0,2}}(?:stop|quit|end)(?:s|ped|ting|ping)?\b(?! {_WRITES})",
    rf"(?<!do i )(?<!can i )\b(?:get|make|making|getting|help|have) (?:it|this|that|the \w+(?: \w+)?|my \w+|him|her"
    rf"|them)(?: to)? (?:stop"
    rf"|quit|end)\b(?! {_WRITES})",
    rf"\b(?:stop|end|stopping)(?: (?:the|a|an|my|this|that|our|it|all|any|from))+ (?:\w+ ){{0,2}}{_THING}\b",
    r"\b(?:non|bus|one|pit|full|train|truck|rest|metro|subway|bike|next|last|first|quick|door) stop\b|\bstop (?:sign"
    r"|light|lights|valve|cock|shop|watch|leak)\b",
    rf"\b(?:cancel\w*|end|move|postpone|skip)\b(?: \w+){{0,3}} {_APPOINTMENT}\b",
    r"\bend(?:s|ing)? (?:of|up|unit|result|user|table|zone|on|in|today|tomorrow|at|around)\b|\b(?:the|by|week|month"
    r"|low|high|dead|front|back|far|other|deep|tail|year|at|in) end\b|\bweek ?end\b",
    r"\b(?:didnt|did not|dont|do not|never|wont|not) (?:mean to |want to |wanna |need to )?(?:cancel|quit|remove"
    r"|unsubscribe|opt out|end)\b",
    r"\b(?:can|could|had to|have to|managed to|tried to|trying to) stop\b(?: it| them)?(?= (?:the|it|at|for|myself|by"
    r"|before|but|now|and)\b)(?! it (?:now|please))(?! the (?:text|message|call))",
    r"\bno need to (?:text|call|message|email)(?: me| us)?\b(?! (?:again|anymore|any more|ever))",
    r"\bi (?:dont|do not|never|cant) stop\b|\buntil i stop\b",
    r"\bquit (?:smoking|drinking|my job|claim)\b|\bcancel(?:led|ed|ing)? (?:my|the|our) (?:other|old|current"
    r"|previous)\b",
    r"\b(?:dont|do not|no need to) (?:call|text|email|message)(?: me| us)? (?:\w+ )?(?:just|but|instead|please text"
    r"|only) (?:text|call|email|message)\b",
    r"\b(?:when|before|until|if|where|while) (?:\w+ ){1,3}(?:stop|end)s?\b(?! (?:texting|messaging|calling|sending))",
    r"\btake (?:\w+ ){0,3}off (?:the|my) (?:wall|roof|floor|door)\b|\bturn(?:ed)? off the (?:water|gas|power|heat"
    r"|ac)\b|\bremove (?:the|a|an|my old|old) \w+",
    r"\b(?:take|remove|get|put|scratch) (?:me|us|my name) (?:off|from|on|out of) (?:of )?(?:the "
    r"|your )?(?:\w+ ){0,2}(?:schedule|calendar|appointment|appt|route|waiting list|waitlist|hold)\b|\bstop (?:and"
    r"|n) (?:start|go)\b|\bspam (?:filter|folder|box|blocker)\b|\b(?:the|my|our|this|next"
    r"|around the|city) block\b",
    rf"\b(?:{_THING}|bano|inodoro|desague|tubo|tuberia|lavabo|fregadero|cano|drenaje"
    rf"|toilet) (?:\w+ ){{0,2}}(?:bloque\w+|block\w*)\b|\b(?:blocked|clogged) (?:{_THING}|drain|pipe|sink|toilet)\b",
    # Spanish
    rf"\bno (?:me |nos |se |le |la |lo )?(?:deteng|cancel|par|dej|pare|para"
    rf"|termin)\w*\b(?! (?:de )?(?:me )?{ENVIAR})(?! (?:de )?(?:mensajes|textos|llamadas))",
    rf"\b(?:dej|par)(?:o|aron|a|an)(?: de)? (?!{ENVIAR})\w*(?:ar|er|ir)\b|\bse (?:paro|para|detuvo|apago)\b",
    r"\b(?:parar|detener|cortar|cerrar|apagar) (?:el|la|los|las|una?) (?:agua|fuga|goteo|gotera|ruido|alarma|llave"
    r"|inundacion|olor|gas)\w*",
    r"\b(?:cancel|anul)\w*(?: \w+){0,3} (?:cita|citas|visita|trabajo|reserva|reservacion|orden|servicio|estimado"
    r"|presupuesto|reunion|plomero)\b",
    r"\b(?:al|el|a|por) (?:fin|final)\b(?: de (?:semana|mes|ano|dia|la (?:calle|semana)))?"
    r"|\bfin(?:es)? de (?:semana|mes|ano|dia)\b|\bal salir\b",
    r"\bla parada\b|\bpara (?:el|la|los|las|que|mi|un|una|manana|hoy|cuando|el)\b|\bpara nada\b",
    r"\b(?:estoy|dieron|dio|esta|estare|estamos) de baja\b|\bmas (?:alto|baja|bajo)\b|\b(?:techo|piso|muy"
    r"|planta) (?:alto|baja|alta)\b|\balto (?:de|del|en)\b",
    r"\bno (?:me |nos )?llamen?\b(?: \w+){0,2} (?:mejor|solo|mande|mandeme|escriba|escribame|texto)\b",
)
