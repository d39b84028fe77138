"""`comms reviews` against a served application."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.starter.test_comms_api import Desk, database_url, desk

__all__ = ["database_url", "desk"]
OF = ("--client", "acme-plumbing", "--location", "downtown", "--source", "field_service")
DONE = "2026-11-20T15:30-07:00"
HEAD = "job_id,completed_at,first_name,phone,sms_consent,consent_evidence"


@pytest.fixture
def located(desk: Desk) -> Desk:
    said = desk.comms(
        "reviews", "location", "downtown", "--client", "acme-plumbing", "--review-url", "https://g.page/r/acme"
    )
    assert said.exit_code == 0, said.stderr
    return desk


def test_a_job_is_reported_and_shown_and_explained(located: Desk) -> None:
    command = ("reviews", "ask", *OF, "--job-id", "7", "--completed-at", DONE, "--phone", "(303) 555-0123",
               "--consent", "sms:informational:invoice:job/7")  # fmt: skip
    run = located.started(*command)

    assert located.started(*command) == run
    shown = located.comms("reviews", "show", run)
    assert "7 at downtown" in shown.stdout
    assert "eligible" in shown.stdout
    assert json.loads(located.comms("reviews", "show", run, "--json").stdout)["sent"] == 0


def test_a_list_is_taken_in_once_and_its_bad_rows_are_named(located: Desk, tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "jobs.csv"
    rows = (
        f"1,{DONE},Ana,(303) 555-0123,informational,job/1",
        f"2,{DONE},Ben,12,informational,job/2",
        "3,,Cy,(303) 555-0125,,",
    )
    file.write_text("\n".join((HEAD, *rows)))
    first = located.comms("reviews", "import", str(file), *OF)
    again = located.comms("reviews", "import", str(file), *OF)

    assert first.exit_code == again.exit_code == 1
    assert "line 3" in first.stderr
    assert "line 4" in first.stderr
    assert "completed_at" in first.stderr
    with engine.connect() as connection:
        assert connection.execute(text("SELECT array_agg(job_id) FROM job")).scalar() == ["1"]


@pytest.mark.parametrize("column", ["rating", "NPS", "Star rating", "sentiment"])
def test_a_list_that_tells_how_content_customers_are_is_refused(located: Desk, tmp_path: Path, column: str) -> None:
    file = tmp_path / "jobs.csv"
    file.write_text(f"{HEAD},{column}\n1,{DONE},Ana,(303) 555-0123,informational,job/1,5\n")
    said = located.comms("reviews", "import", str(file), *OF)

    assert said.exit_code == 1
    assert "must not decide who is asked" in said.stderr
