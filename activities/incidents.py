"""Telling clients of incidents: each update rendered from approved templates, shown once approved, sent by mail and SMS."""

from datetime import timedelta

from temporalio import activity

from activities.declared_undos import OUR_ROWS, has_no_undo, undone_by
from activities.incident_ports import Incidents
from activities.rendering import render
from models.compensation import UndoKind
from models.copywriting import TemplateVersion
from models.drafting import DraftOrder, Material
from models.enrollment import DraftMessage
from models.identity import content_hash
from models.incidents.material import NoticeMaterial, Reader, Written, in_the_portal, step_of
from models.incidents.slots import slots
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.steering import IncidentSituation
from models.incidents.travelling import Chase, DraftedNotice, NoticeOrder
from models.outreach import RunReference
from models.terms import Channel

UNTIL_REPLACED = timedelta(days=1)
"""How long after it became due a notice may still leave; later there is a newer one."""
FOR_GOOD = timedelta(days=3)
"""The same for what comes last: that it is resolved, and the summary."""
_PLACES = 100
"""Positions of one update's messages within its run."""


class IncidentActivities:
    """What the runs of incidents do. Everything may be repeated."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def look_at_incident(self, reference: RunReference) -> IncidentSituation:
        """Return how the incident of a run stands for its client."""
        return self._incidents.look(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def compose_notice(self, order: NoticeOrder) -> DraftOrder:
        """Render one update for its client, and order the draft of what the portal will show of it.

        Raises:
            UnusableTemplate: a template is missing, or a field of the client is.
        """
        material = self._incidents.material(order)
        return DraftOrder(draft_id=self._incidents.order(order, composed(material)))

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def stage_notice(self, drafted: DraftedNotice) -> None:
        """Check the wording of a draft and ask for the approval of what the portal will show."""
        self._incidents.stage(NoticeOrder(run_id=drafted.run_id, number=drafted.number), drafted.draft_id)

    @activity.defn
    @has_no_undo("it plans messages; sending one declares its own undo")
    def write_notices(self, order: NoticeOrder) -> None:
        """Enter the messages of one update into the ledger, one for each person and channel.

        They hold nothing but what the approved templates say and typed slots, so the approval of the templates covers them.
        """
        material = self._incidents.material(order)
        links = self._incidents.portal_links(order, material)
        drafts = tuple(
            _draft(material, position, reader, template, links.get(reader.contact_id, ""))
            for position, reader in enumerate(material.readers)
            if (template := material.notice if reader.channel is Channel.EMAIL else material.alert) is not None
        )
        self._incidents.write(order, Written(drafts=drafts))

    @activity.defn
    @undone_by(UndoKind.PORTAL_POST)
    def publish_notice(self, order: NoticeOrder) -> None:
        """Show the client an approved update in the portal; its undo is registered first."""
        self._incidents.publish(order)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def chase_update(self, chase: Chase) -> None:
        """Remind the owner of a promised time, or tell the escalation owner that it has passed."""
        self._incidents.chase(chase)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def ask_to_resume(self, reference: RunReference) -> None:
        """Preview what the pauses of a resolved incident would let go, and ask for the approval of exactly that."""
        self._incidents.ask_to_resume(reference.run_id)

    @activity.defn
    @has_no_undo("what leaves after a resume was approved as it was previewed; each message declares its own undo")
    def resume_incident(self, reference: RunReference) -> None:
        """Let go what was approved at a limited rate; if more would leave than was approved, ask again."""
        self._incidents.resume(reference.run_id)


def composed(material: NoticeMaterial) -> Material:
    """Return what the text of an update in the portal is written from. Raises UnusableTemplate."""
    wording = render(material.notice, _fields(material))
    return in_the_portal(wording.subject, wording.body, material.words, is_open=material.words_are_open)


def _fields(material: NoticeMaterial) -> dict[str, str]:
    return material.client_fields | slots(material.facts)


def _draft(
    material: NoticeMaterial, position: int, reader: Reader, template: TemplateVersion, portal_url: str
) -> DraftMessage:
    wording = render(template, _fields(material) | {"portal_url": portal_url})
    return DraftMessage(
        step=step_of(material.number, reader),
        position=material.number * _PLACES + position,
        channel=reader.channel,
        recipient=reader.recipient,
        consent_needed=template.consent_needed,
        immediate=material.severity is IncidentSeverity.CRITICAL,
        subject=wording.subject,
        body=wording.body,
        content_hash=content_hash(wording.subject, wording.body),
        approved_hash=template.content_hash,
        lifetime=FOR_GOOD if material.facts.state is IncidentState.RESOLVED else UNTIL_REPLACED,
    )
