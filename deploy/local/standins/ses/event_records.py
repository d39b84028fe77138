"""The JSON of SES events as they are published to SNS. Pure.

Source: docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and -examples.html
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.standins.ses.addresses import bare
from deploy.local.standins.ses.courses import EventType, Step
from deploy.local.standins.ses.submission import Mail

ACCOUNT = "123456789012"
MTA = "dsn; mta.stand-in.example"
BROWSER = "Mozilla/5.0 (stand-in)"
READER_ADDRESS = "192.0.2.1"

OBJECT_NAMES = {
    EventType.SEND: "send",
    EventType.DELIVERY: "delivery",
    EventType.BOUNCE: "bounce",
    EventType.COMPLAINT: "complaint",
    EventType.REJECT: "reject",
    EventType.OPEN: "open",
    EventType.CLICK: "click",
    EventType.RENDERING_FAILURE: "failure",
    EventType.DELIVERY_DELAY: "deliveryDelay",
    EventType.SUBSCRIPTION: "subscription",
}

BOUNCE_REPORTS = {
    "Permanent": ("failed", "5.1.1", "smtp; 550 5.1.1 user unknown"),
    "Transient": ("failed", "4.2.2", "smtp; 452 4.2.2 mailbox full"),
    "Undetermined": ("failed", "5.0.0", "smtp; 554 5.0.0 unrecognised answer"),
}
SUPPRESSION_REPORT = ("failed", "5.1.1", "Amazon SES did not send the message: the address is on a suppression list.")


def moment(at: datetime) -> str:
    """An aware moment as SES writes it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mail_object(mail: Mail, message_id: str, accepted_at: datetime, region: str) -> dict[str, Any]:
    """The `mail` part that all events of one message share."""
    sender = bare(mail.sender)
    domain = sender.rpartition("@")[2]
    given = {name.lower() for name, _ in mail.headers}
    headers = [("From", mail.sender), ("Reply-To", ", ".join(mail.reply_to)), ("To", ", ".join(mail.to))]
    headers += [("Cc", ", ".join(mail.cc)), ("Subject", mail.subject), ("MIME-Version", "1.0")]
    written = [(name, value) for name, value in headers if value and name.lower() not in given]
    tags = {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": [mail.configuration_set],
        "ses:source-ip": ["192.0.2.0"],
        "ses:from-domain": [domain],
        "ses:caller-identity": ["stand-in"],
    }
    common: dict[str, Any] = {"from": [mail.sender], "replyTo": mail.reply_to, "to": mail.to, "cc": mail.cc}
    return {
        "timestamp": moment(accepted_at),
        "source": mail.sender,
        "sourceArn": f"arn:aws:ses:{region}:{ACCOUNT}:identity/{domain}",
        "sendingAccountId": ACCOUNT,
        "messageId": message_id,
        "destination": mail.recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in [*written, *mail.headers]],
        "commonHeaders": {name: value for name, value in common.items() if value}
        | {"messageId": message_id, "subject": mail.subject},
        "tags": tags | {name: [value] for name, value in mail.tags.items()},
    }


def event_record(step: Step, mail: Mail, about: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The whole event.

    Args:
        step: which event, about whom, and what it says instead of the usual.
        mail: the mail it is about.
        about: that mail's `mail_object`.
        at: the moment the event happened, aware.
    """
    content = _content(step, mail, str(about["messageId"]), at) | step.details
    return {"eventType": step.event.value, "mail": about, OBJECT_NAMES[step.event]: content}


def _content(step: Step, mail: Mail, message_id: str, at: datetime) -> dict[str, Any]:
    happened, who = {"timestamp": moment(at)}, step.recipients
    match step.event:
        case EventType.SEND:
            return {}
        case EventType.REJECT:
            return {"reason": "Bad content"}
        case EventType.RENDERING_FAILURE:
            missing = "Attribute 'name' is not present in the rendering data."
            return {"errorMessage": missing, "templateName": "stand-in"}
        case EventType.DELIVERY:
            return happened | {
                "processingTimeMillis": 42,
                "recipients": who,
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "mta.stand-in.example",
            }
        case EventType.BOUNCE:
            return happened | _bounce(step, message_id)
        case EventType.COMPLAINT:
            return happened | {
                "feedbackId": f"feedback-{message_id}",
                "complaintSubType": None,
                "complainedRecipients": [{"emailAddress": address} for address in who],
                "userAgent": "stand-in feedback loop",
                "complaintFeedbackType": "abuse",
                "arrivalDate": moment(at),
            }
        case EventType.DELIVERY_DELAY:
            report = {"status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host"}
            return happened | {
                "delayType": "TransientCommunicationFailure",
                "expirationTime": moment(at + timedelta(hours=14)),
                "delayedRecipients": [{"emailAddress": address, **report} for address in who],
            }
        case EventType.OPEN:
            return happened | {"ipAddress": READER_ADDRESS, "userAgent": BROWSER}
        case EventType.CLICK:
            reader = {"ipAddress": READER_ADDRESS, "userAgent": BROWSER}
            return happened | reader | {"link": _first_link(mail), "linkTags": None}
        case EventType.SUBSCRIPTION:
            return happened | _unsubscription(mail)


def _bounce(step: Step, message_id: str) -> dict[str, Any]:
    kind = str(step.details.get("bounceType", "Permanent"))
    sub_type = str(step.details.get("bounceSubType", "General"))
    on_list = sub_type in {"Suppressed", "OnAccountSuppressionList"}
    report = SUPPRESSION_REPORT if on_list else BOUNCE_REPORTS.get(kind, BOUNCE_REPORTS["Undetermined"])
    named = dict(zip(("action", "status", "diagnosticCode"), report, strict=True))
    return {
        "bounceType": kind,
        "bounceSubType": sub_type,
        "bouncedRecipients": [{"emailAddress": address, **named} for address in step.recipients],
        "feedbackId": f"feedback-{message_id}",
        "reportingMTA": MTA,
    }


def _unsubscription(mail: Mail) -> dict[str, Any]:
    def preferences(out: bool) -> dict[str, Any]:
        topic = {"topicName": mail.topic, "subscriptionStatus": "OptOut" if out else "OptIn"}
        return {"unsubscribeAll": out and not mail.topic, "topicSubscriptionStatus": [topic] if mail.topic else []}

    return {
        "contactList": mail.contact_list,
        "source": "UnsubscribeHeader",
        "newTopicPreferences": preferences(True),
        "oldTopicPreferences": preferences(False),
    }


def _first_link(mail: Mail) -> str:
    found = re.search(r"https?://[^\s\"'<>]+", mail.html or mail.text)
    return found.group() if found else "https://www.example.com/"
