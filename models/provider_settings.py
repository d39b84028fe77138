"""How providers are reached: addresses, credentials, limits. Read from the environment by `models.settings`."""

from datetime import timedelta

from pydantic import BaseModel, Field, SecretStr

KEY_BYTES = 32


class TwilioSettings(BaseModel):
    """Twilio. An empty `auth_tokens` disables its web hooks. During a rotation list the new token and the old one."""

    account_sid: str = ""
    auth_tokens: list[SecretStr] = Field(default_factory=list)
    api_key_sid: str = ""
    api_key_secret: SecretStr = SecretStr("")
    messaging_service_sid: str = ""
    base_url: str = ""
    request_timeout: timedelta = timedelta(seconds=10)
    lookups_per_minute: int = Field(default=60, ge=1)
    """How often one worker may read the list of sent messages to find out what became of a lost answer."""


class LookupSettings(BaseModel):
    """Twilio Lookup: what kind of line a number is, asked before the first text to it. Each look-up costs money."""

    enabled: bool = False
    base_url: str = ""
    per_day: int = Field(default=500, ge=0)
    """The budget of all workers together; beyond it nothing is looked up and nothing is held up."""
    good_for: timedelta = timedelta(days=90)
    again_after: timedelta = timedelta(days=1)
    """When a number is looked up again of which nothing could be found out."""
    request_timeout: timedelta = timedelta(seconds=3)


class SesSettings(BaseModel):
    """Amazon SES v2 and the SQS queue that carries its events. An empty queue URL disables the consumer."""

    endpoint_url: str = ""
    region: str = "us-east-1"
    configuration_set: str = "comms"
    from_address: str = ""
    events_queue_url: str = ""
    queue_endpoint_url: str = ""
    topic_arns: list[str] = Field(default_factory=list)
    signing_certificate: str = ""
    """PEM file of a local notification service; empty means Amazon's own, fetched from its `SigningCertURL`."""
    mail_bucket: str = ""
    """Where the receipt rule's S3 action puts received mail, which has no limit of 150 KB as the SNS action has. Mail said to
    lie elsewhere is not fetched."""
    mail_endpoint_url: str = ""
    mail_most_bytes: int = Field(default=1_000_000, ge=10_000)
    """So much of a stored mail is read. Its text comes first; what is cut off is attachments."""
    reply_domain: str = ""
    """Domain whose mail SES receives and publishes to one of the topics; answers to our emails come to addresses in it.
    Empty: they go to `from_address`, and nobody here reads them."""
    connect_timeout: timedelta = timedelta(seconds=5)
    read_timeout: timedelta = timedelta(seconds=15)


class SearchConsoleSettings(BaseModel):
    """Google Search Console: our OAuth client, by which the properties that clients have opened to us are read."""

    base_url: str = "https://www.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    request_timeout: timedelta = timedelta(seconds=30)


class QuickBooksSettings(BaseModel):
    """QuickBooks Online: our app, by which the books that clients have opened to us are read."""

    base_url: str = "https://quickbooks.api.intuit.com"
    token_url: str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105  (an address)
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    verifier_tokens: list[SecretStr] = Field(default_factory=list)
    """Sign its web hooks; empty refuses them. List the new one and the old one while it is changed."""
    request_timeout: timedelta = timedelta(seconds=30)


class DrafterSettings(BaseModel):
    """A model behind an OpenAI-compatible address. Without one, drafts are the plain texts with their slots filled."""

    model: str = ""
    base_url: str = "https://api.openai.com/v1/"
    api_key: SecretStr = SecretStr("")
    request_timeout: timedelta = Field(default=timedelta(seconds=30), gt=timedelta(0), le=timedelta(seconds=50))
    """For one request. The activity gives it a minute."""
    max_output_tokens: int = Field(default=1500, ge=100, le=16_000)
    max_answer_bytes: int = Field(default=65_536, ge=1024, le=1_048_576)
    tries: int = Field(default=3, ge=1, le=10)
    """How often it is asked before the plain text is taken."""
