"""What a notice is made of, and what is made of it. Both hold what clients read and never leave the worker's memory."""

import re
from uuid import UUID

from models.copywriting import TemplateVersion
from models.drafting import Material
from models.drafting import Written as PlainText
from models.enrollment import DraftMessage, Recipient
from models.frozen import Frozen
from models.incidents.slots import NoticeFacts
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import UpdateKind
from models.portal.posts import MAX_BODY, MAX_TITLE
from models.terms import Channel
from models.wording.slots import Fixed

_TEMPLATES = {
    IncidentState.INVESTIGATING: "incident/investigating",
    IncidentState.IDENTIFIED: "incident/identified",
    IncidentState.MONITORING: "incident/monitoring",
    IncidentState.RESOLVED: "incident/resolved",
}
SUMMARY, ALERT = "incident/summary", "incident/alert"
_BRIEF = (
    "A colleague's words to the owner of a local service business about a problem that the other passages tell of. Word them "
    "calmly and plainly, without a guess at the cause, without blaming anybody and without saying when it will be over."
)
_NOT_OPEN = re.compile(r"[\d{}]")
"""What only a slot may hold."""
FOOTER = "\n\n--\n"
"""Between what a notice says and how to end receiving it; the second is for mail only."""


class Reader(Frozen):
    """One person at the client, as they are reached. `key` names them in a step: a part of their contact's id."""

    contact_id: UUID
    key: str
    channel: Channel
    recipient: Recipient


class NoticeMaterial(Frozen):
    """One update for one client: what it says, in which templates, and to whom."""

    number: int
    severity: IncidentSeverity
    facts: NoticeFacts
    client_fields: dict[str, str]
    words: str = ""
    """What its author added, for the portal only."""
    words_are_clear: bool = False
    """Whether the checks of wording find nothing in them."""
    notice: TemplateVersion
    """By email, and in the portal."""
    alert: TemplateVersion | None = None
    """By SMS; None if nobody is texted about it."""
    readers: tuple[Reader, ...] = ()

    @property
    def words_are_open(self) -> bool:
        """Whether a drafter may see and reword what the author added: nothing is wrong with it, and it names nobody."""
        names_them = self.client_fields.get("client_name", "").casefold() in self.words.casefold()
        return self.words_are_clear and not names_them and _NOT_OPEN.search(self.words) is None


class Written(Frozen):
    """The messages of one update to the people at a client."""

    drafts: tuple[DraftMessage, ...]


def template_key(kind: UpdateKind, state: IncidentState) -> str:
    """Return the key of the template that tells of an update."""
    return SUMMARY if kind is UpdateKind.SUMMARY else _TEMPLATES[state]


def is_texted(severity: IncidentSeverity) -> bool:
    """Return whether people are texted besides being mailed."""
    return severity is IncidentSeverity.CRITICAL


def step_of(number: int, reader: Reader) -> str:
    """Return the step under which a message of an update stands in the ledger."""
    return f"update-{number}-{reader.channel}-{reader.key}"


def in_the_portal(subject: str, body: str, words: str = "", *, is_open: bool = False) -> Material:
    """Return what the portal's text is written from: the notice without how to unsubscribe, and what its author added.

    Title and notice stand as they are; so do the author's words unless they are open to a drafter.
    """
    opening, _, rest = body.partition(FOOTER)[0].strip().partition("\n\n")
    passages = {"opening": opening, "words": words.strip(), "rest": rest.strip()}
    parts = [text if name == "words" and is_open else f"{{{{ {name} }}}}" for name, text in passages.items() if text]
    fixed = {name: Fixed(text=text) for name, text in passages.items() if text and not (name == "words" and is_open)}
    return Material(
        brief=_BRIEF,
        plain=PlainText(subject="{{ title }}", body="\n\n".join(parts)),
        slots={"title": Fixed(text=subject), **fixed},
        longest_subject=MAX_TITLE,
        longest_body=MAX_BODY,
    )
