"""Turning an approved template and a lead's fields into wording, with no way for either to do anything else.

Templates may show a field, change it with a few filters, and choose by `if`. Loops, calls, arithmetic and attribute
access are refused when a template is stored, so that no text can grow without bound or reach into the process.
"""

import re
from functools import lru_cache

from jinja2 import StrictUndefined, TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.copywriting import TemplateVersion
from models.errors import UnusableTemplate
from models.frozen import Frozen
from models.incidents.slots import FIELDS as FIELDS_OF_INCIDENT
from models.review_requests.wording import FIELD as REVIEW_LINK
from models.segments import Encoding, cheaper, count, plainer
from models.terms import Channel

_OF_LEAD = ("first_name", "service_type")
_OF_CLIENT = {"client_name": "name", "client_phone": "phone number", "client_postal_address": "postal address"}
_OF_REPORT = ("report_period",)
_LINKS = ("portal_link", REVIEW_LINK)
"""Made by us, one for each recipient; never cut."""
FIELDS = frozenset({*_OF_LEAD, *_OF_CLIENT, *_OF_REPORT, *_LINKS})
FIELDS_OF = {"incident": FIELDS_OF_INCIDENT | _OF_CLIENT.keys()}
"""What templates may show whose key begins like this, instead of what concerns a lead."""
FILTERS = frozenset({"title", "lower", "upper", "trim", "default"})
MAX_SEGMENTS = 2
MAX_EMAIL_CHARACTERS = 20_000
MAX_FIELD_CHARACTERS = 80
MAX_OWN_CHARACTERS = 300
"""Of a field that is made of our own words."""
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Filter, nodes.Const, nodes.Compare,
    nodes.Operand, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_NOT_IN_A_FIELD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f{}]")
_UNSEEN = re.compile("[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""What a list of leads may bring along, such as a byte order mark; in a message it would look like something hidden."""
_NO_VALUE = frozenset({"none", "null", "undefined", "nan", "n/a", "tbd", "todo", "xxx", "[object object]"})
"""What a form or a CRM writes where it has nothing."""
_OPT_OUT = {Channel.SMS: re.compile(r"\bSTOP\b"), Channel.EMAIL: re.compile(r"unsubscribe", re.IGNORECASE)}

_environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class _Empty(Undefined):
    """An empty field of the client: a template may ask whether it is there, but not show it."""

    def __str__(self) -> str:
        raise UnusableTemplate(self._undefined_hint)


class Wording(Frozen):
    """What leaves: the subject of an email (empty for SMS) and the body."""

    subject: str
    body: str


def check_template(template: TemplateVersion) -> None:
    """Refuse a template that could do more than show fields, or that does not say how to opt out.

    Raises:
        UnusableTemplate: says what is not allowed.
    """
    name = f"template {template.key} v{template.version}"
    for text in (template.subject, template.body):
        try:
            parsed = _environment.parse(text)
        except TemplateError as error:
            raise UnusableTemplate(f"{name}: {error}") from None
        for node in parsed.find_all(nodes.Node):
            _check_node(name, node, FIELDS_OF.get(template.key.partition("/")[0], FIELDS))
    if not _OPT_OUT[template.channel].search(template.body):
        raise UnusableTemplate(f"{name}: it does not say how to opt out")


def render(template: TemplateVersion, fields: dict[str, str]) -> Wording:
    """Return the wording for one lead.

    An SMS is made to fit: what a field brings in from outside GSM-7 is replaced by its plain equal where it has one, and
    a field of the lead that still makes the text too long is cut.

    Args:
        template: a version that `check_template` let pass.
        fields: plain values; cleaned of control characters and curly brackets and cut here, to 80 characters if from outside.

    Raises:
        UnusableTemplate: a field is missing or the result is not fit to leave; says which rule, never the wording.
    """
    name = f"template {template.key} v{template.version}"
    plain = plainer if _is_plain_sms(template) else str
    clean = {key: value if key in _LINKS else _cleaned(plain(value), _longest(key)) for key, value in fields.items()}
    wording = _fitting(template, clean)
    if _LEFT_OVER.search(wording.subject) or _LEFT_OVER.search(wording.body):
        raise UnusableTemplate(f"{name}: the result holds what looks like a template's left-over")
    if not _OPT_OUT[template.channel].search(wording.body):
        raise UnusableTemplate(f"{name}: the result does not say how to opt out")
    if _is_too_long(template, wording):
        raise UnusableTemplate(f"{name}: the result needs more than {MAX_SEGMENTS} SMS segments")
    if len(wording.body) > MAX_EMAIL_CHARACTERS:
        raise UnusableTemplate(f"{name}: the result is longer than {MAX_EMAIL_CHARACTERS} characters")
    return wording


def render_notice(text: str, fields: dict[str, str]) -> str:
    """Return a notice to a colleague. Its template is part of the project, so only a missing field can go wrong."""
    rendered: str = _compiled(text).render(fields)
    return rendered.strip()


def _longest(field: str) -> int:
    return MAX_OWN_CHARACTERS if field in FIELDS_OF_INCIDENT else MAX_FIELD_CHARACTERS


def _cleaned(value: str, longest: int) -> str:
    cleaned = _NOT_IN_A_FIELD.sub(" ", _UNSEEN.sub("", value)).strip()[:longest].strip()
    return "" if cleaned.lower() in _NO_VALUE else cleaned


def _fitting(template: TemplateVersion, fields: dict[str, str]) -> Wording:
    """Return the wording with as much of the lead's fields as fits; first to go is what makes every character dearer."""
    wording = _shown(template, fields)
    for field in sorted(_OF_LEAD, key=lambda name: _is_plain(fields.get(name, ""))):
        while _is_too_long(template, wording) and fields.get(field):
            fields = {**fields, field: fields[field][:-1].rstrip()}
            wording = _shown(template, fields)
    return wording


def _shown(template: TemplateVersion, fields: dict[str, str]) -> Wording:
    name = f"template {template.key} v{template.version}"
    empty = {
        key: _Empty(hint=f"{name}: the client has no {words}")
        for key, words in _OF_CLIENT.items()
        if fields.get(key) == ""
    }
    try:
        subject, body = (_compiled(text).render({**fields, **empty}) for text in (template.subject, template.body))
    except TemplateError as error:
        raise UnusableTemplate(f"{name}: {type(error).__name__}") from None
    if _is_plain_sms(template):
        body = plainer(body)  # a filter may have left the small alphabet: `ù` is in it, `Ù` is not
    return Wording(subject=" ".join(subject.split()), body=body.strip())


def _is_plain_sms(template: TemplateVersion) -> bool:
    """Whether the author's own words are in the small alphabet, so that nothing but a field could leave it."""
    return template.channel is Channel.SMS and _is_plain(cheaper(template.body))


def _is_plain(text: str) -> bool:
    return count(text).encoding is Encoding.GSM_7


def _is_too_long(template: TemplateVersion, wording: Wording) -> bool:
    return template.channel is Channel.SMS and count(wording.body).segments > MAX_SEGMENTS


def _check_node(name: str, node: nodes.Node, fields: frozenset[str]) -> None:
    if not isinstance(node, _ALLOWED):
        raise UnusableTemplate(f"{name}: {type(node).__name__} is not allowed in a template")
    if isinstance(node, nodes.Const) and node.value is None:
        raise UnusableTemplate(f"{name}: None is not allowed in a template")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise UnusableTemplate(f"{name}: the filter {node.name} is not allowed")
    if isinstance(node, nodes.Name) and node.name not in fields:
        raise UnusableTemplate(f"{name}: there is no field {node.name}; use one of {', '.join(sorted(fields))}")


@lru_cache(maxsize=512)
def _compiled(text: str):  # type: ignore[no-untyped-def]
    return _environment.from_string(text)
