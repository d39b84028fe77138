"""The CRM as long as it wants anything from us. It may not be set up, or be switched off until a person switches it on."""

from activities.crm_ports import Crm, Handoffs
from models.errors import CrmGone, CrmRefusal


class CrmAccess:
    """What every call to the CRM asks first.

    Args:
        handoffs: knows whether the CRM is switched off.
        crm: the client's CRM; None if none is set up.
    """

    def __init__(self, handoffs: Handoffs, crm: Crm | None) -> None:
        self._handoffs = handoffs
        self.crm = crm

    @property
    def is_set_up(self) -> bool:
        """Whether there is a CRM at all."""
        return self.crm is not None

    def ready(self) -> Crm:
        """Return the CRM. Raises CrmRefusal if there is none, or if it is switched off."""
        if self.crm is None:
            raise CrmRefusal("no CRM is set up")
        if self._handoffs.is_switched_off():
            raise CrmRefusal("the CRM is switched off, see the task crm_switched_off")
        return self.crm

    def refused(self, refusal: CrmRefusal) -> str:
        """Return why the CRM refused; one that wants nothing more is switched off."""
        if isinstance(refusal, CrmGone):
            self._handoffs.switch_off(str(refusal))
        return str(refusal)
