"""Keys, tokens and passwords, by the detectors of detect-secrets that know a vendor's form; none that guesses by entropy."""

import re
from collections.abc import Iterator

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot, each
from models.wording.surroundings import Surroundings

_DETECTORS: tuple[RegexBasedDetector, ...] = tuple(
    detector()
    for detector in (
        ArtifactoryDetector, AWSKeyDetector, AzureStorageKeyDetector, BasicAuthDetector, DiscordBotTokenDetector,
        GitHubTokenDetector, GitLabTokenDetector, JwtTokenDetector, MailchimpDetector, NpmDetector, OpenAIDetector,
        PrivateKeyDetector, SendGridDetector, SlackDetector, SquareOAuthDetector, StripeDetector,
        TelegramBotTokenDetector, TwilioKeyDetector,
    )
)  # fmt: skip
_OTHERS = re.compile(
    r"\b(?:rk_live_[0-9A-Za-z]{16,}|github_pat_\w{20,}|AIza[0-9A-Za-z_-]{35}|whsec_[A-Za-z0-9+/=]{20,}"
    r"|(?:MG|SM|MM|CA)[0-9a-f]{32}|pat-[a-z0-9]{2,5}-[0-9a-f-]{30,}"
    r"|(?:password|passwd|token|secret|api[ _-]?key)[ ]{0,3}[=:][ ]{0,3}\S{6,200})",
    re.IGNORECASE,
)
"""Forms that the library does not know."""
_ADVICE = "Remove the credential, and have it replaced: it has been written down where it does not belong."


def credentials(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield whatever has the form of a key, a token or a password."""
    for detector in _DETECTORS:
        for pattern in detector.denylist:
            yield from each(pattern, reading.text, FindingKind.CREDENTIAL, Severity.BLOCK, _ADVICE)
    yield from each(_OTHERS, reading.text, FindingKind.CREDENTIAL, Severity.BLOCK, _ADVICE)
