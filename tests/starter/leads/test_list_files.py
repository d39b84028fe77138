"""Lists are read as the programs and people of this world write them."""

import json

import pytest

from tests.starter.leads.importing_desk import Desk


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_list_is_read_as_any_program_writes_it(list_desk: Desk, encoding: str, delimiter: str, newline: str) -> None:
    lines = [
        delimiter.join(("Phone Number", "First Name", "Notes", "")),
        delimiter.join(("303 555 0101", "Zoë", f'"two{newline}lines{delimiter} and ""quotes"""', "")),
        "",
        delimiter.join(("+1 (303) 555-0102", "Åsa", "plain", "")),
    ]
    assert list_desk.counts(newline.join(lines).encode(encoding)) == {"kept": 2}
    assert list_desk.rows("SELECT first_name FROM lead ORDER BY phone") == [("Zoë",), ("Åsa",)]
    said = list_desk.rows("SELECT job ->> 'description' FROM lead_event ORDER BY phone")
    assert said[0][0].replace("\r", "") == f'two\nlines{delimiter} and "quotes"'


def test_lines_are_counted_as_an_editor_counts_them(list_desk: Desk) -> None:
    content = 'phone,notes\n3035550101,"a\nb\nc"\n\nnonsense,x\n'

    assert [found["line"] for found in list_desk.said(content)["refused"]] == [6]


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
def test_a_phone_number_may_be_written_in_many_ways(list_desk: Desk, phone: str) -> None:
    assert list_desk.counts(f"phone\n{phone}\n") == {"kept": 1}
    assert list_desk.rows("SELECT phone FROM lead") == [("+13035550101",)]


@pytest.mark.parametrize("date", DATES)
def test_a_date_may_be_written_in_many_ways(list_desk: Desk, date: str) -> None:
    assert list_desk.counts(f'phone;created\n3035550101;"{date}"\n') == {"kept": 1}
    assert str(list_desk.rows("SELECT occurred_at AT TIME ZONE 'UTC' FROM lead")[0][0]) == "2026-11-21 01:05:00"


def test_json_lines_are_a_list_too(list_desk: Desk) -> None:
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
    said = list_desk.said(content, name="list.jsonl")

    assert said["counts"] == {"accepted": 1, "kept": 1, "refused": 2}
    assert [found["line"] for found in said["refused"]] == [2, 4]
    assert said["ignored_columns"] == ["extra"]
