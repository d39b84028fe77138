"""What a reader of a digest must know about its sources: what they say of themselves, and what the freshness gate says."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from models.database.reports import standings
from models.database.tables.reports import Report, ReportPeriod
from models.digests.caveats import Said
from models.digests.figures import Period
from models.digests.gating import caveats_of, is_left_out
from models.digests.sources import SourceName


class SaidOfSource(NamedTuple):
    """One caveat and the source it is about; `location` is empty for all of them."""

    source: SourceName
    location: str
    said: Said


def of_digest(session: Session, report: Report, row: ReportPeriod, today: date) -> list[SaidOfSource]:
    """Return every caveat of a period's digest as its sources stand, on a day of the client's calendar."""
    period, stored = Period(first=row.starts, last=row.ends), standings.of_client(session, row.client_id)
    found: list[SaidOfSource] = []
    for name in (*report.required_sources, *report.optional_sources):
        source = SourceName(name)
        states = [
            (one.location, standings.state_of(one, source, required=False)) for one in stored if one.source == source
        ]
        connected = [(location, state) for location, state in states if state.is_connected]
        for location, state in connected or states[:1]:
            own = [] if is_left_out(state, period) else list(_of_itself(row, name, location))
            gate = [caveat.said for caveat in caveats_of(state, period, today)]
            found += [SaidOfSource(source, location, said) for said in (*own, *gate)]
    return found


def _of_itself(row: ReportPeriod, source: str, location: str) -> Iterator[Said]:
    place = f"{source}/{location}" if location else source
    return (Said.model_validate(one) for one in row.caveats.get(place, []))
