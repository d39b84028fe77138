"""Writing the first text of a draft: by a model if one is set up and answers well, else the plain text. Internal either way."""

from temporalio import activity

from activities.declared_undos import has_no_undo
from activities.drafting_ports import Drafter, Drafts
from models.drafting import Drafted, DraftOrder, DraftSource, Material
from models.errors import DrafterRefusal, TryAgain, UnusableTemplate
from models.wording.judging import Verdict
from models.wording.slots import Filled, fill

PLAIN = "plain text"
"""The author of a text that no model has written."""
FIT = (Verdict.CLEAR, Verdict.WARN)


class DraftingActivities:
    """The only way to a model.

    Args:
        drafts: what is to be written, and where it is kept.
        model: writes; None if none is set up.
        tries: how often the model is asked, by as many tries of the activity, before the plain text is taken.
    """

    def __init__(self, drafts: Drafts, model: Drafter | None, tries: int) -> None:
        self._drafts = drafts
        self._model = model
        self._tries = tries

    @activity.defn
    @has_no_undo("a draft is internal: it leaves only through an approval")
    def draft(self, order: DraftOrder) -> Drafted:
        """Give an ordered draft its first text. Safe to repeat: the first one stays.

        The text of a model is taken only if its numbers come from slots and the checks of wording have nothing against it.

        Raises:
            TryAgain: the model did not answer, and it is not the last try.
            UnusableTemplate: the plain text itself cannot be filled.
            UnknownRecord: there is no such draft, or nothing to write it from.
        """
        if done := self._drafts.written(order.draft_id):
            return done
        material = self._drafts.material(order.draft_id)
        plain = fill(material.plain.subject, material.plain.body, material.slots)
        if self._model is None or not material.is_open:
            return self._drafts.keep(order.draft_id, plain, DraftSource.DETERMINISTIC, PLAIN, "")
        try:
            text = self._by_model(self._model, order, material)
        except _Unfit as why:
            return self._drafts.keep(order.draft_id, plain, DraftSource.DETERMINISTIC, PLAIN, str(why))
        return self._drafts.keep(order.draft_id, text, DraftSource.MODEL, self._model.name, "")

    def _by_model(self, model: Drafter, order: DraftOrder, material: Material) -> Filled:
        try:
            written = model.draft(material)
            text = fill(written.subject, written.body, material.slots)
        except TryAgain as error:
            if activity.info().attempt < self._tries:
                raise
            raise _Unfit(f"the model is away: {error}") from None
        except DrafterRefusal as error:
            raise _Unfit(f"the model gave no usable text: {error}") from None
        except UnusableTemplate:  # its sentence may name what the model has made up
            raise _Unfit("the model's text was not taken: it did not keep to the slots") from None
        if len(text.subject) > material.longest_subject or len(text.body) > material.longest_body:
            raise _Unfit("the model's text was not taken: it is too long")
        found = self._drafts.look(order.draft_id, text)
        if found.verdict not in FIT:
            raise _Unfit(f"the model's text was not taken: {found.in_short}")
        return text


class _Unfit(Exception):
    """There is no text of a model. The message says why, in codes; it is kept with the draft."""
