"""English ways to say "write to me no more": what stops, who is meant, and what was to come.

The patterns see normalised words. 47 CFR 64.1200(a)(10) names the words that revoke by themselves and leaves every other
reasonable way to the sender to understand.
"""

from models.reply_rules.patterns import any_of, vocabulary, words

STOPS = vocabulary(
    "stop stopall stops unsubscribe unsubscribed cancel end quit cease revoke optout opt halt remove removal",
    "desist discontinue stop2end stop2quit arret dnc",
)
"""Alone, or with nothing but FILLERS beside them, they revoke."""

FILLERS = vocabulary(
    "please just ok okay k now thanks thank you and it this that already all sir maam bro man dude lol hi hey",
    "hello i me said told to can could would will should need want have us yes yea yeah no nah nope sorry",
    "seriously really right so immediately asap for the love of god oh my omg jesus christ damn fucking effing",
    "everything everyone here with these out forever ever good like be again wish hereby is am im id ill do how",
    "by reply word text first time last friend pal buddy kindly simply must guys yall once at alright fine ma a",
    "opt 2 4 going wanna gonna get gotta let lets one we were our your ask asked asking ive been",
)

MESSAGE = words(
    "texts text texting text_messages text_messaging message messages messaging emails email e_mails mails mailing",
    "notifications alerts updates reminders communication communications correspondence contact solicitation",
    "solicitations spam spamming ads promos promotions marketing newsletter newsletters offers junk calls stuff crap shit",
    "bs bullshit nonsense garbage",
)
WRITING = words(
    "texting messaging contacting calling emailing mailing writing bothering bugging spamming harassing soliciting",
    "notifying pinging annoying disturbing pestering stalking reaching_out blowing_up hitting_me_up hitting_up hitting_my phoning",
)
WRITE = words(
    "text message contact call phone email e_mail mail write bother bug spam harass solicit notify ping annoy disturb",
    "reach_out pester dm hit_me_up reach",
)
WRITTEN_TO = words("contacted texted called messaged emailed bothered disturbed harassed notified spammed solicited")
_GAP = words(
    "all these those the this that with your any more of please from me us to you and desist sending send getting",
    "receiving so many too much fucking freaking damn stupid annoying automated auto constantly my our it doing such",
    "sending_out in anymore any_more on a at random unwanted daily now already kindly",
)
_ME = words("me us him her them this my our here this_number")
NOT = (
    r"(?:dont|do not|never|not to|must not|should not|shouldnt|cease to|may not"
    r"|(?:kindly|please|could you|would you|that you|rather you|just) not)"
)
_OWN = (
    r"(?:me|us|myself|(?:my|this|our|the) (?:\w+ )?(?:number|phone|cell|name|info|information|email|e mail|address|data"
    r"|details|contact|contacts|mobile|digits)|number)"
)

REVOKES = any_of(
    rf"\b(?:stop|quit|cease|halt|discontinue|refrain|enough|knock it off|cut it out)(?: {_GAP}){{0,5}} (?:{WRITING}"
    rf"|{MESSAGE})\b",
    r"\b(?:stop|quit|cease|halt|discontinue) (?:getting|receiving|sending)\b",
    r"\bcease and desist\b|\b(?:please remove|remove please|to be removed)$|\blists?\b.{0,12}\bremove\b",
    rf"\b(?:{MESSAGE}|{WRITING}) (?:(?:please|to|must|need|needs|have|has|should|now|all|just|will) )*(?:stop|stopped"
    rf"|end|cease)\b(?! (?:by|in|over|at)\b)",
    r"\b(?:dont|do not|no longer) want (?:any of )?(?:these|this|them|those|it|any)(?: \w+)? (?:anymore|any more"
    r"|no more|ever)\b",
    rf"\b(?:end|cancel|kill|mute|disable|turn off|shut off|cut off) (?:(?:{_GAP}|service|future|text|further|other"
    rf"|promo) )*{MESSAGE}\b(?! (?:me|us)\b)",
    rf"\bno more(?: {_GAP}){{0,4}} (?:{MESSAGE}|{WRITING})\b",
    rf"^(?:please |sorry |hi |hey )*no (?:{MESSAGE}|{WRITING})(?: (?:and|or|please|thanks|at|here|to|this|number"
    rf"|phone|{MESSAGE}))*$",
    rf"(?<!\bi )(?<!\bwe )\b{NOT} (?:(?:ever|please|try to|bother to|you|keep|be) )*(?:{WRITE}|{WRITING})"
    rf"(?= (?:{_ME}|back|again|anymore|any more|or|and|via|from|at|on|please|ever|to|no more|{MESSAGE})\b| *$)",
    rf"\b{NOT} (?:ever |please )*(?:send|mail|forward)(?: (?:me|us|anything|to|this|my|any|of|more|another|other"
    rf"|these|those|the|your|out))*"
    rf" (?:{MESSAGE}|anything|more|these|another|this number|this phone)\b(?! (?:guy|man|person|plumber|one))",
    rf"\b{NOT} (?:ever |please )*send (?:me|us)(?: any)?(?: more)?$",
    rf"\b(?:dont|do not|no longer|didnt|never|not|doesnt) (?:\w+ )?(?:want|wanna|wish|need|care|like|prefer|desire"
    rf"|intend|consent|agree|authorize)"
    rf"(?: (?:to|for|get|receive|getting|receiving|be|any|more|further|of|these|those|this|your|the|you|from|hear"
    rf"|have|and|other|kind|such|so|many|sending|send|me|us|anymore|to be|on|all))*"
    rf" (?:{MESSAGE}|{WRITING}|{WRITTEN_TO})\b",
    r"\b(?:dont|do not|no longer) (?:want|wish|like|need|care) to (?:get|receive|see|be getting|keep getting"
    r"|be receiving) (?:any |more |of |all )*(?:these|this|those|them|it|anything|stuff|from you)\b",
    rf"\b(?:dont|do not|no longer) (?:want|wish|like) (?:you |u )?to (?:hear from|{WRITE} (?:me|us)|be on)\b",
    rf"\b(?:dont|do not|no longer|didnt) want (?:you|this|any of you|anyone)(?: people| guys)? (?:to )?(?:{WRITE}"
    rf"|{WRITING}|send|sending)\b",
    rf"\b(?:rather|prefer|like|want|wish|ask(?:ed|ing)?|told)(?: you)? (?:to )?not (?:to )?(?:be )?(?:get|getting"
    rf"|receive|receiving|{WRITTEN_TO}|{WRITE}|send)\b",
    rf"\b(?:take|remove|delete|get|erase|scratch|pull|drop|strike|wipe|clear|kick|cut|keep"
    rf"|leave) {_OWN}(?: \w+)? (?:off|from|out of)\b(?! (?:the |this |my )?(?:house|car|mess|jam))",
    rf"\b(?:remove|delete|erase|wipe|clear|purge|unsubscribe|unenroll|deregister|unregister) {_OWN}\b(?! (?:old"
    rf"|toilet|tree|tub"
    rf"|wall))",
    r"\b(?:remove|delete) from\b.{0,20}\blists?\b|\bget me out of (?:your|this|the)\b|\btake (?:me|us) off\b",
    r"\b(?:be|am|is|get|been) (?:removed|deleted|unsubscribed|taken off)\b(?! (?:the|a) )",
    r"\b(?:off|out of) (?:of )?(?:your|this|the|that|all|any)(?: \w+){0,2} lists?\b",
    r"\b(?:do not|dont|no) (?:call|contact|text)(?: \w+)? (?:list|registry)\b.{0,20}\bplease\b|\b(?:put|add"
    r"|place) (?:me|us|this|my)\b.{0,20}\b(?:do not|dont|no|dnc)\b",
    r"\bopt (?:me |us |him |her |this number |my number )?out\b|\boptout\b|\bunsubscrib\w*|\bunenroll\b",
    r"\bget(?:ting)? rid of (?:my|this) (?:\w+ )?(?:number|info|contact|name|data|phone|details)\b|\b(?:end|close"
    r"|leave|kill) (?:this |the |our )?(?:conversation|chat|thread)\b",
    rf"\b(?:no|not any|without) (?:further|additional|other|future|more|any) (?:{MESSAGE}|{WRITING})\b"
    rf"|\bnot (?:at all )?interested in (?:receiving|getting|being|hearing|your (?:{MESSAGE}))\b",
    r"\b(?:revok\w+|withdraw\w*|rescind\w*|cancel|pull|remove) (?:(?:my|any|all|the|your|prior) )*(?:consent"
    r"|permission|authorization|subscription|membership)\b",
    r"\b(?:consent|permission)(?: \w+){0,2} (?:revoked|withdrawn|rescinded|cancell?ed|removed|denied|over)\b"
    r"|\btak(?:e|ing) back (?:my |any |all )*(?:consent|permission)\b",
    r"\b(?:im not|i am not|not|dont|do not|no longer) (?:giv\w+|grant\w*|allow\w*)(?: you| anyone| them)?(?: my"
    r"| any)? (?:consent|permission)\b",
    rf"\b(?:(?:dont|do not|no longer|never) (?:have|had|got)|without|not have|nobody has|have no)(?: my| our"
    rf"| any)? (?:consent|permission|authorization|right) to (?:{WRITE}|{WRITING}|send|use)\b",
    r"\bleave (?:me|us|my family|my wife|this number|my phone)(?: the)?(?: \w+)? (?:alone|be|in peace)\b"
    r"|\bleave (?:me|us) be\b|\ble+me alone\b|\b(?:dont|do not|never|discontinue|stop|quit) us(?:e|ing)(?: of)? (?:my"
    r"|this) (?:number|phone|email)\b|\bdiscontinue use\b",
    r"\b(?:lose|forget|toss|trash|shred|burn) (?:my|this|our) (?:\w+ )?(?:number|info|contact|digits)\b",
    r"\bdo not (?:contact|call|text|email|message)(?: me| us)?(?: (?:again|anymore|any more|ever|please|thanks))?$",
    r"\bget (?:the \w+ |tf )?(?:off|out of) my (?:phone|inbox|line)\b",
    r"\b(?:fuck|f|piss|bugger|sod|bug|buzz|back|screw|kiss) off\b(?! (?:the|a|my))",
)
ALONE = any_of(
    r"^(?:please |just |ok |thanks |no |now |hey )*(?:go away|get lost|fuck you|f you|screw you|knock it off"
    r"|cut it out|no contact"
    r"|do not disturb|take a hike|kick rocks|leave|bye forever|scram|shut up and go away|done with this"
    r"|no more)(?: \w+)?$",
    r"^(?:please |no |just )*(?:stop|unsubscribe|optout|stopall)(?: (?:im|i am|or|and|before|because|we|i|you|your|u"
    r"|already|not|no|this|that|these|ur|text|my|spam)\b.*)$",
    r"\bplease (?:just )?stop(?: (?:it|this|now|thanks|please|immediately))*$|\bstop (?:it )?please$",
    r"\btold you (?:people |guys |already )?(?:to )?stop\b",
)
"""Seen clause by clause."""

NET = any_of(
    r"\b(?:nobody|no one|noone|none of us)(?: \w+){0,3} (?:wants?|asked|needs?|likes?|told"
    r"|signed)\b.{0,30}\b(?:text|messages?|contact|call)\w*",
    r"\b(?:one more|another) (?:text|message|call)\b(?! (?:about|with|when|to))|\b(?:text|message|contact"
    r"|call)s? (?:me|us) one more time\b|\bif (?:you|u) (?:\w+ )?(?:text|message|contact|call) (?:me|us"
    r"|this number) again\b",
    rf"\b(?:hate|hating|dislike|despise) (?:these |your |getting |the |all )*{MESSAGE}\b|\bno means no\b"
    rf"|^(?:i )?said no$",
    r"\bhow (?:do|can|would) (?:i|we|you) (?:make|get) (?:this|it|these) (?:to )?stop\b|\b(?:this|it) (?:has|needs"
    r"|must) (?:to )?stop$",
    r"^(?:please |just )?(?:dont|do not|no texting|mute|silence|shut it down|i withdraw|suficiente|ya fue suficiente"
    r"|es suficiente|ya no quiero(?: nada)?|no quiero nada|no quiero saber (?:mas )?nada|ya no|por favor ya no"
    r"|ya dejenlo)$",
    r"\b(?:no|not accepting|not want|not wish\w*|not welcome|against) (?:\w+ ){0,2}(?:solicit\w+|contact"
    r"|communications?)\b(?! (?:info|number|form|yet|with|for))",
    r"\b(?:text|messag|contact)\w* (?:\w+ ){0,2}(?:unwanted|unwelcome|not welcome|not wanted|not allowed|prohibited"
    r"|forbidden)\b|\b(?:already|weeks ago|before) (?:unsubscribed|opted out|asked)\b",
    r"\b(?:stop|stopped|quit|ceas\w+|discontinu\w+|no more|dont|do not|never|without|not (?:ok|okay|welcome|giving"
    r"|authorized|allowed|wanting))"
    r" (?!(?:get|got|see|saw|know|have|receiv\w+|understand|mind|reply|respond|answer|think|remember"
    r"|forget)\b)(?:\w+ ){0,3}(?:text(?:s|ing)?|messag\w+|contact\w*|consent|permission|subscri\w+)\b",
    r"\b(?:off|out|remov\w+|delet\w+|quit\w*|sac\w+|saqu\w+|borr\w+|elimin\w+) (?:\w+ ){0,4}(?:lists?|lista|listas"
    r"|database)\b(?! de espera)",
    r"\bno (?!(?:he|me lleg|recib|entiend|tengo|se)\w*\b)(?:\w+ ){0,3}(?:mensajes|textos|escrib(?:a|an|as|ir)\w*"
    r"|contact(?:e|es|en|ar)\w*|molest(?:e|es|en|ar)\w*|suscri\w+)\b",
    r"\b(?:remove|delete|erase) (?:me|us|my|this number)\b|\b(?:elimin|borr|quit|sac|saqu|bloque)\w*(?:me|nos)\b",
)
"""The wide net under the fine ones: what is caught only here possibly revokes."""

INSIDE = any_of(
    rf"\b(?:stop|stopall|unsubscribe|revoke|optout)\b|\b(?:enough|no more|any more)\b.{{0,20}}\b{MESSAGE}\b"
)

MAY_REVOKE = any_of(
    rf"\b(?:keep|keeps|kept|continue|continues|still|wont stop|constantly|always)(?: on)? (?:getting|receiving"
    rf"|sending|{WRITING})\b",
    rf"\b(?:too|so|this|how) many (?:\w+ )?{MESSAGE}\b|\b(?:sick|tired|fed up|hate|hating|annoyed"
    rf"|done)(?: and tired)? (?:of|with|getting|it)\b",
    r"\b(?:never|didnt|did not|dont remember|dont recall|havent|have not|dont|who)(?: \w+)? (?:sign(?:ed|ing)? up"
    r"|sign up|subscribe\w*|ask(?:ed)? for (?:this|these|any|your)"
    r"|opt|consent\w*|agree\w*|authoriz\w+|enroll\w*|give|gave|given|giving)(?: (?:you|u|for|to|this|these|my"
    r"|permission|consent|any|text|number|in))*\b",
    rf"\b(?:didnt|did not|never|who) (?:request|requested|ask for|asked for|want|wanted|order) (?:this|these|any"
    rf"|your)?(?: \w+)? ?{MESSAGE}\b",
    rf"\bwhy (?:the \w+ )?(?:am i|are you|do i|do you|are they|is this)(?: guys| people)?(?: still| keep| even"
    rf"| always| constantly)? (?:getting|receiving|get|sending|send|{WRITING}|{WRITE})\b|\bwhat part of (?:no|stop)\b",
    r"\b(?:who|how|where)(?: the hell| tf| the fuck)?(?: did| do| d)? (?:gave|you|give|got)(?: \w+)? (?:get |got "
    r"|have |find )?my (?:number|phone|info|email)\b",
    r"\bblock(?:ed|ing)?\b(?! (?:party|off|drain|pipe|away|sink|toilet|from|of|north|south|east|west|the|a"
    r"|my))(?<!is blocked)(?<!are blocked)(?<!got blocked)",
    r"\bspam\w*|\bannoying\b|\bpest(?:er)?\b|\bunwanted\b|\bunsolicited\b|\bintrusive\b"
    r"|\binvasion of (?:my )?privacy\b",
    r"^enough(?: (?:already|now|please|is enough))*$|^shut up\b|\bbeat it\b|\bget a life\b",
    rf"\bgoing to (?:keep )?{WRITING}\b",
    r"\bno (?:contact|soliciting|solicitors)\b",
)
NOT_TO_STOP = any_of(
    rf"\b(?:dont|do not|never|cant|wont|will not|wouldnt|not) (?:you |u )?(?:ever )?(?:stop"
    rf"|quit) (?:{_GAP} )*(?:{WRITING}|{MESSAGE}|sending)\b"
)
"""Says stop and not in one breath: a request to go on, or a complaint that nobody stopped."""

SHORT_MAY_REVOKE = any_of(r"\b(?:cancel|quit|delete|end it|remove|removed)\b")
"""Counts only in a short message that speaks of nothing else."""

LIMITED = any_of(
    rf"\b(?:{WRITE}|{WRITING})(?: (?:me|us|my|this|number|phone))* (?:before|until|till|at night|at work|during|while"
    rf"|so early|so late|this early|this late"
    r"|late|early|on the|on weekends?|on sundays?|on saturdays?|on my|in the (?:morning|middle|evening)|after \d"
    r"|unless|today|tonight|tomorrow|without|if)\b"
)
"""Asks for silence at times only: a person decides what was meant."""
