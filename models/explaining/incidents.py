"""What comes next for a client whom an incident concerns. Pure."""

from models.explaining.answers import Step
from models.explaining.phrases import Row
from models.incidents.states import IncidentState
from models.incidents.steering import Approving, IncidentSituation


def course_of_incident(incident: IncidentSituation, row: Row) -> list[Step]:
    """Return what a run of an incident waits for, whose turn it is, and by when its client is to hear."""
    steps = []
    owner, escalation_owner = row["owner"], row["escalation_owner"]
    newest = incident.newest
    if newest is not None and newest.post is Approving.WAITING:
        what = f"The post of update {newest.number} is approved, and passes the privacy review."
        steps.append(Step(what=what, who="an approver"))
    if newest is not None and newest.post is Approving.REFUSED:
        steps.append(
            Step(what=f"Update {newest.number} is not shown as it is worded; another one is written.", who=owner)
        )
    if incident.holds:
        steps.append(_resume(incident, owner))
    if incident.promised is not None:
        what = "The summary is due" if incident.state is IncidentState.RESOLVED else "The client is to hear by then"
        said = f"{what}; {owner} is reminded before, and {escalation_owner} is told if it passes."
        steps.append(Step(what=said, at=incident.promised, who=owner))
    return steps or [Step(what="The run ends once nothing of it is left to do.", who="the workflow")]


def _resume(incident: IncidentSituation, owner: str) -> Step:
    match incident.resume:
        case Approving.WAITING:
            return Step(what="Letting go what the incident holds is approved, as it was previewed.", who="an approver")
        case Approving.APPROVED:
            return Step(what="What the incident holds is let go at a limited rate.", who="the workflow")
        case Approving.REFUSED:
            return Step(what="Letting go what it holds was not approved; it is asked for anew.", who=owner)
        case _:
            return Step(
                what="What the incident holds is let go after it is resolved, once that is approved.", who=owner
            )
