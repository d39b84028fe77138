"""What the suite says of scenarios, and what is published of them; no stack is needed."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

from models.audit import INVARIANTS, AuditReport, Finding, Totals
from tests.faults.correspondence import NotPossibleHere
from tests.faults.figures import Figures, figures_of
from tests.faults.report import write_report
from tests.faults.scenario import Kind, Play, Scenario, all_scenarios
from tests.faults.stack_record import LostAnswer, StackRecord
from tests.faults.suite import Outcome, Played, why_not
from tests.faults.trial import Trial

NOTHING = Totals(**dict.fromkeys(Totals.__dataclass_fields__, 0))
ADDRESS = "+13035552001"


async def verdict(play: Play, within: float = 1.0) -> str | None:
    one = Scenario("F00", "Nothing.", "nothing", Kind.GENTLE, play, within)
    return await why_not(one, Trial("F00", Random(1), None))


async def test_a_scenario_in_which_no_fault_was_injected_has_proved_nothing() -> None:
    async def harmless(_: Trial) -> None:
        return

    async def in_vain(trial: Trial) -> None:
        trial.injected("connection refused", 0)

    async def harmful(trial: Trial) -> None:
        trial.injected("kill -9 worker")

    assert await verdict(harmful) is None
    assert "none was" in (await verdict(in_vain) or "")
    assert "none was" in (await verdict(harmless) or "")


async def test_a_failure_says_what_was_expected_and_what_was_seen() -> None:
    async def wrong(trial: Trial) -> None:
        trial.expect("requests that the provider received", 2, 1)

    assert await verdict(wrong) == "requests that the provider received: expected 1, saw 2"


async def test_a_fault_that_cannot_be_injected_here_is_neither_passed_nor_failed() -> None:
    async def impossible(_: Trial) -> None:
        raise NotPossibleHere("no file system can be made")

    one = Scenario("F00", "Nothing.", "nothing", Kind.OWN, impossible, 1.0)
    trial = Trial("F00", Random(1), None)
    outcome = Outcome(one, 0.1, Counter(), await why_not(one, trial), was_possible=trial.was_possible)
    assert outcome.why == "could not be injected here: no file system can be made"
    assert (outcome.passed, outcome.failed) == (False, False)


async def test_a_scenario_that_takes_too_long_has_failed() -> None:
    async def slow(_: Trial) -> None:
        await asyncio.sleep(5)

    assert "still under way" in (await verdict(slow, within=0.05) or "")


def test_a_violated_invariant_is_named_with_the_scenario_it_comes_from() -> None:
    played = a_run(bad={"I1": 1})
    assert not played.passed
    (said,) = played.violations
    assert said.startswith("I1 is violated 1 times (in F05): No message was accepted by its provider more than once.")


def test_every_scenario_has_a_sentence_and_an_expectation_of_its_own() -> None:
    scenarios = all_scenarios()
    assert len({one.sentence for one in scenarios}) == len(scenarios)
    assert all(one.expects for one in scenarios)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    write_report(figures_of(a_run()), tmp_path)
    return tmp_path


def test_the_page_needs_nothing_but_itself(published: Path) -> None:
    page = (published / "report.html").read_text()
    assert "<script" not in page
    assert not [word for word in ("src=", "href=", "@import", "url(") if word in page]
    assert "F05" in page


def test_the_chart_is_a_picture_by_itself_and_says_what_it_shows(published: Path) -> None:
    root = ElementTree.parse(published / "chart.svg").getroot()  # noqa: S314
    assert "0 sent twice, 0 lost, 0 unexplained" in root.attrib["aria-label"]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) == 2


def test_the_figures_can_be_read_back_and_name_no_host(published: Path) -> None:
    text = (published / "figures.json").read_text()
    figures = Figures.model_validate_json(text)
    assert (figures.touched, figures.upper_bound) == (300, 0.01)
    assert figures.lost_answers.told_by == {"callback": 1, "nobody": 1}
    assert json.loads(text)["machine"].keys() == {"cores", "memory", "system"}


def a_run(bad: dict[str, int] | None = None) -> Played:
    findings = [Finding(name, (bad or {}).get(name, 0), ("m1",) if name in (bad or {}) else ()) for name in INVARIANTS]
    lost = (LostAnswer("callback", False, 0.2), LostAnswer(None, True, 4.0))
    record = StackRecord(AuditReport(tuple(findings), NOTHING), lost, 300, 2, {"m1": ADDRESS})
    (scenario, *_) = [one for one in all_scenarios() if one.id == "F05"]
    faults = Counter({"kill -9 worker": 1, "garbage": 2})
    return Played(7, [Outcome(scenario, 1.0, faults, None, frozenset({ADDRESS}))], [record], seconds=1.0)
