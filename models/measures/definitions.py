"""What is measured, said once: the API, the exports and the README read the measures from here.

The database's view of each is `measure_<key>`: one row per thing that is counted, with its client, channel, moment (`at`), a part
of the measure it belongs to, whether it is a hit, and an amount.
"""

from enum import StrEnum

from models.frozen import Frozen

ENOUGH = 10
"""Of fewer things neither a share nor a percentile is told: it would say more about chance than about the work."""


class How(StrEnum):
    """How rows become one figure."""

    SHARE = "share"
    """Hits of all, 0 to 1."""
    DURATION = "duration"
    """The 50th and the 90th percentile of the amounts of the hits, and if there is a goal the share of all within it."""
    MIX = "mix"
    """How many of each part, and its share of all parts."""
    TOTAL = "total"
    """The sum of the amounts of each part."""


class Definition(Frozen):
    """A measure as people read it."""

    key: str
    name: str
    how: How
    formula: str
    numerator: str
    denominator: str
    unit: str
    left_out: str
    tables: tuple[str, ...]
    moment: str
    """Which moment decides the period that a thing belongs to."""
    parts: str = ""
    """What a measure is divided into; empty if it is not."""
    goal_seconds: int | None = None


def _of(key: str, how: How, tables: str, **said: object) -> Definition:
    unit = {How.DURATION: "seconds", How.TOTAL: "minor units of the currency"}.get(how, "share of 1")
    given = {
        "key": key,
        "name": key.replace("_", " ").capitalize(),
        "how": how,
        "tables": tuple(tables.split()),
        "unit": unit,
    }
    return Definition.model_validate(given | said)


MEASURES: dict[str, Definition] = {
    one.key: one
    for one in (
        _of(
            "response_time", How.DURATION, "run lead message",
            formula="moment the first message was accepted by its provider − moment of the trigger; percentiles, and the share "
            "of all triggers that were answered within ten minutes",
            numerator="leads that were answered (within ten minutes)", denominator="leads that were to be answered",
            left_out="imports and leads entered by hand, which nobody waits for; runs other than outreach",
            moment="when the lead wrote or called", parts="p50, p90, within_goal", goal_seconds=600,
        ),
        _of(
            "approval_time", How.DURATION, "approval decision",
            formula="moment of the decision (with two people: of the second) − moment it was asked for",
            numerator="requests that were decided", denominator="requests that were made",
            left_out="requests that were replaced before anybody decided; what the command that stored it has approved",
            moment="when it was asked for", parts="p50, p90",
        ),
        _of(
            "delivery_rate", How.SHARE, "message", formula="arrived ÷ accepted by the provider",
            numerator="messages known to have arrived: delivered, read, clicked or complained about",
            denominator="messages to contacts that a provider has accepted", moment="when the provider accepted it",
            left_out="notices to staff; what never left. A carrier that never reports counts as not arrived",
        ),
        _of(
            "reply_rate", How.SHARE, "run message reply", formula="runs answered ÷ runs that wrote",
            numerator="runs that a person answered, by any channel", denominator="outreach runs that sent a message",
            left_out="what a machine answered (label `auto_reply`)", moment="when the first message was accepted",
        ),
        _of(
            "opt_out_rate", How.SHARE, "message consent", formula="addresses that opted out ÷ addresses that were written to",
            numerator="addresses that opted out after the first message to them", denominator="addresses written to",
            left_out="opt-outs from before the first message; doubtful ones until a person has decided",
            moment="when the first message to the address was accepted",
        ),
        _of(
            "report_view", How.SHARE, "post post_view", formula="reports seen at least so surely ÷ reports published",
            numerator="published reports that somebody has seen at this level or a surer one", denominator="reports published",
            left_out="looks that a program may have made; withdrawn reports", moment="when it was published",
            parts="link_hit, viewed, viewed_authenticated",
        ),
        _of(
            "review_outcome", How.MIX, "run", formula="review requests that ended so ÷ review requests that ended",
            numerator="review requests that ended so", denominator="review requests that ended",
            left_out="requests under way. A review seen after a request need not have come of it",
            moment="when the request ended", parts="the outcome of the run",
        ),
        _of(
            "booked_outcome", How.SHARE, "lead outcome", formula="leads booked ÷ leads received",
            numerator="leads whose newest statement says booked, once per evidence", denominator="leads received",
            left_out="bookings that nobody has stated with evidence", moment="when the lead was received",
        ),
        _of(
            "booked_value", How.TOTAL, "outcome", formula="sum of the values of bookings, never across bases or currencies",
            numerator="bookings with a value", denominator="bookings", left_out="what books two leads, the second time",
            moment="when it was booked", parts="basis/currency",
        ),
        _of(
            "lost_reason", How.MIX, "lead", formula="leads lost for this reason ÷ leads lost",
            numerator="leads lost for this reason", denominator="leads lost", left_out="leads that are booked, open or new",
            moment="when the lead was received", parts="the reason",
        ),
        _of(
            "source_coverage", How.SHARE, "report source_state", formula="sources that are fresh ÷ sources that reports rest on",
            numerator="sources whose figures are fresh", denominator="sources of active reports, our own rows left aside",
            left_out="sources that no active report uses", moment="now: it says how it stands", parts="the source",
        ),
        _of(
            "next_action", How.SHARE, "owner_task", formula="tasks overdue ÷ tasks open",
            numerator="open tasks whose time has passed", denominator="open tasks", left_out="tasks that are closed",
            moment="when the task was opened", parts="kind of task/owner",
        ),
    )
}  # fmt: skip
