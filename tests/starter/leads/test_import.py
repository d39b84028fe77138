"""Lists are imported by command: shown in progress, refused row by row with reasons, and repeated without harm."""

import csv
import os

import pytest

from tests.starter.leads.importing_desk import Desk
from tests.starter.leads.lists import HEADER, a_list, row

MANY = int(os.environ.get("IMPORT_ROWS", "1000"))


def test_rows_with_a_proven_permission_start_runs_and_the_others_are_stored_and_not_written_to(list_desk: Desk) -> None:
    done = list_desk.imports(a_list(row(1), row(2, consent="", evidence=""), row(3, consent="no")))

    assert done.exit_code == 0, done.stderr
    assert "nothing proves a permission" in done.stdout
    assert list_desk.rows("SELECT state FROM lead_event ORDER BY source_event_id") == [
        ("accepted",),
        ("kept",),
        ("kept",),
    ]
    assert list_desk.rows("SELECT count(*) FROM run") == [(1,)]
    assert list_desk.rows("SELECT kind, source, evidence FROM consent") == [(2, "import", "paper/1")]
    assert list_desk.rows(
        "SELECT phone, email, region, occurred_at AT TIME ZONE 'UTC' FROM lead WHERE email LIKE 'z1@%'"
    )[0][:3] == (
        "+13035550101",
        "z1@example.com",
        "CO",
    )
    assert str(list_desk.rows("SELECT occurred_at AT TIME ZONE 'UTC' FROM lead LIMIT 1")[0][0]) == "2026-11-21 01:05:00"


def test_a_second_import_says_already_imported_and_changes_nothing(list_desk: Desk) -> None:
    content = a_list(row(1), row(2), row(3))
    assert list_desk.counts(content) == {"accepted": 3}

    assert list_desk.counts(content) == {"already_imported": 3}
    assert list_desk.counts(a_list(row(2), row(4))) == {"already_imported": 1, "accepted": 1}
    assert list_desk.rows("SELECT count(*) FROM run") == [(4,)]


def test_without_an_id_a_row_is_known_by_all_it_says_wherever_its_columns_stand(list_desk: Desk) -> None:
    assert list_desk.counts("phone,name\n3035550101,Zed Ash\n3035550102,Yve Elm\n") == {"kept": 2}
    assert list_desk.counts("name,phone\nZed Ash,3035550101\nYve Elm,3035550102\nNew Oak,3035550103\n") == {
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
    list_desk: Desk, why: str
) -> None:
    expected = why if why != "no address" else "neither a phone number nor an email"
    done = list_desk.imports(a_list(row(1), REFUSED[why], row(3)))

    assert done.exit_code == 1
    assert expected in done.stdout
    with (list_desk.directory / "list.csv.refused.csv").open() as file:
        [head, (line, reason)] = list(csv.reader(file))
    assert (head, line) == (["line", "reason"], "3")
    assert expected in reason
    assert list_desk.rows("SELECT count(*) FROM lead_event") == [(2,)]


def test_a_corrected_list_takes_the_refused_row_and_no_other(list_desk: Desk) -> None:
    assert list_desk.imports(a_list(row(1), row(2, consent="yes"))).exit_code == 1
    assert list_desk.counts(a_list(row(1), row(2))) == {"already_imported": 1, "accepted": 1}
    assert not (list_desk.directory / "list.csv.refused.csv").exists()


def test_a_dry_run_says_what_would_happen_and_changes_nothing(list_desk: Desk) -> None:
    done = list_desk.imports(a_list(row(1), row(2, consent="")), "--dry-run")

    assert "What would happen" in done.stdout
    for table in ("lead", "lead_event", "run", "inbox", "consent", "source_account"):
        assert list_desk.rows(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("name,notes\nZed,x\n", "no column holds a phone number or an email address"),
        ("phone,Mobile\n1,2\n", "both hold the phone"),
        ("phone,phone\n1,2\n", "same name"),
    ],
)
def test_a_list_that_is_none_is_refused_as_a_whole(list_desk: Desk, content: str, said: str) -> None:
    done = list_desk.imports(content)

    assert done.exit_code == 1
    assert said in done.stderr


def test_a_client_or_a_sequence_that_is_not_there_is_named(list_desk: Desk) -> None:
    file = list_desk.directory / "list.csv"
    file.write_text(a_list(row(1)))
    no_sequence = list_desk.comms("import", str(file), "--client", "acme-plumbing", "--source", "s")
    no_client = list_desk.comms("import", str(file), "--client", "nobody", "--source", "s")

    assert "sequence" in no_sequence.stderr
    assert "no such client" in no_client.stderr
    assert list_desk.rows("SELECT count(*) FROM source_account") == [(0,)]


def test_who_is_known_already_is_added_and_not_written_to_twice(list_desk: Desk) -> None:
    twin = row(2, phone="303-555-0101")
    assert list_desk.counts(a_list(row(1), twin)) == {"accepted": 1, "duplicate": 1}
    assert list_desk.rows("SELECT count(*) FROM lead") == [(1,)]


def test_many_rows_are_imported_in_batches_and_known_at_once_the_second_time(list_desk: Desk) -> None:
    content = a_list(*(row(n, consent="informational" if n % 10 == 0 else "") for n in range(1000, 1000 + MANY)))

    assert list_desk.counts(content) == {"accepted": MANY // 10, "kept": MANY - MANY // 10}
    assert list_desk.counts(content) == {"already_imported": MANY}


def test_the_columns_of_the_example_are_all_known() -> None:
    assert HEADER.count(",") == row(1).count(",")


def test_a_dry_run_sees_the_same_rows_and_people_that_the_import_will_see_however_far_apart(list_desk: Desk) -> None:
    far = [row(number) for number in range(10, 120)]
    content = a_list(
        row(1), row(2), row(3, consent=""), *far, row(1), row(4, phone="3035550102"), row(5, phone="3035550103")
    )

    foreseen = list_desk.counts(content, "--dry-run")

    assert foreseen["already_imported"] == 1
    assert foreseen["duplicate"] >= 1
    assert list_desk.rows("SELECT count(*) FROM lead_event") == [(0,)]
    assert list_desk.counts(content) == foreseen
