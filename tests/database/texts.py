"""The texts of the world's client and the sequence made of them."""

from models.copywriting import SequenceStep, SequenceVersion, TemplateVersion
from models.terms import ApprovalPolicy, Channel, ConsentKind

TEXTS = (
    TemplateVersion(
        key="hello",
        version=1,
        channel=Channel.SMS,
        consent_needed=ConsentKind.CONVERSATIONAL,
        body="Hi {{ first_name }}, this is {{ client_name }}. Reply STOP to opt out.",
    ),
    TemplateVersion(
        key="again",
        version=1,
        channel=Channel.SMS,
        consent_needed=ConsentKind.INFORMATIONAL,
        body="{{ first_name }}, {{ client_name }} again. Reply STOP to opt out.",
    ),
    TemplateVersion(
        key="mail",
        version=1,
        channel=Channel.EMAIL,
        consent_needed=ConsentKind.CONVERSATIONAL,
        subject="From {{ client_name }}",
        body="Hello {{ first_name }}. Use the unsubscribe link to stop.",
    ),
)


def sequence(policy: ApprovalPolicy) -> SequenceVersion:
    """Return the sequence of all texts, in their order."""
    return SequenceVersion(
        key=f"by_{policy}",
        version=1,
        title="A sequence",
        approval=policy,
        owner="sam",
        escalation_owner="eve",
        approver="ann",
        steps=tuple(SequenceStep(key=t.key, channel=t.channel, template=t.key, version=1) for t in TEXTS),
    )
