"""The errors of this project.

CommsError
├── TryAgain    the same call may succeed later
└── Final       repeating cannot help
    ├── UnknownRecord
    ├── KeyReusedWithDifferentContent
    ├── UnusableTemplate
    ├── InvalidAddress
    ├── UnusableCorrection
    ├── WordingBlocked
    ├── NotReviewed
    ├── DrafterRefusal
    ├── CrmRefusal
    │   └── CrmGone
    ├── AccessLost
    └── SourceRefusal

Messages carry ids and codes, never names, addresses or wording: they end up in workflow histories and logs.
"""

from datetime import timedelta


class CommsError(Exception):
    """Anything this project raises on purpose."""


class TryAgain(CommsError):
    """The same call may succeed later: a lost connection, 429, a lock, a database that is starting."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Final(CommsError):
    """Repeating cannot help. Subclasses are listed in FINAL_ERRORS because Temporal matches class names."""


class UnknownRecord(Final):
    """A row named by id does not exist."""


class KeyReusedWithDifferentContent(Final):
    """The same business message was planned twice with different wording."""


class UnusableTemplate(Final):
    """A template uses what is not allowed, or a field the lead does not have."""


class InvalidAddress(Final):
    """The address cannot be used on its channel. The message says what is wrong and never holds the address."""


class UnusableCorrection(Final):
    """A correction of a post that corrects nothing, or would make another post of it. Says which, never the wording."""


class WordingBlocked(Final):
    """A text holds what must not leave. The message names the classes that were found, never what was found."""


class NotReviewed(Final):
    """A text is an internal draft that nobody has reviewed as it stands."""


class DrafterRefusal(Final):
    """A model gave no usable text. The message is a code, never what it has written."""


class CrmRefusal(Final):
    """The CRM will not take this record, however often it is offered. The message is the CRM's category, not its text."""


class AccessLost(Final):
    """A source no longer lets us read the client's account: its owner must connect it again. The message is a code."""


class SourceRefusal(Final):
    """A source will not answer this question, however often it is asked. The message is its code, not its text."""


class CrmGone(CrmRefusal):
    """The CRM wants nothing from us any more. Nothing is offered to it until a person has switched it on again."""


class UnsafeProviderSetting(Exception):
    """A provider's SDK could turn one send into several. Refused at start; not an error of a run."""


_FINAL: list[type[CommsError]] = [Final, *Final.__subclasses__()]
FINAL_ERRORS = [cls.__name__ for cls in _FINAL]
