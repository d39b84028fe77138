"""What else a reply may say, in the order in which it is asked. First match wins, so the order is part of the rules."""

import re

from models.reply_rules.patterns import any_of

_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tonight|tomorrow|weekend|lunes|martes|miercoles|jueves|viernes"
    r"|sabado|domingo|manana|hoy"
)
_VISIT = (
    r"(?:appointments?|appts?|booking|visit|job|service call|service|estimate|inspection|reservation|time slot|slot"
    r"|time"
    r"|cita|visita|reserva|reservacion|trabajo|hora|horario|fecha)"
)

WRONG_NUMBER = any_of(
    r"\b(?:wrong|incorrect|different) (?:\w+ )?(?:number|person|guy|phone|contact)\b|\bwrong$"
    r"|\bnot the right (?:person|number)\b",
    r"\b(?:dont|do not) know (?:any|a|who (?:that|this|he|she)|him|her|this person|that person|anyone|no)\b",
    r"\b(?:not|isnt|aint|no longer|doesnt|does not) (?:belong|my|his|her|their|the right|the correct|\w+s) (?:to "
    r"|number|person|phone|name)",
    r"\b(?:this|that|number) doesnt belong\b|\bno longer (?:has|have|uses|owns) this (?:number|phone)\b",
    r"\b(?:no ?(?:one|body)|nobody|theres no|there is no|no)(?: \w+)? (?:here |lives here |at this (?:number"
    r"|address) )?(?:named|by that name|by this name|with that name|here by)\b",
    r"^(?:sorry |hi |no )*(?:theres|there is|there isnt) (?:no|any|a) \w+ (?:here|at this number)\b"
    r"|\bno \w+ (?:lives )?(?:here|at this number)$",
    r"^who is \w+$(?<!this)(?<!it)(?<!that)(?<!there)(?<!calling)",
    r"\b(?:just|recently|only) (?:got|changed|have had|received)(?: \w+)? (?:this|my|new)?(?: \w+)? ?number\b"
    r"|\bnew (?:phone )?number\b|\bhad (?:it|this number) before me\b",
    r"^(?:sorry |no )?(?:not|thats not|that isnt|it wasnt|that wasnt) (?:me|him|her|my name)$|\bnot my name\b",
    r"\b(?:meant|intended) for (?:someone|somebody|another|a different)|\bhave (?:someone|somebody) else\b"
    r"|\byou (?:have|got|want) the wrong\b|\bwrong #",
    r"\b(?:i |we )(?:never|didnt|did not) (?:call|called|request|requested|contact|contacted|ask|fill|filled|submit"
    r"|submitted|inquire|reach)\w*\b(?! (?:back|an? (?:answer|response)))",
    r"\b(?:no clue|no idea|dont know|idk|not sure) who\b|\bprevious (?:owner|tenant|resident)\b|\bnever heard of\b"
    r"|\b(?:dont|no longer|doesnt) live (?:there|here)\b|\bnot my (?:house|home|property|account)\b|\bthink you(?:re"
    r"| are) looking for\b|\bno longer (?:at|has|have|with) this\b|\bdoesnt have this (?:number|phone)\b"
    r"|\baqui no es\b|\bmarc\w+ mal\b|\bno soy yo\b",
    r"\b(?:passed away|deceased|has died|is dead)\b|\bdont own (?:a|any|the) (?:house|home)\b",
    r"\b(?:numero|persona|telefono) (?:\w+ )?(?:equivocad|incorrect|erron)\w+|\bequivoc\w+ de (?:numero|persona)\b"
    r"|\b(?:esta|estan|se) equivoc\w+|\bnumero equivocado\b",
    r"\bno conozco (?:a|ese|esa|ningun|al)\b|\b(?:no es|no soy|ya no es) (?:el numero|la persona|mi nombre|mi numero"
    r"|esa persona|ese|quien)\b",
    r"\baqui no (?:vive|hay|esta|trabaja)\b|\bno (?:vive|hay) (?:aqui )?(?:nadie|ningun)\b|\b(?:yo )?no (?:llame"
    r"|he llamado|solicite|pedi)\b|\bcambi\w+ de numero\b",
)
LEGAL = any_of(
    r"\b(?:lawyers?|attorneys?|lawsuit|sue|suing|sued|tcpa|ftc|fcc|bbb|better business bureau|small claims|illegal"
    r"|litigation|legal action|legal department)\b",
    r"\b(?:in|to|take you to) court\b|\bbreaking the law\b|\bagainst the law\b|\bviolat\w+ (?:of |the |my |federal "
    r"|state )*(?:law|tcpa|rights|privacy|act)\b|\b(?:a|this is a|in) violation\b",
    r"\bharass\w*|\breport(?:ing|ed)? (?:you|this|u|your|yall)\b|\b(?:do not call|dnc) (?:registry|list)\b|\bfil(?:e"
    r"|ing) (?:a )?(?:formal )?complaint with\b|\bconsumer protection\b|\bpolice\b",
    r"\babogad[oa]s?\b|\bdemand(?:a|ar|are|arlos|aremos|arles)\b|\bdenunci\w+|\bacoso\b|\bilegal\b"
    r"|\bacciones legales\b|\bviola\w* (?:la|mi|mis)\b|\breportar(?:los|lo|les)?\b|\bpolicia\b|\bcorte\b(?! de)",
)
NO_CANCELLING = any_of(
    r"\b(?:dont|do not|didnt|did not|never|wont|not) (?:\w+ ){0,3}(?:cancel|reschedul|postpon)\w*"
    r"|\bno (?:\w+ )?(?:cancel|mover|cambi)\w*"
)
RESCHEDULE = any_of(
    r"\bre ?schedul\w*|\bpostpon\w*|\bpospon\w*|\breprogram\w*|\breagend\w*|\baplaz\w*",
    rf"\b(?:cancel\w*|move|change|switch|shift|delay|push|bump)\b(?: \w+){{0,4}} {_VISIT}\b"
    rf"|\bcancel\w*(?: \w+){{0,2}} (?:{_DAY})\b",
    rf"\b(?:move|push|make|bump|change) (?:it|this|that|us|me|things) (?:\w+ ){{0,2}}(?:back|to|for|until|till|{_DAY}"
    rf"|\d+|up|out|later|earlier)\b(?! (?:work|stop|run))",
    r"\b(?:cant|cannot|wont be able to|not able to|unable to|wont) (?:\w+ )?(?:make (?:it|the|our|my|that)|be there"
    r"|be home|attend)\b|\bcant do (?:it )?(?:today|tomorrow|that)\b",
    r"\b(?:different|another|other|later|new|better) (?:day|time|date)\b|\b(?:doesnt|does not|no longer|wont"
    r"|didnt) works?\b(?! (?:anymore )?(?:since|again|right|properly))(?<!it doesnt work)",
    r"\brunning late\b|\bsomething came up\b",
    rf"\b(?:cancel|cambi|mover|mueva|corr)\w*\b(?: \w+){{0,4}} {_VISIT}\b|\botr[oa] (?:dia|hora|fecha)\b"
    rf"|\bcambiar (?:la |el |de )?(?:hora|dia|cita|fecha)\b",
    r"\bno (?:voy a poder|podre|puedo|podemos|vamos a poder|podria) (?:\w+ )?(?:estar|llegar|ir|atender|recibir"
    r"|manana|hoy|ese|el|a)\b",
)
COMPLAINT = any_of(
    r"\b(?:complain\w*|terrible|horrible|awful|worst|unhappy|refund\w*|rude|disappoint\w*|scam\w*|overcharg\w*"
    r"|unacceptable|ridiculous|unprofessional|pathetic|incompetent|disgust\w*|furious|angry|upset|frustrat\w*|fraud"
    r"|joke of)\b",
    r"\bnot (?:at all )?(?:happy|satisfied|fixed|pleased|impressed|acceptable|what i paid|done right|ok with)\b"
    r"|\b(?:still|sigue) (?:broken|leak\w*|not|isnt|doesnt|wont|clogged|drip\w*|waiting)\b(?! sure)"
    r"|\bnot (?:\w+ )?happy\b",
    r"\brip(?:ped)?(?: me| us)? ?off\b|\b(?:money|deposit) back\b|\bno ?show\b|\b(?:never|didnt|did not|hasnt|hasn t"
    r"|nobody|no one|noone)(?: \w+)? (?:show(?:ed)?(?: up)?|shown up|came|arrived|call(?:ed)? (?:me |us )?back|called"
    r"|come back|responded|answered)\b",
    r"\b(?:damag\w+|broke|ruined|destroyed|scratched|cracked) (?:my|our|the)\b|\b(?:poor|bad|terrible|sloppy|shoddy"
    r"|lousy|half) (?:job|work|service|experience|workmanship|assed)\b|\b(?:done|did) (?:it )?(?:poorly|wrong"
    r"|badly)\b|\bdisput\w*",
    r"\b(?:manager|supervisor|owner)\b(?! of)|\bleft a mess\b|\b(?:hour|hours|day|days) late\b"
    r"|\bwaiting (?:for )?(?:\d+|hours|days|weeks|all day|over|two|three|four)\b|\b(?:broke|stopped working|leaking"
    r"|broken|happened|clogged) again\b|\bafter you (?:fixed|left|came)\b|\bdid (?:a )?(?:bad|poor)\b|\bleft (?:my"
    r"|our|the) (?:\w+ )?(?:a |in a )?(?:mess|disaster|dirty|filthy|wet|damaged)\b|\bnothing (?:was|is|got"
    r"|has been) (?:fixed|done|repaired)\b|\b(?:get|got|getting) no (?:answer|response|reply)\b|\bcharged (?:me "
    r"|us )?(?:twice|double|too much)\b|\b(?:is|are|was) ruined\b|\bno (?:hot water|heat|power) after\b",
    r"\bpesim\w+|\b(?:muy |tan )?mal (?:servicio|trabajo|hecho)\b|\bmal[oa] (?:servicio|trabajo|experiencia"
    r"|atencion)\b|\bgroser\w+|\bterrible\b|\bhorrible\b|\breembolso\b|\bdevuel\w+ (?:mi|el) dinero\b|\bestafa\w*"
    r"|\bdecepcion\w*|\bque(?:ja|jar|jarme)\b",
    r"\b(?:nunca|nadie|no) (?:me |nos )?(?:ha |han )?(?:mandaron|escribieron|escribio|llamado|venido|llegado"
    r"|contactado|contestado|llegaron|llego|vinieron|vino|llaman|llama|llamaron|llamo|respond\w+|contesta\w*"
    r"|aparecieron|se presentaron|se presento)\b|\b(?:sigue|todavia|aun) (?:gote\w+|no funciona|tir\w+|rot\w+|igual"
    r"|mal|sin)\w*|\bcobr\w+ de mas\b|\bno estoy (?:content|satisfech|feli|conforme)\w*",
    r"\b(?:gerente|supervisor|encargado|dueno|jefe)\b|\bdejaron (?:todo )?(?:suci|un desastre|mal)\w*|\b(?:rompi|dan"
    r"|arruin|estrope)\w+ (?:la|el|mi|un)\b|\bllevo (?:\w+ )?(?:horas|dias|semanas|tiempo)? ?esperando\b"
    r"|\besperando y nadie\b|\binaceptable\b",
)
ALREADY_HIRED = any_of(
    r"\balready (?:hired|found|booked|got|have|had|chose|picked|contracted|using|working with|scheduled) (?:a|an"
    r"|another|some ?(?:one|body)|it|one|with|this|the)\b|\bgo(?:ne|ing)? with (?:another|someone|somebody"
    r"|a different|other|the other)\b|\bwent with (?:a|an|another|some|the other|other|different"
    r"|your competitor)\w*\b|\bwent with\b",
    r"\b(?:found|hired|chose|booked|using|picked|got|have|selected|called|got a hold of) (?:with )?(?:someone"
    r"|somebody|another|a different|some one|other)\b(?! question)|\b(?:some ?one|some ?body|another (?:company"
    r"|contractor|plumber|guy|electrician)) (?:else )?(?:is|has|was|did|came|already|coming|will)\b|\bhired (?:a|an"
    r"|another)\b",
    r"\b(?:brother|father|dad|uncle|friend|husband|neighbor|cousin|son|nephew|landlord|buddy)(?: in law)? (?:did"
    r"|fixed|is doing|took care|will do|came|is going)\b|\b(?:we|i) (?:already )?have (?:a|an|our own"
    r"|my own) (?:plumber|electrician|contractor|company|guy|roofer|handyman|technician)\b|\bmy (?:own )?(?:regular"
    r"|usual) (?:plumber|guy|electrician|contractor)\b|\b(?:got it )?(?:fixed|done) by (?:some|another|a |my )"
    r"|\bbeat you to it\b|\bsigned with\b|\bgot (?:another|a different) (?:guy|company|one|plumber)\b",
    r"\b(?:ya )?(?:contrat|encontr|consegui|conseg)\w* (?:a |con )?(?:otr|alguien|un|una|algun|quien)\w*\b"
    r"|\bfui con otr\w+|\bdecid\w+ por otr\w+|\botra (?:compania|empresa|persona) (?:lo|la|ya|viene|me|nos|vino)?\b"
    r"|\blo (?:hizo|arreglo|esta haciendo|hara) (?:otr|mi|un|alguien)\w*|\balguien mas\b|\bya (?:tengo|tenemos"
    r"|tiene) (?:a )?(?:plomero|quien|alguien|electricista|otro|uno|tecnico|compania)\b|\bcon otr[oa] (?:compania"
    r"|empresa|persona|plomero|contratista)\b",
)
NOT_INTERESTED = any_of(
    r"\bnot (?:really |currently |very |at all )?interested\b|\b(?:no longer|not|dont|do not|wont|didnt"
    r"|no)(?: \w+)? (?:need|needed|looking|interested|necessary|required)\b(?! (?:to|a reminder))"
    r"|\bno need\b(?! to (?:text|call|message|email))|\bchanged (?:my|our) minds?\b|\bno (?:thanks|thank you"
    r"|gracias)\b|^(?:nah |no )?thanks (?:but )?no\b",
    r"\ball set\b|\b(?:im|i am|were|we are) (?:good|fine|ok|okay)(?: (?:thanks|thank you|for now|now))*$"
    r"|\btoo (?:expensive|much|high|pricey|rich|steep|costly)\b|\b(?:way|very|pretty|so) (?:too )?(?:pricey"
    r"|expensive)\b|\bout of (?:my |our )?(?:budget|price range|area|your area)\b|\bthe price is\b.{0,12}\bhigh\b"
    r"|\bprice is (?:too|way|very|so) high\b|\bcant (?:really )?afford\b|\b(?:dont|do not) have (?:the |that kind of "
    r"|any )?(?:budget|money)\b|\bmore than (?:i|we) (?:wanted|want|can)\b|\bno money\b|\bcheaper\b",
    r"\bnever ?mind\b|\bnvm\b|^(?:ill |i will |gonna |im gonna |going to |we will |hard )*pass(?: (?:thanks|on this"
    r"|on it|this time|for now))*$|\bnot (?:at this time|right now|now|today|this time|at the moment|for now"
    r"|this year)\b|\bmaybe (?:next|later|another|some other|in the)\b|\bdecided (?:not|against|to wait|to hold"
    r"|to do)\b|\bhold(?:ing)? off\b|\bjust (?:browsing|looking|curious|checking prices|shopping)\b|\bwe (?:will"
    r"|are going to) wait\b",
    r"\b(?:did|do|fix|fixed|doing|fixing|done|handle|handled)(?: it| this| that| the \w+)? (?:my|our)sel(?:f|ves)\b"
    r"|\b(?:sold|selling) (?:the|our|my) (?:house|home|place|car)\b|\bmoved (?:out|away|to another)\b|\btoo far\b"
    r"|\b(?:problem|issue|its|it is|thats|already|been|got it|was|all|is) (?:\w+ )?(?:solved|resolved|fixed|handled"
    r"|taken care|sorted|repaired)\b|\btook care of it\b|\bnot (?:what|the service) (?:i|we)\b",
    r"\bno (?:me|nos|estoy|estamos|le|les) (?:muy |tan )?interes\w+|\bya no (?:lo |la |los )?(?:necesit|me interes"
    r"|requier|hace falta|ocup)\w*|\bno (?:lo |la )?(?:necesit|requier|ocup)\w+\b|\bcambi\w+ de (?:opinion|idea"
    r"|parecer)\b|\b(?:muy|demasiado|bastante|tan) (?:car[oa]s?|alto el precio)\b|\bes(?:ta)? caro\b|\bno (?:tengo"
    r"|tenemos|hay) (?:el )?(?:presupuesto|dinero|plata)\b|\bno me alcanza\b|\bfuera de mi presupuesto\b",
    r"\b(?:por ahora|ahorita|por el momento|de momento|en este momento) no\b|\bno (?:por ahora|por el momento|ahorita"
    r"|gracias)\b|\bya (?:lo |la |se |esta |quedo |fue )+(?:arregl|resol|resuel|repar|solucion|compus)\w*"
    r"|\bya (?:arregl|resol|repar|solucion)\w+|\bno hace falta\b|\b(?:yo|el) mism[oa] (?:lo )?(?:hice|arregle|hago"
    r"|hare)\b|\bmuy lejos\b|\b(?:es|cuesta) (?:mucho|demasiado)(?: dinero)?\b|\botro estado\b|^(?:no )?mejor no\b"
    r"|\bme mude\b|\bvendi(?:mos)? la casa\b|\bmas barato\b|\bsolo (?:estaba )?(?:mirando|viendo|preguntando)\b",
)
BOOKING = any_of(
    r"\b(?:im|i am|still|very|yes|were|we are|definitely|also) interested\b|\binterested in\b|^interested\b"
    r"|\b(?:still|i|we|do|really) need (?:it|a|an|help|someone|somebody|you|this|the|your|to)\b|\bneed (?:a |an "
    r"|some)(?:\w+ )?(?:plumber|electrician|one|body|visit|help|technician|roofer|repair|service)\b|\bstill need\b",
    r"\b(?:book|schedul\w*|appointments?|appts?|available|availability|openings?|slots?|send (?:someone|somebody|a "
    r"|an |him|her|them)|when can|what time|what times|what day|how soon|soonest|earliest|asap|come (?:out|by|over"
    r"|today|look|fix|see|on|at|to)|can (?:you|u|someone|somebody|they|he|she) come|come \w*day|come tomorrow"
    r"|move forward|sign me up|get started|urgent|emergency)\b",
    rf"\b(?:come|stop|swing|drop|pop) (?:out|by|over|in|stop)\b|\b(?:{_DAY}|this afternoon|this morning|this evening"
    rf"|morning|afternoon|evening|next week|this week|end of|any ?time|noon)\b",
    r"\b(?:works for (?:me|us)|that works|it works|sounds (?:good|great|perfect)|lets do|go ahead|confirm(?:ed|ing)?"
    r"|see you|see ya|ill be (?:there|home|here)|be there)\b|\b(?:call|phone|text|email|ring|message|contact) (?:me"
    r"|us|my (?:cell|wife|husband))\b|\bgive (?:me|us) a (?:call|ring|buzz)\b|\bcall back\b|\bcan we talk\b",
    r"\b(?:[1-9]|1[0-2])(?: [0-5]\d)? ?(?:am|pm)\b|^(?:at |around |say )?(?:[1-9]|1[0-2])(?: [0-5]\d)$|\b(?:at|around"
    r"|after|before) (?:[1-9]|1[0-2])\b|\bwont stop\b|\b(?:stop|fix|repair) (?:a|the|my) \w+|\b(?:stopped"
    r"|quit) working\b|\b(?:heater|furnace|ac|heat|boiler) (?:\w+ )?(?:stopped|quit|died|is out|went out)\b"
    r"|\bcant get it to\b|\bleaking\b|^(?:yes |ok |sure |si |hi )?(?:please )?call(?: now| asap| today| back| please"
    r"| thanks)?$",
    r"\b(?:estoy|estamos|si|muy|me|nos) (?:muy )?interes\w+|\b(?:puede|pueden|podria|podrian"
    r"|puedes) (?:\w+ )?(?:venir|pasar|llamar\w*|mandar|enviar|ayudar\w*|atender)\b|\bcuando (?:puede|pueden|vienen"
    r"|viene|tiene|tienen|podria|podrian)\b|\bdisponib\w+|\b(?:quiero|quisiera|necesito|gustaria|hacer|agendar"
    r"|programar|sacar|reservar) (?:\w+ ){0,3}(?:cita|citas|visita|plomero|servicio|ayuda|tecnico|reparacion"
    r"|que vengan|alguien)\b",
    r"\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|hoy|esta tarde|esta noche|fin de semana"
    r"|fin de mes|la tarde|la proxima semana)\b|\b(?:llam|marqu|escrib|mand)\w*(?:me|nos)\b|\b(?:pase|pasen|venga"
    r"|vengan|mande|manden) (?:\w+ )?(?:por|a|alguien|manana|hoy|el|ya|un)\b|\ba (?:las|que hora)\b|\bconfirm(?:o"
    r"|ado|amos)\b|\bde acuerdo\b|\b(?:voy a|ahi) estar\w*\b|\blos espero\b|\bme queda bien\b|\burge\w*"
    r"|\btodavia (?:lo |la )?(?:necesito|quiero)\b|\b(?:no (?:para|deja) de)\b|\bdejo de funcionar\b|\bse (?:paro"
    r"|descompuso|rompio)\b",
)
PRICE = any_of(
    r"\bhow much\b|\b(?:prices?|pricing|costs?|quotes?|estimates?|rates?|charge[sd]?|fees?|ballpark|discounts?"
    r"|coupons?|specials?|deals?|financing|payment plans?|cheap)\b",
    r"\bcuanto\b|\b(?:precios?|presupuesto|cotiz\w+|tarifas?|cobran?|descuentos?|costos?|cuestan?|financiamiento"
    r"|ofertas?)\b",
)
AFFIRMATIVE = any_of(
    r"^(?:ok |okay |oh |well |haha )?(?:yes|yeah|yea|yep|yup|ya|yas|sure|y|si|absolutely|definitely|certainly|correct"
    r"|right|exactly|indeed|claro|simon|dale|affirmative|affirmativo|afirmativo|sip|sipi|of course|for sure"
    r"|thats right|thats correct|you bet|por supuesto|por favor|asi es|correcto|exacto|desde luego|claro que si"
    r"|esta bien|con gusto)"
    r"(?: (?:yes|please|thanks|thank you|i am|i do|we do|we are|it is|that is|thing|sir|maam|i did|por favor|gracias"
    r"|claro|senor|senora|si|of course|sure|so much|very much|absolutely|that is me|thats me|soy yo|correct|right))*$"
)
NEGATIVE = any_of(
    r"^(?:oh |well |um )?(?:no|nope|nah|n|not really|not yet|negative|para nada|todavia no|aun no|nop|naw|nel"
    r"|negativo|tampoco|claro que no|of course not|absolutely not|not exactly)"
    r"(?: (?:no|not yet|i dont|i do not|i am not|im not|i didnt|i did not|it isnt|it is not|it wasnt|we dont"
    r"|we do not|we are not|he is not|that is not|todavia|aun|senor|senora|sir|maam|sorry|i cant|i cannot"
    r"|thats not right|es asi|lo hice|yet|really|soy|tengo))*$"
)
NOT_THAT_PERSON = re.compile(
    r"\b(?:I['\u2019]?m|I am|[Tt]his is|[Tt]his|[Ii]t['\u2019]?s|[Ii]t is) ?(?:not|isn['\u2019]?t|no longer) (?!(?:OK"
    r"|Ok|Interested|Sure|Happy)\b)[A-Z][a-z]+(?:,? sorry| anymore| any more)?[.!]*\s*$"
    r"|^(?:[Ss]orry,? |[Nn]o,? )?[Nn]ot (?!(?:OK|Ok|Interested|Sure|Now|Happy|Yet|Really|Today|Right|Anymore|Again|Me"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b)[A-Z][a-z]+[.!]*\s*$"
    r"|\b(?:[Yy]o )?[Nn]o soy (?!(?:Yo)\b)[A-Z][a-z\u00e0-\u00ff]+[.!]*\s*$"
    r"|[Ee]ste (?:ya )?no es (?:el (?:n\u00famero|telefono|tel\u00e9fono|numero) de )?[A-Z]\w+[.!]*\s*$"
)
"""Sees the text as it was written: names begin with a capital."""
NOT_THAT_NAME = any_of(
    r"^this (?:isnt|is not|is no longer) (?!the\b|a\b|an\b|about\b|what\b|my\b|for\b|ok\b|working\b)\w{3,}(?: anymore"
    r"| any more)?$"
)
