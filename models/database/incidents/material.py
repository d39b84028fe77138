"""What one update is made of for one client, read from the rows: slots, templates, people."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.approving import ApprovalSubject
from models.copywriting import TemplateVersion
from models.database import client_contacts, wording
from models.database.incidents import counts, standing
from models.database.permission.approval_standing import GIVEN
from models.database.portal.links import LinkTo
from models.database.tables.copywriting import Template
from models.database.tables.incidents import Incident, IncidentUpdate
from models.database.tables.people import Client
from models.errors import UnknownRecord, UnusableTemplate
from models.incidents.material import ALERT, NoticeMaterial, Reader, is_texted, template_key
from models.incidents.slots import NoticeFacts
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.travelling import NoticeOrder
from models.incidents.words import Advice, Affected, ReasonForClients, UpdateKind
from models.terms import Channel, ConsentKind
from models.wording.audiences import Audience, Stage
from models.wording.surroundings import Purpose

RECEIVES = "incidents"
_PART_OF_ID = 8
# An approved version before a newer one that nobody has approved: the gate would hold that.
_APPROVED_FIRST = text(
    "EXISTS (SELECT 1 FROM approval_item i JOIN approval a ON a.id = i.approval_id WHERE i.content_hash = template.content_hash "
    f"AND a.subject = '{ApprovalSubject.TEMPLATE}' AND a.superseded_at IS NULL AND {GIVEN}) DESC, version DESC"
)


def of(session: Session, order: NoticeOrder) -> NoticeMaterial:
    """Return what one update is made of for the client of a run.

    Raises:
        UnknownRecord: there is no such run or update.
        UnusableTemplate: a template that it takes is not stored.
    """
    incident, concerned = standing.of_run(session, order.run_id)
    told = standing.told_of(session, incident.id, concerned.client_id)
    update = next((one.update for one in told if one.update.number == order.number), None)
    if update is None:
        raise UnknownRecord(f"incident {incident.id} has no update {order.number}")
    client = session.get_one(Client, concerned.client_id)
    severity, kind, state = IncidentSeverity(incident.severity), UpdateKind(update.kind), IncidentState(update.state)
    texted = is_texted(severity)
    return NoticeMaterial(
        number=update.number,
        severity=severity,
        facts=_facts(session, incident, update, client),
        client_fields={
            "client_name": client.name,
            "client_phone": client.phone,
            "client_postal_address": client.postal_address,
        },
        words=update.words,
        words_are_clear=_says_nothing_amiss(session, client.id, update.words),
        notice=_template(session, template_key(kind, state), Channel.EMAIL),
        alert=_template(session, ALERT, Channel.SMS) if texted else None,
        readers=_readers(session, client, (Channel.EMAIL, Channel.SMS) if texted else (Channel.EMAIL,)),
    )


def portal_links(session: Session, order: NoticeOrder, made_of: NoticeMaterial, link_to: LinkTo) -> dict[UUID, str]:
    """Return where each reader of a mail reads more, by contact: the post of the update once it is shown, else the list."""
    incident, concerned = standing.of_run(session, order.run_id)
    told = standing.told_of(session, incident.id, concerned.client_id)
    notice = next((one.notice for one in told if one.update.number == order.number), None)
    post_id = notice.post_id if notice is not None and notice.published_at is not None else None
    mailed = [reader.contact_id for reader in made_of.readers if reader.channel is Channel.EMAIL]
    return {contact_id: link_to(session, contact_id, post_id) for contact_id in mailed}


def _says_nothing_amiss(session: Session, client_id: UUID, words: str) -> bool:
    audience = Audience(purpose=Purpose.INCIDENT)
    return bool(words) and not wording.look_at(session, Stage.DRAFT, client_id, "", words, audience).found


def _facts(session: Session, incident: Incident, update: IncidentUpdate, client: Client) -> NoticeFacts:
    assert incident.began_at is not None
    assert update.at is not None
    return NoticeFacts(
        number=update.number,
        written_at=update.at,
        kind=UpdateKind(update.kind),
        state=IncidentState(update.state),
        reason=ReasonForClients(incident.reason),
        affected=Affected(incident.affected),
        calls_affected=incident.calls_affected,
        advice=Advice(incident.advice),
        zone=client.time_zone,
        began_at=incident.began_at,
        resolved_at=incident.resolved_at,
        next_update_at=update.next_update_at,
        counts=counts.counts_of(session, incident.id, client.id),
    )


def _template(session: Session, key: str, channel: Channel) -> TemplateVersion:
    query = select(Template).where(col(Template.key) == key, col(Template.channel) == channel)
    found = session.exec(query.order_by(_APPROVED_FIRST)).first()
    if found is None:
        raise UnusableTemplate(f"there is no template {key}; enter the shipped ones with `comms library`")
    fields = found.model_dump(include=set(TemplateVersion.model_fields) - {"channel", "consent_needed"})
    return TemplateVersion(channel=channel, consent_needed=ConsentKind(found.consent_needed), **fields)


def _readers(session: Session, client: Client, channels: tuple[Channel, ...]) -> tuple[Reader, ...]:
    found = [
        Reader(contact_id=contact.id, key=contact.id.hex[:_PART_OF_ID], channel=channel, recipient=reached)
        for contact in client_contacts.who_receive(session, client.id, RECEIVES)
        for channel in channels
        if (reached := client_contacts.recipient(contact, channel, client.time_zone)) is not None
    ]
    return tuple(found)
