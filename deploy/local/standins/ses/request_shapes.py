"""The JSON of a SendEmail request, by the names of the AWS API.

Source: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal


class Shape(BaseModel):
    """A structure of the AWS API; what the stand-in does not use is ignored."""

    model_config = ConfigDict(alias_generator=to_pascal, populate_by_name=True, frozen=True, extra="ignore")


class Text(Shape):
    """Text with its character set left out."""

    data: str


class Body(Shape):
    """The two forms of the text."""

    text: Text | None = None
    html: Text | None = None


class NamedValue(Shape):
    """A header or an e-mail tag."""

    name: str
    value: str


class Simple(Shape):
    """A mail that SES puts together."""

    subject: Text
    body: Body
    headers: list[NamedValue] = []


class Raw(Shape):
    """A whole MIME message, in base64."""

    data: str


class Content(Shape):
    """Exactly one of the three forms."""

    simple: Simple | None = None
    raw: Raw | None = None
    template: dict[str, Any] | None = None


class Destination(Shape):
    """Whom it goes to."""

    to_addresses: list[str] = []
    cc_addresses: list[str] = []
    bcc_addresses: list[str] = []


class ListManagement(Shape):
    """The contact list whose members may unsubscribe."""

    contact_list_name: str
    topic_name: str = ""


class SendEmail(Shape):
    """The request."""

    from_email_address: str = ""
    destination: Destination = Destination()
    reply_to_addresses: list[str] = []
    content: Content
    email_tags: list[NamedValue] = []
    configuration_set_name: str = ""
    list_management_options: ListManagement | None = None
