"""The outside of one process: whoever was chosen in `worker.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from activities import ports
from activities.crm_ports import Crm
from activities.digest_ports import FigureSource
from activities.drafting_ports import Drafter
from activities.line_types import LineLookup
from activities.reading_reviews import Reviews
from activities.recovery_ports import AccountHistory
from models.digests.sources import SourceName
from models.terms import Channel


@dataclass(frozen=True)
class Outside:
    """The providers of one process."""

    channels: Mapping[Channel, ports.Channel]
    lists: Mapping[str, ports.SentList]
    crm: Crm | None
    history: AccountHistory | None = None
    reviews: Reviews | None = None
    figures: Mapping[SourceName, FigureSource] = field(default_factory=dict)
    """Where the figures of reports come from, beside our own rows."""
    drafter: Drafter | None = None
    lines: LineLookup | None = None
    """Tells landlines from mobiles; None unless that is switched on."""
