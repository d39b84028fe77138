"""What SendEmail takes, read and checked as SES does: a request becomes a mail or is refused.

Source: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

import base64
import binascii
import email
import email.policy
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.local.standins.ses.addresses import REFUSED_TAGS, bare, magic_word
from deploy.local.standins.ses.refusals import Refused
from deploy.local.standins.ses.request_shapes import Destination, NamedValue, SendEmail

TAG = re.compile(r"[A-Za-z0-9_\-]{1,256}")
MAX_RECIPIENTS, MAX_HEADERS, MAX_HEADER_NAME, MAX_HEADER_VALUE = 50, 15, 126, 995


class Mail(BaseModel):
    """One accepted mail, as it is stored. Addresses in `recipients` are bare and in lower case."""

    model_config = ConfigDict(frozen=True)

    sender: str
    to: list[str]
    cc: list[str] = []
    recipients: list[str]
    reply_to: list[str] = []
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: list[tuple[str, str]] = []
    tags: dict[str, str] = Field(default_factory=dict)
    configuration_set: str = ""
    contact_list: str = ""
    topic: str = ""

    @property
    def hashed_text(self) -> str:
        """The text that the request log holds a hash of: subject and text as approved, without the unsubscribe link.

        The link differs in every mail. It is cut only if it is the last paragraph and the one that the header names.
        """
        link = f"\n\nUnsubscribe: {dict(self.headers).get('List-Unsubscribe', '').partition(',')[0].strip('<>')}"
        return f"{self.subject}\n\n{self.text.removesuffix(link)}"


def read_mail(payload: object) -> Mail:
    """Turn the JSON of a SendEmail request into a mail; raises `Refused` where SES would refuse its form."""
    try:
        request = SendEmail.model_validate(payload)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Refused("BadRequestException", f"Malformed or missing: {where or 'body'}") from None
    _check_tags(request.email_tags)
    mail = _raw_mail(request) if request.content.raw is not None else _simple_mail(request)
    if not mail.sender or not bare(mail.sender):
        raise Refused("BadRequestException", "Missing or malformed FromEmailAddress")
    if not 1 <= len(mail.recipients) <= MAX_RECIPIENTS:
        raise Refused("BadRequestException", f"A message needs 1 to {MAX_RECIPIENTS} recipients")
    if not all(mail.recipients):
        raise Refused("BadRequestException", "Missing final '@domain'")
    return mail


def check_magic(mail: Mail) -> None:
    """Raise `Refused` if a recipient asks for it by its plus-tag."""
    for recipient in mail.recipients:
        if (refused := REFUSED_TAGS.get(magic_word(recipient))) is not None:
            raise Refused(*refused)


def _simple_mail(request: SendEmail) -> Mail:
    simple = request.content.simple
    if simple is None:
        if request.content.template is not None:
            raise Refused("NotFoundException", "The stand-in holds no templates", 404)
        raise Refused("BadRequestException", "Content needs Simple, Raw or Template")
    if simple.body.text is None and simple.body.html is None:
        raise Refused("BadRequestException", "Body needs Text or Html")
    _check_headers(simple.headers)
    to = request.destination
    return Mail(
        sender=request.from_email_address,
        to=to.to_addresses,
        cc=to.cc_addresses,
        recipients=_bare_all(to),
        reply_to=request.reply_to_addresses,
        subject=simple.subject.data,
        text=simple.body.text.data if simple.body.text else "",
        html=simple.body.html.data if simple.body.html else "",
        headers=[(header.name, header.value) for header in simple.headers],
        **_common(request),
    )


def _raw_mail(request: SendEmail) -> Mail:
    try:
        content = base64.b64decode(request.content.raw.data if request.content.raw else "", validate=True)
    except binascii.Error:
        raise Refused("BadRequestException", "Raw.Data is not base64") from None
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    to = request.destination
    if not (to.to_addresses or to.cc_addresses or to.bcc_addresses):
        to = Destination(to_addresses=_listed(parsed["To"]), cc_addresses=_listed(parsed["Cc"]))
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    return Mail(
        sender=request.from_email_address or str(parsed["From"] or ""),
        to=to.to_addresses,
        cc=to.cc_addresses,
        recipients=_bare_all(to),
        reply_to=request.reply_to_addresses or _listed(parsed["Reply-To"]),
        subject=str(parsed["Subject"] or ""),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        headers=[(name, str(value)) for name, value in parsed.items()],
        **_common(request),
    )


def _common(request: SendEmail) -> dict[str, Any]:
    listed = request.list_management_options
    return {
        "tags": {tag.name: tag.value for tag in request.email_tags},
        "configuration_set": request.configuration_set_name,
        "contact_list": listed.contact_list_name if listed else "",
        "topic": listed.topic_name if listed else "",
    }


def _listed(header: Any) -> list[str]:
    return [str(address) for address in header.addresses] if header is not None else []


def _bare_all(to: Destination) -> list[str]:
    return [bare(address) for address in (*to.to_addresses, *to.cc_addresses, *to.bcc_addresses)]


def _check_tags(tags: list[NamedValue]) -> None:
    for tag in tags:
        if not TAG.fullmatch(tag.name) or not TAG.fullmatch(tag.value):
            raise Refused("BadRequestException", "Tag names and values hold A-Z a-z 0-9 _ -, 1 to 256")
        if tag.name.startswith("ses:"):
            raise Refused("BadRequestException", "Tag names must not begin with ses:")


def _check_headers(headers: list[NamedValue]) -> None:
    if len(headers) > MAX_HEADERS:
        raise Refused("BadRequestException", f"At most {MAX_HEADERS} headers")
    for header in headers:
        if not header.name or len(header.name) > MAX_HEADER_NAME or len(header.value) > MAX_HEADER_VALUE:
            raise Refused("BadRequestException", "A header name or value is too long")
