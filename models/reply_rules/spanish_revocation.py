"""Spanish ways to say "write to me no more", seen without accents: what stops, who is meant, and what was to come.

`no me llaman` and `no me llamaron` complain of silence; `no me llamen` asks for it. So the mood of the verb decides.
"""

from models.reply_rules.patterns import any_of, vocabulary, words

STOPS = vocabulary(
    "detenganse detengase parense",
    "alto basta baja parar pare paren parenle parele parale detener detenga detengan detente cancelar cancela",
    "cancele cancelen salir terminar suspender suspenda suspendan desuscribir desuscribirme desinscribir eliminar",
    "borrar quitar eliminarme borrarme quitarme cese cesen dejen salirme desuscribirse bajas fin",
)
FILLERS = vocabulary(
    "ya por favor gracias si no senor senora senorita todo todos esto eso de una vez quiero que necesito les le",
    "dije hola buenas buenos dias tardes noches inmediatamente ahora mismo aqui ahorita pues bueno oye oiga",
    "muchas mil amigo amiga porque ay dios mio asi la lo el los solo disculpe perdon pido pedi quisiera deseo",
    "favorcito para y en",
)
MENSAJE = words(
    "mensajes mensaje mensajitos textos texto correos correo emails llamadas notificaciones publicidad promociones spam",
    "informacion avisos alertas anuncios propaganda comunicaciones ofertas recordatorios whatsapps messages texts sus_cosas",
)
_STEM = (
    "(?:mand|envi|llam|contact|contat|molest|texte|mensaje|marqu|hosti(?:g|gu)|fastidi|busqu|incomod|acos"
    "|habl|jod|chingu|spame)"
)
_DO_NOT = (
    rf"(?:{_STEM}(?:e|es|en|eis|emos)"
    r"|escrib(?:a|as|an|ais)|insist(?:a|as|an)|interrump(?:a|as|an)|jod(?:a|as|an)|mandes|sig(?:a|as|an))"
)
ENVIAR = (
    r"(?:(?:mand|envi|llam|contact|molest|text|mensaj|marc|hostig|fastidi|busc|incomod|acos|habl|chat)(?:ar|ear)"
    r"|escribir"
    r"|insistir|joder|recibir|chingar)(?:me|nos|le|les|lo|la)?(?:los|las)?"
)
_ENVIANDO = (
    r"(?:mand|envi|llam|contact|molest|texte|mensaje|marc|hostig|fastidi|busc|habl)ando(?:me|nos)?"
    r"|escribiendo(?:me|nos)?|insistiendo"
)
_MI = r"(?:mi|mis|este|nuestro|el|ese|nuestros)"
_NUMERO = r"(?:numero|telefono|contacto|nombre|correo|email|datos|informacion|celular|cel|movil|numerito|cuenta)"
_QUITAR = r"(?:borr|quit|elimin|sac|saqu|retir|remuev|remov|suprim|bor)"

REVOKES = any_of(
    rf"\bno (?:se )?(?:me |nos |le |les |lo |la )?(?:vuelv(?:a|as|an)|volver) a (?:{ENVIAR}|{_STEM}\w+)",
    rf"\b(?:no|ni|nunca|jamas|tampoco) (?:me |nos |le |les |mas )*{_DO_NOT}\b"
    rf"(?! (?:mas )?a (?!este|mi|esta|nuestro)\w+)(?! (?:la|el|una?|otr[oa]) (?!{MENSAJE}))",
    r"\bno (?:me |nos )(?:mand|envi|llam|contact|molest|texte|escrib|habl)(?:a|e|es|as|en|an|ar"
    r"|ir) (?:\w+ ){0,2}(?:mas|nunca)\b",
    rf"\bno (?:me |nos )?(?:and|est)(?:e|en|es) (?:{_ENVIANDO})|\bprohibido {ENVIAR}|\bbaj(?:a|e|en)(?:me|nos)\b",
    rf"\bno (?:me |nos )?sig(?:a|as|an) (?:{_ENVIANDO})",
    rf"\bno (?:{ENVIAR})(?: ni \w+)?(?: (?:mas|por|favor|a|este|numero|aqui|nada|mensajes))*$|\bno {ENVIAR} mas\b",
    rf"\b(?:dej(?:a|e|en|es|ar|aran|ara|aras|emos)|par(?:e|en|ar|aran)|para(?= de | ya )|ces(?:a|e|en|ar)|termin(?:a"
    rf"|e|en|ar)|bast(?:a|aria)|evit(?:a|e|en|ar)|suspend(?:a|an|er)|deteng(?:a|an)|deten)"
    rf"(?:le|se|nse|ense|nle)?(?: ya)?(?: por favor)? (?:de |con )?(?:estar )?(?:me |nos )?(?:{ENVIAR}|{_ENVIANDO}"
    rf"|(?:la |los |las |sus |esos |estos |tantos |tanto |sus |mas )*{MENSAJE})\b",
    r"\bdej\w*(?:me|nos)? (?:ya )?(?:de molestar|de fastidiar|de joder|de chingar)\b|\bdejar de recibir\b",
    rf"\b(?:no|nunca|ya no|tampoco) (?:me |nos )?(?:quiero|quisiera|deseo|queremos|deseamos|necesito|gustaria"
    rf"|interesa|acepto"
    rf"|aceptamos|autorizo|autorizamos|permito|consiento|pienso)"
    rf"(?: (?:recibir|mas|ningun|ninguna|ningunos|sus|estos|esos|estas|esas|tus|los|las|de|ya|este|esta|tipo|que|me"
    rf"|nos|seguir|recibiendo|nada|otro|otra|ser|estar|tener|a|se|le|en|su|la|lista|tantos))*"
    rf" (?:{MENSAJE}|contact\w+|molestad\w+|llamad[oa]s?|{_DO_NOT}|{ENVIAR}|lista|recibir)\b",
    r"\b(?:ya )?no (?:quiero|deseo|queremos) (?:saber )?(?:mas |nada )*(?:de|con) (?:ustedes|usted|ti)\b",
    rf"\b(?:prefiero|preferiria|quiero|solicito|pido|agradeceria) (?:que )?(?:ya )?no (?:me |nos )?(?:recibir"
    rf"|{ENVIAR}|{_DO_NOT})",
    rf"\b(?:no mas|ya no mas|nada de|sin mas|ni un|ni|cero|ningun|ninguna|no quiero|basta de|fin de|fin a|alto a"
    rf"|no more|stop|stop a) (?:mas )?(?:los |las |sus |estos |esos |tantos )?{MENSAJE}\b",
    rf"^(?:por favor )?no {MENSAJE}(?: por favor)?$",
    rf"\b(?:suspend|cancel|deteng|deten|termin|elimin|cort|fren|detien|par|desactiv|apag|quit)\w* (?:con )?(?:todos "
    rf"|todas )?(?:los |las |sus |esos |estos |el |la |esta |su )+(?:envio de )?{MENSAJE}\b",
    rf"\b\b{_QUITAR}\w*? (?:todos )?{_MI} {_NUMERO}\b(?! (?:viejo|anterior|antiguo))",
    rf"\b{_QUITAR}\w*(?:me|nos|lo|la)\b(?: \w+){{0,2}} (?:lista|listas|ahi|alli|base|sistema|registro|registros"
    rf"|contactos|ya)\b",
    rf"\b{_QUITAR}(?:e|en|a|uen)?(?:me|nos)(?: (?:ya|por favor|gracias))*$",
    rf"\b(?:me|nos) (?:\w+ ){{0,2}}{_QUITAR}\w*(?: de\b|$)",
    rf"\b{_QUITAR}\w* (?:de |por favor )*(?:la |su |sus |esta |tu |esa )?listas?\b",
    r"\b(?:salir|salirme|fuera|salgo) de (?:la |su |sus |esta |tu |esa )?listas?\b|\bno (?:quiero )?estar en (?:su|la"
    r"|esta|tu) lista\b",
    r"\bde baja\b",
    r"\bdesuscri\w+|\bdesinscri\w+|\bdesafili\w+|\bdesapunt\w+|\b(?:anul|cancel|termin|elimin|quit)\w* (?:la |mi "
    r"|esta |el |su )*(?:suscripcion|subscripcion|inscripcion|registro|membresia)\b",
    rf"\b(?:suspend|cancel|deteng|deten|termin|elimin|par|stop)\w* {MENSAJE}\b|\bdej\w* de (?:usar|utilizar|tener"
    rf"|compartir) (?:mi|nuestro)\b",
    r"\b(?:revoc|retir|anul|cancel|quit)\w* (?:mi |el |todo |mis |cualquier )*(?:consentimiento|permiso|autorizacion"
    r"|permisos)\b",
    r"\bno (?:les |le |te )?(?:tienen?|tienes|doy|damos|otorgo|cuentan con|autorizo|autorizamos) (?:con )?(?:mi |el "
    r"|ningun )?(?:permiso|consentimiento|autorizacion)\b|\bno (?:los |les |le )?autorizo\b",
    r"\bdej\w*(?:me|nos)?(?: ya)?(?: a mi)? (?:en paz|tranquil\w+|sol[oa]|quiet[oa])\b",
    r"\b(?:pierd|olvid|bot|tir|romp)\w* (?:de )?mi (?:numero|telefono|contacto)\b|\bolvid\w+ (?:de )?mi numero\b",
    r"\bque (?:ya )?(?:no|paren|dejen) (?:me |nos )?(?:escrib|mand|envi|llam|molest|contact|text)(?:a|e|an|en|as|es"
    r"|aran|ieran|aras|ieras)\b",
    r"\bno contactar\b|\bno molestar\b|\bno (?:me )?(?:chingu|jod|fastid)\w+",
)
ALONE = any_of(
    r"^(?:por favor |ya |pues )*(?:larg\w+(?:se|te)|vayanse|vete|fuera|esfumense|no insistan?|no insistan? mas|no mas"
    r"|ya no mas|ya estuvo|ya parenle|callense|no molest\w+)(?: \w+){0,2}$",
    r"^(?:por favor |ya |quiero que |les pido que |pido que |que )+(?:paren|pare|se detengan|cesen"
    r"|dejen de hacerlo)(?: (?:ya|por favor|gracias))*$",
    r"^(?:ya )?dej\w+(?:me|nos)(?: ya| a mi)?$",
    r"^(?:por favor )?para(?: ya| por favor| con eso| de una vez| gracias)+$",
    r"\bpor favor (?:paren|pare|alto|basta|stop)$",
)
MAY_REVOKE = any_of(
    rf"\b(?:siguen|sigue|sigues|continuan|insisten|andan) (?:{_ENVIANDO})",
    r"\b(?:me|nos) (?:siguen|sigue|sigues|mandan|manda|mandas|envian|escriben) (?:\w+ )?(?:tantos?|tantas|muchos"
    r"|mandando|escribiendo|llamando|enviando|molestando)\b",
    rf"\b(?:demasiad|tant|much)[oa]s (?:{MENSAJE})\b",
    rf"\b(?:cans\w+|hart[oa]s?|fastidiad[oa]|aburrid[oa]|molest[oa]) (?:de|con|por) (?:\w+ ){{0,3}}(?:{MENSAJE}"
    rf"|ustedes|{ENVIAR})\b",
    r"\b(?:bloque\w+)\b(?<!bloqueado el)(?<!bloqueada)",
    r"\b(?:nunca|no|jamas) (?:me |les |he |yo |recuerdo |haber )*(?:pedi|solicite|inscrib\w+|suscrib\w+|registr\w+"
    r"|autorice|di (?:mi )?(?:permiso|numero|consentimiento)|dado (?:mi )?(?:permiso|numero|consentimiento)|pedido"
    r"|acepte)\b",
    r"\b(?:quien|como|donde)(?: \w+){0,3} (?:dio|consigui\w+|obtuv\w+|sac\w+|tien\w+|encontr\w+) mi (?:numero"
    r"|telefono|correo)\b",
    rf"\bhasta cuando\b.{{0,20}}(?:{_ENVIANDO})",
    r"\bspam\b|\bque molest[oa]s?\b|\bmolestando\b|\bya me tienen? hart\w+",
)
NOT_TO_STOP = any_of(
    rf"\bno (?:me )?(?:dejan?|dejas|paran?|paras|cesan|dejen|pares|pare|paren) (?:de )?(?:me )?{ENVIAR}"
)
LIMITED = any_of(
    rf"\b(?:{_DO_NOT})(?: mas)? (?:antes|despues|tan (?:tarde|temprano)|de noche|en la noche|por la noche|cuando"
    rf"|hasta|los (?:domingos|sabados|fines)|en (?:el )?(?:domingo|trabajo)|hoy|manana|a esta hora|si|mientras|sin)\b"
)
