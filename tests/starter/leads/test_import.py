"""Lists are imported by command: shown in progress, refused row by row with reasons, and repeated without harm."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from activities.library import read_library
from models.database.engine import transaction
from models.database.seeding import add_library, seed_staff
from starter.comms.__main__ import app
from tests.starter.builders import a_client
from tests.starter.leads.lists import HEADER, a_list, row
from tests.starter.served import served, settings_on

ORDER = ["--client", "acme-plumbing", "--source", "spring-show", "--sequence", "quote_request"]

MANY = int(os.environ.get("IMPORT_ROWS", "1000"))


class Desk:
    """A shell in which somebody imports."""

    def __init__(self, url: str, key: str, engine: Engine, directory: Path) -> None:
        self.environment = {"COMMS_API_KEY": key, "COMMS_API_URL": url, "COLUMNS": "200"}
        self.engine = engine
        self.directory = directory

    def comms(self, *arguments: str) -> Result:
        return CliRunner(env=self.environment).invoke(app, list(arguments))

    def imports(self, content: str | bytes, *options: str, name: str = "list.csv") -> Result:
        file = self.directory / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.comms("import", str(file), *ORDER, *options)

    def counts(self, content: str | bytes, *options: str, name: str = "list.csv") -> dict[str, int]:
        found: dict[str, int] = self.said(content, *options, name=name)["counts"]
        return found

    def said(self, content: str | bytes, *options: str, name: str = "list.csv") -> dict[str, Any]:
        done = self.imports(content, "--json", *options, name=name)
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)).all())


@pytest.fixture
def desk(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with transaction(engine) as session:
        keys = seed_staff(session)
        add_library(session, read_library(), "copywriter", approve_as="approver")
        session.add(a_client())
    with served(settings_on(database_url)) as url:
        yield Desk(url, keys["sales-ops"], engine, tmp_path)


def test_rows_with_a_proven_permission_start_runs_and_the_others_are_stored_and_not_written_to(desk: Desk) -> None:
    done = desk.imports(a_list(row(1), row(2, consent="", evidence=""), row(3, consent="no")))

    assert done.exit_code == 0, done.stderr
    assert "nothing proves a permission, so nothing is sent" in done.stdout
    assert desk.rows("SELECT state FROM lead_event ORDER BY source_event_id") == [("accepted",), ("kept",), ("kept",)]
    assert desk.rows("SELECT count(*) FROM run") == [(1,)]
    assert desk.rows("SELECT kind, source, evidence FROM consent") == [(2, "import", "paper/1")]
    assert desk.rows("SELECT phone, email, region, occurred_at AT TIME ZONE 'UTC' FROM lead WHERE email LIKE 'z1@%'")[
        0
    ][:3] == (
        "+13035550101",
        "z1@example.com",
        "CO",
    )
    assert str(desk.rows("SELECT occurred_at AT TIME ZONE 'UTC' FROM lead LIMIT 1")[0][0]) == "2026-11-21 01:05:00"


def test_a_second_import_says_already_imported_and_changes_nothing(desk: Desk) -> None:
    content = a_list(row(1), row(2), row(3))
    assert desk.counts(content) == {"accepted": 3}

    assert desk.counts(content) == {"already_imported": 3}
    assert desk.counts(a_list(row(2), row(4))) == {"already_imported": 1, "accepted": 1}
    assert desk.rows("SELECT count(*) FROM run") == [(4,)]


def test_without_an_id_a_row_is_known_by_all_it_says_wherever_its_columns_stand(desk: Desk) -> None:
    assert desk.counts("phone,name\n3035550101,Zed Ash\n3035550102,Yve Elm\n") == {"kept": 2}
    assert desk.counts("name,phone\nZed Ash,3035550101\nYve Elm,3035550102\nNew Oak,3035550103\n") == {
        "already_imported": 2,
        "kept": 1,
    }


REFUSED = {
    "no address": row(2, phone="", email=""),
    "phone number cannot": row(2, phone="303-55", email=""),
    "name the kind": row(2, consent="yes"),
    "where the proof lies": row(2, evidence=""),
    "not a date": row(2, date="someday"),
    "happened in the future": row(2, date="2099-01-01"),
    "number of the client": row(2, phone="(303) 555-0100", email=""),
    "values for 10 columns": "only,three,values",
    "neither a phone": row(2, phone="", email=" "),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_row_that_cannot_be_used_is_refused_with_its_line_and_reason_and_the_rest_goes_on(
    desk: Desk, why: str
) -> None:
    expected = why if why != "no address" else "neither a phone number nor an email"
    done = desk.imports(a_list(row(1), REFUSED[why], row(3)))

    assert done.exit_code == 1
    assert expected in done.stdout
    with (desk.directory / "list.csv.refused.csv").open() as file:
        [head, (line, reason)] = list(csv.reader(file))
    assert (head, line) == (["line", "reason"], "3")
    assert expected in reason
    assert desk.rows("SELECT count(*) FROM lead_event") == [(2,)]


def test_a_corrected_list_takes_the_refused_row_and_no_other(desk: Desk) -> None:
    assert desk.imports(a_list(row(1), row(2, consent="yes"))).exit_code == 1
    assert desk.counts(a_list(row(1), row(2))) == {"already_imported": 1, "accepted": 1}
    assert not (desk.directory / "list.csv.refused.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_list_is_read_as_any_program_writes_it(desk: Desk, encoding: str, delimiter: str, newline: str) -> None:
    lines = [
        delimiter.join(("Phone Number", "First Name", "Notes", "")),
        delimiter.join(("303 555 0101", "Zoë", f'"two{newline}lines{delimiter} and ""quotes"""', "")),
        "",
        delimiter.join(("+1 (303) 555-0102", "Åsa", "plain", "")),
    ]
    assert desk.counts(newline.join(lines).encode(encoding)) == {"kept": 2}
    assert desk.rows("SELECT first_name FROM lead ORDER BY phone") == [("Zoë",), ("Åsa",)]
    said = desk.rows("SELECT job ->> 'description' FROM lead_event ORDER BY phone")
    assert said[0][0].replace("\r", "") == f'two\nlines{delimiter} and "quotes"'


def test_lines_are_counted_as_an_editor_counts_them(desk: Desk) -> None:
    content = 'phone,notes\n3035550101,"a\nb\nc"\n\nnonsense,x\n'

    assert [found["line"] for found in desk.said(content)["refused"]] == [6]


PHONES = [
    "3035550101",
    "303-555-0101",
    "(303) 555-0101",
    "1.303.555.0101",
    "+1 303 555 0101",
    " 303 5550101 ",
    "tel:+13035550101",
]
DATES = ["2026-11-20 18:05", "11/20/2026 6:05 PM", "20/11/2026 18:05", "20.11.2026 18:05", "Nov 20, 2026 6:05 PM",
         "2026-11-20T18:05:00-07:00", "2026-11-21T01:05:00Z", "1795223100"]  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_number_may_be_written_in_many_ways(desk: Desk, phone: str) -> None:
    assert desk.counts(f"phone\n{phone}\n") == {"kept": 1}
    assert desk.rows("SELECT phone FROM lead") == [("+13035550101",)]


@pytest.mark.parametrize("date", DATES)
def test_a_date_may_be_written_in_many_ways(desk: Desk, date: str) -> None:
    assert desk.counts(f'phone;created\n3035550101;"{date}"\n') == {"kept": 1}
    assert str(desk.rows("SELECT occurred_at AT TIME ZONE 'UTC' FROM lead")[0][0]) == "2026-11-21 01:05:00"


def test_json_lines_are_a_list_too(desk: Desk) -> None:
    lines = [
        {
            "id": 1,
            "phone": "3035550101",
            "first_name": "Ana",
            "sms_consent": "conversational",
            "consent_evidence": "call/1",
        },
        {"id": 2, "email": "bo@example.com", "extra": {"a": [1]}},
    ]
    content = "\n".join([json.dumps(lines[0]), "{not json", json.dumps(lines[1]), '["a"]'])
    said = desk.said(content, name="list.jsonl")

    assert said["counts"] == {"accepted": 1, "kept": 1, "refused": 2}
    assert [found["line"] for found in said["refused"]] == [2, 4]
    assert said["ignored_columns"] == ["extra"]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    done = desk.imports(a_list(row(1), row(2, consent="")), "--dry-run")

    assert "What would happen" in done.stdout
    for table in ("lead", "lead_event", "run", "inbox", "consent", "source_account"):
        assert desk.rows(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("name,notes\nZed,x\n", "no column holds a phone number or an email address"),
        ("phone,Mobile\n1,2\n", "both hold the phone"),
        ("phone,phone\n1,2\n", "same name"),
    ],
)
def test_a_list_that_is_none_is_refused_as_a_whole(desk: Desk, content: str, said: str) -> None:
    done = desk.imports(content)

    assert done.exit_code == 1
    assert said in done.stderr


def test_a_client_or_a_sequence_that_is_not_there_is_named(desk: Desk) -> None:
    file = desk.directory / "list.csv"
    file.write_text(a_list(row(1)))
    no_sequence = desk.comms("import", str(file), "--client", "acme-plumbing", "--source", "s")
    no_client = desk.comms("import", str(file), "--client", "nobody", "--source", "s")

    assert "sequence" in no_sequence.stderr
    assert "no such client" in no_client.stderr
    assert desk.rows("SELECT count(*) FROM source_account") == [(0,)]


def test_who_is_known_already_is_added_and_not_written_to_twice(desk: Desk) -> None:
    twin = row(2, phone="303-555-0101")
    assert desk.counts(a_list(row(1), twin)) == {"accepted": 1, "duplicate": 1}
    assert desk.rows("SELECT count(*) FROM lead") == [(1,)]


def test_many_rows_are_imported_in_batches_and_known_at_once_the_second_time(desk: Desk) -> None:
    content = a_list(*(row(n, consent="informational" if n % 10 == 0 else "") for n in range(1000, 1000 + MANY)))

    assert desk.counts(content) == {"accepted": MANY // 10, "kept": MANY - MANY // 10}
    assert desk.counts(content) == {"already_imported": MANY}


def test_the_columns_of_the_example_are_all_known() -> None:
    assert HEADER.count(",") == row(1).count(",")
