"""What the findings of one text come to."""

from enum import StrEnum

from models.errors import WordingBlocked
from models.frozen import Frozen
from models.wording.audiences import Stage
from models.wording.findings import Finding, strictest


class Verdict(StrEnum):
    """What may become of a text. Stored, so the values never change meaning."""

    CLEAR = "clear"
    WARN = "warn"
    NEEDS_APPROVAL = "needs_approval"
    BLOCK = "block"


class Findings(Frozen):
    """Everything that was found in one text at one stage, under one version of the rules."""

    content_hash: str
    stage: Stage
    rule_version: str
    found: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """What the strictest finding says."""
        severity = strictest(self.found)
        return Verdict.CLEAR if severity is None else Verdict(severity.value)

    @property
    def blocks(self) -> bool:
        """Whether it may neither leave nor be approved."""
        return self.verdict is Verdict.BLOCK

    @property
    def needs_exact_approval(self) -> bool:
        """Whether a person must approve exactly this, so that the approval of its template is not enough."""
        return self.verdict is Verdict.NEEDS_APPROVAL

    @property
    def in_short(self) -> str:
        """The classes of what decides, such as `claim, other_client`; never what was found."""
        deciding = strictest(self.found)
        return ", ".join(sorted({finding.kind.value for finding in self.found if finding.severity is deciding}))

    def refuse_blocked(self, what: str) -> None:
        """Let a text pass that may be approved.

        Raises:
            WordingBlocked: it holds what must not leave; says which classes, never what was found.
        """
        if self.blocks:
            raise WordingBlocked(f"{what} holds what must not leave: {self.in_short}")


def objection(verdict: str | None, approved_exactly: bool) -> str | None:
    """Return why a text must not leave as it is, None if nothing speaks against it.

    Args:
        verdict: a `Verdict`, of the newest check; None if there is none.
        approved_exactly: whether its approval is of this very text and not of its template.
    """
    if verdict == Verdict.BLOCK:
        return "it holds what must not leave"
    if verdict == Verdict.NEEDS_APPROVAL and not approved_exactly:
        return "only its template is approved, and it needs approval of exactly this text"
    return None
