"""What may enter the library, or be approved in it, to ask for reviews with."""

from collections.abc import Iterable

from models.copywriting import SequenceVersion, TemplateVersion
from models.errors import UnusableTemplate
from models.review_requests.planning import Part, part_of, unusable
from models.review_requests.wording import is_review_request, refusals
from models.terms import RunKind


def check_review_requests(templates: Iterable[TemplateVersion], sequences: Iterable[SequenceVersion]) -> None:
    """Refuse texts and sequences that must not ask for reviews.

    Raises:
        UnusableTemplate: says which one and why.
    """
    by_name = {(template.key, template.version): template for template in templates}
    thanks = set()
    for sequence in sequences:
        for step in sequence.steps:
            template = by_name.get((step.template, step.version))
            if sequence.kind is not RunKind.REVIEW_REQUEST:
                if template is not None and is_review_request(template.subject, template.body):
                    raise UnusableTemplate(
                        f"sequence {sequence.key} v{sequence.version}, step {step.key}: only a sequence with kind: "
                        "review_request may show the review link"
                    )
            elif part_of(step.key) is Part.THANKS:
                thanks.add((step.template, step.version))
            elif template is not None:
                refuse_unfit(template, asks=True)
        if sequence.kind is RunKind.REVIEW_REQUEST and (why := unusable(sequence)):
            raise UnusableTemplate(f"sequence {sequence.key} v{sequence.version}: {why}")
    for name, template in by_name.items():
        if name in thanks:
            refuse_unfit(template, asks=False)
        elif is_review_request(template.subject, template.body):
            refuse_unfit(template, asks=True)


def refuse_unfit(template: TemplateVersion, *, asks: bool) -> None:
    """Refuse a text that must not ask for a review, or thank for one. Raises UnusableTemplate."""
    if why := refusals(template.subject, template.body, asks=asks):
        raise UnusableTemplate(f"template {template.key} v{template.version}: {' '.join(why)}")
