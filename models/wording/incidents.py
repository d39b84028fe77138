"""What an incident notice must not say: when it will be repaired, whose fault it is, what is only guessed, that it is nothing.

After the guides of those who write such notices for a living: https://response.pagerduty.com/during/external_communication_guidelines/
and https://www.atlassian.com/incident-management/incident-communication/tips.
"""

import re
from collections.abc import Iterator

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot, each
from models.wording.surroundings import Purpose, Surroundings

_SOON = r"(?:by|within|before|in) (?:the )?(?:tomorrow|tonight|today|noon|end of|next|(?:an?|\d+|a few|a couple of) )"
_FIXED = r"(?:fixed|resolved|restored|repaired|back(?: up| to normal| online)?|working|up and running)"
_REPAIR_TIME = re.compile(
    rf"\b(?:will|should|expect(?:ed)?(?: \w+){{0,3}}|going to)\b[^.!?]{{0,60}}\b{_FIXED}\b[^.!?]{{0,30}}\b{_SOON}"
    rf"|\b{_SOON}[^.!?]{{0,40}}\b(?:will|should) be {_FIXED}\b|\beta\b|\bestimated (?:time|fix|repair)\b"
    r"|\bfix(?:ed)? (?:soon|shortly)\b",
    re.IGNORECASE,
)
_BLAME = re.compile(
    r"\b\w+(?:'s|s') (?:fault|mistake|error|outage|failure|negligence)\b|\b(?:the )?fault of\b|\bto blame\b"
    r"|\bbecause (?:twilio|amazon|aws|google|intuit|quickbooks|hubspot|salesforce|our (?:vendor|provider|developer|intern))\b",
    re.IGNORECASE,
)
_GUESS = re.compile(
    r"\b(?:probably|presumably|supposedly|apparently|maybe|perhaps|most likely|we (?:think|believe|suspect|assume|guess)"
    r"|it (?:seems|looks like|appears)|might be (?:due|because|caused))\b",
    re.IGNORECASE,
)
_ALL_CLEAR = re.compile(
    r"\bno (?:customer |client |personal )?(?:data|information|messages?|leads?) (?:was|were|has been|have been|is|are) "
    r"(?:ever )?(?:lost|leaked|exposed|affected|compromised|stolen)\b|\bnothing was lost\b|\bnobody was affected\b",
    re.IGNORECASE,
)
_MINIMISING = re.compile(
    r"\b(?:just|only|merely|simply) an? (?:\w+ )?(?:glitch|hiccup|blip|issue|problem)\b|\b(?:minor|small|tiny|slight) "
    r"(?:glitch|hiccup|blip)\b|\bno big deal\b|\bnothing to worry about\b|\bdon'?t worry\b",
    re.IGNORECASE,
)


def incidents(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield promised repair times, blame, guesses, unproven all-clears and belittling. Only of incident notices."""
    if surroundings.purpose is not Purpose.INCIDENT:
        return
    text, kind, approval = reading.text, FindingKind, Severity.NEEDS_APPROVAL
    repair = "Do not promise a time of repair; say when the next update comes."
    yield from each(_REPAIR_TIME, text, kind.PROMISED_REPAIR_TIME, Severity.BLOCK, repair)
    yield from each(_BLAME, text, kind.BLAME, approval, "Do not blame anybody; say what it means and what is done.")
    yield from each(_GUESS, text, kind.GUESS, approval, "Say only what is known, or that it is not known yet.")
    if not surroundings.no_data_lost_is_proven:
        proof = "Attach the evidence that nothing was lost, or leave it out."
        yield from each(_ALL_CLEAR, text, kind.UNPROVEN_ALL_CLEAR, Severity.BLOCK, proof)
    yield from each(_MINIMISING, text, kind.MINIMISING, approval, "Leave the judgement to the reader.")
