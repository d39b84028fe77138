"""How a template is checked before anybody's fields are known: every branch is shown, with samples in place of fields."""

import re

from models.copywriting import TemplateVersion
from models.wording.audiences import Audience
from models.wording.surroundings import Purpose

SAMPLE_PHONE = "+13035550100"
_SAMPLES = {"client_phone": SAMPLE_PHONE, "client_postal_address": "1 Main Street, Denver, CO"}
_FIELD = re.compile(r"\{\{-?\s*(\w+)[^{}]*\}\}")
_TAG = re.compile(r"\{%[^{}]*%\}")


def shown(text: str) -> str:
    """Return a template's text as a reader might get it, with the text of every branch in it."""
    return _TAG.sub("", _FIELD.sub(lambda field: _SAMPLES.get(field.group(1), "Robin"), text))


def audience_of(template: TemplateVersion) -> Audience:
    """Return whom a template is for. The first part of its key names a purpose, else it is outreach."""
    named = template.key.partition("/")[0]
    purpose = Purpose(named) if named in set(Purpose) else Purpose.OUTREACH
    return Audience(purpose=purpose, channel=template.channel)
