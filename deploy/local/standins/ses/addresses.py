"""What an e-mail address asks of the stand-in: the mailbox simulator, and plus-tags at reserved domains.

| address | what happens |
|---|---|
| any other, and success@simulator.amazonses.com | Send, Delivery |
| bounce@simulator.amazonses.com | Send, Bounce Permanent/NoEmail |
| complaint@simulator.amazonses.com | Send, Delivery, Complaint |
| suppressionlist@simulator.amazonses.com | Send, Bounce Permanent/Suppressed |
| ooto@simulator.amazonses.com | Send, Delivery, Bounce Transient/General (the absence note comes back as one) |
| x+bounce@example.com | Send, Bounce Permanent/General |
| x+latebounce@example.com | Send, Delivery, Bounce Permanent/General |
| x+soft@example.com | Send, Bounce Transient/MailboxFull |
| x+undetermined@example.com | Send, Bounce Undetermined |
| x+complaint@example.com | Send, Delivery, Complaint |
| x+delay@example.com | Send, DeliveryDelay, Delivery |
| x+open@example.com | Send, Delivery, Open |
| x+click@example.com | Send, Delivery, Open, Click |
| x+unsubscribe@example.com | Send, Delivery, Subscription (only with `ListManagementOptions`) |
| x+reject@example.com | Send, Reject, for the whole message; also with the EICAR test virus in any text |
| x+render@example.com | Rendering Failure, for the whole message, and no Send |
| x+throttle@example.com | refused: TooManyRequestsException, 429 |
| x+quota@example.com | refused: LimitExceededException |
| x+paused@example.com | refused: SendingPausedException |
| x+suspended@example.com | refused: AccountSuspendedException |
| x+mailfrom@example.com | refused: MailFromDomainNotVerifiedException |
| x+rejected@example.com | refused: MessageRejected |
| x+invalid@example.com | refused: BadRequestException |

Plus-tags count at example.com, example.net, example.org and below `.example`. An address on the suppression list:
Send, Bounce Permanent/OnAccountSuppressionList, whatever its tag. A permanent bounce (but General and NoEmail only)
and a complaint put the address on that list; those of the simulator do not, as at Amazon.
"""

from email.utils import parseaddr

SIMULATOR = "simulator.amazonses.com"
RESERVED = ("example.com", "example.net", "example.org")

REFUSED_TAGS = {
    "throttle": ("TooManyRequestsException", "Maximum sending rate exceeded.", 429),
    "quota": ("LimitExceededException", "Daily message quota exceeded.", 400),
    "paused": ("SendingPausedException", "Email sending is paused for the configuration set.", 400),
    "suspended": ("AccountSuspendedException", "Sending is permanently disabled for this account.", 400),
    "mailfrom": ("MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified.", 400),
    "rejected": ("MessageRejected", "Email address is not verified.", 400),
    "invalid": ("BadRequestException", "Missing final '@domain'", 400),
}


def bare(address: str) -> str:
    """The address alone, in lower case, without a display name; empty if there is none."""
    found = parseaddr(address)[1].strip().lower()
    local, at, domain = found.rpartition("@")
    return found if local and at and "." in domain and " " not in found else ""


def is_simulator(address: str) -> bool:
    """Whether a bare address belongs to the mailbox simulator."""
    return address.endswith(f"@{SIMULATOR}")


def magic_word(address: str) -> str:
    """The word in a bare address that chooses its fate; empty for an ordinary address."""
    local, _, domain = address.rpartition("@")
    if domain == SIMULATOR:
        return local.partition("+")[0]  # the simulator allows labels: bounce+label@…
    if domain in RESERVED or domain.endswith(".example"):
        return local.partition("+")[2].rpartition("+")[2]
    return ""
