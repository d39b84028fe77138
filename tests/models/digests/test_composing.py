"""The text of a digest, and what it may not say."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from models.digests.caveats import Caveat, CaveatCode
from models.digests.composing import DigestFacts, compose, percent
from models.digests.figures import Figure, Period, Unit
from models.digests.restating import Restatement, restated
from models.wording.checking import check
from models.wording.slots import Filled, fill
from models.wording.surroundings import Purpose, Surroundings

OCTOBER = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
SEPTEMBER = Period(first=date(2026, 9, 1), last=date(2026, 9, 30))
AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
NOW = datetime(2026, 11, 4, 15, tzinfo=UTC)


def figure(
    key: str, value: str, period: Period = OCTOBER, unit: Unit = Unit.COUNT, source: str = "own", basis: str = ""
) -> Figure:
    label = key.replace("_", " ").capitalize()
    return Figure(
        key=key, label=label, value=Decimal(value), unit=unit, source=source, period=period, as_of=NOW, basis=basis
    )


def facts(
    *figures: Figure,
    earlier: tuple[Figure, ...] = (),
    caveats: tuple[Caveat, ...] = (),
    changes: tuple[Restatement, ...] = (),
    zone: str = "America/Denver",
) -> DigestFacts:
    return DigestFacts(
        client_name="Acme Plumbing", zone=zone, period=OCTOBER, before=AUGUST, figures=figures, earlier=earlier,
        caveats=tuple(caveat.said for caveat in caveats), restated=changes,
    )  # fmt: skip


def written(told: DigestFacts) -> Filled:
    """Return the text of a digest that no model has worded."""
    material = compose(told)
    return fill(material.plain.subject, material.plain.body, material.slots)


def test_a_digest_names_its_period_its_sources_and_when_they_were_read() -> None:
    text = written(facts(figure("leads", "40"), figure("search_clicks", "1240", source="search_console")))

    assert text.subject == "Acme Plumbing: report from Oct 1, 2026 to Oct 31, 2026"
    assert "Google Search Console (as of Nov 4, 2026)\n- Search clicks: 1,240" in text.body
    assert "Google counts its days in Pacific time." in text.body
    assert "Leads and messages (as of Nov 4, 2026)\n- Leads: 40" in text.body
    assert "QuickBooks" not in text.body


def test_when_sources_were_read_is_told_by_the_days_of_the_client() -> None:
    assert "(as of Nov 4, 2026)" in written(facts(figure("leads", "40"), zone="Europe/London")).body
    assert "(as of Nov 5, 2026)" in written(facts(figure("leads", "40"), zone="Pacific/Auckland")).body


def test_a_change_is_shown_only_if_both_periods_can_bear_it() -> None:
    assert percent(figure("leads", "12"), figure("leads", "10", AUGUST)) == "+20%"
    assert percent(figure("leads", "9"), figure("leads", "30", AUGUST)) is None
    assert percent(figure("leads", "30"), figure("leads", "9", AUGUST)) is None
    assert percent(figure("leads", "30"), figure("leads", "20", SEPTEMBER)) == "+50%"
    part = Period(first=SEPTEMBER.first, last=date(2026, 9, 28))
    assert percent(figure("leads", "30"), figure("leads", "20", part)) is None

    body = written(facts(figure("leads", "9"), earlier=(figure("leads", "30", AUGUST),))).body
    assert "- Leads: 9 (before: 30)" in body
    assert "%" not in body
    assert "Counts below 10 are too small for a change in percent" in body


def test_months_are_compared_as_wholes_and_it_is_said_that_they_are_not_equally_long() -> None:
    told = facts(figure("leads", "30"), earlier=(figure("leads", "20", SEPTEMBER),))
    body = written(told.model_copy(update={"before": SEPTEMBER})).body
    assert "- Leads: 30 (before: 20, +50%)" in body
    assert "The two months have 31 and 30 days; changes are those of the whole months." in body

    alike = written(facts(figure("leads", "30"), earlier=(figure("leads", "20", AUGUST),))).body
    assert "(before: 20, +50%)" in alike
    assert "The two months" not in alike


def test_revenue_says_what_it_does_not_prove_and_keeps_invoiced_and_paid_apart() -> None:
    invoiced = figure("revenue_invoiced", "12400", unit=Unit.USD, source="quickbooks", basis="invoiced")
    paid = figure("revenue_paid", "9800", unit=Unit.USD, source="quickbooks", basis="paid")
    body = written(facts(invoiced, paid)).body

    assert "- Revenue invoiced: $12,400" in body
    assert "- Revenue paid: $9,800" in body
    assert "22,200" not in body
    assert "does not prove that marketing caused a sale" in body


def test_every_number_in_a_digest_comes_from_a_slot_and_passes_the_check_of_the_wording() -> None:
    now = figure("search_clicks", "1240", source="search_console"), figure("leads", "40")
    before = figure("search_clicks", "1000", AUGUST, source="search_console"), figure("leads", "20", AUGUST)
    money = figure("revenue_paid", "9800.5", unit=Unit.USD, source="quickbooks", basis="paid")
    late = Caveat(code=CaveatCode.GSC_LAG, particulars={"complete_through": date(2026, 10, 28)})
    paused = Caveat(
        code=CaveatCode.PAUSED_AUTOMATION, particulars={"first": date(2026, 10, 2), "last": date(2026, 10, 4)}
    )
    change = restated([figure("revenue_paid", "1", AUGUST, Unit.USD)], [figure("revenue_paid", "5", AUGUST, Unit.USD)])
    text = written(facts(*now, money, earlier=before, caveats=(late, paused), changes=change))

    assert "(before: 1,000, +24%)" in text.body
    assert "Automatic messages were paused from Oct 2, 2026 to Oct 4, 2026." in text.body
    assert "changed from $1 to $5 because its source changed it" in text.body
    around = Surroundings(purpose=Purpose.REPORT, sourced_figures=text.figures)
    assert check({"subject": text.subject, "body": text.body}, around, b"key") == ()
    unsourced = around.model_copy(update={"sourced_figures": ()})
    kinds = {finding.kind for finding in check({"body": text.body}, unsourced, b"key")}
    assert "figure_without_source" in kinds


def test_the_same_facts_make_the_same_text() -> None:
    told = facts(figure("leads", "40"))
    assert compose(told) == compose(told)
    assert not re.search(r"[{}]", written(told).body)


def test_what_changed_after_it_was_shown_is_told_and_what_looks_the_same_is_not() -> None:
    shown = [figure("leads", "40"), figure("search_position", "7.123", unit=Unit.POSITION)]
    now = [figure("leads", "41"), figure("search_position", "7.119", unit=Unit.POSITION), figure("replies", "3")]
    [change] = restated(shown, now)
    assert (change.shown.shown, change.now.shown) == ("40", "41")


def test_a_figure_of_a_part_of_its_period_is_restated_of_the_whole() -> None:
    part = Period(first=OCTOBER.first, last=date(2026, 10, 29))
    [change] = restated([figure("search_clicks", "290", part)], [figure("search_clicks", "310")])
    assert "for Oct 1, 2026 to Oct 31, 2026 changed from 290 to 310" in change.caveat.sentence
